include "ir/Base.td"
include "ir/interfaces/HostCall.td"

// Host values: lists of values. The element type says what is known of all items: `tensor<2x3xf32>` (sizes known),
// `tensor<?x3xf32>` without an encoding (that size is any, and may differ between items), `tensor<*xf32>` (rank too), an
// optional, a sequence. An item fits it where what is known is not provably different.
def Plx_Sequence : Type<CPred<"::mlir::isa<::plx::SequenceType>($_self)">, "sequence",
                        "::plx::SequenceType">;

def SequenceConstructOp : Plx_PureOp<"sequence_construct", [DeclareOpInterfaceMethods<HostCallInterface>]> {
  let summary = "The sequence of its operands; none: the empty one.";
  let description = [{
    sequence_construct.c1: each item fits the element type.

    ```mlir
    %s = plx.sequence_construct (%a, %b) : (tensor<2xf32>, tensor<3xf32>) -> !plx.sequence<tensor<?xf32>>
    ```
  }];
  let arguments = (ins Variadic<Plx_Value>:$items);
  let results = (outs Plx_Sequence:$result);
  let assemblyFormat = "`(` $items `)` attr-dict `:` functional-type($items, $result)";
}

def SequenceAtOp : Plx_Op<"sequence_at", [DeclareOpInterfaceMethods<HostCallInterface>, Plx_NamesSymbols]> {
  let summary = "An item of a sequence; negative positions count from the end.";
  let description = [{
    The result's type is written by whoever creates the op; its sizes are checked, or bound where named under `fresh`. A
    position outside the sequence fails the run.

    sequence_at.c1: `position` is an int scalar.
    sequence_at.c2: the element type and the result's type fit.
    sequence_at.c3: names under `fresh` are distinct, do not begin with `$`, and each is alone a size of the result.

    ```mlir
    %r = plx.sequence_at %s, %i fresh ["n"]
        : (!plx.sequence<tensor<?xf32>>, tensor<i64>) -> tensor<?xf32, #plx.dims<[n]>>
    ```
  }];
  let arguments = (ins Plx_Sequence:$sequence, Plx_Tensor:$position, OptionalAttr<StrArrayAttr>:$fresh);
  let results = (outs Plx_Value:$result);
  let assemblyFormat = [{
    $sequence `,` $position (`fresh` $fresh^)? attr-dict `:` functional-type(operands, $result)
  }];
}

def SequenceInsertOp : Plx_InferredOp<"sequence_insert", [DeclareOpInterfaceMethods<HostCallInterface>]> {
  let summary = "The sequence with an item more, before `position`; without it, at the end.";
  let description = [{
    Negative positions count from the end; outside [-length, length] the run fails.

    sequence_insert.c1: the item fits the element type.
    sequence_insert.c2: `position` is an int scalar.

    ```mlir
    %r = plx.sequence_insert %s, %x at %i
        : (!plx.sequence<tensor<2xf32>>, tensor<2xf32>, tensor<i64>) -> !plx.sequence<tensor<2xf32>>
    ```
  }];
  let arguments = (ins Plx_Sequence:$sequence, Plx_Value:$item, Optional<Plx_Tensor>:$position);
  let results = (outs Plx_Sequence:$result);
  let assemblyFormat = [{
    $sequence `,` $item (`at` $position^)? attr-dict `:` functional-type(operands, $result)
  }];
}

def SequenceEraseOp : Plx_InferredOp<"sequence_erase", [DeclareOpInterfaceMethods<HostCallInterface>]> {
  let summary = "The sequence without the item at `position`; without it, without the last.";
  let description = [{
    Negative positions count from the end; outside [-length, length) the run fails.

    sequence_erase.c1: `position` is an int scalar.

    ```mlir
    %r = plx.sequence_erase %s at %i : (!plx.sequence<tensor<2xf32>>, tensor<i64>) -> !plx.sequence<tensor<2xf32>>
    ```
  }];
  let arguments = (ins Plx_Sequence:$sequence, Optional<Plx_Tensor>:$position);
  let results = (outs Plx_Sequence:$result);
  let assemblyFormat = "$sequence (`at` $position^)? attr-dict `:` functional-type(operands, $result)";
}

def SequenceLengthOp : Plx_InferredOp<"sequence_length", [DeclareOpInterfaceMethods<HostCallInterface>]> {
  let summary = "The number of items, an i64 scalar.";
  let description = [{
    ```mlir
    %r = plx.sequence_length %s : (!plx.sequence<tensor<2xf32>>) -> tensor<i64>
    ```
  }];
  let arguments = (ins Plx_Sequence:$sequence);
  let results = (outs Plx_Tensor:$result);
  let assemblyFormat = "$sequence attr-dict `:` functional-type($sequence, $result)";
}

def SequenceConcatOp : Plx_Op<"sequence_concat", [DeclareOpInterfaceMethods<HostCallInterface>, Plx_NamesSymbols]> {
  let summary = "All items as one tensor, along `axis`, or stacked along a new dim there (`new_axis`).";
  let description = [{
    The result's type is written by whoever creates the op; its sizes are checked, or bound where named under `fresh`. Items
    must agree in all other sizes. An empty sequence gives a size of 0 along `axis`, fresh sizes 0.

    sequence_concat.c1: the sequence's elements are tensors of the result's element type and, where known, its rank (one less
    with `new_axis`).
    sequence_concat.c2: `axis` is in [0, rank(result)).
    sequence_concat.c3: names under `fresh` are distinct, do not begin with `$`, and each is alone a size of the result.

    ```mlir
    %r = plx.sequence_concat %s axis 0 fresh ["n"]
        : (!plx.sequence<tensor<?x2xf32>>) -> tensor<?x2xf32, #plx.dims<[n, 2]>>
    ```
  }];
  let arguments = (ins Plx_Sequence:$sequence, I64Attr:$axis, UnitAttr:$new_axis,
                       OptionalAttr<StrArrayAttr>:$fresh);
  let results = (outs Plx_Tensor:$result);
  let assemblyFormat = [{
    $sequence `axis` $axis (`new_axis` $new_axis^)? (`fresh` $fresh^)? attr-dict `:`
    functional-type($sequence, $result)
  }];
}

def SequenceSplitOp : Plx_PureOp<"sequence_split", [DeclareOpInterfaceMethods<HostCallInterface>]> {
  let summary = "The sequence of the pieces of a tensor along an axis.";
  let description = [{
    `sizes` is an int tensor of rank 1 (the pieces' sizes; their sum is the operand's) or 0 (the size of all pieces, > 0; the
    last is smaller where it does not divide). Without it pieces have size 1; with `drop_axis` (only then) the axis is left
    out.

    sequence_split.c1: `axis` is in [0, rank(operand)).
    sequence_split.c2: `sizes` is an int tensor of rank 0 or 1; with `drop_axis` it is absent.
    sequence_split.c3: the result's elements are tensors of the operand's element type that its pieces fit.

    ```mlir
    %s = plx.sequence_split %x axis 0 sizes %n : (tensor<5x2xf32>, tensor<2xi64>) -> !plx.sequence<tensor<?x2xf32>>
    ```
  }];
  let arguments = (ins Plx_Tensor:$operand, Optional<Plx_Tensor>:$sizes, I64Attr:$axis,
                       UnitAttr:$drop_axis);
  let results = (outs Plx_Sequence:$result);
  let assemblyFormat = [{
    $operand `axis` $axis (`drop_axis` $drop_axis^)? (`sizes` $sizes^)? attr-dict `:`
    functional-type(operands, $result)
  }];
}
