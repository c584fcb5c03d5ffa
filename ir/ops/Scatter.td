include "ir/Base.td"
include "ir/interfaces/Irregular.td"
include "ir/interfaces/SizeChecks.td"

def ScatterOp : Plx_InferredOp<"scatter", [DeclareOpInterfaceMethods<SizeChecksInterface>,
    DeclareOpInterfaceMethods<IrregularInterface>]> {
  let summary = "Writes or combines updates into a tensor at indices that are data: the mirror of gather.";
  let description = [{
    The result is the operand, with updates[u] combined into the element that `gather` with the same `indices`, `axes` and
    `position` reads for its result's element u, for all u in row-major order. `kind`: replace (the last write stays), sum,
    product, max, min. Negative indices count from the end; an index outside [-size, size) fails the run.

    scatter.c1: there are as many `indices` as `axes`, at least one.
    scatter.c2: `axes` are distinct and in [0, rank(operand)).
    scatter.c3: 0 <= `position` <= rank(operand) - size(axes).
    scatter.c4: each of `indices` has an int element type, not bool.
    scatter.c5: all `indices` have one shape.
    scatter.c6: `kind` is replace, sum, product, max or min, and applies to the element type.
    scatter.c7: `updates` has the type that gather would have.

    ```mlir
    %r = plx.scatter sum %x, %updates, (%i) axes [0] at 0
        : (tensor<10x4xf32>, tensor<3x4xf32>, tensor<3xi64>) -> tensor<10x4xf32>
    ```
  }];
  let arguments = (ins StrAttr:$kind, Plx_Tensor:$operand, Plx_Tensor:$updates,
                       Variadic<Plx_Tensor>:$indices, DenseI64ArrayAttr:$axes, I64Attr:$position);
  let results = (outs Plx_Tensor:$result);
  let assemblyFormat = [{
    custom<FnName>($kind) $operand `,` $updates `,` `(` $indices `)` `axes` $axes `at` $position attr-dict `:`
    functional-type(operands, $result)
  }];
}
