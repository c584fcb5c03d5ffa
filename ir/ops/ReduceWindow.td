include "ir/Base.td"

def ReduceWindowOp : Plx_InferredOp<"reduce_window", [
    DeclareOpInterfaceMethods<PermuteInterface, ["permutedResult", "rebuildPermuted"]>]> {
  let summary = "Folds the elements under a window that slides over a tensor.";
  let description = [{
    result[i] = combine over w in [0, window) of operand[i[d] * strides[d] + w[d] * dilations[d] for each dim d]. One entry a
    dim of the operand; dims that are not pooled have a window of 1 and a stride of 1. No padding: `pad` comes before.
    Result size along d: (n - (window - 1) * dilation - 1) floordiv stride + 1. `kind`: sum, product, max, min, and, or.

    reduce_window.c1: `kind` is a fold and applies to the element type.
    reduce_window.c2: `window`, `strides` and `dilations` have one entry a dim of the operand, each >= 1.
    reduce_window.c3: the dilated window is not provably larger than the operand by more than a stride (no result size is
    negative).

    ```mlir
    %r = plx.reduce_window max %x [1, 2, 2, 1] [1, 2, 2, 1] [1, 1, 1, 1]
        : (tensor<1x4x6x3xf32>) -> tensor<1x2x3x3xf32>
    ```
  }];
  let arguments = (ins StrAttr:$kind, Plx_Tensor:$operand, DenseI64ArrayAttr:$window,
                       DenseI64ArrayAttr:$strides, DenseI64ArrayAttr:$dilations);
  let results = (outs Plx_Tensor:$result);
  let assemblyFormat = [{
    custom<FnName>($kind) $operand $window $strides $dilations attr-dict `:` functional-type($operand, $result)
  }];
}
