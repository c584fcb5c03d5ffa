// What is known about the symbols of an expression, and what follows for the bounds of others. For
// ir/types only.
//
// Without ranges these are the symbols' own lower bounds. With ranges (index variables of a kernel)
// a symbol may also have an upper bound that is an expression; and since code under a loop runs
// only where the loop is not empty, low <= high of every range is known too: extents are >= 1
// there.
//
// Bounds are found by elimination: an atom that occurs linearly is replaced by what bounds it,
// innermost last, e.g. n - 4*(n floordiv 4) >= n - n = 0, since 4*(n floordiv 4) <= n. Interval
// arithmetic alone would know nothing of it. Both are sound; neither is complete. Not thread-safe:
// one object is for one question on one thread.
#ifndef PLEXUS_IR_TYPES_DIMFACTS_H
#define PLEXUS_IR_TYPES_DIMFACTS_H

#include "ir/types/DimStorage.h"

namespace plx::detail {

class DimFacts {
 public:
  using RangeOf = llvm::function_ref<std::optional<DimRange>(DimAtom)>;
  /// Only what symbols say themselves.
  DimFacts() = default;
  /// Also the ranges of all symbols of `dim`, and of those that occur in these ranges.
  DimFacts(Dim dim, RangeOf rangeOf);

  std::optional<int64_t> lower(Dim dim);
  std::optional<int64_t> upper(Dim dim);
  bool atLeast(Dim dim, int64_t bound);
  bool hasRanges() const { return ranged; }

 private:
  struct Known {
    DimInterval interval;
    Dim high;  // may be null
  };
  DimInterval intervalOf(DimAtom atom);
  DimInterval intervalOf(Dim dim);
  std::optional<int64_t> search(Dim dim);
  std::optional<std::optional<int64_t>> eliminate(Dim dim, DimAtom atom);
  std::optional<std::optional<int64_t>> eliminateQuotient(Dim coefficient, Dim rest, DimAtom atom);
  std::optional<std::optional<int64_t>> eliminateMax(Dim coefficient, Dim rest, DimAtom atom);
  std::optional<std::optional<int64_t>> eliminateSymbol(Dim coefficient, Dim rest, DimAtom atom);
  /// +1: coefficient >= 0 everywhere; -1: <= 0; 0: not known.
  int signOf(Dim coefficient);
  void learnRange(DimAtom symbol, const DimRange &range);
  void learnPositive(Dim dim);

  llvm::DenseMap<DimAtom, Known> known;
  llvm::DenseMap<DimAtom, DimInterval> intervals;  // of compounds, where ranges are known
  bool ranged = false;
  int fuel = 0;
};

}  // namespace plx::detail

#endif  // PLEXUS_IR_TYPES_DIMFACTS_H
