include "ir/Base.td"
include "ir/interfaces/Irregular.td"

def SortOp : Plx_InferredOp<"sort", [DeclareOpInterfaceMethods<IrregularInterface>]> {
  let summary = "Sorts along an axis; the sorted values and where they were.";
  let description = [{
    Each line along `axis` ascending, or with `descending` descending; stable: of equal values the lower index first, either
    way. NaN is larger than every number and equal to itself. `indices` (i64) are the positions in the operand.

    sort.c1: `axis` is in [0, rank(operand)).
    sort.c2: the element type has an order: int (bool too), float or string.

    ```mlir
    %v, %i = plx.sort %x axis 1 descending : (tensor<2x3xf32>) -> (tensor<2x3xf32>, tensor<2x3xi64>)
    ```
  }];
  let arguments = (ins Plx_Tensor:$operand, I64Attr:$axis, UnitAttr:$descending);
  let results = (outs Plx_Tensor:$values, Plx_Tensor:$indices);
  let assemblyFormat = [{
    $operand `axis` $axis (`descending` $descending^)? attr-dict `:` functional-type($operand, results)
  }];
}
