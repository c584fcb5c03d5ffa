include "ir/Base.td"
include "ir/interfaces/Irregular.td"
include "ir/interfaces/SizeChecks.td"

def NonMaxSuppressionOp : Plx_Op<"non_max_suppression", [DeclareOpInterfaceMethods<SizeChecksInterface>,
    Plx_NamesSymbols, InferTypeOpAdaptor,
    DeclareOpInterfaceMethods<IrregularInterface>]> {
  let summary = "Boxes of high score that do not overlap one another much, per batch entry and class.";
  let description = [{
    boxes [b, n, 4], scores [b, c, n]. For each batch entry and class: boxes in order of falling score (of equal ones the
    lower index first), leaving out scores <= `score_threshold`; a box is taken unless its intersection over union with one
    taken before is > `iou_threshold`, until `max_output` are taken (none when it is <= 0). Each gives a row (batch entry,
    class, box) of the result [size, 3] i64, in order of batch entry, class, and the taking. The number of rows becomes the
    symbol named `size`, fresh in the function.

    A box is (y1, x1, y2, x2), any two opposite corners; with `center_point_box` (x, y, width, height) about its centre.
    A box or union of area <= 0 overlaps nothing.

    non_max_suppression.c1: `boxes` has rank 3 and last size 4; `scores` has rank 3; float element types, equal.
    non_max_suppression.c2: b and n of `boxes` and `scores` agree.
    non_max_suppression.c3: `max_output` is an i64 scalar; `iou_threshold` and `score_threshold` are f32 scalars.
    non_max_suppression.c4: `size` is not empty and does not begin with `$`.

    ```mlir
    %r = plx.non_max_suppression %boxes, %scores, %max, %iou, %threshold size "n"
        : (tensor<1x6x4xf32>, tensor<1x2x6xf32>, tensor<i64>, tensor<f32>, tensor<f32>)
        -> tensor<?x3xi64, #plx.dims<[n, 3]>>
    ```
  }];
  let arguments = (ins Plx_Tensor:$boxes, Plx_Tensor:$scores, Plx_Tensor:$max_output,
                       Plx_Tensor:$iou_threshold, Plx_Tensor:$score_threshold, StrAttr:$size,
                       UnitAttr:$center_point_box);
  let results = (outs Plx_Tensor:$result);
  let assemblyFormat = [{
    $boxes `,` $scores `,` $max_output `,` $iou_threshold `,` $score_threshold `size` $size
    (`center_point_box` $center_point_box^)? attr-dict `:` functional-type(operands, $result)
  }];
}
