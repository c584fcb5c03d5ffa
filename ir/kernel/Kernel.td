// The kernel level: loop nests with index maps and scalar bodies. All that a target sees, with Host.td.
#ifndef PLEXUS_IR_KERNEL_KERNEL_TD
#define PLEXUS_IR_KERNEL_KERNEL_TD

include "ir/Base.td"
include "mlir/IR/SymbolInterfaces.td"

class Kernel_Op<string mnemonic, list<Trait> traits = []> : Op<Plx_Dialect, mnemonic, traits> {
  let hasVerifier = 1;
}
def Plx_Scalar : Type<CPred<"::plx::isElementType($_self)">, "scalar of an element type">;

// ---- the two forms of a kernel ---------------------------------------------------------------------------------------

def KernelOp : Kernel_Op<"kernel", [Pure, IsolatedFromAbove, NoTerminator, SingleBlock]> {
  let summary = "A fused loop nest on tensors.";
  let description = [{
    Iterates `variables` ("$0", ...) over [0, extents). The body is a flat list of scalar ops; it computes scalars from loads
    of the inputs and stores elements of the results. A scalar is a function of the iteration variables it mentions; `fold`
    binds further ones. Block arguments: the inputs, then one a result (where stores go), as tensors. Symbolic sizes are
    used by name; a variable's extent may be zero. Every element of every result is stored exactly once.
    `schedule` is one of map, row, matmul, conv, window, attention.

    ```mlir
    %r = plx.kernel map ["$0"] < [n] (%x) {
    ^bb0(%in: tensor<?xf32, #plx.dims<[n]>>, %out: tensor<?xf32, #plx.dims<[n]>>):
      %0 = plx.load %in ["$0"] : tensor<?xf32, #plx.dims<[n]>> -> f32
      %1 = plx.apply exp(%0) : (f32) -> f32
      plx.store %1, %out ["$0"] : f32, tensor<?xf32, #plx.dims<[n]>>
    } : (tensor<?xf32, #plx.dims<[n]>>) -> (tensor<?xf32, #plx.dims<[n]>>)
    ```
  }];
  let arguments = (ins Variadic<Plx_Tensor>:$inputs, StrAttr:$schedule, StrArrayAttr:$variables,
                       Plx_Dims:$extents);
  let results = (outs Variadic<Plx_Tensor>:$results);
  let regions = (region SizedRegion<1>:$body);
  let hasCustomAssemblyFormat = 1;
}

def KernelFuncOp : Kernel_Op<"kernel_func", [Symbol, IsolatedFromAbove, NoTerminator, SingleBlock]> {
  let summary = "An outlined kernel: what is compiled once, for all its launches.";
  let description = [{
    The body of a kernel apart from its place in a program. Block arguments: `numInputs` buffers read, then those written, as
    tensors (their types say element type and sizes). `symbols` lists the symbolic sizes it uses, which a launch passes in
    that order. Kernels with equal bodies are one. Outlined buffers are flat: rank 1, accessed by one linear offset.
    Attributes set by schedule selection: `units` (#plx.dims of one: how many parts it can be cut into; a launch cuts
    [0, units) among threads), `grain` (units below which a further thread does not pay), `scratch` (#plx.dims of one:
    bytes of scratch a thread needs).
  }];
  let arguments = (ins SymbolNameAttr:$sym_name, StrAttr:$schedule, I64Attr:$numInputs,
                       StrArrayAttr:$variables, Plx_Dims:$extents, Plx_Dims:$symbols);
  let regions = (region SizedRegion<1>:$body);
  let hasCustomAssemblyFormat = 1;
}

def IrregularFuncOp : Kernel_Op<"irregular_func", [Symbol, IsolatedFromAbove]> {
  let summary = "A kernel of the closed list of those without a loop nest: scatter, sort, top_k, nonzero, unique, ...";
  let description = [{
    `kind` names the algorithm, `options` its options (ir/kernel/Irregular.h); `buffers` are the tensor types of its buffers,
    the first `numInputs` of them read, the others written; where sizes depend on data, upper bounds of them. Sizes by the
    symbols listed, `units`, `grain` and `scratch` as in kernel_func.

    ```mlir
    plx.irregular_func @sort.0 "sort" [tensor<?xf32, #plx.dims<[s0]>>, tensor<?xf32, #plx.dims<[s0]>>,
        tensor<?xi64, #plx.dims<[s0]>>] inputs 1 symbols [s0] {axis = 0 : i64}
    ```
  }];
  let arguments = (ins SymbolNameAttr:$sym_name, StrAttr:$kind, I64Attr:$numInputs, TypeArrayAttr:$buffers,
                       Plx_Dims:$symbols, DictionaryAttr:$options);
  let assemblyFormat = [{
    $sym_name $kind $buffers `inputs` $numInputs `symbols` custom<Dims>($symbols) $options attr-dict
  }];
}

