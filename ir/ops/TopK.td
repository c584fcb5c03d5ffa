include "ir/Base.td"
include "ir/interfaces/Irregular.td"

def TopKOp : Plx_InferredOp<"top_k", [DeclareOpInterfaceMethods<IrregularInterface>]> {
  let summary = "The k largest or smallest values along an axis, and where they are.";
  let description = [{
    The first k values of each line along `axis` as `sort` orders it (descending; with `smallest` ascending), and their
    positions (i64): sorted, of equal values the lower index first, NaN larger than every number. The result's size along
    `axis` is k. A k larger than the operand's size fails the run.

    top_k.c1: `axis` is in [0, rank(operand)).
    top_k.c2: the element type has an order: int (bool too) or float.
    top_k.c3: `k` is one dim, not negative, and not provably larger than the operand's size.

    ```mlir
    %v, %i = plx.top_k %x axis 1 k [2] : (tensor<4x3xf32>) -> (tensor<4x2xf32>, tensor<4x2xi64>)
    ```
  }];
  let arguments = (ins Plx_Tensor:$operand, I64Attr:$axis, Plx_Dims:$k, UnitAttr:$smallest);
  let results = (outs Plx_Tensor:$values, Plx_Tensor:$indices);
  let assemblyFormat = [{
    $operand `axis` $axis `k` custom<Dims>($k) (`smallest` $smallest^)? attr-dict `:`
    functional-type($operand, results)
  }];
}
