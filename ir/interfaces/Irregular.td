// Answer of ops without a loop nest whose work is on tensors: which irregular kernel computes them.
#ifndef PLEXUS_IR_INTERFACES_IRREGULAR_TD
#define PLEXUS_IR_INTERFACES_IRREGULAR_TD

include "mlir/IR/OpBase.td"

def IrregularInterface : OpInterface<"Irregular"> {
  let cppNamespace = "::plx";
  let description = [{
    Of ops that become one launch of a kernel of the closed list (ir/kernel/Irregular.h): the kind, its options, and upper
    bounds of what depends on data. The kernel's buffers are the op's operands and results in order.
  }];
  let methods = [InterfaceMethod<"The kernel that computes the op.", "::plx::IrregularForm", "irregular", (ins)>];
}

#endif  // PLEXUS_IR_INTERFACES_IRREGULAR_TD
