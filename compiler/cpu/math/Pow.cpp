// Power: x^y = 2^(y log2 |x|). An f32 result needs log2 to 2^-40, which a double gives; an f64
// result needs it to 2^-65, which takes double-double arithmetic: s = f / (2 + f), log(1 + f) = 2 s
// + s z (2/3 + z P(z)) with z = s^2.
#include <limits>

#include "compiler/cpu/math/Kernels.h"

namespace plx::cpu::math {
namespace {

constexpr double kInf = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

Pair pairOf(const Ex &like, double hi, double lo) { return {like.constant(hi), like.constant(lo)}; }

/// log(1 + f) to about 2^-66, relative.
Pair logInPair(const Ex &f) {
  Ex zero = f.constant(0);
  Pair denominator = fastTwoSum(f.constant(2), f);
  Ex s = f / denominator.hi;
  Pair back = twoProduct(s, denominator.hi);
  Ex remainder = ((f - back.hi) - back.lo) - s * denominator.lo;
  Pair ratio = fastTwoSum(s, remainder / denominator.hi);
  Pair z = ratio * ratio;
  // (2 artanh(s) / s - 2 - 2/3 z) / z^2 on z <= (3 - sqrt(8))^2: fit logPair.
  Ex rest = z.hi * poly(z.hi, {0x1.9999999999999p-2, 0x1.249249249279cp-2, 0x1.c71c71c678b12p-3,
                               0x1.745d17c2a9fcbp-3, 0x1.3b137e6bd1458p-3, 0x1.111cd9263bdefp-3,
                               0x1.dec4764c24f05p-4, 0x1.e6b4dcfa6d212p-4});
  Pair c = pairOf(f, 0x1.5555555555555p-1, 0x1.5555555555555p-55) + Pair{rest, zero};
  Pair cubic = (ratio * z) * c;
  return Pair{ratio.hi + ratio.hi, ratio.lo + ratio.lo} + cubic;
}

/// log2 of a positive finite x.
Pair log2InPair(const Ex &x) {
  LogReduced d = logReduce(x);
  if (!x.env().shortened) {
    Pair log2e = pairOf(x, 0x1.71547652b82fep+0, 0x1.777d0ffda0d24p-56);
    return Pair{d.k, x.constant(0)} + logInPair(d.f) * log2e;
  }
  Ex log = d.f - (d.f * d.f * 0.5 - logTail(d.f));
  return {fma(log, x.constant(0x1.71547652b82fep+0), d.k), x.constant(0)};
}

/// 2^(p.hi + p.lo), overflowing to inf and underflowing to 0.
Ex exp2OfPair(const Pair &p) {
  Ex cut = clamp(p.hi, -1100, 1100);
  // Beyond the limits lo may be large and is of no account.
  Ex low = select(cut == p.hi, p.lo, p.lo.constant(0));
  Rounded n = roundSmall(cut);
  Ex r = cut - n.value;
  Ex ln2 = r.constant(0x1.62e42fefa39efp-1);
  if (r.env().shortened) return scale(expReduced(r * ln2), n.integer, n.value);
  // (r + low) log(2) = g.hi + g.lo; e^g.lo = 1 + g.lo.
  Pair g = twoProduct(r, ln2);
  Ex tail = fma(r, r.constant(0x1.abc9e3b39803fp-56), fma(low, ln2, g.lo));
  Ex rest = expRest(g.hi);
  Pair linear = fastTwoSum(r.constant(1), g.hi);
  Ex correction = linear.lo + fma(tail, g.hi + rest, tail);
  return scale(linear.hi + (rest + correction), n.integer, n.value);
}

/// |x|^y for finite x != 0 and any y but NaN.
Ex powMagnitude(const Ex &magnitude, const Ex &y) {
  Pair log2 = log2InPair(magnitude);
  // |log2 x| is 0 or > 2^-53 (f64): with |y| = 2^64 the result is 0, 1 or inf already.
  Ex cut = clamp(y, -0x1p64, 0x1p64);
  if (y.env().shortened) return exp2OfPair({cut * log2.hi, y.constant(0)});
  Pair product = twoProduct(cut, log2.hi);
  return exp2OfPair({product.hi, fma(cut, log2.lo, product.lo)});
}

struct Parity {
  Ex isInteger, isOdd;
};

/// Adding 2^52 (or 2^53, for half of it) rounds to integers; from there on all doubles are integers
/// (even integers).
Parity parityOf(const Ex &y) {
  Ex a = abs(y);
  Ex nearest = (a + 0x1p52) - 0x1p52;
  Ex isInteger = (nearest == a) | (a >= 0x1p52);
  Ex half = a * 0.5;
  Ex halfIsInteger = (((half + 0x1p52) - 0x1p52) == half) | (half >= 0x1p52);
  return {isInteger, isInteger & ~halfIsInteger};
}

Ex powOf(const Ex &x, const Ex &y) {
  Ex zero = x.constant(0), magnitude = abs(x);
  Ex r = powMagnitude(magnitude, y);
  r = select(magnitude == 0.0, select(y < 0.0, kInf, zero), r);
  r = select(magnitude == kInf, select(y < 0.0, zero, x.constant(kInf)), r);
  Parity parity = parityOf(y);
  Ex sign = signBit(x);
  r = flipSign(r, select(parity.isOdd, sign, sign.constant(0)));
  Ex undefined = (x < 0.0) & (x > -kInf) & ~parity.isInteger;
  r = select(undefined | isNan(x) | isNan(y), kNan, r);
  return select((x == 1.0) | (y == 0.0), 1.0, r);
}

}  // namespace
}  // namespace plx::cpu::math

namespace plx::cpu {

llvm::Value *emitPow(llvm::IRBuilderBase &b, const MathFacts &facts, llvm::Value *x,
                     llvm::Value *y) {
  return math::emitBinaryInDouble(b, facts, math::powOf, x, y);
}

}  // namespace plx::cpu
