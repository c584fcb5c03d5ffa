include "ir/Base.td"
include "ir/interfaces/SizeChecks.td"

def ArgReduceOp : Plx_InferredOp<"arg_reduce", [DeclareOpInterfaceMethods<SizeChecksInterface>,
    DeclareOpInterfaceMethods<PermuteInterface, ["permutedResult", "rebuildPermuted"]>]> {
  let summary = "Where the largest or smallest element along an axis is.";
  let description = [{
    result[rest] (i64) = the position along `axis` of the max or min; of equal values the first, or with `last` the last. A
    NaN counts as the most extreme value of all, either way. The result lacks `axis`; a size of 0 along it fails the run.

    arg_reduce.c1: `kind` is max or min, and applies to the element type.
    arg_reduce.c2: `axis` is in [0, rank(operand)).
    arg_reduce.c3: the size along `axis` is not 0.

    ```mlir
    %r = plx.arg_reduce max %x axis 1 last : (tensor<2x3xf32>) -> tensor<2xi64>
    ```
  }];
  let arguments = (ins StrAttr:$kind, Plx_Tensor:$operand, I64Attr:$axis, UnitAttr:$last);
  let results = (outs Plx_Tensor:$result);
  let assemblyFormat = [{
    custom<FnName>($kind) $operand `axis` $axis (`last` $last^)? attr-dict `:` functional-type($operand, $result)
  }];
}
