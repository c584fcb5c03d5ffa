include "ir/Base.td"

def BindOp : Plx_Op<"bind"> {
  let summary = "Makes run-time values symbols of the function.";
  let description = [{
    The symbol names[i] stands for element i of the operand from here on, in what this op dominates. A value below its lower
    bound fails the run. Not pure, so that it stays where it is.

    bind.c1: the operand is a tensor of i64 or i32, static, of rank 0 or 1.
    bind.c2: `names` and `lowerBounds` have one entry an element of the operand; names are not empty and not repeated.

    ```mlir
    plx.bind %v ["batch", "length"] [0, 1] : tensor<2xi64>
    ```
  }];
  let arguments = (ins Plx_Tensor:$operand, StrArrayAttr:$names, DenseI64ArrayAttr:$lowerBounds);
  let assemblyFormat = "$operand $names $lowerBounds attr-dict `:` type($operand)";
  let extraClassDeclaration = [{
    /// The symbols it declares, in order.
    ::llvm::SmallVector<::plx::Dim> symbols();
  }];
}
