// Double-double arithmetic: T. J. Dekker, "A floating-point technique for extending the available
// precision", 1971.
#include "compiler/cpu/math/Kernels.h"

namespace plx::cpu::math {

Pair fastTwoSum(const Ex &a, const Ex &b) {
  Ex sum = a + b;
  return {sum, b - (sum - a)};
}

Pair twoSum(const Ex &a, const Ex &b) {
  Ex sum = a + b;
  Ex fromB = sum - a;
  return {sum, (a - (sum - fromB)) + (b - fromB)};
}

Ex upperHalf(const Ex &a) {
  uint64_t cleared = a.isWide() ? (uint64_t(1) << 27) - 1 : (uint64_t(1) << 12) - 1;
  Ex i = bits(a);
  return asFloat(i & ~i.constantBits(cleared));
}

Pair twoProduct(const Ex &a, const Ex &b) {
  Ex product = a * b;
  if (a.env().facts.fma) return {product, fma(a, b, -product)};

  double splitter = a.isWide() ? 0x1p27 + 1 : 0x1p12 + 1;
  auto split = [&](const Ex &x) {
    Ex scaled = x * splitter;
    Ex high = scaled - (scaled - x);
    return Pair{high, x - high};
  };
  Pair x = split(a), y = split(b);
  Ex error = ((x.hi * y.hi - product) + x.hi * y.lo + x.lo * y.hi) + x.lo * y.lo;
  return {product, error};
}

Pair operator+(const Pair &a, const Pair &b) {
  Pair sum = twoSum(a.hi, b.hi);
  return fastTwoSum(sum.hi, sum.lo + (a.lo + b.lo));
}

Pair operator*(const Pair &a, const Pair &b) {
  Pair product = twoProduct(a.hi, b.hi);
  return fastTwoSum(product.hi, product.lo + (a.hi * b.lo + a.lo * b.hi));
}

}  // namespace plx::cpu::math
