include "ir/Base.td"

def CumulativeOp : Plx_InferredOp<"cumulative", [
    DeclareOpInterfaceMethods<PermuteInterface, ["permutedResult", "rebuildPermuted"]>]> {
  let summary = "Running fold along an axis.";
  let description = [{
    result[.., i, ..] = combine of operand[.., k, ..] for k <= i along `axis`; with `reverse` k >= i; with `exclusive` k = i
    is left out (the first of a line is then the neutral element). `kind`: sum, product, max, min, and, or.

    cumulative.c1: `kind` is a fold and applies to the element type.
    cumulative.c2: `axis` is in [0, rank(operand)).

    ```mlir
    %r = plx.cumulative sum %x axis 1 exclusive : (tensor<2x3xf32>) -> tensor<2x3xf32>
    ```
  }];
  let arguments = (ins StrAttr:$kind, Plx_Tensor:$operand, I64Attr:$axis, UnitAttr:$exclusive,
                       UnitAttr:$reverse);
  let results = (outs Plx_Tensor:$result);
  let assemblyFormat = [{
    custom<FnName>($kind) $operand `axis` $axis (`exclusive` $exclusive^)? (`reverse` $reverse^)? attr-dict `:`
    functional-type($operand, $result)
  }];
}
