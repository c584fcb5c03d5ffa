// The base class of every plx tensor op: the duties it declares make an op without them fail to link.
#ifndef PLEXUS_IR_BASE_TD
#define PLEXUS_IR_BASE_TD

include "ir/Dialect.td"
include "ir/interfaces/Differentiate.td"
include "ir/interfaces/Evaluate.td"
include "ir/interfaces/Iterate.td"
include "ir/interfaces/Permute.td"
include "mlir/IR/BuiltinAttributes.td"
include "mlir/IR/EnumAttr.td"
include "mlir/Interfaces/InferTypeOpInterface.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

// A ranked tensor of any plx element type; sizes static or symbolic (encoding #plx.dims).
def Plx_Tensor : Type<CPred<"::mlir::isa<::mlir::RankedTensorType>($_self)">, "ranked tensor",
                      "::mlir::RankedTensorType">;
def Plx_Value : AnyTypeOf<[Plx_Tensor,
    Type<CPred<"::mlir::isa<::plx::SequenceType>($_self)">, "sequence">,
    Type<CPred<"::mlir::isa<::plx::OptionalType>($_self)">, "optional">]>;

// A list of symbolic sizes, starts, strides or indices: `[0, batch, 2*n + 1]` in the assembly.
def Plx_Dims : Attr<CPred<"::mlir::isa<::plx::DimsAttr>($_self)">, "list of dims"> {
  let storageType = "::plx::DimsAttr";
  let returnType = "::plx::DimsAttr";
  let convertFromStorage = "$_self";
}

// Every tensor op. Result types that follow from operands and attributes are inferred (Plx_InferredOp), in `Infer`;
// others (reshape, broadcast, ...) are written by whoever creates the op and checked in `Verify`.
class Plx_Op<string mnemonic, list<Trait> traits = []>
    : Op<Plx_Dialect, mnemonic, !listconcat(traits, [
          DeclareOpInterfaceMethods<EvaluateInterface>,
          DeclareOpInterfaceMethods<DifferentiateInterface>,
          DeclareOpInterfaceMethods<IterateInterface>])> {
  let hasVerifier = 1;
}
class Plx_InferredOp<string mnemonic, list<Trait> traits = []>
    : Plx_Op<mnemonic, !listconcat(traits, [Pure, InferTypeOpAdaptor])>;
class Plx_PureOp<string mnemonic, list<Trait> traits = []>
    : Plx_Op<mnemonic, !listconcat(traits, [Pure])>;

// Ops that name symbols (`size`, `fresh`) and have no other effect: kept and never merged where they name any. Their headers
// include ops/NamesSymbols.h.
def Plx_NamesSymbolsTrait : NativeOpTrait<"NamesSymbols"> {
  let cppNamespace = "::plx";
}
def Plx_NamesSymbols : TraitList<[Plx_NamesSymbolsTrait, MemoryEffectsOpInterface]>;

#endif  // PLEXUS_IR_BASE_TD
