// Rewriting of index expressions under ranges: the same canonical forms, built anew with more known
// about the symbols.
#include "ir/types/DimAlgebra.h"
#include "ir/types/DimRewrite.h"

namespace plx {

using namespace detail;

Dim Dim::simplify(llvm::function_ref<std::optional<DimRange>(DimAtom)> range) const {
  if (getImpl()->depth == 0) return *this;  // no quotient, no maximum: nothing to gain
  DimFacts facts(*this, range);
  auto ofCompound = [&](DimAtomKind kind, Dim lhs, Dim rhs) {
    return applyCompoundUnder(facts, kind, lhs, rhs);
  };
  Dim simplified = DimRebuilder(dimOfAtom, ofCompound).rebuild(*this);
  return simplified ? simplified : *this;
}

}  // namespace plx
