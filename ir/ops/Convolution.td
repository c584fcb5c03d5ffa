include "ir/Base.td"
include "ir/interfaces/SizeChecks.td"

def ConvolutionOp : Plx_InferredOp<"convolution", [DeclareOpInterfaceMethods<SizeChecksInterface>]> {
  let summary = "Convolution, channels last, over any number of spatial dims, grouped, strided and dilated.";
  let description = [{
    input [n, s..., c], weights [k..., c / groups, o] -> [n, s'..., o] with
    result[n, i.., o] = sum over k.., c' of input[n, i * strides + k * dilations .., g * (c / groups) + c'] * weights[k.., c', o]
    where g = o floordiv (o's size / groups); s' = (s - (k - 1) * dilation - 1) floordiv stride + 1. (A correlation: weights
    are not flipped.) Padding and input dilation (of transposed convolutions) are a `pad` before it. Products and sums are
    made in accumulatorType and rounded once; element types are equal.

    convolution.c1: element types are equal numbers (int but not bool, float).
    convolution.c2: `input` and `weights` have one rank, at least 3.
    convolution.c3: `strides` and `dilations` have one entry a spatial dim, each >= 1.
    convolution.c4: `groups` >= 1 divides c and o; weights' channels agree with c / groups.
    convolution.c5: no result size is negative.

    ```mlir
    %r = plx.convolution %x, %w strides [1, 1] dilations [1, 1] groups 1
        : (tensor<1x8x8x3xf32>, tensor<3x3x3x16xf32>) -> tensor<1x6x6x16xf32>
    ```
  }];
  let arguments = (ins Plx_Tensor:$input, Plx_Tensor:$weights, DenseI64ArrayAttr:$strides,
                       DenseI64ArrayAttr:$dilations, I64Attr:$groups);
  let results = (outs Plx_Tensor:$result);
  let assemblyFormat = [{
    $input `,` $weights `strides` $strides `dilations` $dilations `groups` $groups attr-dict `:`
    functional-type(operands, $result)
  }];
}
