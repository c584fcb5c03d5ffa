// Symbolic sizes: canonical integer expressions over named symbols.
//
// A Dim is a sum of integer x product of atoms; an atom is a symbol, or floordiv, ceildiv or max of
// two Dims (mod and min are rewritten into these). Every Dim is uniqued in its MLIRContext in one
// canonical form, monomials and factors ordered by their text, so that equality is pointer
// equality. The same algebra describes tensor sizes, index maps of kernels (iteration variables are
// symbols whose names begin with `$`), memory offsets and launch sizes.
//
// A symbol has a lower bound (0 unless known); it is part of the symbol: `n` and `n>=1` are
// different atoms. Rewritings hold at every valuation that respects the bounds; each is tested by
// evaluating both sides at random sizes. All arithmetic on constants is checked: a result that
// leaves int64 gives the null Dim (`!dim`), which every operation passes on; callers that build
// Dims from model data test the end result once. So does division by the constant zero, and so does
// an expression that grows past what a model can mean (limits in DimStorage.h: 256 terms, nesting
// of 64, 16 Ki characters of text). A symbol whose lower bound is INT64_MIN is unbounded.
// Thread-safe as MLIR attributes are: any thread may build and read Dims of one context.
#ifndef PLEXUS_IR_TYPES_DIM_H
#define PLEXUS_IR_TYPES_DIM_H

#include <cstdint>
#include <optional>

#include "mlir/IR/Attributes.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/TensorEncoding.h"

namespace mlir {
class AsmParser;
class AsmPrinter;
}  // namespace mlir

namespace plx {

class Dim;
namespace detail {
struct DimStorage;
struct DimAtomStorage;
struct DimsStorage;
}  // namespace detail

/// What an atom is made of.
enum class DimAtomKind { Symbol, FloorDiv, CeilDiv, Max };

/// A factor of a monomial. Symbols have a name and a lower bound; the others have two operands.
class DimAtom : public mlir::Attribute::AttrBase<DimAtom, mlir::Attribute, detail::DimAtomStorage> {
 public:
  using Base::Base;
  static constexpr llvm::StringLiteral name = "plx.dim_atom";
  DimAtomKind kind() const;
  mlir::StringAttr symbol() const;  // Symbol only
  int64_t lowerBound() const;       // Symbol only
  Dim lhs() const;                  // not Symbol
  Dim rhs() const;
  llvm::StringRef text() const;  // canonical spelling, the sort key
};

/// coefficient * product of factors (sorted by text; repeated for powers). No factors: a constant.
struct DimTerm {
  int64_t coefficient;
  llvm::ArrayRef<DimAtom> factors;
};

/// Inclusive bounds of a symbol, for simplification of index expressions; absent: unbounded.
struct DimRange {
  std::optional<int64_t> low, high;  // constants
  // high as an expression: symbol <= highDim (iteration variables have extent - 1). May be null.
  mlir::Attribute highDim;
};

class Dim : public mlir::Attribute::AttrBase<Dim, mlir::Attribute, detail::DimStorage> {
 public:
  using Base::Base;
  static constexpr llvm::StringLiteral name = "plx.dim";

  static Dim constant(mlir::MLIRContext *context, int64_t value);
  static Dim symbol(mlir::MLIRContext *context, llvm::StringRef name, int64_t lowerBound = 0);

  llvm::ArrayRef<DimTerm> terms() const;  // empty: zero; ordered by text, the constant last
  std::optional<int64_t> constant() const;
  bool isConstant(int64_t value) const { return constant() == value; }
  /// Set when the Dim is exactly one symbol.
  std::optional<DimAtom> asSymbol() const;

  /// Bounds that hold for every valuation within the symbols' bounds (interval arithmetic; nothing
  /// when unbounded).
  std::optional<int64_t> lowerBound() const;
  std::optional<int64_t> upperBound() const;

  /// Appends every symbol that occurs, each once, in order of text.
  void collectSymbols(llvm::SmallVectorImpl<DimAtom> &symbols) const;
  bool usesSymbol(llvm::StringRef name) const;

  /// Replaces symbols (by name); a null result keeps the symbol.
  Dim substitute(llvm::function_ref<Dim(DimAtom)> replacement) const;

  /// Value under a valuation; nothing when a symbol has none, a divisor is 0, or int64 overflows.
  std::optional<int64_t> evaluate(
      llvm::function_ref<std::optional<int64_t>(DimAtom)> valueOfSymbol) const;

  /// Rewrites under extra knowledge about symbols, e.g. (64*$0 + $1) floordiv 64 -> $0 where 0 <=
  /// $1 <= 63, and
  /// ($0*s + $1) floordiv s -> $0 where 0 <= $1 <= s - 1; likewise mod. `range` gives nothing for
  /// symbols it does not know.
  Dim simplify(llvm::function_ref<std::optional<DimRange>(DimAtom)> range) const;

  /// coefficient Dim c and rest r with this == c * symbol + r where neither uses the symbol;
  /// nothing if not linear in it.
  std::optional<std::pair<Dim, Dim>> splitLinear(llvm::StringRef symbol) const;

