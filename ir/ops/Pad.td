include "ir/Base.td"
include "ir/interfaces/SizeChecks.td"

def PadOp : Plx_InferredOp<"pad", [DeclareOpInterfaceMethods<SizeChecksInterface>,
    DeclareOpInterfaceMethods<PermuteInterface, ["numPermuted", "permutedResult", "rebuildPermuted"]>]> {
  let summary = "Puts a value before, after and between the elements along each dim.";
  let description = [{
    Along each dim of size n: `low` times the value, then the elements with `interior` times the value between neighbours,
    then `high` times the value. Negative `low` or `high` take elements (or interior values) away instead.

    pad.c1: `low`, `high` and `interior` have one entry a dim of the operand.
    pad.c2: no entry of `interior` is provably negative.
    pad.c3: `value` has rank 0 and the operand's element type.
    pad.c4: no dim of the result, low + high + n + max(n - 1, 0) * interior, is provably negative.

    ```mlir
    %r = plx.pad %x, %value [1, 0] [1, -1] [0, 1] : (tensor<2x3xf32>, tensor<f32>) -> tensor<4x4xf32>
    ```
  }];
  let arguments = (ins Plx_Tensor:$operand, Plx_Tensor:$value, Plx_Dims:$low, Plx_Dims:$high, Plx_Dims:$interior);
  let results = (outs Plx_Tensor:$result);
  let assemblyFormat = [{
    $operand `,` $value custom<Dims>($low) custom<Dims>($high) custom<Dims>($interior) attr-dict `:`
    functional-type(operands, $result)
  }];
  let hasFolder = 1;
}
