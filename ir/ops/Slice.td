include "ir/Base.td"
include "ir/interfaces/SizeChecks.td"

def SliceOp : Plx_InferredOp<"slice", [DeclareOpInterfaceMethods<SizeChecksInterface>,
    DeclareOpInterfaceMethods<PermuteInterface, ["permutedResult", "rebuildPermuted"]>]> {
  let summary = "Elements at regular steps along each dim.";
  let description = [{
    result[i0, ...] = operand[starts[0] + i0 * steps[0], ...]. Steps may be negative (a step of -1 from the end reverses)
    or zero. Whoever creates the op clamps: where a start or a last element lies outside the operand at run time, it fails.

    slice.c1: `starts`, `sizes` and `steps` have one entry a dim of the operand.
    slice.c2: no size is provably negative.
    slice.c3: no first or last element is provably outside the operand.

    ```mlir
    %r = plx.slice %x [0, 1] [2, 2] [1, 2] : (tensor<2x4xf32>) -> tensor<2x2xf32>
    ```
  }];
  let arguments = (ins Plx_Tensor:$operand, Plx_Dims:$starts, Plx_Dims:$sizes, Plx_Dims:$steps);
  let results = (outs Plx_Tensor:$result);
  let assemblyFormat = [{
    $operand custom<Dims>($starts) custom<Dims>($sizes) custom<Dims>($steps) attr-dict `:`
    functional-type($operand, $result)
  }];
  let hasFolder = 1;
}
