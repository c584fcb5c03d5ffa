include "ir/Base.td"
include "ir/interfaces/SizeChecks.td"

def QuantizeOp : Plx_InferredOp<"quantize", [DeclareOpInterfaceMethods<SizeChecksInterface>,
    DeclareOpInterfaceMethods<PermuteInterface, ["permutedResult", "rebuildPermuted"]>]> {
  let summary = "saturate(round(operand / scale) + zero), element by element.";
  let description = [{
    The result has the element type of `zero`. To ints: round half to even, add zero, saturate to the type's range; NaN gives
    0. To narrow floats: operand / scale + zero, rounded to the type; out of range values saturate, or with
    `saturate = false` become what plx.cast makes of them. Computed in f32 (f64 for f64 operands). Scales an axis or a block
    are broadcasts before it, which fuse into it.

    quantize.c1: `operand` and `scale` have one float element type.
    quantize.c2: `zero` has an int (not bool) or float element type.
    quantize.c3: all operands have one shape.

    ```mlir
    %r = plx.quantize %x, %scale, %zero : (tensor<4xf32>, tensor<4xf32>, tensor<4xui8>) -> tensor<4xui8>
    ```
  }];
  let arguments = (ins Plx_Tensor:$operand, Plx_Tensor:$scale, Plx_Tensor:$zero,
                       DefaultValuedAttr<BoolAttr, "true">:$saturate);
  let results = (outs Plx_Tensor:$result);
  let assemblyFormat =
      "$operand `,` $scale `,` $zero attr-dict `:` functional-type(operands, $result)";
}

def DequantizeOp : Plx_InferredOp<"dequantize", [DeclareOpInterfaceMethods<SizeChecksInterface>,
    DeclareOpInterfaceMethods<PermuteInterface, ["permutedResult", "rebuildPermuted"]>]> {
  let summary = "(operand - zero) * scale, element by element.";
  let description = [{
    The result has the element type of `scale`. Computed in f32 (f64 for an f64 scale) and rounded once.

    dequantize.c1: `operand` and `zero` have one element type, int (not bool) or float.
    dequantize.c2: `scale` has a float element type.
    dequantize.c3: all operands have one shape.

    ```mlir
    %r = plx.dequantize %x, %scale, %zero : (tensor<4xui8>, tensor<4xf32>, tensor<4xui8>) -> tensor<4xf32>
    ```
  }];
  let arguments = (ins Plx_Tensor:$operand, Plx_Tensor:$scale, Plx_Tensor:$zero);
  let results = (outs Plx_Tensor:$result);
  let assemblyFormat =
      "$operand `,` $scale `,` $zero attr-dict `:` functional-type(operands, $result)";
}
