#include "ir/ops/Reduce.h"

#include "ir/eval/Accumulator.h"
#include "ir/ops/Build.h"
#include "ir/ops/BuildDerivatives.h"
#include "ir/ops/Folding.h"
#include "ir/ops/Sizes.h"
#include "ir/ops/Verify.h"

#define GET_OP_CLASSES
#include "ir/ops/Reduce.cpp.inc"

namespace plx {

PLX_REGISTER_OPS(reduce, ReduceOp);

// ---- Verify -------------------------------------------------------------------------------------

mlir::LogicalResult ReduceOp::verify() { return checkTensors(*this); }

// ---- Infer --------------------------------------------------------------------------------------
// the operand's dims without `axes`

mlir::LogicalResult ReduceOp::inferReturnTypes(mlir::MLIRContext *,
                                               std::optional<mlir::Location> location,
                                               Adaptor adaptor,
                                               llvm::SmallVectorImpl<mlir::Type> &types) {
  auto operand = mlir::cast<mlir::RankedTensorType>(adaptor.getOperand().getType());
  if (failed(inferFold(location, "reduce", adaptor.getKind(),  // reduce.c1
                       operand.getElementType())))
    return mlir::failure();
  llvm::ArrayRef<int64_t> axes = adaptor.getAxes();
  bool ascending = llvm::adjacent_find(axes, std::greater_equal<int64_t>()) == axes.end();
  if (!ascending || (!axes.empty() && (axes.front() < 0 || axes.back() >= operand.getRank())))
    return mlir::emitOptionalError(location, "reduce: `axes` [", axes,  // reduce.c2
                                   "] are not ascending in [0, rank); the operand has rank ",
                                   operand.getRank());
  llvm::SmallVector<Dim> dims;
  for (int64_t d = 0; d < operand.getRank(); ++d)
    if (!llvm::is_contained(axes, d)) dims.push_back(dimOf(operand, d));
  return inferTensor(location, "reduce", operand.getElementType(), dims, types);
}

// ---- Evaluate -----------------------------------------------------------------------------------

mlir::FailureOr<llvm::SmallVector<eval::Value>> ReduceOp::evaluate(
    llvm::ArrayRef<eval::Value> operands, eval::Scope &) {
  const eval::Tensor &x = operands[0].tensor();
  llvm::SmallVector<int64_t> kept, shape;
  for (int64_t d = 0; d < x.rank(); ++d)
    if (!llvm::is_contained(getAxes(), d)) {
      kept.push_back(d);
      shape.push_back(x.shape()[d]);
    }
  eval::Tensor result(x.elementType(), shape);
  std::vector<eval::Accumulator> sums(
      result.numElements(), eval::Accumulator(*foldKindNamed(getKind()), x.elementType()));
  llvm::SmallVector<int64_t> to(kept.size());
  for (eval::Index i(x.shape()); i; ++i) {
    for (auto [t, d] : llvm::zip(to, kept)) t = (*i)[d];
    sums[eval::linearize(to, shape)].add(x, i.linear());
  }
  for (int64_t r = 0; r < result.numElements(); ++r) sums[r].store(result, r);
  return llvm::SmallVector<eval::Value>{result};
}

// ---- Differentiate ------------------------------------------------------------------------------
// Of a sum, each gets all; of max and min, those that are the result, in equal shares; of a
// product, the product of the others: of those before it and of those behind, which is exact with
// zeros.

namespace {
mlir::Value sharesOfExtreme(mlir::OpBuilder &b, mlir::Location loc, ReduceOp op, mlir::Value ct) {
  mlir::Value x = op.getOperand();
  llvm::SmallVector<Dim> dims = dimsOf(x.getType());
  mlir::Value result = build::repeat(b, loc, op.getResult(), op.getAxes(), dims);
  mlir::Value isResult = build::equal(b, loc, x, result);
  mlir::Value one = build::filled(b, loc, 1, x.getType());
  mlir::Value count =
      build::reduce(b, loc, "sum", build::where(b, loc, isResult, one), op.getAxes());
  mlir::Value share = build::divide(b, loc, ct, count);
  return build::where(b, loc, isResult, build::repeat(b, loc, share, op.getAxes(), dims));
}

mlir::Value productOfOthers(mlir::OpBuilder &b, mlir::Location loc, ReduceOp op) {
  mlir::Value x = op.getOperand();
  llvm::SmallVector<Dim> dims = dimsOf(x.getType()), lines;
  llvm::SmallVector<int64_t> order = build::otherAxes(dims.size(), op.getAxes());
  for (int64_t axis : order) lines.push_back(dims[axis]);
  int64_t last = lines.size();
  llvm::append_range(order, op.getAxes());
  mlir::Value moved = build::transpose(b, loc, x, order);
  if (!moved) return moved;
  llvm::SmallVector<Dim> movedDims = dimsOf(moved.getType());
  lines.push_back(numElements(b.getContext(), llvm::ArrayRef(movedDims).drop_front(last)));
  mlir::Value line = build::reshape(b, loc, moved, lines);
  mlir::Value others =
      build::multiply(b, loc, build::cumulate(b, loc, "product", line, last, true, false),
                      build::cumulate(b, loc, "product", line, last, true, true));
  llvm::SmallVector<int64_t> back(order.size());
  for (auto [to, from] : llvm::enumerate(order)) back[from] = to;
  return build::transpose(b, loc, build::reshape(b, loc, others, movedDims), back);
}
}  // namespace

mlir::LogicalResult ReduceOp::differentiate(Cotangents &ct) {
  mlir::OpBuilder &b = ct.builder();
  mlir::Value part = ct.of(getResult());
  if (getKind() == "max" || getKind() == "min") {
    ct.add(getOperand(), sharesOfExtreme(b, ct.loc(), *this, part));
    return mlir::success();
  }
  part = build::repeat(b, ct.loc(), part, getAxes(), dimsOf(getOperand().getType()));
  if (getKind() == "product")
    part = build::multiply(b, ct.loc(), part, productOfOthers(b, ct.loc(), *this));
  ct.add(getOperand(), part);
  return mlir::success();
}

// ---- Iterate ------------------------------------------------------------------------------------

Nature ReduceOp::nature() { return Nature::Fold; }

mlir::Value ReduceOp::iterate(KernelBuilder &b, unsigned, llvm::ArrayRef<Dim> indices) {
  mlir::RankedTensorType x = b.operandType(0);
  llvm::SmallVector<Dim> extents;
  for (int64_t axis : getAxes()) extents.push_back(dimOf(x, axis));
  return b.fold(*foldKindNamed(getKind()), extents, [&](llvm::ArrayRef<Dim> folded) {
    llvm::SmallVector<Dim> from;
    llvm::ArrayRef<Dim> kept = indices;
    for (int64_t d = 0; d < x.getRank(); ++d) {
      llvm::ArrayRef<Dim> &source = llvm::is_contained(getAxes(), d) ? folded : kept;
      from.push_back(source.front());
      source = source.drop_front();
    }
    return b.operand(0, from);
  });
}

// ---- Permute ------------------------------------------------------------------------------------
// Sums of floats add the same elements in the order in which they now lie.

std::optional<PermutedResult> ReduceOp::permutedResult(llvm::ArrayRef<int64_t> permutation) {
  return PermutedResult{withoutAxes(permutation, getAxes())};
}

mlir::Value ReduceOp::rebuildPermuted(mlir::OpBuilder &b, llvm::ArrayRef<int64_t> permutation,
                                      mlir::ValueRange given) {
  llvm::SmallVector<int64_t> axes = permuted(permutation, getAxes());
  llvm::sort(axes);
  Properties properties = getProperties();
  properties.axes = b.getDenseI64ArrayAttr(axes);
  return build::create<ReduceOp>(b, getLoc(), given, properties);
}

// ---- Fold ---------------------------------------------------------------------------------------

mlir::OpFoldResult ReduceOp::fold(FoldAdaptor) {
  return getAxes().empty() ? mlir::OpFoldResult(getOperand()) : mlir::OpFoldResult();
}

}  // namespace plx
