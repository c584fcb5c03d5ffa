// Logarithms: x = (1 + f) 2^k; log(1 + f) is f - f^2/2 + a tail. The tail of f64 is s (f^2/2 +
// R(s^2)), s = f / (2 + f) (the series of artanh; Cody and Waite, "Software Manual for the
// Elementary Functions", 1980), that of f32 f^3 P(f).
#include <cmath>
#include <limits>

#include "compiler/cpu/math/Kernels.h"

namespace plx::cpu::math {
namespace {

constexpr double kInf = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

/// log(2) cut so that k times it is exact, and the rest.
Ex ln2High(const Ex &x) { return x.pick(0x1.62ep-1, 0x1.62e42feep-1); }
Ex ln2Low(const Ex &x) { return x.pick(0x1.0bfbe8p-15, 0x1.a39ef35793c76p-33); }

/// The values of a logarithm at x = +inf, +-0, x < 0 and NaN.
Ex withSpecials(const Ex &x, const Ex &finite) {
  Ex r = select(x == kInf, x, finite);
  r = select(x == 0.0, -kInf, r);
  return select(x >= 0.0, r, r.constant(kNan));
}

Ex logOf(const Ex &x) { return withSpecials(x, logFinite(x)); }

/// log(1 + f) as an upper half exact in products, and the rest.
Pair logPair(const Ex &f) {
  Ex halfSquare = f * f * 0.5;
  Ex high = upperHalf(f - halfSquare);
  return {high, ((f - high) - halfSquare) + logTail(f)};
}

Ex log2Of(const Ex &x) {
  LogReduced d = logReduce(x);
  Pair m = logPair(d.f);
  // log2(e) in an upper half of 10 (f32) or 21 (f64) bits and the rest.
  Ex high = x.pick(0x1.71p+0, 0x1.71547p+0), low = x.pick(0x1.51d94ap-10, 0x1.94ae0bf85ddf4p-22);
  Pair sum = fastTwoSum(d.k, m.hi * high);
  Ex rest = fma(m.lo, high, (m.hi + m.lo) * low);
  // |k| >= 1 outweighs the product; at k = 0 the sum is the product.
  return withSpecials(x, sum.hi + (sum.lo + rest));
}

Ex log10Of(const Ex &x) {
  LogReduced d = logReduce(x);
  Pair m = logPair(d.f);
  Ex high = x.pick(0x1.bc8p-2, 0x1.bcb7bp-2), low = x.pick(0x1.bd8a94p-13, 0x1.526e50e32a6abp-26);
  // log10(2) cut to 14 or 32 bits, and the rest.
  Ex kHigh = d.k * x.pick(0x1.344p-2, 0x1.34413508p-2);
  Ex kLow = d.k * x.pick(0x1.3509f8p-18, 0x1.f79fef311f12bp-34);
  Pair sum = fastTwoSum(kHigh, m.hi * high);
  Ex rest = fma(m.lo, high, fma(m.hi + m.lo, low, kLow));
  return withSpecials(x, sum.hi + (sum.lo + rest));
}

Ex log1pOf(const Ex &x) {
  Ex r = log1pFinite(x, x.constant(0));
  r = select(abs(x) < x.pick(0x1p-25, 0x1p-54), x, r);
  r = select(x == kInf, x, r);
  r = select(x == -1.0, -kInf, r);
  return select(x >= -1.0, r, r.constant(kNan));
}

}  // namespace

LogReduced logReduceNormal(const Ex &x) {
  Ex i = bits(x);
  // Shifted by 1 / sqrt(1/2), x's exponent changes at sqrt(1/2) instead of 1.
  uint64_t one = x.isWide() ? 0x3ff0000000000000 : 0x3f800000;
  uint64_t root = x.isWide() ? 0x3fe6a09e667f3bcd : 0x3f3504f3;
  Ex shifted = i + i.constantBits(one - root);
  Ex m = asFloat((shifted & i.constantBits((uint64_t(1) << x.mantissaBits()) - 1)) +
                 i.constantBits(root));
  // The biased exponent becomes the significand of 2^52 (2^23).
  double magic = std::ldexp(1.0, x.mantissaBits());
  Ex k = asFloat(shr(shifted, x.mantissaBits()) | bits(x.constant(magic))) - (magic + x.bias());
  return {k, m - 1.0};
}

LogReduced logReduce(const Ex &x) {
  double up = x.isWide() ? 54 : 25;
  Ex tiny = x < x.pick(0x1p-126, 0x1p-1022);
  LogReduced d = logReduceNormal(select(tiny, x * std::ldexp(1.0, static_cast<int>(up)), x));
  return {d.k - select(tiny, up, d.k.constant(0)), d.f};
}

Ex logTail(const Ex &f) {
  if (!f.isWide()) {
    // (log(1 + f) - f + f^2/2) / f^3 on [sqrt(1/2) - 1, sqrt(2) - 1]: fit log32.
    return (f * f * f) * poly(f, {0x1.555554p-2, -0x1.000226p-2, 0x1.99a006p-3, -0x1.54724cp-3,
                                  0x1.22da66p-3, -0x1.0d8542p-3, 0x1.055982p-3, -0x1.38b0cep-4});
  }
  Ex s = f / (2.0 + f);
  Ex z = s * s;
  // (2 artanh(s) / s - 2) / z on z <= (3 - sqrt(8))^2: fits log64, logShort.
  Ex r = z * poly(z, {0},
                  {0x1.555555555557cp-1, 0x1.99999999847eap-2, 0x1.2492493fad521p-2,
                   0x1.c71c52be83f56p-3, 0x1.746647dc8cd8fp-3, 0x1.399d295b72c8bp-3,
                   0x1.2f50f3c97abdap-3},
                  {0x1.55555555f3257p-1, 0x1.999996d2a9b62p-2, 0x1.249415230988ep-2,
                   0x1.c625674a8362ep-3, 0x1.919718a8da847p-3});
  return s * fma(f, f * 0.5, r);
}

Ex logFinite(const Ex &x) {
  LogReduced d = logReduce(x);
  Ex halfSquare = d.f * d.f * 0.5;
  Ex low = fma(d.k, ln2Low(x), logTail(d.f));
  return fma(d.k, ln2High(x), d.f - (halfSquare - low));
}

Ex log1pFinite(const Ex &x, const Ex &kOffset) {
  Ex u = 1.0 + x;
  // What rounding took from u; it matters while u is small against 2^24 (2^53).
  Ex lost = select(x > 1.0, 1.0 - (u - x), x - (u - 1.0));
  LogReduced d = logReduceNormal(u);
  Ex unscaled = d.k == 0.0;
  Ex f = select(unscaled, x, d.f);
  Ex correction = select(unscaled, 0.0, lost / u);
  Ex k = d.k + kOffset;
  Ex low = fma(k, ln2Low(x), correction) + logTail(f);
  return fma(k, ln2High(x), f - (f * f * 0.5 - low));
}

}  // namespace plx::cpu::math

namespace plx::cpu {

llvm::Value *emitLog(llvm::IRBuilderBase &b, const MathFacts &facts, llvm::Value *x) {
  return math::emitUnary(b, facts, math::logOf, x);
}
llvm::Value *emitLog2(llvm::IRBuilderBase &b, const MathFacts &facts, llvm::Value *x) {
  return math::emitUnary(b, facts, math::log2Of, x);
}
llvm::Value *emitLog10(llvm::IRBuilderBase &b, const MathFacts &facts, llvm::Value *x) {
  return math::emitUnary(b, facts, math::log10Of, x);
}
llvm::Value *emitLog1p(llvm::IRBuilderBase &b, const MathFacts &facts, llvm::Value *x) {
  return math::emitUnary(b, facts, math::log1pOf, x);
}

}  // namespace plx::cpu
