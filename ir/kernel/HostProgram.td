// The closed set between kernels: what a host program is made of, beside scf.if, scf.while and a few arith ops.
#ifndef PLEXUS_IR_KERNEL_HOSTPROGRAM_TD
#define PLEXUS_IR_KERNEL_HOSTPROGRAM_TD

include "ir/Base.td"
include "mlir/IR/RegionKindInterface.td"
include "mlir/IR/SymbolInterfaces.td"

class HostProgram_Op<string mnemonic, list<Trait> traits = []> : Op<Plx_Dialect, mnemonic, traits>;
def Plx_Buffer : Type<CPred<"::mlir::isa<::plx::BufferType>($_self)">, "buffer", "::plx::BufferType">,
                 BuildableType<"$_builder.getType<::plx::BufferType>()">;

def Plx_Object : Type<CPred<"::mlir::isa<::plx::ObjectType>($_self)">, "object", "::plx::ObjectType">,
                 BuildableType<"$_builder.getType<::plx::ObjectType>()">;

def ProgramOp : HostProgram_Op<"program", [Symbol, IsolatedFromAbove, NoTerminator, SingleBlock, NoRegionArguments]> {
  let summary = "The host program of a model: what runs the kernels in order.";
  let description = [{
    Straight from top to bottom, with scf.if and scf.while. Values are buffers (addresses), objects (sequences, optionals,
    tensors of strings: what the runtime's plx_object holds), i64 and i1. Symbols (sizes by
    name) are variables of the program: those that are alone a dim of an input have its value from the start, others are
    set by set_symbol before they are read. Types of inputs and outputs are tensors, sequences and optionals.
    `arena_bytes`, set by the memory plan: bytes that are needed whatever the symbols are; `symbolic_arena`: there is more.
    `num_states`: how many growable buffers (plx.state) there are. `donated`: the input whose next value each output is, -1
    where it is none's; one buffer may be bound to both, and plx-update-in-place has seen to it that this does no harm.
  }];
  let arguments = (ins SymbolNameAttr:$sym_name, StrArrayAttr:$inputNames, TypeArrayAttr:$inputTypes,
                       StrArrayAttr:$outputNames, TypeArrayAttr:$outputTypes,
                       DefaultValuedAttr<I64Attr, "0">:$numStates, OptionalAttr<I64Attr>:$arenaBytes,
                       UnitAttr:$symbolicArena, OptionalAttr<DenseI64ArrayAttr>:$donated);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = [{
    $sym_name $inputNames $inputTypes `->` $outputNames $outputTypes attr-dict-with-keyword $body
  }];
  let hasVerifier = 1;
}

// ---- buffers -----------------------------------------------------------------------------------------------------------

def InputOp : HostProgram_Op<"input", [Pure]> {
  let summary = "The buffer of an input; read only.";
  let arguments = (ins I64Attr:$index);
  let results = (outs Plx_Buffer:$result);
  let assemblyFormat = "$index attr-dict";
}

def OutputOp : HostProgram_Op<"output"> {
  let summary = "The buffer of an output, whose dims are told by this. Once an output.";
  let arguments = (ins I64Attr:$index, Plx_Dims:$dims);
  let results = (outs Plx_Buffer:$result);
  let assemblyFormat = "$index custom<Dims>($dims) attr-dict";
}

def WeightOp : HostProgram_Op<"weight", [Pure]> {
  let summary = "The buffer of a weight: a parameter by name, or with `value` a constant of the program; read only.";
  let arguments = (ins StrAttr:$name, TypeAttr:$type, OptionalAttr<ElementsAttr>:$value);
  let results = (outs Plx_Buffer:$result);
  let assemblyFormat = "$name $type (`=` $value^)? attr-dict";
}

