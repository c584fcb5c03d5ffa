// Duty "Evaluate": what the op means, in plain code over small tensors: the oracle and the constant folder.
#ifndef PLEXUS_IR_INTERFACES_EVALUATE_TD
#define PLEXUS_IR_INTERFACES_EVALUATE_TD

include "mlir/IR/OpBase.td"

def EvaluateInterface : OpInterface<"Evaluate"> {
  let cppNamespace = "::plx";
  let description = [{
    The reference semantics of the op. Reads like the definition; speed is no aim. `operands` are the values of the op's
    operands; `scope` gives values of symbolic dims, binds fresh ones, runs regions, and takes the message of a failure
    (`return scope.fail(op, "...")`). One eval::Value a result, in order, of the results' element types.
  }];
  let methods = [InterfaceMethod<"Evaluates the op.",
      "mlir::FailureOr<llvm::SmallVector<::plx::eval::Value>>", "evaluate",
      (ins "llvm::ArrayRef<::plx::eval::Value>":$operands, "::plx::eval::Scope &":$scope)>];
}

#endif  // PLEXUS_IR_INTERFACES_EVALUATE_TD
