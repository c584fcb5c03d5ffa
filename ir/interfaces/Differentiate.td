// Duty "Differentiate": what an op's operands get of its results' cotangents (reverse mode).
#ifndef PLEXUS_IR_INTERFACES_DIFFERENTIATE_TD
#define PLEXUS_IR_INTERFACES_DIFFERENTIATE_TD

include "mlir/IR/OpBase.td"

def DifferentiateInterface : OpInterface<"Differentiate"> {
  let cppNamespace = "::plx";
  let description = [{
    The vector-Jacobian product of the op: for each operand that `ct` wants, what it gets of the cotangents of the results,
    built of plx ops after the op, so that it can be differentiated again. Called only where some result has a cotangent and
    some operand (or value used by a region) is wanted; ints, bools and strings are never wanted and never have cotangents.
    "No derivative" is an answer that an op writes: `return ct.zero("piecewise constant")` where it is 0 wherever it exists,
    `return ct.refuse("why")` where there is none to give.
  }];
  let methods = [InterfaceMethod<"Contributes to the cotangents of the op's operands.",
      "::llvm::LogicalResult", "differentiate", (ins "::plx::Cotangents &":$ct)>];
}

#endif  // PLEXUS_IR_INTERFACES_DIFFERENTIATE_TD
