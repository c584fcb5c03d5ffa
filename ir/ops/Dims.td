include "ir/Base.td"

def DimsOp : Plx_PureOp<"dims", [ConstantLike]> {
  let summary = "Symbolic sizes as values.";
  let description = [{
    Element i of the result in row-major order is the value of `value[i]`, wrapped to the element type.

    dims.c1: the result is static, of an int type of 32 bits or more, with one element an entry of `value`.

    ```mlir
    %r = plx.dims [n, 2*m + 1] : tensor<2xi64>
    ```
  }];
  let arguments = (ins Plx_Dims:$value);
  let results = (outs Plx_Tensor:$result);
  let assemblyFormat = "custom<Dims>($value) attr-dict `:` type($result)";
  let builders = [OpBuilder<(ins "::llvm::ArrayRef<::plx::Dim>":$dims)>];  // tensor<Nxi64>
  let hasFolder = 1;
}
