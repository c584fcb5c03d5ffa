// Inverse trigonometric functions. f32 is computed in double with shorter polynomials.
#include <limits>

#include "compiler/cpu/math/Kernels.h"

namespace plx::cpu::math {
namespace {

constexpr double kInf = std::numeric_limits<double>::infinity();
constexpr double kPiHigh = 0x1.921fb54442d18p+1, kPiLow = 0x1.1a62633145c07p-53;
constexpr double kHalfPiHigh = kPiHigh / 2, kHalfPiLow = kPiLow / 2;

/// (asin(x) - x) / x with z = x^2 <= 1/4: fits asin64, asinShort, of (asin(x) - x) / x^3.
Ex asinRest(const Ex &z) {
  return z * poly(z, {0},
                  {0x1.5555555555562p-3, 0x1.333333333079ap-4, 0x1.6db6db7091f22p-5,
                   0x1.f1c71b0c7918ep-6, 0x1.6e8bd421b62dbp-6, 0x1.1c4a8acfaa21cp-6,
                   0x1.ca144d7371c20p-7, 0x1.75ca24a54bcb5p-7, 0x1.60314983130a2p-7,
                   0x1.ef8aea898d836p-9, 0x1.62626751beeebp-6, -0x1.5866d3fc7ac38p-6,
                   0x1.0c02a4a10b4ffp-5},
                  {0x1.555555bec16a7p-3, 0x1.3332c730c60f8p-4, 0x1.6dd713be5ce1ep-5,
                   0x1.ed899aa45b17dp-6, 0x1.92e94812818b3p-6, 0x1.e659859ff6d15p-8,
                   0x1.1daf6cdb5cd00p-5});
}

/// For 1/2 < |x| <= 1, with z = (1 - |x|) / 2: asin(|x|) = pi/2 - 2 asin(sqrt z). sqrt z = high +
/// low.
struct Complement {
  Ex root, high, low, rest;
};
Complement complementOf(const Ex &a) {
  Ex z = (1.0 - a) * 0.5;
  Ex root = sqrt(z);
  Ex high = upperHalf(root);
  // (z - high^2) / (root + high), with 0 / 0 at |x| = 1 kept away.
  Ex low = fma(-high, high, z) / select(root == 0.0, 1.0, root + high);
  return {root, high, low, asinRest(z)};
}

Ex asinOf(const Ex &x) {
  Ex a = abs(x), isSmall = a <= 0.5;
  Ex small = fma(a, asinRest(a * a), a);
  Complement c = complementOf(a);
  // pi/2 - 2 (root + root rest), from pi/4 - high upwards so that little is lost.
  Ex p = fma((c.root + c.root), c.rest, (c.low + c.low) - kHalfPiLow);
  Ex quarter = x.constant(kHalfPiHigh / 2);
  Ex large = quarter - (p - (quarter - (c.high + c.high)));
  return flipSign(select(isSmall, small, large), signBit(x));
}

Ex acosOf(const Ex &x) {
  Ex a = abs(x), isSmall = a <= 0.5;
  Ex small = kHalfPiHigh - (x - (kHalfPiLow - x * asinRest(a * a)));
  Complement c = complementOf(a);
  Ex tail = fma(c.root, c.rest, c.low);
  Ex near = (c.high + tail) + (c.high + tail);
  Ex far = kPiHigh - ((c.high + (tail - kPiLow * 0.5)) + (c.high + (tail - kPiLow * 0.5)));
  return select(isSmall, small, select(x > 0.0, near, far));
}

/// atan(a) for a >= 0 or inf, as hi + lo: atan(a) = atan(c) + atan((a - c) / (1 + a c)) with c of
/// 0, 1/2, 1, 3/2, inf (the division of the range is W. J. Cody's).
Pair atanPositive(const Ex &a) {
  Ex numerator = a, denominator = a.constant(1), high = a.constant(0), low = a.constant(0);
  auto from = [&](double start, const Ex &n, const Ex &d, double h, double l) {
    Ex here = a >= start;
    numerator = select(here, n, numerator);
    denominator = select(here, d, denominator);
    high = select(here, h, high);
    low = select(here, l, low);
  };
  from(0.4375, (a + a) - 1.0, a + 2.0, 0x1.dac670561bb4fp-2, 0x1.a2b7f222f65e2p-56);
  from(0.6875, a - 1.0, a + 1.0, kHalfPiHigh / 2, kHalfPiLow / 2);
  from(1.1875, a - 1.5, fma(a, a.constant(1.5), a.constant(1)), 0x1.f730bd281f69bp-1,
       0x1.007887af0cbbdp-56);
  from(2.4375, a.constant(-1), a, kHalfPiHigh, kHalfPiLow);
  Ex t = numerator / denominator;
  Ex z = t * t;
  // (atan(t) - t) / t^3 on |t| <= 7/16: fits atan64, atanShort.
  Ex cubic = (z * t) * poly(z, {0},
                            {-0x1.5555555555532p-2, 0x1.999999999248cp-3, -0x1.24924920f474ap-3,
                             0x1.c71c701cb950ap-4, -0x1.745ce03904447p-4, 0x1.3b0f4ea5df1dfp-4,
                             -0x1.10d6f68c52facp-4, 0x1.dde0824722da4p-5, -0x1.978b360c0b443p-5,
                             0x1.2aa841af4c01bp-5, -0x1.093b5df8887aep-6},
                            {-0x1.555554977c2f8p-2, 0x1.9998dbbea2f28p-3, -0x1.247654a666437p-3,
                             0x1.c37a30a215880p-4, -0x1.55d776ac96065p-4, 0x1.6e231e942ad3ap-5});
  Pair sum = fastTwoSum(high, t);
  return {sum.hi, sum.lo + (cubic + low)};
}

Ex atanOf(const Ex &x) {
  Pair r = atanPositive(abs(x));
  return flipSign(r.hi + r.lo, signBit(x));
}

Ex atan2Of(const Ex &y, const Ex &x) {
  Ex ay = abs(y), ax = abs(x);
  // 0/0 and inf/inf: the diagonal's angle, or 0.
  Ex bothInfinite = (ay == kInf) & (ax == kInf);
  Ex ratio = select(ay == 0.0, 0.0, select(bothInfinite, 1.0, ay / ax));
  Pair angle = atanPositive(ratio);
  Ex right = angle.hi + angle.lo;
  Ex left = kPiHigh - (angle.hi + (angle.lo - kPiLow));
  Ex isLeft = signBit(x) != signBit(x).constant(0);
  Ex r = flipSign(select(isLeft, left, right), signBit(y));
  return select(isNan(x) | isNan(y), x + y, r);
}

}  // namespace
}  // namespace plx::cpu::math

namespace plx::cpu {

llvm::Value *emitAsin(llvm::IRBuilderBase &b, const MathFacts &facts, llvm::Value *x) {
  return math::emitUnaryInDouble(b, facts, math::asinOf, x);
}
llvm::Value *emitAcos(llvm::IRBuilderBase &b, const MathFacts &facts, llvm::Value *x) {
  return math::emitUnaryInDouble(b, facts, math::acosOf, x);
}
llvm::Value *emitAtan(llvm::IRBuilderBase &b, const MathFacts &facts, llvm::Value *x) {
  return math::emitUnaryInDouble(b, facts, math::atanOf, x);
}
llvm::Value *emitAtan2(llvm::IRBuilderBase &b, const MathFacts &facts, llvm::Value *y,
                       llvm::Value *x) {
  return math::emitBinaryInDouble(b, facts, math::atan2Of, y, x);
}

}  // namespace plx::cpu
