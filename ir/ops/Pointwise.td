include "ir/Base.td"

def PointwiseOp : Plx_InferredOp<"pointwise", [
    DeclareOpInterfaceMethods<PermuteInterface, ["permutedResult", "rebuildPermuted"]>]> {
  let summary = "A scalar function of types/ScalarFn.def, element by element.";
  let description = [{
    result[i] = fn(operands[0][i], ...). Nothing broadcasts: operands are broadcast before, by plx.broadcast.

    pointwise.c1: `fn` is a row of types/ScalarFn.def.
    pointwise.c2: number and element types of the operands are those `fn` takes.
    pointwise.c3: the operands have the same dims.

    ```mlir
    %r = plx.pointwise add(%a, %b) : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
    ```
  }];
  let arguments = (ins StrAttr:$fn, Variadic<Plx_Tensor>:$operands);
  let results = (outs Plx_Tensor:$result);
  let assemblyFormat = "custom<FnName>($fn) `(` $operands `)` attr-dict `:` functional-type($operands, $result)";
  let builders = [OpBuilder<(ins "::plx::ScalarFn":$fn, "::mlir::ValueRange":$operands)>];
  let extraClassDeclaration = "::plx::ScalarFn function();";
  let hasFolder = 1;
}
