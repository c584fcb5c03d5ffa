#include "ir/ops/Unique.h"

#include "ir/eval/Accumulator.h"
#include "ir/eval/Order.h"
#include "ir/ops/BuildDerivatives.h"
#include "ir/ops/Sizes.h"
#include "ir/ops/Verify.h"

#define GET_OP_CLASSES
#include "ir/ops/Unique.cpp.inc"

namespace plx {

PLX_REGISTER_OPS(unique, UniqueOp);

// ---- Verify -------------------------------------------------------------------------------------

mlir::LogicalResult UniqueOp::verify() { return checkTensors(*this); }

// ---- Infer --------------------------------------------------------------------------------------
// values: [size], or the operand's dims with `size` along `axis`; first, counts: [size]; inverse:
// [number of items]

mlir::LogicalResult UniqueOp::inferReturnTypes(mlir::MLIRContext *context,
                                               std::optional<mlir::Location> location,
                                               Adaptor adaptor,
                                               llvm::SmallVectorImpl<mlir::Type> &types) {
  auto operand = mlir::cast<mlir::RankedTensorType>(adaptor.getOperand().getType());
  std::optional<uint64_t> axis = adaptor.getAxis();
  if (axis && failed(inferAxis(location, "unique", *axis, operand.getRank())))  // unique.c1
    return mlir::failure();
  if (!hasOrder(operand.getElementType(), /*strings=*/true))  // unique.c2
    return mlir::emitOptionalError(location, "unique: element type ", operand.getElementType(),
                                   " has no order; expected an int, float or string type");
  if (failed(inferFreshName(location, "unique", adaptor.getSize())))  // unique.c3
    return mlir::failure();
  Dim size = Dim::symbol(context, adaptor.getSize());
  llvm::SmallVector<Dim> values{size};
  if (axis) {
    values = dimsOf(operand);
    values[*axis] = size;
  }
  Dim items = axis ? dimOf(operand, *axis) : numElements(operand);
  mlir::Type i64 = mlir::IntegerType::get(context, 64);
  return mlir::success(
      succeeded(inferTensor(location, "unique", operand.getElementType(), values, types)) &&
      succeeded(inferTensor(location, "unique", i64, {size}, types)) &&
      succeeded(inferTensor(location, "unique", i64, {items}, types)) &&
      succeeded(inferTensor(location, "unique", i64, {size}, types)));
}

// ---- Evaluate -----------------------------------------------------------------------------------

namespace {
/// Items `a` and `b` in lexicographic order of their elements, row-major.
int compareItems(const eval::Tensor &x, const eval::Lines &lines, int64_t a, int64_t b) {
  for (int64_t o = 0; o < lines.outer; ++o)
    for (int64_t i = 0; i < lines.inner; ++i)
      if (int compared = eval::compareElements(x, lines.at(o, a, i), lines.at(o, b, i)))
        return compared;
  return 0;
}

/// Groups of equal items, each in order of position; ascending, or by first position.
llvm::SmallVector<llvm::SmallVector<int64_t>> groupItems(const eval::Tensor &x,
                                                         const eval::Lines &lines, bool sorted) {
  llvm::SmallVector<int64_t> order = eval::stableOrder(
      lines.size, [&](int64_t a, int64_t b) { return compareItems(x, lines, a, b); });
  llvm::SmallVector<llvm::SmallVector<int64_t>> groups;
  for (int64_t item : order) {
    if (groups.empty() || compareItems(x, lines, groups.back()[0], item) != 0)
      groups.emplace_back();
    groups.back().push_back(item);
  }
  if (!sorted)
    llvm::sort(groups, [](const auto &a, const auto &b) { return a.front() < b.front(); });
  return groups;
}
}  // namespace

mlir::FailureOr<llvm::SmallVector<eval::Value>> UniqueOp::evaluate(
    llvm::ArrayRef<eval::Value> operands, eval::Scope &scope) {
  const eval::Tensor &x = operands[0].tensor();
  llvm::SmallVector<int64_t> shape{x.numElements()};
  if (getAxis()) shape.assign(x.shape().begin(), x.shape().end());
  int64_t axis = getAxis().value_or(0);
  eval::Lines lines(shape, axis);
  auto groups = groupItems(x, lines, getSorted());
  int64_t count = static_cast<int64_t>(groups.size());
  if (failed(bindSize(*this, getSize(), count, scope))) return mlir::failure();
  mlir::Type i64 = mlir::IntegerType::get(getContext(), 64);
  shape[axis] = count;
  eval::Tensor values(x.elementType(), shape), first(i64, {count}), counts(i64, {count});
  eval::Tensor inverse(i64, {lines.size});
  eval::Lines to(shape, axis);
  for (int64_t g = 0; g < count; ++g) {
    for (int64_t o = 0; o < to.outer; ++o)
      for (int64_t i = 0; i < to.inner; ++i)
        values.copyElement(to.at(o, g, i), x, lines.at(o, groups[g][0], i));
    first.setInt(g, groups[g][0]);
    counts.setInt(g, static_cast<int64_t>(groups[g].size()));
    for (int64_t item : groups[g]) inverse.setInt(item, g);
  }
  return llvm::SmallVector<eval::Value>{values, first, inverse, counts};
}

// ---- Differentiate ------------------------------------------------------------------------------
// The first of equal items takes all.

mlir::LogicalResult UniqueOp::differentiate(Cotangents &ct) {
  mlir::OpBuilder &b = ct.builder();
  mlir::Location loc = ct.loc();
  mlir::Value operand = getOperand(), x = ct.of(getValues());
  int64_t axis = getAxis().value_or(0);
  if (!getAxis()) operand = build::flatten(b, loc, operand);
  if (!operand) return mlir::failure();
  mlir::Value back = build::addAlong(b, loc, operand.getType(), x, getFirst(), axis);
  ct.add(getOperand(), build::reshape(b, loc, back, dimsOf(getOperand().getType())));
  return mlir::success();
}

// ---- Iterate ------------------------------------------------------------------------------------

Nature UniqueOp::nature() { return Nature::Whole; }

mlir::Value UniqueOp::iterate(KernelBuilder &b, unsigned, llvm::ArrayRef<Dim>) {
  return b.noLoopNest("unique");
}

// ---- Irregular ----------------------------------------------------------------------------------

IrregularForm UniqueOp::irregular() {
  mlir::Builder b(getContext());
  llvm::SmallVector<mlir::NamedAttribute> options{b.getNamedAttr("sorted", getSortedAttr())};
  if (getAxis()) options.push_back(b.getNamedAttr("axis", getAxisAttr()));
  mlir::RankedTensorType operand = getOperand().getType();
  // At most as many as there are items.
  DimsAttr items = DimsAttr::get(getContext(), {dimOf(getInverse().getType(), 0)});
  DimsAttr values = getAxis() ? DimsAttr::get(getContext(), dimsOf(operand)) : items;
  return {IrregularKind::Unique,
          b.getDictionaryAttr(options),
          getSizeAttr(),
          {values, items, items, items}};
}

}  // namespace plx
