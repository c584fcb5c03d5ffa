#include "ir/ops/Iota.h"

#include "ir/ops/Build.h"
#include "ir/ops/Verify.h"

#define GET_OP_CLASSES
#include "ir/ops/Iota.cpp.inc"

namespace plx {

PLX_REGISTER_OPS(iota, IotaOp);

// ---- Verify
// ----------------------------------------------------------------------------------------------------------

mlir::LogicalResult IotaOp::verify() {
  auto type = mlir::cast<mlir::RankedTensorType>(getType());
  auto axis = static_cast<int64_t>(getAxis());
  if (axis < 0 || axis >= type.getRank())  // iota.c1
    return emitOpError() << "`axis` is " << axis << ", the result has rank " << type.getRank();
  if (!type.getElementType().isIntOrFloat() || type.getElementType().isInteger(1))  // iota.c2
    return emitOpError() << "element type must be an int or float type, found "
                         << type.getElementType();
  return checkTensors(*this);
}

// ---- Evaluate
// --------------------------------------------------------------------------------------------------------

mlir::FailureOr<llvm::SmallVector<eval::Value>> IotaOp::evaluate(llvm::ArrayRef<eval::Value>,
                                                                 eval::Scope &scope) {
  mlir::FailureOr<llvm::SmallVector<int64_t>> shape = scope.shapeOf(getType(), *this);
  if (failed(shape)) return mlir::failure();
  eval::Tensor result(mlir::getElementTypeOrSelf(getType()), *shape);
  for (eval::Index i(*shape); i; ++i) {
    int64_t position = (*i)[getAxis()];
    if (result.isFloat())
      result.setFloat(i.linear(), static_cast<double>(position));
    else
      result.setInt(i.linear(), position);
  }
  return llvm::SmallVector<eval::Value>{result};
}

// ---- Differentiate ------------------------------------------------------------------------------

mlir::LogicalResult IotaOp::differentiate(Cotangents &ct) { return ct.zero("depends on nothing"); }

// ---- Iterate
// ---------------------------------------------------------------------------------------------------------

Nature IotaOp::nature() { return Nature::Pointwise; }

mlir::Value IotaOp::iterate(KernelBuilder &b, unsigned, llvm::ArrayRef<Dim> indices) {
  return b.position(indices[getAxis()], mlir::getElementTypeOrSelf(getType()));
}

// ---- Permute ------------------------------------------------------------------------------------

mlir::Value IotaOp::withPermutedResult(
    mlir::OpBuilder &b, llvm::ArrayRef<int64_t> permutation,
    llvm::function_ref<mlir::Value(mlir::Value, llvm::ArrayRef<int64_t>)>) {
  return build::iota(b, getLoc(), inverse(permutation)[getAxis()],
                     mlir::getElementTypeOrSelf(getType()),
                     permuted(dimsOf(getType()), permutation));
}

}  // namespace plx