def AllocOp : HostProgram_Op<"alloc"> {
  let summary = "A buffer of the arena for a tensor of these dims; contents undefined, alive until its last use.";
  let description = [{
    Set by the memory plan: `offset`, bytes from the arena's base, or `slot`, the number of the plx.place that computes it.
  }];
  let arguments = (ins Plx_Dims:$dims, I64Attr:$elementBytes, OptionalAttr<I64Attr>:$offset,
                       OptionalAttr<I64Attr>:$slot);
  let results = (outs Plx_Buffer:$result);
  let assemblyFormat = "custom<Dims>($dims) `x` $elementBytes (`at` $offset^)? (`slot` $slot^)? attr-dict";
}

def StateOp : HostProgram_Op<"state"> {
  let summary = "A growable buffer, of `count` times these dims; keeps its contents, may move when it grows.";
  let arguments = (ins I64:$slot, Optional<I64>:$count, Plx_Dims:$dims, I64Attr:$elementBytes);
  let results = (outs Plx_Buffer:$result);
  let assemblyFormat = "$slot (`count` $count^)? custom<Dims>($dims) `x` $elementBytes attr-dict";
}

def AdvanceOp : HostProgram_Op<"advance", [Pure]> {
  let summary = "The address `count` times the bytes of a tensor of these dims further on.";
  let arguments = (ins Plx_Buffer:$buffer, I64:$count, Plx_Dims:$dims, I64Attr:$elementBytes);
  let results = (outs Plx_Buffer:$result);
  let assemblyFormat = "$buffer `by` $count custom<Dims>($dims) `x` $elementBytes attr-dict";
}

def CopyOp : HostProgram_Op<"copy"> {
  let summary = "Copies a tensor of these dims; the buffers do not overlap, but for an output and the input donated to it.";
  let arguments = (ins Plx_Buffer:$source, Plx_Buffer:$target, Plx_Dims:$dims, I64Attr:$elementBytes);
  let assemblyFormat = "$source `to` $target custom<Dims>($dims) `x` $elementBytes attr-dict";
}

// ---- the memory plan where sizes are symbols ---------------------------------------------------------------------------

def PlaceOp : HostProgram_Op<"place"> {
  let summary = "Computes the offset of a slot: the greatest of `base` and the ends of the slots `below`.";
  let description = [{
    Its end is its offset plus its bytes, rounded up to 64. The end of a slot that was not placed yet is 0.
  }];
  let arguments = (ins I64Attr:$slot, Plx_Dims:$dims, I64Attr:$elementBytes, I64Attr:$base,
                       DenseI64ArrayAttr:$below);
  let assemblyFormat = "$slot custom<Dims>($dims) `x` $elementBytes `from` $base $below attr-dict";
}

def ReserveOp : HostProgram_Op<"reserve"> {
  let summary = "Makes the arena large enough for the ends of these slots.";
  let arguments = (ins DenseI64ArrayAttr:$slots);
  let assemblyFormat = "$slots attr-dict";
}

// ---- numbers and symbols -----------------------------------------------------------------------------------------------

def SizeOp : HostProgram_Op<"size"> {
  let summary = "The value of an expression over the symbols, as they are here.";
  let arguments = (ins Plx_Dims:$expression);
  let results = (outs I64:$result);
  let assemblyFormat = "custom<Dims>($expression) attr-dict";
  let hasVerifier = 1;
}

def SetSymbolOp : HostProgram_Op<"set_symbol"> {
  let summary = "Gives a symbol a value; one below `lowerBound` fails the run.";
  let arguments = (ins StrAttr:$name, I64:$value, I64Attr:$lowerBound);
  let assemblyFormat = "$name `=` $value `ge` $lowerBound attr-dict";
}

def RequireOp : HostProgram_Op<"require"> {
  let summary = "Fails the run unless two sizes are equal; `message` with {0} and {1} for the values, {2} for the axis.";
  let arguments = (ins I64:$first, I64:$second, I64Attr:$axis, StrAttr:$message);
  let assemblyFormat = "$first `=` $second `axis` $axis $message attr-dict";
}

def LoadScalarOp : HostProgram_Op<"load_scalar"> {
  let summary = "An element (an int or bool) of a buffer as a number; 64-bit unsigned ints wrap.";
  let arguments = (ins Plx_Buffer:$buffer, I64Attr:$index, TypeAttr:$elementType);
  let results = (outs I64:$result);
  let assemblyFormat = "$buffer `[` $index `]` $elementType attr-dict";
}

