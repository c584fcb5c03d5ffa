include "ir/Base.td"
include "ir/interfaces/Irregular.td"

def NonzeroOp : Plx_Op<"nonzero", [Plx_NamesSymbols, InferTypeOpAdaptor,
    DeclareOpInterfaceMethods<IrregularInterface>]> {
  let summary = "Coordinates of the elements that are not zero.";
  let description = [{
    result[d, j] = coordinate along d of the j-th nonzero element in row-major order (NaN is nonzero). The number of them
    becomes the symbol named `size`, fresh in the function. An operand of rank 0 gives a result of 0 rows.

    nonzero.c1: the element type is a number: int (bool too), float or complex.
    nonzero.c2: `size` is not empty and does not begin with `$`.

    ```mlir
    %r = plx.nonzero %x size "n" : (tensor<2x3xf32>) -> tensor<2x?xi64, #plx.dims<[2, n]>>
    ```
  }];
  let arguments = (ins Plx_Tensor:$operand, StrAttr:$size);
  let results = (outs Plx_Tensor:$result);
  let assemblyFormat = "$operand `size` $size attr-dict `:` functional-type($operand, $result)";
}
