// The polynomial ring beneath Dim: checked sums and products, division with remainder, atoms. For
// ir/types only.
//
// Everything here treats atoms as unknowns of a polynomial; what atoms mean (floordiv rounds down,
// ...) is DimRewrite.cpp's matter. A null Dim in gives a null Dim out.
#ifndef PLEXUS_IR_TYPES_DIMALGEBRA_H
#define PLEXUS_IR_TYPES_DIMALGEBRA_H

#include "ir/types/Dim.h"
#include "llvm/ADT/SmallVector.h"

namespace plx::detail {

using DimFactors = llvm::SmallVector<DimAtom, 4>;

/// Orders monomials as they are written: factor by factor by text, the constant last. Negative,
/// zero, positive.
int compareMonomials(llvm::ArrayRef<DimAtom> a, llvm::ArrayRef<DimAtom> b);

/// Adds up terms in any order; every step checked.
class DimSum {
 public:
  explicit DimSum(mlir::MLIRContext *context) : context(context) {}
  /// Factors must be in canonical order.
  void add(int64_t coefficient, llvm::ArrayRef<DimAtom> factors);
  /// Adds factor * dim; false once the sum has become null.
  bool add(Dim dim, int64_t factor = 1);
  Dim finish();

 private:
  mlir::MLIRContext *context;
  bool overflow = false;
  llvm::SmallVector<std::pair<int64_t, DimFactors>> parts;
};

/// The Dim of terms that are sorted, distinct and without zero coefficients; null beyond the limits
/// of DimStorage.h.
Dim uniqueDim(mlir::MLIRContext *context, llvm::ArrayRef<DimTerm> terms);
Dim dimOfAtom(DimAtom atom);
Dim dimOfTerm(mlir::MLIRContext *context, const DimTerm &term);
/// The atom itself, nothing rewritten.
Dim dimOfCompound(DimAtomKind kind, Dim lhs, Dim rhs);
/// Set when the Dim is one atom, once.
std::optional<DimAtom> asAtom(Dim dim);

DimFactors mergeFactors(llvm::ArrayRef<DimAtom> a, llvm::ArrayRef<DimAtom> b);
/// a / b where every factor of b is in a.
std::optional<DimFactors> divideFactors(llvm::ArrayRef<DimAtom> a, llvm::ArrayRef<DimAtom> b);

/// a == quotient * b + remainder, no monomial of the remainder divisible by b's leading one (by
/// degree, then by text) with a coefficient outside [0, leading coefficient): the same remainder
/// for a and for a + k*b. Nothing where it gets too long.
struct DimDivision {
  Dim quotient, remainder;
};
std::optional<DimDivision> dividePolynomials(Dim a, Dim b);

/// Coefficient c and rest r with dim == c * atom + r, neither naming the atom at top level; nothing
/// if a power of it occurs.
std::optional<std::pair<Dim, Dim>> splitAtom(Dim dim, DimAtom atom);

/// dim with every atom replaced, from the innermost outwards; compounds are built anew by `rebuild`
/// from their new operands.
class DimRebuilder {
 public:
  using OfSymbol = llvm::function_ref<Dim(DimAtom)>;
  using OfCompound = llvm::function_ref<Dim(DimAtomKind, Dim, Dim)>;
  DimRebuilder(OfSymbol ofSymbol, OfCompound ofCompound)
      : ofSymbol(ofSymbol), ofCompound(ofCompound) {}
  Dim rebuild(Dim dim);

 private:
  Dim rebuild(DimAtom atom);
  OfSymbol ofSymbol;
  OfCompound ofCompound;
  llvm::DenseMap<mlir::Attribute, Dim> done;
};

/// The canonical form of a compound, by the public operations.
Dim applyCompound(DimAtomKind kind, Dim lhs, Dim rhs);

}  // namespace plx::detail

#endif  // PLEXUS_IR_TYPES_DIMALGEBRA_H
