// log |gamma|: around 2 by a polynomial, reached from (0, 8) by gamma's recurrence; from 8 on
// Stirling's formula; for negative x the reflection gamma(x) gamma(-x) = -pi / (x sin(pi x)).
// (Abramowitz and Stegun, 6.1.15, 6.1.17, 6.1.40.)
#include <limits>

#include "compiler/cpu/math/Kernels.h"

namespace plx::cpu::math {
namespace {

constexpr double kInf = std::numeric_limits<double>::infinity();

/// log gamma(x) for finite x > 0.
Ex lgammaPositive(const Ex &x) {
  Ex isLarge = x >= 8.0;
  // From [2.5, 8) down to [1.5, 2.5): gamma(x) = (x - 1) gamma(x - 1). Subtracting 1 is exact.
  Ex y = select(isLarge, 2.0, x), product = x.constant(1);
  for (int i = 0; i < 6; ++i) {
    Ex above = y >= 2.5, next = y - 1.0;
    product = select(above, product * next, product);
    y = select(above, next, y);
  }
  // From (0, 1.5) up: gamma(x) = gamma(x + 1) / x, twice below 1/2.
  Ex isLow = y < 0.5, isBelow = y < 1.5;
  Ex divisor = select(isLow, y * (y + 1.0), y);
  Ex t = select(isLow, y, select(isBelow, y - 1.0, y - 2.0));
  Ex log = logFinite(select(isLarge, x, select(isBelow, divisor, product)));
  // log gamma(2 + t) / t on |t| <= 1/2: fit lgammaTwo.
  Ex q = poly(
      t,
      {0x1.b0ee6072093cep-2, 0x1.4a34cc4a60fa7p-2, -0x1.13e001a557616p-4, 0x1.51322ac7d8009p-6,
       -0x1.e404fc21888a4p-8, 0x1.7add6eae558e5p-9, -0x1.38ac5c309c9a8p-10, 0x1.0b36af36811bep-11,
       -0x1.d3fd49439e1b0p-13, 0x1.a127dc273215ap-14, -0x1.78defda800c03p-15, 0x1.5806f541449f4p-16,
       -0x1.3ca93fe0a6a60p-17, 0x1.263ea489f8323p-18, -0x1.131cf8a2c9a09p-19, 0x1.ee17c5784db75p-21,
       -0x1.c30567b11e9a6p-22, 0x1.2b06a196c679ep-22, -0x1.33b7d727b34efp-23});
  Ex near = fma(t, q, select(isBelow, -log, log));
  // (x - 1/2) log(x) - x + log(2 pi) / 2 + rest / x: fit stirling, in 1 / x^2.
  Ex inverse = 1.0 / x;
  Ex rest = inverse * poly(inverse * inverse,
                           {0x1.5555555555555p-4, -0x1.6c16c16c14af3p-9, 0x1.a01a017e8984fp-11,
                            -0x1.38134e15933d5p-11, 0x1.b92c9353693c6p-11, -0x1.ef9809859b9fap-10,
                            0x1.4c382b62bf23cp-8});
  Ex far = fma(x - 0.5, log - 1.0, rest + 0x1.acfe390c97d69p-2);
  return select(isLarge, far, near);
}

/// |sin(pi a)| for 0 <= a < 2^52; adding that number rounds to integers.
Ex sinPi(const Ex &a) {
  Ex f = abs(a - ((a + 0x1p52) - 0x1p52));
  Ex isNear = f <= 0.25;
  Ex g = select(isNear, f, 0.5 - f);
  Pair angle = twoProduct(g, g.constant(0x1.921fb54442d18p+1));
  angle.lo = fma(g, g.constant(0x1.1a62633145c07p-53), angle.lo);
  return select(isNear, sinReduced(angle), cosReduced(angle));
}

Ex lgammaOf(const Ex &x) {
  Ex a = abs(x);
  Ex usable = (a > 0.0) & (a < kInf);
  Ex r = lgammaPositive(select(usable, a, 1.0 + a.constant(0)));
  // Below 2^-54 both signs give -log |x|; from 2^52 on all doubles are integers: poles.
  Ex reflects = (x < 0.0) & (a > 0x1p-54) & (a < 0x1p52);
  Ex b = select(reflects, a, a.constant(0.5));
  Ex s = sinPi(b);
  Ex reflected = -logFinite(select(s == 0.0, 1.0, b * s * 0x1.45f306dc9c883p-2)) - r;
  r = select(reflects, select(s == 0.0, kInf, reflected), r);
  r = select((x <= -0x1p52) | (a == 0.0) | (a == kInf), kInf, r);
  return select(isNan(x), x, r);
}

}  // namespace
}  // namespace plx::cpu::math

namespace plx::cpu {

llvm::Value *emitLgamma(llvm::IRBuilderBase &b, const MathFacts &facts, llvm::Value *x) {
  if (x->getType()->getScalarType()->isDoubleTy())
    return math::emitUnary(b, facts, math::lgammaOf, x);
  // With the polynomials of doubles: near the zeros of negative x only the absolute error is kept
  // small.
  math::Env env{b, facts};
  llvm::Value *wide = math::widen(math::Ex(env, x), env).value();
  return b.CreateFPTrunc(math::emitUnary(b, facts, math::lgammaOf, wide), x->getType());
}

}  // namespace plx::cpu
