// What an op makes of operands whose dims are permuted: all that layout assignment needs to know of it.
#ifndef PLEXUS_IR_INTERFACES_PERMUTE_TD
#define PLEXUS_IR_INTERFACES_PERMUTE_TD

include "mlir/IR/OpBase.td"

def PermuteInterface : OpInterface<"Permute"> {
  let cppNamespace = "::plx";
  let description = [{
    For ops of one result that can work on a tensor in another order of its dims: where each of the leading operands is
    transpose(given, permutation), the result is transpose(rebuildPermuted(.., given), permutedResult(permutation)).
    Sources (constant, iota, broadcast) can also be asked for their result in another order: withPermutedResult.
    An op without this interface stops transposes.
  }];
  let methods = [
    InterfaceMethod<"How many operands, the first ones, are permuted together; others stay as they are.",
      "unsigned", "numPermuted", (ins), [{}], [{ return $_op->getNumOperands(); }]>,
    InterfaceMethod<"The permutation of the result; nothing where there is none but to transpose back first.",
      "std::optional<::plx::PermutedResult>", "permutedResult", (ins "llvm::ArrayRef<int64_t>":$permutation), [{}],
      [{ (void)permutation; return std::nullopt; }]>,
    InterfaceMethod<"The op on `given`, one a leading operand; only where permutedResult gives something.",
      "mlir::Value", "rebuildPermuted",
      (ins "mlir::OpBuilder &":$b, "llvm::ArrayRef<int64_t>":$permutation, "mlir::ValueRange":$given), [{}],
      [{ (void)b; (void)permutation; (void)given; return {}; }]>,
    InterfaceMethod<[{transpose(result, permutation) without a transpose of the result. `transposed` gives an operand
      transposed. Null where the op is not a source.}],
      "mlir::Value", "withPermutedResult",
      (ins "mlir::OpBuilder &":$b, "llvm::ArrayRef<int64_t>":$permutation,
           "llvm::function_ref<mlir::Value(mlir::Value, llvm::ArrayRef<int64_t>)>":$transposed), [{}],
      [{ (void)b; (void)permutation; (void)transposed; return {}; }]>];
}

#endif  // PLEXUS_IR_INTERFACES_PERMUTE_TD
