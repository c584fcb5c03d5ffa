#include "ir/ops/Optional.h"

#include "ir/ops/Sizes.h"
#include "ir/ops/Verify.h"

#define GET_OP_CLASSES
#include "ir/ops/Optional.cpp.inc"

namespace plx {

PLX_REGISTER_OPS(optional, OptionalOp, OptionalHasOp, OptionalGetOp);

// ---- Verify -------------------------------------------------------------------------------------

mlir::LogicalResult OptionalOp::verify() {
  if (failed(checkTensors(*this))) return mlir::failure();
  if (!getValue()) return mlir::success();
  mlir::Type element = mlir::cast<OptionalType>(getType()).element();
  std::string wrong = misfit(getValue().getType(), element);  // optional.c1
  if (wrong.empty()) return mlir::success();
  return emitOpError() << "the operand has " << wrong << ", the element type of " << getType();
}

mlir::LogicalResult OptionalHasOp::verify() { return checkTensors(*this); }

mlir::LogicalResult OptionalGetOp::verify() {
  if (failed(checkTensors(*this))) return mlir::failure();
  mlir::Type element = mlir::cast<OptionalType>(getOptional().getType()).element();
  std::string wrong = misfit(getType(), element, {getFreshAttr()});  // optional_get.c1
  if (!wrong.empty())
    return emitOpError() << "the result has " << wrong << ", the element type of "
                         << getOptional().getType();
  return verifyFresh(*this, getFreshAttr(), getType());  // optional_get.c2
}

// ---- Infer --------------------------------------------------------------------------------------

mlir::LogicalResult OptionalHasOp::inferReturnTypes(mlir::MLIRContext *context,
                                                    std::optional<mlir::Location>, Adaptor,
                                                    llvm::SmallVectorImpl<mlir::Type> &types) {
  types.push_back(mlir::RankedTensorType::get({}, mlir::IntegerType::get(context, 1)));
  return mlir::success();
}

// ---- Evaluate -----------------------------------------------------------------------------------

mlir::FailureOr<llvm::SmallVector<eval::Value>> OptionalOp::evaluate(
    llvm::ArrayRef<eval::Value> operands, eval::Scope &) {
  eval::Optional result;
  if (!operands.empty()) result.value = std::make_shared<eval::Value>(operands[0]);
  return llvm::SmallVector<eval::Value>{result};
}

mlir::FailureOr<llvm::SmallVector<eval::Value>> OptionalHasOp::evaluate(
    llvm::ArrayRef<eval::Value> operands, eval::Scope &) {
  eval::Tensor result(mlir::IntegerType::get(getContext(), 1), {});
  result.setInt(0, operands[0].optional().value != nullptr);
  return llvm::SmallVector<eval::Value>{result};
}

mlir::FailureOr<llvm::SmallVector<eval::Value>> OptionalGetOp::evaluate(
    llvm::ArrayRef<eval::Value> operands, eval::Scope &scope) {
  if (!operands[0].optional().value) return scope.fail(*this, "the optional holds nothing");
  llvm::SmallVector<eval::Value> results{*operands[0].optional().value};
  if (failed(bindFresh(*this, getFreshAttr(), getType(), results, scope))) return mlir::failure();
  return results;
}

// ---- Differentiate ------------------------------------------------------------------------------

mlir::LogicalResult OptionalOp::differentiate(Cotangents &ct) {
  return ct.refuse("optionals are values of the host");
}

mlir::LogicalResult OptionalHasOp::differentiate(Cotangents &ct) { return ct.zero("a bool"); }

mlir::LogicalResult OptionalGetOp::differentiate(Cotangents &ct) {
  return ct.refuse("optionals are values of the host");
}

// ---- Host call
// -----------------------------------------------------------------------------------

static HostForm hostForm(mlir::Operation *op, const char *function, bool givesExisting = false) {
  return {function, mlir::DictionaryAttr::get(op->getContext()), givesExisting};
}
HostForm OptionalOp::hostForm() { return plx::hostForm(*this, "plx:optional"); }
HostForm OptionalHasOp::hostForm() { return plx::hostForm(*this, "plx:optional_has"); }
HostForm OptionalGetOp::hostForm() { return plx::hostForm(*this, "plx:optional_get", true); }

// ---- Iterate ------------------------------------------------------------------------------------

Nature OptionalOp::nature() { return Nature::Whole; }
Nature OptionalHasOp::nature() { return Nature::Whole; }
Nature OptionalGetOp::nature() { return Nature::Whole; }

mlir::Value OptionalOp::iterate(KernelBuilder &b, unsigned, llvm::ArrayRef<Dim>) {
  return b.noLoopNest("optionals are values of the host");
}
mlir::Value OptionalHasOp::iterate(KernelBuilder &b, unsigned, llvm::ArrayRef<Dim>) {
  return b.noLoopNest("optionals are values of the host");
}
mlir::Value OptionalGetOp::iterate(KernelBuilder &b, unsigned, llvm::ArrayRef<Dim>) {
  return b.noLoopNest("optionals are values of the host");
}

}  // namespace plx
