include "ir/Base.td"
include "ir/interfaces/HostCall.td"

// Maps are values of host functions alone.
def Plx_HostValue : AnyTypeOf<[Plx_Value, Type<CPred<"::mlir::isa<::plx::MapType>($_self)">, "map">]>;

def HostOp : Plx_Op<"host", [DeclareOpInterfaceMethods<HostCallInterface>]> {
  let summary = "A named function that runs on the host: strings, image codecs, custom C ops.";
  let description = [{
    What it does, which `settings` and operands it takes, is the function's own matter (the runtime's table of host functions;
    the evaluator looks into one of its own first, ir/eval/HostFunctions.h); a name that is missing there is refused. Result
    types are written by whoever creates the op; their sizes are checked, or bound where named under `fresh`. Not assumed to
    be pure.

    host.c1: `function` is not empty.
    host.c2: names under `fresh` are distinct, do not begin with `$`, and each is alone a size of some result.

    ```mlir
    %r = plx.host "host:string_concat" (%a, %b) {}
        : (tensor<2x!plx.string>, tensor<2x!plx.string>) -> tensor<2x!plx.string>
    ```
  }];
  let arguments = (ins StrAttr:$function, Variadic<Plx_HostValue>:$inputs, DictionaryAttr:$settings,
                       OptionalAttr<StrArrayAttr>:$fresh);
  let results = (outs Variadic<Plx_HostValue>:$results);
  let assemblyFormat = [{
    $function `(` $inputs `)` $settings (`fresh` $fresh^)? attr-dict `:`
    functional-type($inputs, $results)
  }];
}
