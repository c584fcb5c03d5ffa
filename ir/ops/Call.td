include "ir/Base.td"
include "mlir/IR/SymbolInterfaces.td"

def CallOp : Plx_Op<"call", [DeclareOpInterfaceMethods<SymbolUserOpInterface>]> {
  let summary = "Calls a function of the module.";
  let description = [{
    Symbols in the callee's argument types stand for the sizes of what is passed; result sizes are the callee's with that put
    in. Sizes that the callee's argument types do not tell are symbols named under `fresh`, bound to the sizes that come.
    Recursion is refused by the evaluator and by import. `vjp` names the function's derivative: it takes the arguments, then a
    cotangent for each continuous result, and gives one for each continuous argument.

    call.c1: `callee` names a func.func of the module.
    call.c2: operands and results are as many as the callee's, and fit their types (as for plx.if) under one value for each
    of the callee's symbols.
    call.c3: names under `fresh` are distinct, do not begin with `$`, and each is alone a size of some result.
    call.c4: `vjp` names a func.func of the module, of these numbers of arguments and results.

    ```mlir
    func.func private @f(tensor<?x?xf32, #plx.dims<[n, m]>>) -> tensor<?xf32, #plx.dims<[m]>>
    %r = plx.call @f(%x) : (tensor<2x3xf32>) -> tensor<3xf32>
    ```
  }];
  let arguments = (ins FlatSymbolRefAttr:$callee, Variadic<Plx_Value>:$arguments,
                       OptionalAttr<StrArrayAttr>:$fresh, OptionalAttr<FlatSymbolRefAttr>:$vjp);
  let results = (outs Variadic<Plx_Value>:$results);
  let assemblyFormat = [{
    $callee `(` $arguments `)` (`fresh` $fresh^)? (`vjp` $vjp^)? attr-dict `:` functional-type($arguments, $results)
  }];
}
