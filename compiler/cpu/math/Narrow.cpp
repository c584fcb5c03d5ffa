// Sources of the formats: IEEE 754-2019 (f16); OCP "8-bit Floating Point Specification" 1.0
// (e4m3fn, e5m2) and "Microscaling Formats" 1.0 (e8m0, e2m1); ONNX, "Float stored in 8 bits" (fnuz
// and the rules of Cast).
#include "compiler/cpu/math/Narrow.h"

#include <cmath>
#include <limits>

#include "compiler/cpu/math/Expr.h"
#include "llvm/Support/ErrorHandling.h"

namespace plx::cpu {
namespace math {
namespace {

using llvm::Value;

/// Codes are magnitudes, without the sign bit.
struct Format {
  int exponentBits, mantissaBits, bias;
  uint64_t largest;       ///< the largest finite value
  uint64_t overflow;      ///< what lies beyond, unless saturated
  uint64_t nan;           ///< NaN
  bool hasInfinity;       ///< the code `overflow` is infinity
  bool unsignedZero;      ///< fnuz: no -0; its code is the one NaN
  bool saturates = true;  ///< `saturate` has a meaning
};

const Format &formatOf(NarrowFloat type) {
  static constexpr Format f16{5, 10, 15, 0x7bff, 0x7c00, 0x7e00, true, false, false};
  static constexpr Format bf16{8, 7, 127, 0x7f7f, 0x7f80, 0x7fc0, true, false, false};
  static constexpr Format e4m3fn{4, 3, 7, 0x7e, 0x7f, 0x7f, false, false};
  static constexpr Format e4m3fnuz{4, 3, 8, 0x7f, 0x80, 0x80, false, true};
  static constexpr Format e5m2{5, 2, 15, 0x7b, 0x7c, 0x7e, true, false};
  static constexpr Format e5m2fnuz{5, 2, 16, 0x7f, 0x80, 0x80, false, true};
  static constexpr Format e2m1{2, 1, 1, 0x7, 0x7, 0x0, false, false};  // no NaN: it becomes 0
  switch (type) {
    case NarrowFloat::F16:
      return f16;
    case NarrowFloat::BF16:
      return bf16;
    case NarrowFloat::F8E4M3FN:
      return e4m3fn;
    case NarrowFloat::F8E4M3FNUZ:
      return e4m3fnuz;
    case NarrowFloat::F8E5M2:
      return e5m2;
    case NarrowFloat::F8E5M2FNUZ:
      return e5m2fnuz;
    case NarrowFloat::F4E2M1:
      return e2m1;
    case NarrowFloat::F8E8M0:
      break;  // a power of two, not of this shape
  }
  llvm_unreachable("a narrow float with sign, exponent and significand");
}

Ex lessUnsigned(const Ex &x, const Ex &y) {
  return x.with(x.b().CreateICmpULT(x.value(), y.value()));
}
Ex infinityBits(const Ex &x) { return bits(x.constant(std::numeric_limits<double>::infinity())); }

/// Code of a magnitude, rounded to nearest even; beyond the largest code where it overflows.
Ex roundMagnitude(const Ex &magnitude, const Format &f) {
  int dropped = magnitude.mantissaBits() - f.mantissaBits;
  Ex i = bits(magnitude);
  Ex odd = shr(i, dropped) & i.constant(1);
  // Rounding carries into the exponent, as it should.
  Ex rounded = shr(i + i.constantBits((uint64_t(1) << (dropped - 1)) - 1) + odd, dropped);
  int biasChange = magnitude.bias() - f.bias;
  if (biasChange == 0) return rounded;
  Ex normal = rounded - i.constantBits(static_cast<uint64_t>(biasChange) << f.mantissaBits);
  // Below the normal numbers: the sum with a constant whose last place is the format's smallest
  // step rounds to it.
  Ex anchor = magnitude.constant(std::ldexp(1.0, 1 - f.bias + dropped));
  Ex denormal = bits(magnitude + anchor) - bits(anchor);
  Ex isDenormal = magnitude < magnitude.constant(std::ldexp(1.0, 1 - f.bias));
  return select(isDenormal, denormal, normal);
}

Ex narrowOf(const Ex &x, const Format &f, bool saturate) {
  Ex magnitude = abs(x);
  Ex code = roundMagnitude(magnitude, f);
  uint64_t beyond = saturate && f.saturates ? f.largest : f.overflow;
  Ex largest = code.constantBits(f.largest);
  code = select(lessUnsigned(largest, code), code.constantBits(beyond), code);
  int signShift = static_cast<int>(x.bitWidth()) - 1 - f.exponentBits - f.mantissaBits;
  Ex sign = shr(signBit(x), signShift);
  Ex zero = code.constant(0), nan = code.constantBits(f.nan);
  if (f.unsignedZero) {
    // Neither zero nor NaN has a sign.
    sign = select((code == zero) | (code == nan), zero, sign);
    return select(isNan(x), nan, code | sign);
  }
  if (f.exponentBits == 2) return select(isNan(x), nan, code | sign);
  return select(isNan(x), nan, code) | sign;
}

Ex narrowToPower(const Ex &x, bool saturate, PowerRounding rounding) {
  Ex a = abs(x), i = bits(a);
  uint64_t ones = (uint64_t(1) << x.mantissaBits()) - 1;
  bool up = rounding == PowerRounding::Up, down = rounding == PowerRounding::Down;
  Ex carry = i.constantBits(up ? ones : down ? 0 : (ones + 1) / 2);
  Ex code = shr(i + carry, x.mantissaBits()) - (x.bias() - 127);
  // Below 2^-126 only the codes of 2^-127 and 2^-126 are near; these are denormals of f32.
  Ex one = code.constant(1), zero = code.constant(0);
  Ex isOne = up ? a > 0x1p-127 : a >= 0x1.8p-127;
  code = select(a < 0x1p-126, down ? zero : select(isOne, one, zero), code);
  code = select(code > 254, saturate ? 254 : 255, code);
  Ex finite = lessUnsigned(i, infinityBits(x));
  return select(finite, code, code.constant(255));
}

/// f32's own bits of an f16 by hardware.
Value *narrowToHalf(const Ex &x) {
  llvm::IRBuilderBase &b = x.b();
  Value *half = b.CreateFPTrunc(x.value(), x.shaped(b.getHalfTy()));
  return b.CreateBitCast(half, x.shaped(b.getInt16Ty()));
}

/// `code` is the zero-extended narrow value, an integer of the result's width.
Ex widenOf(const Ex &code, const Format &f) {
  int width = f.exponentBits + f.mantissaBits;
  Ex magnitude = code & code.constantBits((uint64_t(1) << width) - 1);
  Ex sign = shl(shr(code, width), static_cast<int>(code.bitWidth()) - 1);
  int mantissaShift = code.mantissaBits() - f.mantissaBits;
  Ex value = asFloat(shl(magnitude, mantissaShift));
  // With the narrow exponent in the wide field, a denormal is one too; the product is exact for
  // all.
  if (int change = code.bias() - f.bias) value = value * std::ldexp(1.0, change);
  Ex r = bits(value);
  Ex quiet = bits(value.constant(std::numeric_limits<double>::quiet_NaN()));
  if (f.hasInfinity) {
    Ex infinite = code.constantBits(f.overflow);
    r = select(magnitude == infinite, infinityBits(value), r);
    r = select(magnitude > infinite, quiet, r);
  } else if (f.unsignedZero) {
    return asFloat(select(code == code.constantBits(f.nan), quiet, r | sign));
  } else if (f.exponentBits != 2) {
    r = select(magnitude == code.constantBits(f.nan), quiet, r);
  }
  return asFloat(r | sign);
}

Ex widenPower(const Ex &code) {
  // 2^-127 is a denormal of f32.
  Ex r = code.isWide() ? shl(code + (1023 - 127), 52)
                       : select(code == code.constant(0), 0x00400000, shl(code, 23));
  Ex quiet = bits(asFloat(r).constant(std::numeric_limits<double>::quiet_NaN()));
  return asFloat(select(code == code.constant(255), quiet, r));
}

}  // namespace
}  // namespace math

unsigned narrowBitWidth(NarrowFloat type) {
  return type == NarrowFloat::F16 || type == NarrowFloat::BF16 ? 16 : 8;
}

llvm::Value *emitNarrow(llvm::IRBuilderBase &b, const MathFacts &facts, NarrowFloat to,
                        llvm::Value *x, bool saturate, PowerRounding rounding) {
  llvm::IRBuilderBase::FastMathFlagGuard guard(b);
  b.clearFastMathFlags();
  math::Env env{b, facts};
  math::Ex value(env, x);
  if (to == NarrowFloat::F16 && facts.f16c && !value.isWide()) return math::narrowToHalf(value);
  math::Ex code = to == NarrowFloat::F8E8M0 ? math::narrowToPower(value, saturate, rounding)
                                            : math::narrowOf(value, math::formatOf(to), saturate);
  return b.CreateTrunc(code.value(), code.shaped(b.getIntNTy(narrowBitWidth(to))));
}

llvm::Value *emitWiden(llvm::IRBuilderBase &b, const MathFacts &facts, NarrowFloat from,
                       llvm::Value *bits, llvm::Type *element) {
  llvm::IRBuilderBase::FastMathFlagGuard guard(b);
  b.clearFastMathFlags();
  math::Env env{b, facts};
  math::Ex narrow(env, bits);
  if (from == NarrowFloat::F16 && facts.f16c) {
    llvm::Value *half = b.CreateBitCast(bits, narrow.shaped(b.getHalfTy()));
    // Two steps: one from half to double is a call on some targets.
    llvm::Value *single = b.CreateFPExt(half, narrow.shaped(b.getFloatTy()));
    return element->isFloatTy() ? single : b.CreateFPExt(single, narrow.shaped(element));
  }
  auto *integer = narrow.shaped(b.getIntNTy(element->getScalarSizeInBits()));
  math::Ex code(env, b.CreateZExt(bits, integer));
  return (from == NarrowFloat::F8E8M0 ? math::widenPower(code)
                                      : math::widenOf(code, math::formatOf(from)))
      .value();
}

}  // namespace plx::cpu
