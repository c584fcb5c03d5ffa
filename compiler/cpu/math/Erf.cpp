// Error functions. erf near 0 is x + x P(x^2). Further out f32's erf is 1 - e^-q(x) with a
// polynomial q; all others go through erfc(x) = e^(-x^2) h((x - 3) / (x + 3)) / (1 + 2x): h varies
// little over the whole half line (M. M. Shepherd and J. G. Laframboise, "Chebyshev approximation
// of (1 + 2x) exp(x^2) erfc x in 0 <= x < inf", 1981), the fit is our own.
#include "compiler/cpu/math/Kernels.h"

namespace plx::cpu::math {
namespace {

/// Below this erf comes from its polynomial, from here on from erfc's tail.
constexpr double kTailStart = 0.65625;

/// erf(x) / x - 1 with z = x^2, |x| <= 21/32: fits erf64, erfShort.
Ex erfRest(const Ex &z) {
  return poly(
      z, {0},
      {0x1.06eba8214db69p-3, -0x1.812746b0379e6p-2, 0x1.ce2f21a042b2dp-4, -0x1.b82ce312825d5p-6,
       0x1.565bcd0c94a84p-8, -0x1.c02db3617c4f7p-11, 0x1.f9a30574160b9p-14, -0x1.f4cdcda9bb6f8p-17,
       0x1.b9808356e4d91p-20, -0x1.59d84125a17c7p-23, 0x1.a22c07054daf0p-27},
      {0x1.06eba815d01b4p-3, -0x1.812742fc23b5ap-2, 0x1.ce2d9282749ddp-4, -0x1.b7ef07e0dd399p-6,
       0x1.51fc87d26b67ap-8, -0x1.75e553e32878ap-11});
}

/// erfc(a) for a >= 21/32.
Ex erfcTail(const Ex &a) {
  Ex x = clamp(a, kTailStart, 28);
  Ex t = (x - 3.0) / (x + 3.0);
  // On [21/32, 28] (f64) and [21/32, 10.5] (f32, where it is 0 from 10.06 on): fits erfc64,
  // erfcShort.
  Ex h = poly(
      t, {0},
      {0x1.40c522d7e4987p+0,  -0x1.15c084bb9e8f3p-3,  -0x1.85a15c58aa60bp-5,  0x1.098366a5b471ep-3,
       -0x1.e88b803a48a89p-4, 0x1.17ca2877eec64p-4,   -0x1.8574c40c09052p-6,  0x1.4b884e4ab9806p-9,
       0x1.ef1bdd77feea2p-10, -0x1.98db52690700ap-11, -0x1.b91289f7423bap-14, 0x1.065a60c1147e5p-13,
       0x1.4c29dac870c78p-18, -0x1.5141a5bd20a3ap-16, -0x1.888db3ea8af85p-21, 0x1.d2a2e91c21cf6p-19,
       0x1.7bf1bfab6269dp-22, -0x1.4f1d4b22f9b87p-21, -0x1.1e3015ea62e74p-23, 0x1.d395749296bf7p-24,
       0x1.062ab3398f1a3p-25, -0x1.05d2a28505bf5p-26, -0x1.db9000d254b4dp-30},
      {0x1.40c522d8d1401p+0, -0x1.15c0840e71578p-3, -0x1.85a1703b614abp-5, 0x1.09833ff8f4498p-3,
       -0x1.e88a76e665b60p-4, 0x1.17cf202ecf632p-4, -0x1.859aa5ba41d84p-6, 0x1.473f44bade406p-9,
       0x1.f7c129666a075p-10, -0x1.634a45b3506fdp-11, -0x1.30d396d2512cfp-13});
  // x^2 = high^2 + (x - high)(x + high), the first term exact.
  Ex high = upperHalf(x);
  ExpParts e = expParts(-(high * high), -((x - high) * (x + high)));
  Ex factor = h / fma(x, x.constant(2), x.constant(1));
  return scale(fma(expm1Reduced(e.r), factor, factor), e.n, e.nFloat);
}

Ex erfcOf(const Ex &x) {
  Ex a = abs(x), rest = x * erfRest(x * x);
  // From 1/4 on 1 - erf(x) is written so that the difference of the large parts is exact.
  Ex small = select(x < 0.25, 1.0 - (x + rest), 0.5 - ((x - 0.5) + rest));
  Ex tail = erfcTail(a);
  return select(a < kTailStart, small, select(x < 0.0, 2.0 - tail, tail));
}

Ex erfInDouble(const Ex &x) {
  Ex a = abs(x);
  Ex small = fma(a, erfRest(a * a), a);
  return flipSign(select(a < kTailStart, small, 1.0 - erfcTail(a)), signBit(x));
}

Ex erfInFloat(const Ex &x) {
  Ex a = abs(x), z = a * a;
  // erf(x) / x - 1 on |x| <= 1: fit erf32.
  Ex small = fma(a,
                 poly(z, {0x1.06eba8p-3, -0x1.81273ep-2, 0x1.ce2cf8p-4, -0x1.b7f90cp-6,
                          0x1.5405b2p-8, -0x1.a3f708p-11, 0x1.496a5ep-14}),
                 a);
  // -log erfc(2 + u) on -1 <= u <= 2: fit erfTail32. At 4 the result is 1 after rounding.
  Ex u = cutAbove(a, 4) - 2.0;
  Ex q = poly(u, {0x1.575b34p+2, 0x1.1ac32cp+2, 0x1.d8f5c6p-1, 0x1.0da368p-6, -0x1.d3d708p-9,
                  0x1.85c046p-11, -0x1.214884p-13, 0x1.06c5b8p-16});
  ExpParts e = expParts(-q);
  Ex large = fma(expReduced(e.r), -pow2(e.n), a.constant(1));
  return flipSign(select(a < 1.0, small, large), signBit(x));
}

}  // namespace
}  // namespace plx::cpu::math

namespace plx::cpu {

llvm::Value *emitErf(llvm::IRBuilderBase &b, const MathFacts &facts, llvm::Value *x) {
  bool isDouble = x->getType()->getScalarType()->isDoubleTy();
  return math::emitUnary(b, facts, isDouble ? math::erfInDouble : math::erfInFloat, x);
}
llvm::Value *emitErfc(llvm::IRBuilderBase &b, const MathFacts &facts, llvm::Value *x) {
  return math::emitUnaryInDouble(b, facts, math::erfcOf, x);
}

}  // namespace plx::cpu
