include "ir/Base.td"

def ScanOp : Plx_Op<"scan", [RecursiveMemoryEffects, Plx_NamesSymbols, SingleBlock, AttrSizedOperandSegments]> {
  let summary = "Runs a region once for each slice of tensors along dim 0, carrying state: the loop of an RNN.";
  let description = [{
    For i in [0, size of the inputs' dim 0): (states.., outputs..) = body(states.., inputs[i]..). The body may use values from
    above and ends in plx.yield. Results: the final states, then each output of all iterations stacked along a new dim 0.
    States keep their sizes. To scan backwards, slice inputs and outputs with step -1 around it; to scan along another dim,
    transpose around it. Result types are written by whoever creates the op; sizes of outputs that the body does not tell
    in terms of symbols valid outside are symbols named under `fresh`, bound to the sizes that come (0 without iterations).

    scan.c1: there is at least one input; inputs have rank >= 1 and agree in dim 0.
    scan.c2: body arguments are one a state, which it fits, and one an input: a tensor of the input's type without dim 0.
    scan.c3: the body ends in plx.yield with one value a state, which fits the body argument's type, and one an output.
    scan.c4: results are one a state, which initial and yielded values fit, and one an output: a tensor of one dim more in
    front, which agrees with the inputs' dim 0.
    scan.c5: names under `fresh` are distinct, do not begin with `$`, and each is alone a size of some result. (To fit: as
    for plx.if.)

    ```mlir
    %h, %all = plx.scan (%h0) over (%x) {
    ^bb0(%s: tensor<4xf32>, %slice: tensor<4xf32>):
      %t = plx.pointwise add(%s, %slice) : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
      plx.yield %t, %t : tensor<4xf32>, tensor<4xf32>
    } : (tensor<4xf32>, tensor<9x4xf32>) -> (tensor<4xf32>, tensor<9x4xf32>)
    ```
  }];
  let arguments = (ins Variadic<Plx_Value>:$states, Variadic<Plx_Tensor>:$inputs,
                       OptionalAttr<StrArrayAttr>:$fresh);
  let results = (outs Variadic<Plx_Value>:$results);
  let regions = (region SizedRegion<1>:$body);
  let hasCanonicalizer = 1;
  let assemblyFormat = [{
    `(` $states `)` `over` `(` $inputs `)` (`fresh` $fresh^)? $body attr-dict `:`
    functional-type(operands, $results)
  }];
}
