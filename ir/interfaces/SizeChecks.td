// What an op asks of sizes that its type cannot show: checked when they are known, before the op runs.
#ifndef PLEXUS_IR_INTERFACES_SIZECHECKS_TD
#define PLEXUS_IR_INTERFACES_SIZECHECKS_TD

include "mlir/IR/OpBase.td"

def SizeChecksInterface : OpInterface<"SizeChecks"> {
  let cppNamespace = "::plx";
  let description = [{
    Of ops whose verifier lets sizes pass that are not provably wrong: equal sizes under two names, a slice that must stay
    inside its operand. Loop nests and irregular kernels rely on them, so compiled code checks them on the host, once a run
    (compiler/fusion/CheckSizes.cpp); Evaluate says the same with numbers. What is proved need not be left out.
  }];
  let methods = [InterfaceMethod<"Appends the op's conditions.", "void", "sizeChecks",
    (ins "llvm::SmallVectorImpl<::plx::SizeCheck> &":$checks)>];
}

#endif  // PLEXUS_IR_INTERFACES_SIZECHECKS_TD
