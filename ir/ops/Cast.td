include "ir/Base.td"

def CastOp : Plx_PureOp<"cast", [
    DeclareOpInterfaceMethods<PermuteInterface, ["permutedResult", "rebuildPermuted"]>]> {
  let summary = "Converts elements to another type.";
  let description = [{
    Float to float rounds half to even; overflow gives infinity. To the f8 and f4 kinds, what is beyond the largest finite
    value (infinities too) becomes the largest finite value with `saturate`, else infinity where the kind has one and NaN
    where it has not; f4 has neither and always saturates (NaN gives zero). f8E8M0FNU holds powers of two: of |x| the nearest
    one, between two the larger; infinity gives NaN.
    Float to int truncates and saturates; NaN gives 0. Int to int wraps. To bool: x != 0 (NaN is true). Int to float rounds.
    Complex to complex by parts; real to complex with imaginary part 0; complex to real drops the imaginary part.

    cast.c1: operand and result have the same dims.
    cast.c2: both element types are numbers or bool.

    ```mlir
    %r = plx.cast %x : (tensor<2x3xf32>) -> tensor<2x3xi64>
    ```
  }];
  let arguments = (ins Plx_Tensor:$operand, DefaultValuedAttr<BoolAttr, "true">:$saturate);
  let results = (outs Plx_Tensor:$result);
  let assemblyFormat = "$operand attr-dict `:` functional-type($operand, $result)";
  let builders = [OpBuilder<(ins "::mlir::Value":$operand, "::mlir::Type":$element, CArg<"bool", "true">:$saturate)>];
  let hasFolder = 1;
}
