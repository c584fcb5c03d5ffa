include "ir/Base.td"

def YieldOp : Op<Plx_Dialect, "yield", [Pure, Terminator]> {
  let summary = "Ends a region of if, loop or scan with the values it gives.";
  let description = [{
    yield.c1: the op around it is plx.if, plx.loop or plx.scan.

    ```mlir
    %r:2 = plx.if %c {
      plx.yield %a, %b : tensor<2xf32>, tensor<i64>
    } else {
      plx.yield %a, %d : tensor<2xf32>, tensor<i64>
    } : (tensor<i1>) -> (tensor<2xf32>, tensor<i64>)
    ```
  }];
  let arguments = (ins Variadic<Plx_Value>:$values);
  let assemblyFormat = "($values^ `:` type($values))? attr-dict";
  let hasVerifier = 1;
}
