include "ir/Base.td"

def ConcatOp : Plx_InferredOp<"concat", [
    DeclareOpInterfaceMethods<PermuteInterface, ["permutedResult", "rebuildPermuted"]>]> {
  let summary = "Tensors one after another along an axis.";
  let description = [{
    The result's size along `axis` is the sum of the operands' sizes along it.

    concat.c1: there is an operand.
    concat.c2: 0 <= `axis` < rank.
    concat.c3: the operands agree in element type, rank and all dims but that of `axis`.

    ```mlir
    %r = plx.concat 0 (%a, %b) : (tensor<2x3xf32>, tensor<1x3xf32>) -> tensor<3x3xf32>
    ```
  }];
  let arguments = (ins I64Attr:$axis, Variadic<Plx_Tensor>:$operands);
  let results = (outs Plx_Tensor:$result);
  let assemblyFormat = "$axis `(` $operands `)` attr-dict `:` functional-type($operands, $result)";
  let hasFolder = 1;
}