def StoreScalarsOp : HostProgram_Op<"store_scalars"> {
  let summary = "Writes numbers, wrapped to the element type, to the first elements of a buffer.";
  let arguments = (ins Plx_Buffer:$buffer, Variadic<I64>:$values, TypeAttr:$elementType);
  let assemblyFormat = "$buffer `=` `(` $values `)` $elementType attr-dict";
}

// ---- work --------------------------------------------------------------------------------------------------------------

def RunOp : HostProgram_Op<"run"> {
  let summary = "Runs an outlined kernel on buffers: inputs, then results. `sizes` are the values of its symbols.";
  let arguments = (ins FlatSymbolRefAttr:$callee, Plx_Dims:$sizes, Variadic<Plx_Buffer>:$buffers,
                       OptionalAttr<StrAttr>:$nodes);
  let assemblyFormat = "$callee custom<Dims>($sizes) `(` $buffers `)` (`nodes` $nodes^)? attr-dict";
}

// ---- values of the host ------------------------------------------------------------------------------------------------

def InputObjectOp : HostProgram_Op<"input_object", [Pure]> {
  let summary = "An input that is a sequence or an optional.";
  let arguments = (ins I64Attr:$index);
  let results = (outs Plx_Object:$result);
  let assemblyFormat = "$index attr-dict";
}

def HostCallOp : HostProgram_Op<"host_call", [AttrSizedOperandSegments]> {
  let summary = "Calls a host function, by name, with its attributes (JSON).";
  let description = [{
    `inputTypes` are those of the model's values: a tensor's dims go with its buffer, and with an object that is a tensor of
    strings. `resultTypes`: a tensor where the function writes in place, to the next of `placed`; !plx.object where it gives
    an object, the next of `objects`. Objects live until the end of the run, or a plx.keep.
  }];
  let arguments = (ins StrAttr:$function, StrAttr:$settings,
                       Variadic<AnyTypeOf<[Plx_Buffer, Plx_Object]>>:$inputs, TypeArrayAttr:$inputTypes,
                       Variadic<Plx_Buffer>:$placed, TypeArrayAttr:$resultTypes);
  let results = (outs Variadic<Plx_Object>:$objects);
  let assemblyFormat = [{
    $function $settings `(` $inputs `)` $inputTypes `to` `(` $placed `)` $resultTypes attr-dict `:`
    functional-type(operands, $objects)
  }];
  let hasVerifier = 1;
}

def ViewOp : HostProgram_Op<"view"> {
  let summary = "The elements of an object, which must be a tensor of this element type and rank, and its sizes.";
  let arguments = (ins Plx_Object:$object, TypeAttr:$elementType);
  let results = (outs Plx_Buffer:$buffer, Variadic<I64>:$sizes);
  let assemblyFormat = "$object $elementType attr-dict `:` type($sizes)";
}

def OutputObjectOp : HostProgram_Op<"output_object"> {
  let summary = "Gives an object as an output; a tensor with these dims.";
  let arguments = (ins I64Attr:$index, Plx_Object:$object, Plx_Dims:$dims);
  let assemblyFormat = "$index $object custom<Dims>($dims) attr-dict";
}

def MarkOp : HostProgram_Op<"mark"> {
  let summary = "Marks the objects made so far: before a loop.";
  let results = (outs I64:$result);
  let assemblyFormat = "attr-dict";
}

def KeepOp : HostProgram_Op<"keep"> {
  let summary = "Lets go of the objects made since a mark, but for those named: at the end of each iteration.";
  let arguments = (ins I64:$mark, Variadic<Plx_Object>:$objects);
  let assemblyFormat = "$mark `(` $objects `)` attr-dict";
}

def CheckCancelledOp : HostProgram_Op<"check_cancelled"> {
  let summary = "Ends the run where it has failed or been cancelled: once around each loop.";
  let assemblyFormat = "attr-dict";
}

#endif  // PLEXUS_IR_KERNEL_HOSTPROGRAM_TD
