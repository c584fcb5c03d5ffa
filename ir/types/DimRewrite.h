// Canonical forms of floordiv, ceildiv and max under what is known. For ir/types only.
#ifndef PLEXUS_IR_TYPES_DIMREWRITE_H
#define PLEXUS_IR_TYPES_DIMREWRITE_H

#include "ir/types/DimFacts.h"

namespace plx::detail {

Dim floorDivUnder(DimFacts &facts, Dim a, Dim b);
Dim ceilDivUnder(DimFacts &facts, Dim a, Dim b);
Dim maxUnder(DimFacts &facts, llvm::ArrayRef<Dim> operands);
Dim applyCompoundUnder(DimFacts &facts, DimAtomKind kind, Dim lhs, Dim rhs);

}  // namespace plx::detail

#endif  // PLEXUS_IR_TYPES_DIMREWRITE_H
