include "ir/Base.td"
include "ir/interfaces/SizeChecks.td"

def BroadcastOp : Plx_PureOp<"broadcast", [DeclareOpInterfaceMethods<SizeChecksInterface>,
    DeclareOpInterfaceMethods<PermuteInterface, ["permutedResult", "rebuildPermuted", "withPermutedResult"]>]> {
  let summary = "Repeats a tensor along new dims and along dims of size 1.";
  let description = [{
    result[j0, ..., jn-1] = operand[i] with i[d] = j[dims[d]], or 0 where the operand's size is 1. A size that is not
    proved equal to the result's must be 1 or equal to it at run time: checked there.

    broadcast.c1: operand and result have one element type.
    broadcast.c2: `dims` has one entry a dim of the operand, strictly increasing, in [0, rank(result)).
    broadcast.c3: no size of the operand is provably different from both 1 and the result's size along its dim.

    ```mlir
    %r = plx.broadcast %x [1] : (tensor<3xf32>) -> tensor<2x3xf32>
    ```
  }];
  let arguments = (ins Plx_Tensor:$operand, DenseI64ArrayAttr:$dims);
  let results = (outs Plx_Tensor:$result);
  let assemblyFormat = "$operand $dims attr-dict `:` functional-type($operand, $result)";
  let extraClassDeclaration = [{
    /// The order of the operand's dims in a broadcast that gives transpose(result, permutation).
    ::plx::Permutation operandOrder(::llvm::ArrayRef<int64_t> permutation);
  }];
  let hasFolder = 1;
}
