include "ir/Base.td"

def HostOp : Plx_Op<"host"> {
  let summary = "A named function that runs on the host: strings, image codecs, custom C ops.";
  let description = [{
    What it does, which `settings` and operands it takes, is the function's own matter (ir/eval/HostFunctions.h for the
    evaluator, the runtime's table of host functions for compiled code); a name that is missing there is refused. Result
    types are written by whoever creates the op; their sizes are checked, or bound where named under `fresh`. Not assumed to
    be pure.

    host.c1: `function` is not empty.
    host.c2: names under `fresh` are distinct, do not begin with `$`, and each is alone a size of some result.

    ```mlir
    %r = plx.host "string_concat" (%a, %b) {}
        : (tensor<2x!plx.string>, tensor<2x!plx.string>) -> tensor<2x!plx.string>
    ```
  }];
  let arguments = (ins StrAttr:$function, Variadic<Plx_Value>:$inputs, DictionaryAttr:$settings,
                       OptionalAttr<StrArrayAttr>:$fresh);
  let results = (outs Variadic<Plx_Value>:$results);
  let assemblyFormat = [{
    $function `(` $inputs `)` $settings (`fresh` $fresh^)? attr-dict `:`
    functional-type($inputs, $results)
  }];
}
