include "ir/Base.td"

def ParameterOp : Plx_PureOp<"parameter"> {
  let summary = "A named weight, whose bytes stay outside the program.";
  let description = [{
    result = the bytes registered under `name`, as a tensor of the result type. The same name means the same bytes
    everywhere in a module.

    parameter.c1: `name` is not empty.
    parameter.c2: the result type is static.

    ```mlir
    %r = plx.parameter "encoder.weight" : tensor<768x768xf32>
    ```
  }];
  let arguments = (ins StrAttr:$name);
  let results = (outs Plx_Tensor:$result);
  let assemblyFormat = "$name attr-dict `:` type($result)";
}
