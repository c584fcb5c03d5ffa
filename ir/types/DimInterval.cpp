// Interval arithmetic with one or both ends open; an end that leaves int64 is open too.
#include "ir/types/DimStorage.h"
#include "llvm/Support/MathExtras.h"

namespace plx::detail {
namespace {

std::optional<int64_t> checkedSum(std::optional<int64_t> a, std::optional<int64_t> b) {
  int64_t sum;
  if (!a || !b || llvm::AddOverflow(*a, *b, sum)) return std::nullopt;
  return sum;
}

/// An end of an interval on the extended line, so that corner products can be compared.
struct End {
  int sign = 0;  // -1, +1: infinite; 0: `value`
  int64_t value = 0;
};

End productOf(End a, End b) {
  int signA = a.sign ? a.sign : (a.value > 0) - (a.value < 0);
  int signB = b.sign ? b.sign : (b.value > 0) - (b.value < 0);
  int sign = signA * signB;
  int64_t product;
  if (sign == 0) return {0, 0};  // 0 times anything, since every value is finite
  if (a.sign || b.sign || llvm::MulOverflow(a.value, b.value, product)) return {sign, 0};
  return {0, product};
}

bool lessThan(End a, End b) {
  if (a.sign != b.sign) return a.sign < b.sign;
  return a.sign == 0 && a.value < b.value;
}

int64_t quotient(int64_t a, int64_t b, bool roundUp) {  // b >= 1
  return roundUp ? llvm::divideCeilSigned(a, b) : llvm::divideFloorSigned(a, b);
}

DimInterval powerOf(DimInterval base, unsigned exponent) {
  DimInterval result = DimInterval::of(1);
  for (unsigned i = 0; i < exponent; ++i) result = result * base;
  if (exponent % 2 == 0 && (!result.low || *result.low < 0)) result.low = 0;
  return result;
}

}  // namespace

DimInterval operator+(DimInterval a, DimInterval b) {
  return {checkedSum(a.low, b.low), checkedSum(a.high, b.high)};
}

DimInterval operator*(DimInterval a, DimInterval b) {
  auto ends = [](DimInterval i) {
    return std::pair(i.low ? End{0, *i.low} : End{-1, 0}, i.high ? End{0, *i.high} : End{+1, 0});
  };
  auto [aLow, aHigh] = ends(a);
  auto [bLow, bHigh] = ends(b);
  End corners[] = {productOf(aLow, bLow), productOf(aLow, bHigh), productOf(aHigh, bLow),
                   productOf(aHigh, bHigh)};
  End low = corners[0], high = corners[0];
  for (End corner : corners) {
    if (lessThan(corner, low)) low = corner;
    if (lessThan(high, corner)) high = corner;
  }
  DimInterval result;
  if (low.sign == 0) result.low = low.value;
  if (high.sign == 0) result.high = high.value;
  return result;
}

DimInterval divideIntervals(DimInterval a, DimInterval b, bool roundUp) {
  DimInterval result;
  if (!b.low || *b.low < 1) return result;
  // The quotient is nearest to zero at the largest divisor; where that is unbounded, it only keeps
  // the sign.
  if (a.low && *a.low >= 0)
    result.low = b.high ? quotient(*a.low, *b.high, roundUp) : int64_t(roundUp && *a.low > 0);
  else if (a.low)
    result.low = quotient(*a.low, *b.low, roundUp);
  if (a.high && *a.high >= 0)
    result.high = quotient(*a.high, *b.low, roundUp);
  else if (a.high)
    result.high = b.high ? quotient(*a.high, *b.high, roundUp) : (roundUp ? 0 : -1);
  return result;
}

DimInterval maxOfIntervals(DimInterval a, DimInterval b) {
  DimInterval result;
  if (a.low || b.low) result.low = std::max(a.low.value_or(INT64_MIN), b.low.value_or(INT64_MIN));
  if (a.high && b.high) result.high = std::max(*a.high, *b.high);
  return result;
}

DimInterval intervalOfCompound(DimAtomKind kind, DimInterval lhs, DimInterval rhs) {
  if (kind == DimAtomKind::Max) return maxOfIntervals(lhs, rhs);
  return divideIntervals(lhs, rhs, kind == DimAtomKind::CeilDiv);
}

DimInterval intervalOfTerms(llvm::ArrayRef<DimTerm> terms,
                            llvm::function_ref<DimInterval(DimAtom)> ofAtom) {
  DimInterval sum = DimInterval::of(0);
  for (const DimTerm &term : terms) {
    DimInterval product = DimInterval::of(term.coefficient);
    for (size_t i = 0; i < term.factors.size();) {
      size_t end = i + 1;
      while (end < term.factors.size() && term.factors[end] == term.factors[i]) ++end;
      product = product * powerOf(ofAtom(term.factors[i]), end - i);
      i = end;
    }
    sum = sum + product;
    if (!sum.low && !sum.high) break;
  }
  return sum;
}

}  // namespace plx::detail
