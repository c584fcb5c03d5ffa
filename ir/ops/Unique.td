include "ir/Base.td"
include "ir/interfaces/Irregular.td"

def UniqueOp : Plx_Op<"unique", [Plx_NamesSymbols, InferTypeOpAdaptor,
    DeclareOpInterfaceMethods<IrregularInterface>]> {
  let summary = "The distinct elements of a tensor, or its distinct slices along an axis.";
  let description = [{
    With `axis`, the items are the slices operand[.., i, ..] along it, compared lexicographically in row-major order; without,
    the elements of the operand in row-major order. `values`: the distinct items, ascending (NaN last; all NaNs are equal),
    or with `sorted = false` in order of first occurrence; rank 1 without `axis`, else the operand's rank. i64, of rank 1:
    `first` (index of the first occurrence of each), `inverse` (for each item, its place in `values`), `counts`. The number
    of distinct items becomes the symbol named `size`, fresh in the function.

    unique.c1: `axis`, where given, is in [0, rank(operand)).
    unique.c2: the element type has an order: int (bool too), float or string.
    unique.c3: `size` is not empty and does not begin with `$`.

    ```mlir
    %v, %f, %i, %c = plx.unique %x size "n" : (tensor<2x3xf32>)
        -> (tensor<?xf32, #plx.dims<[n]>>, tensor<?xi64, #plx.dims<[n]>>, tensor<6xi64>, tensor<?xi64, #plx.dims<[n]>>)
    ```
  }];
  let arguments = (ins Plx_Tensor:$operand, StrAttr:$size, OptionalAttr<I64Attr>:$axis,
                       DefaultValuedAttr<BoolAttr, "true">:$sorted);
  let results = (outs Plx_Tensor:$values, Plx_Tensor:$first, Plx_Tensor:$inverse, Plx_Tensor:$counts);
  let assemblyFormat = [{
    $operand (`axis` $axis^)? `size` $size attr-dict `:` functional-type($operand, results)
  }];
}
