// Division of polynomials in atoms over the integers.
//
// Order of monomials: by degree, then by text: graded lexicographic, hence compatible with
// multiplication, so that the division ends and its remainder depends on the dividend's residue
// class only.
#include "ir/types/DimAlgebra.h"
#include "ir/types/DimStorage.h"
#include "llvm/Support/MathExtras.h"

namespace plx::detail {
namespace {

constexpr int maxDivisionSteps = 512;

/// True when a comes before b, i.e. is the leading one.
bool leads(llvm::ArrayRef<DimAtom> a, llvm::ArrayRef<DimAtom> b) {
  if (a.size() != b.size()) return a.size() > b.size();
  return compareMonomials(a, b) < 0;
}

const DimTerm &leadingTerm(Dim dim) {
  const DimTerm *best = &dim.terms().front();
  for (const DimTerm &term : dim.terms())
    if (leads(term.factors, best->factors)) best = &term;
  return *best;
}

/// The next term of `dim` after `last` (all where null) that `divisor` goes into at least once; its
/// share of the quotient.
struct Step {
  const DimTerm *term = nullptr;
  int64_t coefficient = 0;
  DimFactors factors;
};

Step nextStep(Dim dim, const DimTerm &divisor) {
  Step step;
  for (const DimTerm &term : dim.terms()) {
    if (step.term && !leads(term.factors, step.term->factors)) continue;
    if (term.coefficient == INT64_MIN && divisor.coefficient == -1) continue;
    int64_t times = llvm::divideFloorSigned(term.coefficient, divisor.coefficient);
    if (times == 0) continue;
    auto factors = divideFactors(term.factors, divisor.factors);
    if (!factors) continue;
    step = {&term, times, std::move(*factors)};
  }
  return step;
}

/// Division by a constant, in one pass.
std::optional<DimDivision> divideByConstant(Dim a, int64_t divisor) {
  DimSum quotient(a.getContext()), remainder(a.getContext());
  for (const DimTerm &term : a.terms()) {
    if (term.coefficient == INT64_MIN && divisor == -1) return std::nullopt;
    int64_t times = llvm::divideFloorSigned(term.coefficient, divisor);
    quotient.add(times, term.factors);
    remainder.add(term.coefficient - times * divisor, term.factors);
  }
  DimDivision result{quotient.finish(), remainder.finish()};
  if (!result.quotient || !result.remainder) return std::nullopt;
  return result;
}

}  // namespace

std::optional<DimDivision> dividePolynomials(Dim a, Dim b) {
  if (!a || !b || b.terms().empty()) return std::nullopt;
  if (auto divisor = b.constant()) return divideByConstant(a, *divisor);
  mlir::MLIRContext *context = a.getContext();
  const DimTerm &leading = leadingTerm(b);
  DimDivision result{Dim::constant(context, 0), a};
  for (int i = 0; i < maxDivisionSteps; ++i) {
    Step step = nextStep(result.remainder, leading);
    if (!step.term) return result;
    Dim share = dimOfTerm(context, {step.coefficient, step.factors});
    result.quotient = result.quotient + share;
    result.remainder = result.remainder - share * b;
    if (!result.quotient || !result.remainder) return std::nullopt;
  }
  return std::nullopt;
}

}  // namespace plx::detail

namespace plx {

std::optional<Dim> exactDiv(Dim a, Dim b) {
  auto division = detail::dividePolynomials(a, b);
  if (!division || !division->remainder.terms().empty()) return std::nullopt;
  return division->quotient;
}

}  // namespace plx
