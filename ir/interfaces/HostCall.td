// Answer of ops whose work is on values of the host: which function of the runtime's table computes them.
#ifndef PLEXUS_IR_INTERFACES_HOSTCALL_TD
#define PLEXUS_IR_INTERFACES_HOSTCALL_TD

include "mlir/IR/OpBase.td"

def HostCallInterface : OpInterface<"HostCall"> {
  let cppNamespace = "::plx";
  let description = [{
    Of ops that become one call of a host function: its name and attributes. Its arguments and results are the op's operands and
    results in order. Sizes that the op names under `fresh` are those that the function gave.
  }];
  let methods = [InterfaceMethod<"The call that computes the op.", "::plx::HostForm", "hostForm", (ins)>];
}

#endif  // PLEXUS_IR_INTERFACES_HOSTCALL_TD
