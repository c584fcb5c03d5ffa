#include "ir/types/DimRewrite.h"

#include "ir/types/DimAlgebra.h"
#include "llvm/Support/MathExtras.h"

namespace plx::detail {
namespace {

/// -1 or +1 where b is known to be on that side of zero, else 0.
int signOfDivisor(DimFacts &facts, Dim b) {
  if (auto value = b.constant()) return (*value > 0) - (*value < 0);
  if (facts.atLeast(b, 1)) return 1;
  return facts.atLeast(b * -1, 1) ? -1 : 0;
}

/// Some terms beside a constant, and all of them negative.
bool isNegated(Dim dim) {
  bool any = false;
  for (const DimTerm &term : dim.terms()) {
    if (term.factors.empty()) continue;
    if (term.coefficient > 0) return false;
    any = true;
  }
  return any;
}

/// The value of r floordiv b where the bounds show it.
Dim knownQuotient(DimFacts &facts, Dim r, Dim b) {
  mlir::MLIRContext *context = r.getContext();
  if (auto divisor = b.constant()) {
    std::optional<int64_t> low = facts.lower(r);
    if (!low) return {};
    std::optional<int64_t> high = facts.upper(r);
    if (!high) return {};
    int64_t quotient = llvm::divideFloorSigned(*low, *divisor);
    if (quotient != llvm::divideFloorSigned(*high, *divisor)) return {};
    return Dim::constant(context, quotient);
  }
  if (facts.atLeast(r, 0) && facts.atLeast(b - r, 1)) return Dim::constant(context, 0);
  if (facts.atLeast(r * -1, 1) && facts.atLeast(b + r, 0)) return Dim::constant(context, -1);
  return {};
}

/// The greatest monomial that divides every term of b.
struct Content {
  uint64_t coefficient = 0;
  DimFactors factors;
};

DimFactors commonFactors(llvm::ArrayRef<DimAtom> a, llvm::ArrayRef<DimAtom> b) {
  DimFactors common;
  DimFactors left(b);
  for (DimAtom atom : a) {
    auto *it = llvm::find(left, atom);
    if (it == left.end()) continue;
    common.push_back(atom);
    left.erase(it);
  }
  return common;
}

Content contentOf(Dim b) {
  Content content;
  content.factors = DimFactors(b.terms().front().factors);
  for (const DimTerm &term : b.terms()) {
    content.coefficient = std::gcd(content.coefficient, llvm::AbsoluteValue(term.coefficient));
    content.factors = commonFactors(content.factors, term.factors);
  }
  return content;
}

/// r == divisor * multiple + rest, with all terms in the multiple that the divisor (a monomial)
/// goes into exactly.
std::pair<Dim, Dim> splitMultiple(Dim r, const DimTerm &divisor) {
  DimSum multiple(r.getContext()), rest(r.getContext());
  for (const DimTerm &term : r.terms()) {
    std::optional<DimFactors> factors = divideFactors(term.factors, divisor.factors);
    if (!factors) {
      rest.add(term.coefficient, term.factors);
      continue;
    }
    int64_t times = llvm::divideFloorSigned(term.coefficient, divisor.coefficient);
    int64_t left = term.coefficient - times * divisor.coefficient;
    // A constant gives what it can, so that (2*n + 5) floordiv 4 = (n + 2) floordiv 2; other terms
    // all or nothing.
    if (left != 0 && !term.factors.empty()) {
      rest.add(term.coefficient, term.factors);
      continue;
    }
    multiple.add(times, *factors);
    rest.add(left, term.factors);
  }
  return {multiple.finish(), rest.finish()};
}

/// (g*x + rest) floordiv (g*y) = x floordiv y where 0 <= rest < g: g is tried from what b's terms
/// share with each term of r. With rest == 0 any g >= 1 will do.
Dim cancelCommon(DimFacts &facts, Dim r, Dim b) {
  mlir::MLIRContext *context = r.getContext();
  Content content = contentOf(b);
  if (content.coefficient > INT64_MAX) return {};
  for (const DimTerm &term : r.terms()) {
    DimTerm g;
    g.coefficient = std::gcd(content.coefficient, llvm::AbsoluteValue(term.coefficient));
    DimFactors factors = commonFactors(content.factors, term.factors);
    g.factors = factors;
    if (term.factors.empty() || (g.coefficient == 1 && factors.empty())) continue;
    auto [x, rest] = splitMultiple(r, g);
    Dim divisor = dimOfTerm(context, g);
    if (!x || !rest || !divisor) return {};
    if (!factors.empty() && !facts.atLeast(divisor, 1)) continue;
    bool fits =
        rest.terms().empty() || (facts.atLeast(rest, 0) && facts.atLeast(divisor - rest, 1));
    if (!fits) continue;
    std::optional<Dim> y = exactDiv(b, divisor);
    return y ? floorDivUnder(facts, x, *y) : Dim();
  }
  return {};
}

/// (x floordiv d + rest) floordiv b = (x + d*rest) floordiv (d*b) where d >= 1 and there is one
/// such term.
Dim mergeNested(DimFacts &facts, Dim r, Dim b) {
  std::optional<DimAtom> inner;
  for (const DimTerm &term : r.terms()) {
    if (term.coefficient != 1 || term.factors.size() != 1) continue;
    DimAtom atom = term.factors[0];
    if (atom.kind() != DimAtomKind::FloorDiv || !facts.atLeast(atom.rhs(), 1)) continue;
    if (inner) return {};
    inner = atom;
  }
  if (!inner) return {};
  Dim d = inner->rhs();
  Dim rest = r - dimOfAtom(*inner);
  return floorDivUnder(facts, inner->lhs() + d * rest, d * b);
}

/// r floordiv b, b >= 1, r a remainder of division by b.
Dim floorDivRemainder(DimFacts &facts, Dim r, Dim b) {
  if (r.terms().empty()) return r;
  if (isNegated(r)) return floorDivUnder(facts, r * -1 - 1, b) * -1 - 1;
  if (Dim known = knownQuotient(facts, r, b)) return known;
  if (Dim shorter = cancelCommon(facts, r, b)) return shorter;
  if (Dim merged = mergeNested(facts, r, b)) return merged;
  return dimOfCompound(DimAtomKind::FloorDiv, r, b);
}

std::optional<int64_t> foldConstants(DimAtomKind kind, int64_t a, int64_t b) {
  if (b == 0 || (a == INT64_MIN && b == -1)) return std::nullopt;
  return kind == DimAtomKind::FloorDiv ? llvm::divideFloorSigned(a, b)
                                       : llvm::divideCeilSigned(a, b);
}

/// Operands of nested maxima side by side: c*max(x, y) + rest is c*x + rest and c*y + rest, c > 0.
void flattenMax(Dim dim, llvm::SmallVectorImpl<Dim> &operands) {
  const DimTerm *inner = nullptr;
  int numMax = 0;
  for (const DimTerm &term : dim.terms()) {
    bool isMax = term.factors.size() == 1 && term.factors[0].kind() == DimAtomKind::Max;
    numMax += isMax;
    if (isMax && term.coefficient > 0) inner = &term;
  }
  if (!inner || numMax != 1 || operands.size() > maxDimTerms) {
    operands.push_back(dim);
    return;
  }
  DimAtom atom = inner->factors[0];
  Dim rest = dim - dimOfAtom(atom) * inner->coefficient;
  for (Dim side : {atom.lhs(), atom.rhs()}) {
    Dim shifted = rest + side * inner->coefficient;
    if (!shifted) return operands.push_back(shifted);
    flattenMax(shifted, operands);
  }
}

/// What all operands share: for each monomial, the least of its coefficients. Taken out, operands
/// that differ by the same expression throughout have one form; min(a, b) + max(a, b) = a + b comes
/// of it.
Dim commonSummand(llvm::ArrayRef<Dim> operands) {
  mlir::MLIRContext *context = operands[0].getContext();
  DimSum common(context);
  auto coefficientIn = [](Dim dim, llvm::ArrayRef<DimAtom> factors) -> int64_t {
    for (const DimTerm &term : dim.terms())
      if (term.factors == factors) return term.coefficient;
    return 0;
  };
  for (size_t i = 0; i < operands.size(); ++i) {
    for (const DimTerm &term : operands[i].terms()) {
      bool seen = llvm::any_of(operands.take_front(i), [&](Dim earlier) {
        return coefficientIn(earlier, term.factors) != 0;
      });
      if (seen) continue;
      int64_t least = term.coefficient;
      for (Dim other : operands) least = std::min(least, coefficientIn(other, term.factors));
      common.add(least, term.factors);
    }
  }
  return common.finish();
}

/// Without those that another one is never below.
void dropDominated(DimFacts &facts, llvm::SmallVectorImpl<Dim> &operands) {
  for (size_t i = 0; i < operands.size();) {
    bool dominated = false;
    for (size_t j = 0; j < operands.size() && !dominated; ++j)
      dominated = i != j && facts.atLeast(operands[j] - operands[i], 0);
    if (dominated)
      operands.erase(operands.begin() + i);
    else
      ++i;
  }
}

/// Greatest common divisor of all coefficients; 0 where all operands are zero.
uint64_t commonDivisor(llvm::ArrayRef<Dim> operands) {
  uint64_t divisor = 0;
  for (Dim operand : operands)
    for (const DimTerm &term : operand.terms())
      divisor = std::gcd(divisor, llvm::AbsoluteValue(term.coefficient));
  return divisor;
}

/// common + multiplier * max(operands)
struct MaxForm {
  Dim common;
  int64_t multiplier;
  llvm::SmallVector<Dim> operands;
};

constexpr size_t maxMaxOperands = 32;  // pairs are compared; beyond this the expression is refused

/// One round: flat, sorted, without what all share, without those that never win. False: null.
bool normaliseMax(DimFacts &facts, MaxForm &form) {
  llvm::SmallVector<Dim> operands;
  for (Dim dim : form.operands) flattenMax(dim, operands);
  if (llvm::is_contained(operands, Dim()) || operands.size() > maxMaxOperands) return false;
  llvm::sort(operands, [](Dim a, Dim b) { return a.text() < b.text(); });
  operands.erase(llvm::unique(operands), operands.end());
  dropDominated(facts, operands);
  Dim common = commonSummand(operands);
  form.common = form.common + common * form.multiplier;
  if (!form.common) return false;
  for (Dim &operand : operands)
    if (!(operand = operand - common)) return false;
  uint64_t divisor = commonDivisor(operands);
  if (divisor > INT64_MAX) return false;
  if (divisor > 1) {
    if (llvm::MulOverflow(form.multiplier, int64_t(divisor), form.multiplier)) return false;
    for (Dim &operand : operands)
      operand = *exactDiv(operand, Dim::constant(operand.getContext(), divisor));
  }
  llvm::sort(operands, [](Dim a, Dim b) { return a.text() < b.text(); });
  form.operands = operands;
  return true;
}

}  // namespace

Dim floorDivUnder(DimFacts &facts, Dim a, Dim b) {
  if (!a || !b || b.isConstant(0)) return {};
  if (b.isConstant(1)) return a;
  if (a.constant() && b.constant()) {
    auto value = foldConstants(DimAtomKind::FloorDiv, *a.constant(), *b.constant());
    return value ? Dim::constant(a.getContext(), *value) : Dim();
  }
  int sign = signOfDivisor(facts, b);
  if (sign == 0) return dimOfCompound(DimAtomKind::FloorDiv, a, b);
  if (sign < 0) return floorDivUnder(facts, a * -1, b * -1);
  if (b.constant() && isNegated(a)) return floorDivUnder(facts, a * -1 - 1, b) * -1 - 1;
  std::optional<DimDivision> division = dividePolynomials(a, b);
  if (!division) return {};
  return division->quotient + floorDivRemainder(facts, division->remainder, b);
}

Dim ceilDivUnder(DimFacts &facts, Dim a, Dim b) {
  if (!a || !b || b.isConstant(0)) return {};
  if (a.constant() && b.constant()) {
    auto value = foldConstants(DimAtomKind::CeilDiv, *a.constant(), *b.constant());
    return value ? Dim::constant(a.getContext(), *value) : Dim();
  }
  int sign = signOfDivisor(facts, b);
  if (sign == 0) return dimOfCompound(DimAtomKind::CeilDiv, a, b);
  if (sign < 0) return ceilDivUnder(facts, a * -1, b * -1);
  return floorDivUnder(facts, a - 1, b) + 1;
}

Dim maxUnder(DimFacts &facts, llvm::ArrayRef<Dim> given) {
  if (llvm::is_contained(given, Dim())) return {};
  MaxForm form{Dim::constant(given[0].getContext(), 0), 1, llvm::SmallVector<Dim>(given)};
  // Taking one thing out can bring the next to light; a round that changes nothing ends it.
  for (llvm::SmallVector<Dim> before; before != form.operands;) {
    before = form.operands;
    if (!normaliseMax(facts, form)) return {};
  }
  Dim nested = form.operands.pop_back_val();
  while (!form.operands.empty() && nested)
    nested = dimOfCompound(DimAtomKind::Max, form.operands.pop_back_val(), nested);
  return form.common + nested * form.multiplier;
}

Dim applyCompoundUnder(DimFacts &facts, DimAtomKind kind, Dim lhs, Dim rhs) {
  switch (kind) {
    case DimAtomKind::FloorDiv:
      return floorDivUnder(facts, lhs, rhs);
    case DimAtomKind::CeilDiv:
      return ceilDivUnder(facts, lhs, rhs);
    case DimAtomKind::Max:
      return maxUnder(facts, {lhs, rhs});
    case DimAtomKind::Symbol:
      break;
  }
  return {};
}

Dim applyCompound(DimAtomKind kind, Dim lhs, Dim rhs) {
  DimFacts facts;
  return applyCompoundUnder(facts, kind, lhs, rhs);
}

}  // namespace plx::detail

namespace plx {

using namespace detail;

namespace {

Dim constantLike(Dim like, int64_t value) {
  return like ? Dim::constant(like.getContext(), value) : Dim();
}

}  // namespace

Dim floorDiv(Dim a, Dim b) { return applyCompound(DimAtomKind::FloorDiv, a, b); }
Dim ceilDiv(Dim a, Dim b) { return applyCompound(DimAtomKind::CeilDiv, a, b); }
Dim mod(Dim a, Dim b) { return a - b * floorDiv(a, b); }
Dim max(Dim a, Dim b) { return applyCompound(DimAtomKind::Max, a, b); }
Dim min(Dim a, Dim b) { return max(a * -1, b * -1) * -1; }
Dim floorDiv(Dim a, int64_t b) { return floorDiv(a, constantLike(a, b)); }
Dim ceilDiv(Dim a, int64_t b) { return ceilDiv(a, constantLike(a, b)); }
Dim mod(Dim a, int64_t b) { return mod(a, constantLike(a, b)); }
Dim max(Dim a, int64_t b) { return max(a, constantLike(a, b)); }
Dim min(Dim a, int64_t b) { return min(a, constantLike(a, b)); }

}  // namespace plx