def LaunchOp : Kernel_Op<"launch", [Pure]> {
  let summary = "Runs an outlined kernel on tensors; its results are new tensors.";
  let description = [{
    `sizes` are the values of the callee's `symbols`, in order, as expressions over the function's symbols. Inputs and
    results lie row-major and dense; the callee sees them flat.

    Where sizes of results depend on data: `bounds`, one #plx.dims a result: the sizes to allocate (the result is dense at
    the buffer's beginning); `counts`, an array of {result = i, symbol = "n", lower = 0}: result i holds, after the launch,
    one i64 that is the value of the symbol `n`.
  }];
  let arguments = (ins FlatSymbolRefAttr:$callee, Variadic<Plx_Tensor>:$inputs, Plx_Dims:$sizes);
  let results = (outs Variadic<Plx_Tensor>:$results);
  let assemblyFormat = [{
    $callee custom<Dims>($sizes) `(` $inputs `)` attr-dict `:` functional-type($inputs, $results)
  }];
}

// ---- bodies: scalars as functions of iteration variables ---------------------------------------------------------------

def LoadOp : Kernel_Op<"load", [Pure, AttrSizedOperandSegments]> {
  let summary = "An element of a buffer at index expressions.";
  let description = [{
    One Dim an axis. `dataIndices` are the plx.index values whose symbols occur in `indices`. With `guard`: read only where
    it holds, else any value.
  }];
  let arguments = (ins Plx_Tensor:$buffer, Variadic<Index>:$dataIndices, Optional<I1>:$guard,
                       Plx_Dims:$indices);
  let results = (outs Plx_Scalar:$result);
  let assemblyFormat = [{
    $buffer custom<Dims>($indices) (`with` `(` $dataIndices^ `)`)? (`if` $guard^)? attr-dict `:`
    type($buffer) `->` type($result)
  }];
}

def StoreOp : Kernel_Op<"store", [AttrSizedOperandSegments]> {
  let summary = "Writes an element of a result.";
  let arguments = (ins Plx_Scalar:$value, Plx_Tensor:$buffer, Variadic<Index>:$dataIndices,
                       Optional<I1>:$guard, Plx_Dims:$indices);
  let assemblyFormat = [{
    $value `,` $buffer custom<Dims>($indices) (`with` `(` $dataIndices^ `)`)? (`if` $guard^)? attr-dict `:`
    type($value) `,` type($buffer)
  }];
}

