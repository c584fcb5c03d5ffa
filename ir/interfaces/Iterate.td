// Duty "Iterate": the op's meaning in index form, of which kernels are made.
#ifndef PLEXUS_IR_INTERFACES_ITERATE_TD
#define PLEXUS_IR_INTERFACES_ITERATE_TD

include "mlir/IR/OpBase.td"

def IterateInterface : OpInterface<"Iterate"> {
  let cppNamespace = "::plx";
  let description = [{
    The scalar that result number `result` has at `indices`, built with `b` out of operands at indices, scalar functions
    and folds: `transpose` asks for its operand at permuted indices, `matmul` folds a product over k. Fusion is asking a
    producer instead of loading its result. Knows no schedule and no target.
    An op whose result cannot be said this way (its size depends on data, or its values on an order) answers
    `return b.noLoopNest(op, "why")` and is run whole: as an irregular kernel, a region, or on the host.
    `nature` tells the fusion pass what the nest will be, before it is built.
  }];
  let methods = [
    InterfaceMethod<"Builds the scalar of `result` at `indices`.", "mlir::Value", "iterate",
      (ins "::plx::KernelBuilder &":$b, "unsigned":$result, "llvm::ArrayRef<::plx::Dim>":$indices)>,
    InterfaceMethod<"What kind of nest this is.", "::plx::Nature", "nature", (ins)>];
}

#endif  // PLEXUS_IR_INTERFACES_ITERATE_TD
