#include "ir/ops/Host.h"

#include "ir/eval/HostFunctions.h"
#include "ir/ops/Sizes.h"
#include "ir/ops/Verify.h"

#define GET_OP_CLASSES
#include "ir/ops/Host.cpp.inc"

namespace plx {

PLX_REGISTER_OPS(host, HostOp);

// ---- Verify -------------------------------------------------------------------------------------

mlir::LogicalResult HostOp::verify() {
  if (getFunction().empty())  // host.c1
    return emitOpError() << "`function` is empty, expected a host function's name";
  if (failed(checkTensors(*this))) return mlir::failure();
  return verifyFresh(*this, getFreshAttr(), getResultTypes());  // host.c2
}

// ---- Evaluate -----------------------------------------------------------------------------------

mlir::FailureOr<llvm::SmallVector<eval::Value>> HostOp::evaluate(
    llvm::ArrayRef<eval::Value> operands, eval::Scope &scope) {
  eval::HostFunction function = eval::hostFunctionNamed(getFunction());
  if (!function) function = eval::otherHostFunctions();
  if (!function)
    return scope.fail(*this, "the evaluator has no host function \"" + getFunction() + "\"");
  Evaluated results = function(*this, getSettings(), operands, scope);
  if (failed(results) ||
      failed(bindFresh(*this, getFreshAttr(), getResultTypes(), *results, scope)))
    return mlir::failure();
  return results;
}

// ---- Differentiate ------------------------------------------------------------------------------

mlir::LogicalResult HostOp::differentiate(Cotangents &ct) {
  return ct.refuse(
      "a function of the host; call it in a function of its own that plx.call names a `vjp` for");
}

// ---- Host call
// -----------------------------------------------------------------------------------

HostForm HostOp::hostForm() { return {getFunction().str(), getSettings()}; }

// ---- Iterate ------------------------------------------------------------------------------------

Nature HostOp::nature() { return Nature::Whole; }

mlir::Value HostOp::iterate(KernelBuilder &b, unsigned, llvm::ArrayRef<Dim>) {
  return b.noLoopNest("host functions run on the host");
}

}  // namespace plx
