#include "ir/ops/Parameter.h"

#include "ir/ops/Verify.h"

#define GET_OP_CLASSES
#include "ir/ops/Parameter.cpp.inc"

namespace plx {

PLX_REGISTER_OPS(parameter, ParameterOp);

llvm::StringSet<> parameterNames(mlir::Operation *root) {
  llvm::StringSet<> names;
  root->walk([&](ParameterOp op) { names.insert(op.getName()); });
  return names;
}

llvm::MapVector<mlir::StringAttr, llvm::SmallVector<mlir::Value>> parametersOf(
    mlir::Operation *root) {
  llvm::MapVector<mlir::StringAttr, llvm::SmallVector<mlir::Value>> found;
  root->walk([&](ParameterOp op) { found[op.getNameAttr()].push_back(op.getResult()); });
  return found;
}

// ---- Verify
// ----------------------------------------------------------------------------------------------------------

mlir::LogicalResult ParameterOp::verify() {
  if (getName().empty()) return emitOpError("`name` is empty");  // parameter.c1
  auto type = mlir::cast<mlir::RankedTensorType>(getType());
  if (!type.hasStaticShape())  // parameter.c2
    return emitOpError() << "\"" << getName() << "\": the type of a parameter is static, found "
                         << type;
  return checkTensors(*this);
}

// ---- Evaluate
// --------------------------------------------------------------------------------------------------------

mlir::FailureOr<llvm::SmallVector<eval::Value>> ParameterOp::evaluate(llvm::ArrayRef<eval::Value>,
                                                                      eval::Scope &scope) {
  mlir::FailureOr<eval::Tensor> bytes = scope.parameter(getName(), *this);
  if (failed(bytes)) return mlir::failure();
  return llvm::SmallVector<eval::Value>{*bytes};
}

// ---- Differentiate ------------------------------------------------------------------------------

mlir::LogicalResult ParameterOp::differentiate(Cotangents &ct) {
  return ct.zero("depends on nothing");
}

// ---- Iterate
// ---------------------------------------------------------------------------------------------------------

Nature ParameterOp::nature() { return Nature::Whole; }

mlir::Value ParameterOp::iterate(KernelBuilder &b, unsigned, llvm::ArrayRef<Dim>) {
  return b.noLoopNest("parameter: its elements are loaded from memory");
}

}  // namespace plx
