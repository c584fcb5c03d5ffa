#include "ir/ops/Sort.h"

#include "ir/eval/Accumulator.h"
#include "ir/eval/Order.h"
#include "ir/ops/BuildDerivatives.h"
#include "ir/ops/Sizes.h"
#include "ir/ops/Verify.h"

#define GET_OP_CLASSES
#include "ir/ops/Sort.cpp.inc"

namespace plx {

PLX_REGISTER_OPS(sort, SortOp);

// ---- Verify -------------------------------------------------------------------------------------

mlir::LogicalResult SortOp::verify() { return checkTensors(*this); }

// ---- Infer --------------------------------------------------------------------------------------
// values: the operand's type; indices: the same dims, i64

mlir::LogicalResult SortOp::inferReturnTypes(mlir::MLIRContext *context,
                                             std::optional<mlir::Location> location,
                                             Adaptor adaptor,
                                             llvm::SmallVectorImpl<mlir::Type> &types) {
  auto operand = mlir::cast<mlir::RankedTensorType>(adaptor.getOperand().getType());
  if (failed(inferAxis(location, "sort", adaptor.getAxis(), operand.getRank())))  // sort.c1
    return mlir::failure();
  if (!hasOrder(operand.getElementType(), /*strings=*/true))  // sort.c2
    return mlir::emitOptionalError(location, "sort: element type ", operand.getElementType(),
                                   " has no order; expected an int, float or string type");
  types.push_back(operand);
  return inferTensor(location, "sort", mlir::IntegerType::get(context, 64), dimsOf(operand), types);
}

// ---- Evaluate -----------------------------------------------------------------------------------

mlir::FailureOr<llvm::SmallVector<eval::Value>> SortOp::evaluate(
    llvm::ArrayRef<eval::Value> operands, eval::Scope &) {
  const eval::Tensor &x = operands[0].tensor();
  eval::Tensor values(x.elementType(), x.shape());
  eval::Tensor indices(mlir::IntegerType::get(getContext(), 64), x.shape());
  eval::Lines lines(x.shape(), getAxis());
  for (int64_t o = 0; o < lines.outer; ++o)
    for (int64_t i = 0; i < lines.inner; ++i)
      for (auto [k, from] : llvm::enumerate(
               eval::sortedLine(x, lines.at(o, 0, i), lines.size, lines.inner, getDescending()))) {
        values.copyElement(lines.at(o, k, i), x, lines.at(o, from, i));
        indices.setInt(lines.at(o, k, i), from);
      }
  return llvm::SmallVector<eval::Value>{values, indices};
}

// ---- Differentiate ------------------------------------------------------------------------------
// Each value's cotangent goes back to where the value was.

mlir::LogicalResult SortOp::differentiate(Cotangents &ct) {
  mlir::OpBuilder &b = ct.builder();
  auto axis = static_cast<int64_t>(getAxis());
  int64_t rank = mlir::cast<mlir::RankedTensorType>(getOperand().getType()).getRank();
  ct.add(getOperand(),
         build::scatter(
             b, ct.loc(), "sum", build::zerosLike(b, ct.loc(), getOperand()), ct.of(getValues()),
             build::coordinatesAlong(b, ct.loc(), getIndices(), axis), build::allAxes(rank), 0));
  return mlir::success();
}

// ---- Iterate ------------------------------------------------------------------------------------

Nature SortOp::nature() { return Nature::Whole; }

mlir::Value SortOp::iterate(KernelBuilder &b, unsigned, llvm::ArrayRef<Dim>) {
  return b.noLoopNest("sort");
}

// ---- Irregular ----------------------------------------------------------------------------------

IrregularForm SortOp::irregular() {
  mlir::Builder b(getContext());
  llvm::SmallVector<mlir::NamedAttribute> options{b.getNamedAttr("axis", getAxisAttr())};
  if (getDescending()) options.push_back(b.getNamedAttr("descending", b.getUnitAttr()));
  return {IrregularKind::Sort, b.getDictionaryAttr(options), {}, {}};
}

}  // namespace plx