  /// Canonical spelling, cached; lives as long as the context.
  llvm::StringRef text() const;
  std::string str() const { return text().str(); }
};

Dim operator+(Dim a, Dim b);
Dim operator-(Dim a, Dim b);
Dim operator*(Dim a, Dim b);
Dim operator+(Dim a, int64_t b);
Dim operator-(Dim a, int64_t b);
Dim operator*(Dim a, int64_t b);
Dim floorDiv(Dim a, Dim b);  // rounds towards minus infinity; division by zero has no value
Dim ceilDiv(Dim a, Dim b);
Dim mod(Dim a, Dim b);  // a - b * floordiv(a, b)
Dim max(Dim a, Dim b);
Dim min(Dim a, Dim b);  // -max(-a, -b)
Dim floorDiv(Dim a, int64_t b);
Dim ceilDiv(Dim a, int64_t b);
Dim mod(Dim a, int64_t b);
Dim max(Dim a, int64_t b);
Dim min(Dim a, int64_t b);

/// q with q * b == a as polynomials, on the premise that where b is zero any q will do (the -1 of a
/// reshape): exactDiv(b*s*768, b*768) = s. Nothing when b does not divide a as a polynomial.
std::optional<Dim> exactDiv(Dim a, Dim b);

/// True when a >= b (a > b) at every valuation, as far as the bounds show; false means "not
/// proved".
bool provablyGreaterEqual(Dim a, Dim b);
bool provablyGreater(Dim a, Dim b);
/// True when a != b at every valuation (their difference is a non-zero constant, or bounded away
/// from zero).
bool provablyDifferent(Dim a, Dim b);

/// `#plx.dims<[batch, 2*seq + 1, 768]>`: a list of Dims; the encoding of tensor types with symbolic
/// sizes, and the attribute of every op that takes sizes, starts or indices. As an encoding it
/// checks rank, and constants exactly where the type is static.
class DimsAttr : public mlir::Attribute::AttrBase<DimsAttr, mlir::Attribute, detail::DimsStorage,
                                                  mlir::VerifiableTensorEncoding::Trait> {
 public:
  using Base::Base;
  static constexpr llvm::StringLiteral name = "plx.dims";
  static DimsAttr get(mlir::MLIRContext *context, llvm::ArrayRef<Dim> dims);
  static DimsAttr get(mlir::MLIRContext *context, llvm::ArrayRef<int64_t> dims);
  llvm::ArrayRef<Dim> dims() const;
  size_t size() const { return dims().size(); }
  Dim operator[](size_t i) const { return dims()[i]; }
  /// All entries, when all are constant.
  std::optional<llvm::SmallVector<int64_t>> constants() const;
  /// `[a, b + 1]`, as written inside ops' assembly.
  std::string str() const;
  mlir::LogicalResult verifyEncoding(
      llvm::ArrayRef<int64_t> shape, mlir::Type elementType,
      llvm::function_ref<mlir::InFlightDiagnostic()> emitError) const;
};

/// Textual form, inside and outside of attributes: sums and products by + - *, `floordiv`,
/// `ceildiv`, `mod`, `max(a, b)`, `min(a, b)` (of two or more), parentheses; symbols are
/// identifiers ([A-Za-z_][A-Za-z0-9_.$]*) other than these words; every other name is quoted: "dim
/// param 1", and "$0" (MLIR's lexer has no `$` in front). A symbol with a lower bound other than 0
/// is written `n ge 1` (MLIR wants `<` and `>` balanced inside an attribute). Printing and parsing
/// round-trip.
mlir::FailureOr<Dim> parseDim(mlir::AsmParser &parser);
/// The same text outside of any file (a command line, an ONNX dim_param); the plx dialect must be
/// loaded. Errors go to the context's diagnostics.
mlir::FailureOr<Dim> parseDim(mlir::MLIRContext *context, llvm::StringRef text);
void printDim(mlir::AsmPrinter &printer, Dim dim);
mlir::FailureOr<DimsAttr> parseDims(mlir::AsmParser &parser);  // [a, b]
void printDims(mlir::AsmPrinter &printer, DimsAttr dims);

// ---- shapes of tensor types ----

/// The builtin tensor of these dims: static sizes where constant, an encoding only where some dim
/// is not. Null Dims or negative constants give a null type.
mlir::RankedTensorType tensorType(mlir::Type elementType, llvm::ArrayRef<Dim> dims);
/// Dims of a tensor type; a `?` without an encoding is an error of the verifier, here it gives a
/// null Dim.
llvm::SmallVector<Dim> dimsOf(mlir::Type tensor);
Dim dimOf(mlir::Type tensor, int64_t axis);
/// Product of all dims (1 for rank 0).
Dim numElements(mlir::MLIRContext *context, llvm::ArrayRef<Dim> dims);
Dim numElements(mlir::Type tensor);

}  // namespace plx

#endif  // PLEXUS_IR_TYPES_DIM_H
