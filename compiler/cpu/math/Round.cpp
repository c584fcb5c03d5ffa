// Rounding to integers. Without instructions for it, adding and subtracting 2^23 (2^52) rounds |x|
// below that to the nearest integer; larger values are integers already.
#include "compiler/cpu/math/Expr.h"
#include "llvm/IR/Intrinsics.h"

namespace plx::cpu::math {
namespace {

/// x to the nearest integer and its fix: f(x, nearest) -> result, where |x| is below 2^23 (2^52);
/// sign of x kept.
template <typename Fix>
Ex emulate(const Ex &x, Fix fix) {
  Ex sign = signBit(x);
  Ex magnitude = flipSign(x, sign);
  Ex limit = x.pick(0x1p23, 0x1p52);
  Ex nearest = flipSign((magnitude + limit) - limit, sign);
  Ex result = fix(nearest);
  // The sign of a zero result, too, is x's.
  Ex signedResult = asFloat(bits(abs(result)) | sign);
  return select(magnitude < limit, signedResult, x);
}

llvm::Value *emitRounding(llvm::IRBuilderBase &b, const MathFacts &facts, llvm::Intrinsic::ID id,
                          Unary emulation, llvm::Value *x) {
  if (!facts.roundInstructions) return emitUnary(b, facts, emulation, x);
  llvm::IRBuilderBase::FastMathFlagGuard guard(b);
  b.clearFastMathFlags();
  return b.CreateUnaryIntrinsic(id, x);
}

Ex floorOf(const Ex &x) {
  return emulate(x, [&](const Ex &n) { return n - select(n > x, 1.0, n.constant(0)); });
}
Ex ceilOf(const Ex &x) {
  return emulate(x, [&](const Ex &n) { return n + select(n < x, 1.0, n.constant(0)); });
}
Ex truncOf(const Ex &x) {
  return emulate(x,
                 [&](const Ex &n) { return abs(n) - select(abs(n) > abs(x), 1.0, n.constant(0)); });
}
Ex roundEvenOf(const Ex &x) {
  return emulate(x, [](const Ex &n) { return n; });
}

}  // namespace
}  // namespace plx::cpu::math

namespace plx::cpu {

llvm::Value *emitFloor(llvm::IRBuilderBase &b, const MathFacts &facts, llvm::Value *x) {
  return math::emitRounding(b, facts, llvm::Intrinsic::floor, math::floorOf, x);
}
llvm::Value *emitCeil(llvm::IRBuilderBase &b, const MathFacts &facts, llvm::Value *x) {
  return math::emitRounding(b, facts, llvm::Intrinsic::ceil, math::ceilOf, x);
}
llvm::Value *emitTrunc(llvm::IRBuilderBase &b, const MathFacts &facts, llvm::Value *x) {
  return math::emitRounding(b, facts, llvm::Intrinsic::trunc, math::truncOf, x);
}
llvm::Value *emitRoundEven(llvm::IRBuilderBase &b, const MathFacts &facts, llvm::Value *x) {
  return math::emitRounding(b, facts, llvm::Intrinsic::roundeven, math::roundEvenOf, x);
}

}  // namespace plx::cpu
