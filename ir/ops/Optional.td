include "ir/Base.td"
include "ir/interfaces/HostCall.td"

def Plx_Optional : Type<CPred<"::mlir::isa<::plx::OptionalType>($_self)">, "optional",
                        "::plx::OptionalType">;

def OptionalOp : Plx_PureOp<"optional", [DeclareOpInterfaceMethods<HostCallInterface>]> {
  let summary = "An optional that holds its operand; without one, nothing.";
  let description = [{
    optional.c1: the operand fits the element type (as an item fits a sequence's).

    ```mlir
    %r = plx.optional %x : (tensor<2xf32>) -> !plx.optional<tensor<?xf32>>
    ```
  }];
  let arguments = (ins Optional<Plx_Value>:$value);
  let results = (outs Plx_Optional:$result);
  let assemblyFormat = "($value^)? attr-dict `:` functional-type(operands, $result)";
}

def OptionalHasOp : Plx_InferredOp<"optional_has", [DeclareOpInterfaceMethods<HostCallInterface>]> {
  let summary = "Whether an optional holds a value, an i1 scalar.";
  let description = [{
    ```mlir
    %r = plx.optional_has %x : (!plx.optional<tensor<2xf32>>) -> tensor<i1>
    ```
  }];
  let arguments = (ins Plx_Optional:$optional);
  let results = (outs Plx_Tensor:$result);
  let assemblyFormat = "$optional attr-dict `:` functional-type($optional, $result)";
}

def OptionalGetOp : Plx_Op<"optional_get", [DeclareOpInterfaceMethods<HostCallInterface>, Plx_NamesSymbols]> {
  let summary = "What an optional holds; nothing in it fails the run.";
  let description = [{
    The result's type is written by whoever creates the op; its sizes are checked, or bound where named under `fresh`.

    optional_get.c1: the element type and the result's type fit.
    optional_get.c2: names under `fresh` are distinct, do not begin with `$`, and each is alone a size of the result.

    ```mlir
    %r = plx.optional_get %x : (!plx.optional<tensor<2xf32>>) -> tensor<2xf32>
    ```
  }];
  let arguments = (ins Plx_Optional:$optional, OptionalAttr<StrArrayAttr>:$fresh);
  let results = (outs Plx_Value:$result);
  let assemblyFormat = [{
    $optional (`fresh` $fresh^)? attr-dict `:` functional-type($optional, $result)
  }];
}
