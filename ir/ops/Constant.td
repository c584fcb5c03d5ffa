include "ir/Base.td"

def ConstantOp : Plx_InferredOp<"constant", [
    ConstantLike, DeclareOpInterfaceMethods<PermuteInterface, ["withPermutedResult"]>]> {
  let summary = "A tensor whose elements are in the program.";
  let description = [{
    result = value. For what is small; weights are plx.parameter.

    constant.c1: `value` is dense, with a static shape and an element type of plx.

    ```mlir
    %r = plx.constant dense<[1.0, 2.0]> : tensor<2xf32>
    ```
  }];
  let arguments = (ins ElementsAttr:$value);
  let results = (outs Plx_Tensor:$result);
  let assemblyFormat = "$value attr-dict";
  let hasFolder = 1;
}
