include "ir/Base.td"

def LoopOp : Plx_Op<"loop", [RecursiveMemoryEffects, Plx_NamesSymbols, SingleBlock]> {
  let summary = "Repeats a region while a condition holds, at most a number of times, carrying state.";
  let description = [{
    i = 0; while (i < trip_count and condition) { (condition, states.., outputs..) = body(i, condition, states..); ++i }
    Body arguments: the iteration (i64 scalar), the condition (i1 scalar), then one a state. The body may use values from
    above and ends in plx.yield: the next condition, the next states, then any number of scan outputs. Results: the final
    states, then each scan output of all iterations stacked along a new dim 0. A `trip_count` of the largest i64 is no limit.

    Sizes. A state whose sizes do not change has one type as operand, body argument, yielded value and result. A state whose
    sizes may change from iteration to iteration has, in the body argument's type, symbols that the op names under `carried`:
    they are bound anew before each iteration, from the sizes of the states it begins with, and mean nothing outside the
    body. Result types are written by whoever creates the op; sizes known only after the last iteration (of such states, and
    the number of iterations run, dim 0 of scan outputs) are symbols named under `fresh`. Scan outputs have one shape in all
    iterations. With no iteration, results are the operands, and fresh sizes that no operand tells are 0.

    loop.c1: `trip_count` is an i64 scalar, `condition` an i1 scalar.
    loop.c2: body arguments are an i64 scalar, an i1 scalar and one a state; each state fits its argument's type.
    loop.c3: the body ends in plx.yield with an i1 scalar, one value a state that fits the body argument's type, and one a
    scan output.
    loop.c4: results are one a state, which initial and yielded values fit, and one a scan output: a tensor of one dim more
    in front.
    loop.c5: names under `fresh` are distinct, do not begin with `$`, and each is alone a size of some result; those under
    `carried` of some body argument. (To fit: as for plx.if; sizes that mention fresh or carried symbols fit all.)

    ```mlir
    %s, %all = plx.loop %n, %c, (%x) fresh ["m", "t"] carried ["k"] {
    ^bb0(%i: tensor<i64>, %go: tensor<i1>, %y: tensor<?xf32, #plx.dims<[k]>>):
      %z = plx.concat 0 (%y, %y) : (tensor<?xf32, #plx.dims<[k]>>, tensor<?xf32, #plx.dims<[k]>>) -> tensor<?xf32, #plx.dims<[2*k]>>
      plx.yield %go, %z, %i : tensor<i1>, tensor<?xf32, #plx.dims<[2*k]>>, tensor<i64>
    } : (tensor<i64>, tensor<i1>, tensor<2xf32>) -> (tensor<?xf32, #plx.dims<[m]>>, tensor<?xi64, #plx.dims<[t]>>)
    ```
  }];
  let arguments = (ins Plx_Tensor:$trip_count, Plx_Tensor:$condition, Variadic<Plx_Value>:$states,
                       OptionalAttr<StrArrayAttr>:$fresh, OptionalAttr<StrArrayAttr>:$carried);
  let results = (outs Variadic<Plx_Value>:$results);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = [{
    $trip_count `,` $condition `,` `(` $states `)` (`fresh` $fresh^)? (`carried` $carried^)? $body attr-dict `:`
    functional-type(operands, $results)
  }];
}
