include "ir/Base.td"

def ReshapeOp : Plx_PureOp<"reshape", [
    DeclareOpInterfaceMethods<PermuteInterface, ["permutedResult", "rebuildPermuted"]>]> {
  let summary = "The same elements, in row-major order, under other dims.";
  let description = [{
    result[j] = operand[i] where i and j have the same position in row-major order.

    reshape.c1: operand and result have one element type.
    reshape.c2: the products of their dims are equal as expressions. What is equal only at run time is said by plx.rebind
    on the flattened operand before.

    ```mlir
    %r = plx.reshape %x : (tensor<2x3x4xf32>) -> tensor<6x4xf32>
    ```
  }];
  let arguments = (ins Plx_Tensor:$operand);
  let results = (outs Plx_Tensor:$result);
  let assemblyFormat = "$operand attr-dict `:` functional-type($operand, $result)";
  let hasFolder = 1;
}
