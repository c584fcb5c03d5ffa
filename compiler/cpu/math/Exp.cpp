// Exponentials: x = n log(2) + r with log(2) in two parts (Cody and Waite), e^r by a minimax
// polynomial, then 2^n.
#include "compiler/cpu/math/Kernels.h"

namespace plx::cpu::math {
namespace {

/// (e^r - 1 - r) / r^2 on |r| <= log(2) / 2: fits exp32, exp64, expShort.
Ex expQuotient(const Ex &r) {
  return poly(
      r, {0x1.fffffcp-2, 0x1.555492p-3, 0x1.5558f2p-5, 0x1.1239cep-7, 0x1.6a2384p-10},
      {0x1.0000000000009p-1, 0x1.5555555555558p-3, 0x1.55555555503f4p-5, 0x1.111111110f808p-7,
       0x1.6c16c185fded5p-10, 0x1.a01a01b009b94p-13, 0x1.a01993bebde09p-16, 0x1.71ddf6badec8ap-19,
       0x1.28b40639f7018p-22, 0x1.af631dc771b02p-26},
      {0x1.0000004568299p-1, 0x1.555555742a76cp-3, 0x1.555470a6aade7p-5, 0x1.1110ab79bae30p-7,
       0x1.6da757602fbacp-10, 0x1.a17df608cd0c4p-13});
}

/// Arguments beyond which the results are inf and 0 after rounding, with room for n's bounds in
/// scale().
struct Limits {
  double low, high;
};
Limits limitsOf(const Ex &x) { return x.isWide() ? Limits{-746, 710} : Limits{-104, 89}; }

Ex expOf(const Ex &x) {
  Limits limit = limitsOf(x);
  ExpParts e = expParts(clamp(x, limit.low, limit.high));
  return scale(expReduced(e.r), e.n, e.nFloat);
}

Ex exp2Of(const Ex &x) {
  Ex cut = x.isWide() ? clamp(x, -1076, 1025) : clamp(x, -151, 129);
  Rounded n = roundSmall(cut);
  Ex r = cut - n.value;
  return scale(expReduced(r * 0x1.62e42fefa39efp-1), n.integer, n.value);
}

Ex expm1Of(const Ex &x) {
  ExpParts e = x.isWide() ? expParts(clamp(x, -40, 710)) : expParts(clamp(x, -20, 89));
  // With s = 2^(n-1): 2 (s expm1 + (s - 1/2)), so that s stays finite at n = 128 or 1024.
  Ex s = pow2(e.n - 1), expm1 = expm1Reduced(e.r);
  Ex half = fma(expm1, s, s - 0.5);
  Ex result = select(e.nFloat == 0.0, expm1, half + half);
  // Keeps -0, denormals and their rounding.
  return select(abs(x) < x.pick(0x1p-25, 0x1p-54), x, result);
}

Ex sigmoidOf(const Ex &x) {
  Limits limit = limitsOf(x);
  // e^-|x| never overflows; of 1 / (1 + z) and z / (1 + z) the one that keeps the relative error is
  // taken.
  ExpParts e = expParts(clamp(-abs(x), limit.low, limit.high));
  Ex z = scale(expReduced(e.r), e.n, e.nFloat);
  return select(x < 0.0, z, z.constant(1)) / (1.0 + z);
}

}  // namespace

// Not by Horner's rule down to the 1, which saves a multiplication and costs 0.15 ulp.
Ex expReduced(const Ex &r) { return 1.0 + expm1Reduced(r); }
Ex expm1Reduced(const Ex &r) { return fma(r * r, expQuotient(r), r); }
Ex expRest(const Ex &r) { return r * r * expQuotient(r); }

ExpParts expParts(const Ex &x) {
  Rounded n = roundSmall(x * 0x1.71547652b82fep+0);
  // log(2) cut to 14 (f32) or 32 (f64) bits, so that n times it is exact, and the rest.
  Ex r = fma(n.value, x.pick(-0x1.62ep-1, -0x1.62e42feep-1), x);
  r = fma(n.value, x.pick(-0x1.0bfbe8p-15, -0x1.a39ef35793c76p-33), r);
  return {r, n.integer, n.value};
}

ExpParts expParts(const Ex &x, const Ex &tail) {
  Rounded n = roundSmall(x * 0x1.71547652b82fep+0);
  Ex r = fma(n.value, x.pick(-0x1.62ep-1, -0x1.62e42feep-1), x);
  r = fma(n.value, x.pick(-0x1.0bfbe8p-15, -0x1.a39ef35793c76p-33), tail) + r;
  return {r, n.integer, n.value};
}

}  // namespace plx::cpu::math

namespace plx::cpu {

llvm::Value *emitExp(llvm::IRBuilderBase &b, const MathFacts &facts, llvm::Value *x) {
  return math::emitUnary(b, facts, math::expOf, x);
}
llvm::Value *emitExp2(llvm::IRBuilderBase &b, const MathFacts &facts, llvm::Value *x) {
  return math::emitUnary(b, facts, math::exp2Of, x);
}
llvm::Value *emitExpm1(llvm::IRBuilderBase &b, const MathFacts &facts, llvm::Value *x) {
  return math::emitUnary(b, facts, math::expm1Of, x);
}
llvm::Value *emitSigmoid(llvm::IRBuilderBase &b, const MathFacts &facts, llvm::Value *x) {
  return math::emitUnary(b, facts, math::sigmoidOf, x);
}

}  // namespace plx::cpu