def ApplyOp : Kernel_Op<"apply", [Pure, InferTypeOpAdaptor]> {
  let summary = "A scalar function of types/ScalarFn.def.";
  let description = [{ Int div and rem by zero fail the run at the kernel's node. }];
  let arguments = (ins StrAttr:$fn, Variadic<Plx_Scalar>:$operands);
  let results = (outs Plx_Scalar:$result);
  let assemblyFormat = "custom<FnName>($fn) `(` $operands `)` attr-dict `:` functional-type($operands, $result)";
  let extraClassDeclaration = "::plx::ScalarFn function();";
}

def ConvertOp : Kernel_Op<"convert", [Pure]> {
  let summary = "Conversion between element types, as plx.cast defines it.";
  let arguments = (ins Plx_Scalar:$operand, DefaultValuedAttr<BoolAttr, "true">:$saturate);
  let results = (outs Plx_Scalar:$result);
  let assemblyFormat = "$operand attr-dict `:` type($operand) `->` type($result)";
}

def BitsOp : Kernel_Op<"bits", [Pure]> {
  let summary = "The same bits as another type of the same width.";
  let arguments = (ins Plx_Scalar:$operand);
  let results = (outs Plx_Scalar:$result);
  let assemblyFormat = "$operand attr-dict `:` type($operand) `->` type($result)";
}

def ScalarOp : Kernel_Op<"scalar", [Pure, ConstantLike, AllTypesMatch<["value", "result"]>]> {
  let summary = "A constant.";
  let arguments = (ins TypedAttrInterface:$value);
  let results = (outs Plx_Scalar:$result);
  let assemblyFormat = "$value attr-dict";
  let hasFolder = 1;
}

def PositionOp : Kernel_Op<"position", [Pure]> {
  let summary = "The value of an index expression as a number (ints wrap).";
  let arguments = (ins Plx_Dims:$expression, Variadic<Index>:$dataIndices);
  let results = (outs Plx_Scalar:$result);
  let assemblyFormat = "custom<Dims>($expression) (`with` `(` $dataIndices^ `)`)? attr-dict `:` type($result)";
}

def IndexOp : Kernel_Op<"index", [Pure, AttrSizedOperandSegments]> {
  let summary = "Makes an int scalar usable in index expressions, under the name `symbol`.";
  let description = [{
    Where the value (plus `extent` if negative and `wrap`) is outside [0, extent), the run fails with "index out of range"
    at the kernel's node and the index is clamped. `extent` is one Dim.
  }];
  let arguments = (ins Plx_Scalar:$value, StrAttr:$symbol, Plx_Dims:$extent, UnitAttr:$wrap,
                       Variadic<Index>:$dataIndices, Optional<I1>:$guard);
  let results = (outs Index:$result);
  let assemblyFormat = [{
    $symbol `=` $value `<` custom<Dims>($extent) (`wrap` $wrap^)? (`with` `(` $dataIndices^ `)`)? (`if` $guard^)?
    attr-dict `:` type($value)
  }];
}

def InsideOp : Kernel_Op<"inside", [Pure]> {
  let summary = "Whether 0 <= indices[i] < extents[i] for all i.";
  let arguments = (ins Plx_Dims:$indices, Plx_Dims:$extents, Variadic<Index>:$dataIndices);
  let results = (outs I1:$result);
  let assemblyFormat =
      "custom<Dims>($indices) `<` custom<Dims>($extents) (`with` `(` $dataIndices^ `)`)? attr-dict";
}

def FoldOp : Kernel_Op<"fold", [Pure]> {
  let summary = "Combines a scalar over all values of some variables.";
  let description = [{
    `variables[i]` ranges over [0, extents[i]). The result no longer depends on them. kind: sum, product, max, min, and, or.
    The value is of the type accumulated in. An empty range gives the neutral element.
  }];
  let arguments = (ins StrAttr:$kind, Plx_Scalar:$value, StrArrayAttr:$variables, Plx_Dims:$extents);
  let results = (outs Plx_Scalar:$result);
  let assemblyFormat = "custom<FnName>($kind) $value `over` $variables `<` custom<Dims>($extents) attr-dict `:` type($value) `->` type($result)";
}

def ArgFoldOp : Kernel_Op<"arg_fold", [Pure]> {
  let summary = "The position (i64) of the max or min over one variable; the first, or with `last` the last, of equals.";
  let description = [{ A NaN counts as the most extreme value. }];
  let arguments = (ins StrAttr:$kind, Plx_Scalar:$value, StrAttr:$variable, Plx_Dims:$extent, UnitAttr:$last);
  let results = (outs Plx_Scalar:$result);
  let assemblyFormat = "custom<FnName>($kind) $value `over` $variable `<` custom<Dims>($extent) (`last` $last^)? attr-dict `:` type($value) `->` type($result)";
}

def PrefixOp : Kernel_Op<"prefix", [Pure]> {
  let summary = "Running fold: combines the value at 0 .. position of `variable`.";
  let description = [{
    result = combine of value(variable = k) for k in [0, position], without position itself if `exclusive`. `extent` bounds
    the position from above: 0 <= position < extent.
  }];
  let arguments = (ins StrAttr:$kind, Plx_Scalar:$value, StrAttr:$variable, Plx_Dims:$position,
                       Plx_Dims:$extent, UnitAttr:$exclusive);
  let results = (outs Plx_Scalar:$result);
  let assemblyFormat = "custom<FnName>($kind) $value `over` $variable `to` custom<Dims>($position) `<` custom<Dims>($extent) (`exclusive` $exclusive^)? attr-dict `:` type($value) `->` type($result)";
}

#endif  // PLEXUS_IR_KERNEL_KERNEL_TD
