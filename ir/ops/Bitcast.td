include "ir/Base.td"

def BitcastOp : Plx_PureOp<"bitcast", [
    DeclareOpInterfaceMethods<PermuteInterface, ["permutedResult", "rebuildPermuted"]>]> {
  let summary = "The same bits as another type of the same width.";
  let description = [{
    bitcast.c1: operand and result have the same dims.
    bitcast.c2: both element types are int or float types of the same number of bits.

    ```mlir
    %r = plx.bitcast %x : (tensor<2xf32>) -> tensor<2xui32>
    ```
  }];
  let arguments = (ins Plx_Tensor:$operand);
  let results = (outs Plx_Tensor:$result);
  let assemblyFormat = "$operand attr-dict `:` functional-type($operand, $result)";
  let hasFolder = 1;
}
