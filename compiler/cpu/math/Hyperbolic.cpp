// Hyperbolic functions and their inverses. All but tanh compute f32 in double with shorter
// polynomials.
#include <limits>

#include "compiler/cpu/math/Kernels.h"

namespace plx::cpu::math {
namespace {

constexpr double kInf = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

/// e^a / 2 as hi + lo, and e^-a / 2, for a >= 0.
struct HalfExponentials {
  Ex hi, lo, inverse;
};
HalfExponentials halfExponentials(const Ex &a) {
  ExpParts e = expParts(cutAbove(a, 711));
  Pair p = fastTwoSum(a.constant(1), expm1Reduced(e.r));
  Ex n = e.n - 1, nFloat = e.nFloat - 1.0;
  Ex hi = scale(p.hi, n, nFloat);
  return {hi, scale(p.lo, n, nFloat), 0.25 / hi};
}

Ex sinhOf(const Ex &x) {
  Ex a = abs(x), z = a * a;
  // (sinh(x) - x) / x^3 on |x| <= 1: fits sinh64, sinhShort.
  Ex small = fma(a * z,
                 poly(z, {0},
                      {0x1.5555555555555p-3, 0x1.1111111111111p-7, 0x1.a01a01a019fc8p-13,
                       0x1.71de3a5573ccep-19, 0x1.ae64567404a50p-26, 0x1.61246b2b51a0ep-33,
                       0x1.ae753d1b316d0p-41, 0x1.9a89deb9907e9p-49},
                      {0x1.5555551eaa55ap-3, 0x1.111136a10b621p-7, 0x1.9ffd0621a2bb2p-13,
                       0x1.7a5d194cb52c2p-19}),
                 a);
  HalfExponentials e = halfExponentials(a);
  Ex large = (e.hi - e.inverse) + e.lo;
  return flipSign(select(a < 1.0, small, large), signBit(x));
}

Ex coshOf(const Ex &x) {
  HalfExponentials e = halfExponentials(abs(x));
  return (e.hi + e.inverse) + e.lo;
}

Ex tanhOf(const Ex &x) {
  Ex a = abs(x), z = a * a;
  // (tanh(x) - x) / x^3 on |x| <= 5/8: fits tanh32, tanh64.
  Ex small =
      fma(a * z,
          poly(z, {-0x1.55553ap-2, 0x1.1107acp-3, -0x1.b83a10p-5, 0x1.51c5c2p-6, -0x1.733f28p-8},
               {-0x1.5555555555554p-2, 0x1.1111111110e00p-3, -0x1.ba1ba1b9e31a3p-5,
                0x1.664f487388217p-6, -0x1.226e330e6e9d6p-7, 0x1.d6d360d75c734p-9,
                -0x1.7d9c67f6af02bp-10, 0x1.350c669774f67p-11, -0x1.f114bb5b7aa43p-13,
                0x1.8007c569ee62fp-14, -0x1.fa20434d94a25p-16, 0x1.9460c9937eb11p-18},
               {0}),
          a);
  // 1 - 2 / (e^2a + 1); at the cut it is 1 after rounding.
  Ex cut = cutAbove(a, x.isWide() ? 20 : 10);
  ExpParts e = expParts(cut + cut);
  Ex large = 1.0 - 2.0 / fma(expReduced(e.r), pow2(e.n), a.constant(1));
  return flipSign(select(a < 0.625, small, large), signBit(x));
}

/// Above this asinh(a) and acosh(a) are log(a) + log(2) after rounding (they differ by 1/a and
/// less).
constexpr double kHuge = 0x1p54;

Ex asinhOf(const Ex &x) {
  Ex a = abs(x), isHuge = a > kHuge;
  Ex b = select(isHuge, 1.0, a);
  Ex u = b + (b * b) / (1.0 + sqrt(fma(b, b, b.constant(1))));
  Ex one = a.constant(1), zero = a.constant(0);
  Ex r = log1pFinite(select(isHuge, a, u), select(isHuge, one, zero));
  r = select(a < 0x1p-27, a, r);
  return flipSign(select(a < kInf, r, a), signBit(x));
}

Ex acoshOf(const Ex &x) {
  Ex isHuge = x > kHuge;
  Ex t = select(isHuge, 1.0, x) - 1.0;
  Ex u = t + sqrt(fma(t, t, t + t));
  Ex one = x.constant(1), zero = x.constant(0);
  Ex r = log1pFinite(select(isHuge, x, u), select(isHuge, one, zero));
  r = select(x == kInf, x, r);
  return select(x >= 1.0, r, r.constant(kNan));
}

Ex atanhOf(const Ex &x) {
  Ex a = abs(x), b = select(a < 1.0, a, a.constant(0)), twice = b + b;
  // log1p(2a / (1 - a)) / 2; below 1/2 as 2a + 2a a / (1 - a), whose larger part is exact.
  Ex u = select(b < 0.5, twice + twice * b / (1.0 - b), twice / (1.0 - b));
  Ex r = log1pFinite(u, u.constant(0)) * 0.5;
  r = select(a < 0x1p-28, a, r);
  r = select(a == 1.0, kInf, r);
  return flipSign(select(a <= 1.0, r, r.constant(kNan)), signBit(x));
}

}  // namespace
}  // namespace plx::cpu::math

namespace plx::cpu {

llvm::Value *emitSinh(llvm::IRBuilderBase &b, const MathFacts &facts, llvm::Value *x) {
  return math::emitUnaryInDouble(b, facts, math::sinhOf, x);
}
llvm::Value *emitCosh(llvm::IRBuilderBase &b, const MathFacts &facts, llvm::Value *x) {
  return math::emitUnaryInDouble(b, facts, math::coshOf, x);
}
llvm::Value *emitTanh(llvm::IRBuilderBase &b, const MathFacts &facts, llvm::Value *x) {
  return math::emitUnary(b, facts, math::tanhOf, x);
}
llvm::Value *emitAsinh(llvm::IRBuilderBase &b, const MathFacts &facts, llvm::Value *x) {
  return math::emitUnaryInDouble(b, facts, math::asinhOf, x);
}
llvm::Value *emitAcosh(llvm::IRBuilderBase &b, const MathFacts &facts, llvm::Value *x) {
  return math::emitUnaryInDouble(b, facts, math::acoshOf, x);
}
llvm::Value *emitAtanh(llvm::IRBuilderBase &b, const MathFacts &facts, llvm::Value *x) {
  return math::emitUnaryInDouble(b, facts, math::atanhOf, x);
}

}  // namespace plx::cpu
