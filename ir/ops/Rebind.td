include "ir/Base.td"

def RebindOp : Plx_PureOp<"rebind", [
    DeclareOpInterfaceMethods<PermuteInterface, ["permutedResult", "rebuildPermuted"]>]> {
  let summary = "The same tensor under sizes claimed equal.";
  let description = [{
    result = operand. Sizes that differ at run time fail the run, with a message that names both expressions.
    With `stop_gradient` nothing is differentiated through it, and it stays where sizes are the same.

    rebind.c1: operand and result have one element type and rank.
    rebind.c2: no size of the result is provably different from the operand's.

    ```mlir
    %r = plx.rebind %x : (tensor<?xf32, #plx.dims<[n + m]>>) -> tensor<?xf32, #plx.dims<[k]>>
    ```
  }];
  let arguments = (ins Plx_Tensor:$operand, UnitAttr:$stop_gradient);
  let results = (outs Plx_Tensor:$result);
  let assemblyFormat = "$operand attr-dict `:` functional-type($operand, $result)";
  let hasFolder = 1;
}
