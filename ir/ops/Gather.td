include "ir/Base.td"
include "ir/interfaces/SizeChecks.td"

def GatherOp : Plx_InferredOp<"gather", [DeclareOpInterfaceMethods<SizeChecksInterface>,
    DeclareOpInterfaceMethods<PermuteInterface, ["numPermuted", "permutedResult", "rebuildPermuted"]>]> {
  let summary = "Reads a tensor at indices that are data.";
  let description = [{
    `indices` are n tensors of one shape J, the m-th of which indexes dim axes[m] of the operand. The result's dims are the
    dims of the operand that are not in `axes`, in order, with J's dims inserted before the `position`-th of them (after the
    last, when there are `position` of them). The element at (.., j.., ..) is the operand's element whose coordinate along
    axes[m] is indices[m][j]; along the others, the result's. Negative indices count from the end; an index outside [-size,
    size) fails the run.

    Embedding lookup: one axis, 0. ONNX GatherElements: all axes, with iotas for those that are kept. GatherND: leading axes.

    gather.c1: there are as many `indices` as `axes`, at least one.
    gather.c2: `axes` are distinct and in [0, rank(operand)).
    gather.c3: 0 <= `position` <= rank(operand) - size(axes).
    gather.c4: each of `indices` has an int element type, not bool.
    gather.c5: all `indices` have one shape.

    ```mlir
    %r = plx.gather %x, (%i) axes [0] at 0 : (tensor<10x4xf32>, tensor<2x3xi64>) -> tensor<2x3x4xf32>
    ```
  }];
  let arguments = (ins Plx_Tensor:$operand, Variadic<Plx_Tensor>:$indices, DenseI64ArrayAttr:$axes,
                       I64Attr:$position);
  let results = (outs Plx_Tensor:$result);
  let assemblyFormat = [{
    $operand `,` `(` $indices `)` `axes` $axes `at` $position attr-dict `:` functional-type(operands, $result)
  }];
}
