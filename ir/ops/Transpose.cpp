#include "ir/ops/Transpose.h"

#include "ir/ops/Build.h"
#include "ir/ops/Verify.h"
#include "llvm/ADT/STLExtras.h"

#define GET_OP_CLASSES
#include "ir/ops/Transpose.cpp.inc"

namespace plx {

PLX_REGISTER_OPS(transpose, TransposeOp);

TransposeOp transposeOf(mlir::Value value) { return value.getDefiningOp<TransposeOp>(); }

// ---- Verify
// ----------------------------------------------------------------------------------------------------------

mlir::LogicalResult TransposeOp::verify() { return mlir::success(); }

// ---- Infer
// -----------------------------------------------------------------------------------------------------------
// result dim d = operand dim permutation[d] // transpose.c1

mlir::LogicalResult TransposeOp::inferReturnTypes(mlir::MLIRContext *,
                                                  std::optional<mlir::Location> location,
                                                  Adaptor adaptor,
                                                  llvm::SmallVectorImpl<mlir::Type> &types) {
  auto operand = mlir::cast<mlir::RankedTensorType>(adaptor.getOperand().getType());
  llvm::ArrayRef<int64_t> permutation = adaptor.getPermutation();
  llvm::SmallVector<int64_t> sorted(permutation);
  llvm::sort(sorted);
  if (!llvm::equal(sorted, llvm::seq<int64_t>(0, operand.getRank())))
    return mlir::emitOptionalError(location, "transpose: `permutation` [", permutation,
                                   "] is not a permutation of 0 to rank - 1; operand has rank ",
                                   operand.getRank());
  if (failed(checkDims(location, "transpose", adaptor.getOperand()))) return mlir::failure();
  llvm::SmallVector<Dim> dims;
  for (int64_t axis : permutation) dims.push_back(dimOf(operand, axis));
  types.push_back(tensorType(operand.getElementType(), dims));
  return mlir::success();
}

// ---- Evaluate
// --------------------------------------------------------------------------------------------------------

mlir::FailureOr<llvm::SmallVector<eval::Value>> TransposeOp::evaluate(
    llvm::ArrayRef<eval::Value> operands, eval::Scope &) {
  const eval::Tensor &x = operands[0].tensor();
  llvm::ArrayRef<int64_t> permutation = getPermutation();
  llvm::SmallVector<int64_t> shape, from(x.rank());
  for (int64_t axis : permutation) shape.push_back(x.shape()[axis]);
  eval::Tensor result(x.elementType(), shape);
  for (eval::Index i(shape); i; ++i) {
    for (int64_t d = 0; d < x.rank(); ++d) from[permutation[d]] = (*i)[d];
    result.copyElement(i.linear(), x, eval::linearize(from, x.shape()));
  }
  return llvm::SmallVector<eval::Value>{result};
}

// ---- Differentiate ------------------------------------------------------------------------------

mlir::LogicalResult TransposeOp::differentiate(Cotangents &ct) {
  llvm::SmallVector<int64_t> back(getPermutation().size());
  for (auto [to, from] : llvm::enumerate(getPermutation())) back[from] = to;
  ct.add(getOperand(), build::transpose(ct.builder(), ct.loc(), ct.of(getResult()), back));
  return mlir::success();
}

// ---- Iterate
// ---------------------------------------------------------------------------------------------------------

Nature TransposeOp::nature() { return Nature::View; }

mlir::Value TransposeOp::iterate(KernelBuilder &b, unsigned, llvm::ArrayRef<Dim> indices) {
  llvm::SmallVector<Dim> from(indices.size());
  for (auto [index, axis] : llvm::zip(indices, getPermutation())) from[axis] = index;
  return b.operand(0, from);
}

// ---- Fold
// ------------------------------------------------------------------------------------------------------------

mlir::OpFoldResult TransposeOp::fold(FoldAdaptor) {
  if (llvm::equal(getPermutation(), llvm::seq<int64_t>(0, getPermutation().size())))
    return getOperand();
  if (auto inner = getOperand().getDefiningOp<TransposeOp>()) {
    llvm::SmallVector<int64_t> composed;
    for (int64_t axis : getPermutation()) composed.push_back(inner.getPermutation()[axis]);
    setPermutation(composed);
    setOperand(inner.getOperand());
    return getResult();
  }
  return {};
}

}  // namespace plx
