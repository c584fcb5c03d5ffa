include "ir/Base.td"

def IfOp : Plx_Op<"if", [RecursiveMemoryEffects, Plx_NamesSymbols, SingleBlock]> {
  let summary = "Runs one of two regions; its values are the op's results.";
  let description = [{
    Regions have no arguments, may use values from above, and end in plx.yield with one value a result. Result types are
    written by whoever creates the op. Where a size is one expression in both branches, the result's type has it; where
    branches differ, it is a symbol that the op names under `fresh`: its value is the size that the branch taken yields.

    if.c1: `condition` is an i1 scalar.
    if.c2: each region ends in plx.yield with one value a result.
    if.c3: each value yielded fits the result's type: element type and rank equal, sizes not provably different except where
    the result's size mentions a fresh symbol; sequences and optionals likewise in their elements.
    if.c4: names under `fresh` are distinct, do not begin with `$`, and each is alone a size of some result.

    ```mlir
    %r = plx.if %c fresh ["m"] {
      plx.yield %a : tensor<2xf32>
    } else {
      plx.yield %b : tensor<3xf32>
    } : (tensor<i1>) -> tensor<?xf32, #plx.dims<[m]>>
    ```
  }];
  let arguments = (ins Plx_Tensor:$condition, OptionalAttr<StrArrayAttr>:$fresh);
  let results = (outs Variadic<Plx_Value>:$results);
  let regions = (region SizedRegion<1>:$then_region, SizedRegion<1>:$else_region);
  let assemblyFormat = [{
    $condition (`fresh` $fresh^)? $then_region `else` $else_region attr-dict `:`
    functional-type($condition, $results)
  }];
}
