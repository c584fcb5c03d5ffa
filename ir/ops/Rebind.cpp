#include "ir/ops/Rebind.h"

#include "ir/ops/Build.h"
#include "ir/ops/Verify.h"

#define GET_OP_CLASSES
#include "ir/ops/Rebind.cpp.inc"

namespace plx {

PLX_REGISTER_OPS(rebind, RebindOp);

// ---- Verify
// ----------------------------------------------------------------------------------------------------------

mlir::LogicalResult RebindOp::verify() {
  if (failed(checkTensors(*this)) || failed(checkSameElement(*this)))  // rebind.c1
    return mlir::failure();
  llvm::SmallVector<Dim> from = dimsOf(getOperand().getType()), to = dimsOf(getType());
  if (from.size() != to.size())  // rebind.c1
    return emitOpError() << "operand has rank " << from.size() << ", result " << to.size();
  for (size_t d = 0; d < from.size(); ++d)
    if (provablyDifferent(from[d], to[d]))  // rebind.c2
      return emitOpError() << "dim " << d << " of the operand is `" << from[d].str()
                           << "`, of the result `" << to[d].str() << "`: they are never equal";
  return mlir::success();
}

// ---- Evaluate
// -------------------------------------------------------------------------------------------------------

mlir::FailureOr<llvm::SmallVector<eval::Value>> RebindOp::evaluate(
    llvm::ArrayRef<eval::Value> operands, eval::Scope &scope) {
  const eval::Tensor &x = operands[0].tensor();
  auto shape = scope.shapeOf(getType(), *this);
  if (failed(shape)) return mlir::failure();
  for (int64_t d = 0; d < x.rank(); ++d)
    if (x.shape()[d] != (*shape)[d])
      return scope.fail(
          *this, "dim " + llvm::Twine(d) + ": `" + dimOf(getOperand().getType(), d).str() +
                     "` is " + llvm::Twine(x.shape()[d]) + ", but `" + dimOf(getType(), d).str() +
                     "` is " + llvm::Twine((*shape)[d]) + "; they must be equal");
  return llvm::SmallVector<eval::Value>{x};
}

// ---- Differentiate ------------------------------------------------------------------------------

mlir::LogicalResult RebindOp::differentiate(Cotangents &ct) {
  if (getStopGradient()) return ct.zero("says stop_gradient");
  ct.add(getOperand(), ct.of(getResult()));  // which rebinds it
  return mlir::success();
}

// ---- Iterate
// --------------------------------------------------------------------------------------------------------

Nature RebindOp::nature() { return Nature::View; }

mlir::Value RebindOp::iterate(KernelBuilder &b, unsigned, llvm::ArrayRef<Dim> indices) {
  return b.operand(0, indices);
}

// ---- Permute ------------------------------------------------------------------------------------

std::optional<PermutedResult> RebindOp::permutedResult(llvm::ArrayRef<int64_t> permutation) {
  return PermutedResult{Permutation(permutation)};
}

mlir::Value RebindOp::rebuildPermuted(mlir::OpBuilder &b, llvm::ArrayRef<int64_t> permutation,
                                      mlir::ValueRange given) {
  return build::rebind(b, getLoc(), given[0], unpermuted(dimsOf(getType()), permutation));
}

// ---- Fold
// -----------------------------------------------------------------------------------------------------------

mlir::OpFoldResult RebindOp::fold(FoldAdaptor) {
  if (getOperand().getType() == getType() && !getStopGradient()) return getOperand();
  return {};
}

}  // namespace plx
