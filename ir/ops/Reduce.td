include "ir/Base.td"

def ReduceOp : Plx_InferredOp<"reduce", [
    DeclareOpInterfaceMethods<PermuteInterface, ["permutedResult", "rebuildPermuted"]>]> {
  let summary = "Folds dims of a tensor.";
  let description = [{
    result[rest] = combine of operand over all coordinates along `axes`, which the result lacks. `kind`: sum, product, max,
    min, and, or. Over nothing the result is the neutral element. Accumulates in accumulatorType; max and min give NaN where
    a NaN is among the values.

    reduce.c1: `kind` is a fold and applies to the element type.
    reduce.c2: `axes` are ascending and in [0, rank(operand)).

    ```mlir
    %r = plx.reduce sum %x [0, 2] : (tensor<2x3x4xf32>) -> tensor<3xf32>
    ```
  }];
  let arguments = (ins StrAttr:$kind, Plx_Tensor:$operand, DenseI64ArrayAttr:$axes);
  let results = (outs Plx_Tensor:$result);
  let assemblyFormat =
      "custom<FnName>($kind) $operand $axes attr-dict `:` functional-type($operand, $result)";
  let hasFolder = 1;
}
