include "ir/Base.td"

def IotaOp : Plx_PureOp<"iota", [
    DeclareOpInterfaceMethods<PermuteInterface, ["withPermutedResult"]>]> {
  let summary = "The position of each element along one axis.";
  let description = [{
    result[i0, ..., in-1] = i_axis, wrapped (ints) or rounded (floats) to the element type.

    iota.c1: 0 <= `axis` < rank(result).
    iota.c2: the element type is an int or float type.

    ```mlir
    %r = plx.iota 1 : tensor<2x3xi64>
    ```
  }];
  let arguments = (ins I64Attr:$axis);
  let results = (outs Plx_Tensor:$result);
  let assemblyFormat = "$axis attr-dict `:` type($result)";
}
