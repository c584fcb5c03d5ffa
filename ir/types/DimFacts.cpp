#include "ir/types/DimFacts.h"

#include "ir/types/DimAlgebra.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/Support/MathExtras.h"

namespace plx::detail {
namespace {

constexpr int searchSteps =
    96;  // eliminations a question may take; sizes of real models need fewer than ten

using Bound = std::optional<int64_t>;

Bound larger(Bound a, Bound b) {
  if (!a || !b) return a ? a : b;
  return std::max(*a, *b);
}

Bound smaller(Bound a, Bound b) {
  if (!a || !b) return std::nullopt;
  return std::min(*a, *b);
}

/// The atoms of `dim` at top level, deepest first, so that an atom goes before those that stand
/// inside it.
llvm::SmallVector<DimAtom> atomsByDepth(Dim dim) {
  llvm::SmallSetVector<DimAtom, 8> atoms;
  for (const DimTerm &term : dim.terms()) atoms.insert(term.factors.begin(), term.factors.end());
  llvm::SmallVector<DimAtom> sorted(atoms.begin(), atoms.end());
  llvm::sort(sorted, [](DimAtom a, DimAtom b) {
    if (a.getImpl()->depth != b.getImpl()->depth) return a.getImpl()->depth > b.getImpl()->depth;
    return a.text() < b.text();
  });
  return sorted;
}

/// dim == times * whole + constant, with the greatest `times`; 1 where nothing comes out.
struct ContentSplit {
  int64_t times;
  Dim whole;
  int64_t constant;
};

ContentSplit splitContent(Dim dim) {
  uint64_t divisor = 0;
  int64_t constant = 0;
  for (const DimTerm &term : dim.terms()) {
    if (term.factors.empty())
      constant = term.coefficient;
    else
      divisor = std::gcd(divisor, llvm::AbsoluteValue(term.coefficient));
    if (divisor == 1) return {1, dim, 0};
  }
  if (divisor > INT64_MAX) return {1, dim, 0};
  auto whole = exactDiv(dim - constant, Dim::constant(dim.getContext(), divisor));
  return whole ? ContentSplit{int64_t(divisor), *whole, constant} : ContentSplit{1, dim, 0};
}

}  // namespace

DimFacts::DimFacts(Dim dim, RangeOf rangeOf) : ranged(true) {
  llvm::SmallVector<DimAtom> symbols;
  dim.collectSymbols(symbols);
  llvm::SmallVector<Dim> extents;
  for (size_t i = 0; i < symbols.size(); ++i) {
    std::optional<DimRange> range = rangeOf(symbols[i]);
    if (!range) continue;
    learnRange(symbols[i], *range);
    Known &entry = known[symbols[i]];
    if (!entry.high) continue;
    entry.high.collectSymbols(symbols);
    if (entry.interval.low)
      if (Dim extent = entry.high - *entry.interval.low + 1) extents.push_back(extent);
  }
  for (Dim extent : extents) learnPositive(extent);
}

void DimFacts::learnRange(DimAtom symbol, const DimRange &range) {
  Known &entry = known[symbol];
  entry.interval = symbol.getImpl()->interval;
  entry.interval.low = larger(entry.interval.low, range.low);
  entry.interval.high = range.high;
  if (range.highDim) entry.high = llvm::dyn_cast<Dim>(range.highDim);
}

/// dim >= 1 where dim is coefficient * monomial + constant: the monomial is positive, and with it
/// each of its factors, if none can be negative.
void DimFacts::learnPositive(Dim dim) {
  llvm::ArrayRef<DimTerm> terms = dim.terms();
  if (terms.empty() || terms.size() > 2 || terms[0].coefficient < 1 || terms[0].factors.empty())
    return;
  int64_t rest = 0, numerator;
  if (terms.size() == 2) {
    if (!terms[1].factors.empty()) return;
    rest = terms[1].coefficient;
  }
  if (llvm::SubOverflow(int64_t(1), rest, numerator)) return;
  int64_t least = llvm::divideCeilSigned(numerator, terms[0].coefficient);
  if (terms[0].factors.size() > 1) {
    if (least < 1) return;
    least = 1;
    for (DimAtom atom : terms[0].factors)
      if (smaller(intervalOf(atom).low, 0) != 0) return;
  }
  for (DimAtom atom : terms[0].factors) {
    DimInterval interval = intervalOf(atom);
    auto [entry, isNew] = known.try_emplace(atom);
    if (isNew) entry->second.interval = interval;
    entry->second.interval.low = larger(interval.low, least);
  }
  intervals.clear();
}

DimInterval DimFacts::intervalOf(DimAtom atom) {
  if (!ranged) return atom.getImpl()->interval;
  if (auto it = known.find(atom); it != known.end()) return it->second.interval;
  if (atom.kind() == DimAtomKind::Symbol) return atom.getImpl()->interval;
  if (auto it = intervals.find(atom); it != intervals.end()) return it->second;
  DimInterval interval =
      intervalOfCompound(atom.kind(), intervalOf(atom.lhs()), intervalOf(atom.rhs()));
  return intervals[atom] = interval;
}

DimInterval DimFacts::intervalOf(Dim dim) {
  if (!ranged) return dim.getImpl()->interval;
  return intervalOfTerms(dim.terms(), [&](DimAtom atom) { return intervalOf(atom); });
}

Bound DimFacts::lower(Dim dim) {
  if (!dim) return std::nullopt;
  DimStorage *storage = dim.getImpl();
  if (!ranged && storage->intervalIsExact) return storage->interval.low;
  if (!ranged) {
    uint8_t state = storage->lower.state.load(std::memory_order_acquire);
    if (state == RememberedBound::Present)
      return storage->lower.value.load(std::memory_order_relaxed);
    if (state == RememberedBound::Absent) return std::nullopt;
  }
  int outerFuel = fuel;
  bool outermost = fuel == 0;
  if (outermost) fuel = searchSteps;
  Bound found = search(dim);
  fuel = outerFuel;
  // Only a question asked with all its fuel has an answer that does not depend on who asked.
  if (!ranged && outermost) {
    if (found) storage->lower.value.store(*found, std::memory_order_relaxed);
    storage->lower.state.store(found ? RememberedBound::Present : RememberedBound::Absent,
                               std::memory_order_release);
  }
  return found;
}

Bound DimFacts::upper(Dim dim) {
  if (!dim) return std::nullopt;
  if (!ranged && dim.getImpl()->intervalIsExact) return dim.getImpl()->interval.high;
  Bound negated = lower(dim * -1);
  if (!negated || *negated == INT64_MIN) return std::nullopt;
  return -*negated;
}

bool DimFacts::atLeast(Dim dim, int64_t bound) {
  if (!dim) return false;
  if (Bound quick = intervalOf(dim).low; quick && *quick >= bound) return true;
  Bound found = lower(dim);
  return found && *found >= bound;
}

/// Lower bound of `dim`: the better of its interval and of what is left when the first atom that
/// can go has gone.
Bound DimFacts::search(Dim dim) {
  if (!dim) return std::nullopt;
  Bound best = intervalOf(dim).low;
  if (dim.constant() || (!ranged && dim.getImpl()->intervalIsExact)) return best;
  if (auto [times, whole, constant] = splitContent(dim); times > 1) {
    // Integers: a bound of the whole part is rounded up to one.
    Bound found = search(whole);
    int64_t scaled;
    if (!found || llvm::MulOverflow(*found, times, scaled) ||
        llvm::AddOverflow(scaled, constant, scaled))
      return best;
    return larger(best, scaled);
  }
  for (DimAtom atom : atomsByDepth(dim)) {
    if (--fuel <= 0) return best;
    if (auto found = eliminate(dim, atom)) return larger(best, *found);
  }
  return best;
}

/// Nothing: the atom cannot go. Else the bound after it went.
std::optional<Bound> DimFacts::eliminate(Dim dim, DimAtom atom) {
  auto split = splitAtom(dim, atom);
  if (!split) return std::nullopt;
  auto [coefficient, rest] = *split;
  if (atom.kind() == DimAtomKind::Symbol) return eliminateSymbol(coefficient, rest, atom);
  if (atom.kind() == DimAtomKind::Max) return eliminateMax(coefficient, rest, atom);
  return eliminateQuotient(coefficient, rest, atom);
}

int DimFacts::signOf(Dim coefficient) {
  if (auto value = coefficient.constant()) return *value >= 0 ? 1 : -1;
  Bound low = search(coefficient);
  if (low && *low >= 0) return 1;
  Bound negated = search(coefficient * -1);
  return negated && *negated >= 0 ? -1 : 0;
}

/// With d >= 1: x - d + 1 <= d * (x floordiv d) <= x <= d * (x ceildiv d) <= x + d - 1.
std::optional<Bound> DimFacts::eliminateQuotient(Dim coefficient, Dim rest, DimAtom atom) {
  Dim x = atom.lhs(), d = atom.rhs();
  Bound least = intervalOf(d).low;
  if (!least || *least < 1) return std::nullopt;
  // rest + coefficient * atom = rest + times * (d * atom), after multiplying all by `scale`.
  int64_t scale = 1;
  std::optional<Dim> times = exactDiv(coefficient, d);
  if (!times) {
    if (!d.constant()) return std::nullopt;
    scale = *d.constant();
    times = coefficient;
  }
  int sign = signOf(*times);
  if (sign == 0) return std::nullopt;
  bool floor = atom.kind() == DimAtomKind::FloorDiv;
  Dim bound = x;
  if (floor && sign > 0) bound = x - d + 1;
  if (!floor && sign < 0) bound = x + d - 1;
  Bound found = search(rest * scale + *times * bound);
  if (found) found = llvm::divideCeilSigned(*found, scale);
  return found;
}

std::optional<Bound> DimFacts::eliminateMax(Dim coefficient, Dim rest, DimAtom atom) {
  int sign = signOf(coefficient);
  if (sign == 0) return std::nullopt;
  Bound a = search(rest + coefficient * atom.lhs());
  Bound b = search(rest + coefficient * atom.rhs());
  return sign > 0 ? larger(a, b) : smaller(a, b);
}

/// A symbol goes where that tells more than its interval does: under a coefficient that is no
/// constant, or towards an upper bound that is an expression.
std::optional<Bound> DimFacts::eliminateSymbol(Dim coefficient, Dim rest, DimAtom atom) {
  Dim high;
  if (auto it = known.find(atom); it != known.end()) high = it->second.high;
  if (!high && coefficient.constant()) return std::nullopt;
  int sign = signOf(coefficient);
  if (sign == 0) return std::nullopt;
  if (sign > 0) {
    Bound low = intervalOf(atom).low;
    if (!low || coefficient.constant()) return std::nullopt;
    return search(rest + coefficient * *low);
  }
  if (high) return search(rest + coefficient * high);
  if (Bound bound = intervalOf(atom).high) return search(rest + coefficient * *bound);
  return std::nullopt;
}

}  // namespace plx::detail

namespace plx {

using detail::DimFacts;

std::optional<int64_t> Dim::lowerBound() const { return DimFacts().lower(*this); }
std::optional<int64_t> Dim::upperBound() const { return DimFacts().upper(*this); }

bool provablyGreaterEqual(Dim a, Dim b) {
  if (!a || !b) return false;
  return a == b || DimFacts().atLeast(a - b, 0);
}

bool provablyGreater(Dim a, Dim b) {
  if (!a || !b) return false;
  return DimFacts().atLeast(a - b, 1);
}

bool provablyDifferent(Dim a, Dim b) {
  if (!a || !b || a == b) return false;
  Dim difference = a - b;
  if (!difference) return false;
  // 2*n + 1 is odd: the coefficients' greatest common divisor does not go into the constant.
  if (difference.constant()) return true;
  if (auto split = detail::splitContent(difference); split.constant % split.times != 0) return true;
  return DimFacts().atLeast(difference, 1) || DimFacts().atLeast(difference * -1, 1);
}

}  // namespace plx
