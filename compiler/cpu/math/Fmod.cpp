// fmod: exact remainder by long division in base 2^50 (f64) or, for f32 in double, 2^28.
#include <cmath>
#include <limits>

#include "compiler/cpu/math/Kernels.h"

namespace plx::cpu::math {
namespace {

using llvm::Value;

constexpr double kInf = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

/// A finite x > 0 as m 2^e with m in [1, 2).
struct Split {
  Ex m, e;
};
Split splitExponent(const Ex &x) {
  Ex isTiny = x < 0x1p-1022;
  Ex i = bits(select(isTiny, x * 0x1p54, x));
  Ex e = shr(i, 52) - select(isTiny, 1023 + 54, i.constant(1023));
  Ex m = asFloat((i & i.constantBits((uint64_t(1) << 52) - 1)) | bits(x.constant(1)));
  return {m, e};
}

/// (r 2^step) mod m for 0 <= r < m, exact: r 2^step / m < 2^51 rounded to an integer q is off by at
/// most one, and r 2^step - q m is in (-m, m) and a multiple of m's last place, hence
/// representable.
Ex remainderStep(const Ex &r, const Ex &power, const Ex &m) {
  Ex shifted = r * power;
  Ex q = roundSmall(shifted / m).value;
  Ex rest = shifted;
  if (r.env().facts.fma || r.env().shortened) {
    // With f32's values q m has 24 + 29 bits: exact without fusing, too.
    rest = fma(-q, m, shifted);
  } else {
    Pair product = twoProduct(q, m);
    rest = (shifted - product.hi) - product.lo;
  }
  return select(rest < 0.0, rest + m, rest);
}

/// The loop: r 2^n mod m, by steps of at most `step` bits. BLOCKS.
Ex longDivision(const Ex &start, const Ex &m, const Ex &n, int step) {
  llvm::IRBuilderBase &b = m.b();
  llvm::BasicBlock *before = b.GetInsertBlock();
  llvm::Function *f = before->getParent();
  auto *loop = llvm::BasicBlock::Create(b.getContext(), "fmod.step", f);
  auto *after = llvm::BasicBlock::Create(b.getContext(), "fmod.done", f);
  b.CreateBr(loop);
  b.SetInsertPoint(loop);
  auto *rPhi = b.CreatePHI(start.type(), 2);
  auto *nPhi = b.CreatePHI(n.type(), 2);
  rPhi->addIncoming(start.value(), before);
  nPhi->addIncoming(n.value(), before);
  Ex left = m.with(nPhi);
  Ex now = select(left < step, left, left.constant(step));
  Ex r = remainderStep(m.with(rPhi), pow2(now), m);
  Ex next = left - now;
  rPhi->addIncoming(r.value(), loop);
  nPhi->addIncoming(next.value(), loop);
  b.CreateCondBr(anyLane(next != next.constant(0)), loop, after);
  b.SetInsertPoint(after);
  return r;
}

Ex fmodOf(const Ex &x, const Ex &y) {
  Ex ax = abs(x), ay = abs(y);
  Ex undefined = isNan(x) | isNan(y) | (ax == kInf) | (ay == 0.0);
  // Lanes with nothing to divide take 1 mod 1.
  Ex divides = (ax >= 0x1p-1074) & (ax < kInf) & (ay <= std::numeric_limits<double>::max()) &
               (ay >= 0x1p-1074) & ~(ax < ay);
  Split a = splitExponent(select(divides, ax, 1.0 + ax.constant(0)));
  Split d = splitExponent(select(divides, ay, 1.0 + ay.constant(0)));
  Ex r = a.m - select(a.m < d.m, d.m.constant(0), d.m);
  r = longDivision(r, d.m, a.e - d.e, y.env().shortened ? 28 : 50);
  // Back to y's exponent in two steps, each exact: the remainder is a multiple of y's last place.
  Ex half = shr(d.e + 4096, 1) - 2048;
  r = select(divides, (r * pow2(half)) * pow2(d.e - half), ax);
  r = flipSign(r, signBit(x));
  return select(undefined, kNan, r);
}

}  // namespace
}  // namespace plx::cpu::math

namespace plx::cpu {

llvm::Value *emitFmod(llvm::IRBuilderBase &b, const MathFacts &facts, llvm::Value *x,
                      llvm::Value *y) {
  return math::emitBinaryInDouble(b, facts, math::fmodOf, x, y);
}

}  // namespace plx::cpu
