#include "compiler/cpu/math/Expr.h"

#include <cassert>

#include "llvm/IR/Constants.h"
#include "llvm/IR/Intrinsics.h"
#include "llvm/IR/IntrinsicsX86.h"

namespace plx::cpu::math {
namespace {

using llvm::FixedVectorType;
using llvm::Type;
using llvm::Value;

/// Clears the builder's fast-math flags for one function: the error bounds rely on every rounding.
class ExactArithmetic {
 public:
  explicit ExactArithmetic(llvm::IRBuilderBase &b) : guard_(b) { b.clearFastMathFlags(); }

 private:
  llvm::IRBuilderBase::FastMathFlagGuard guard_;
};

/// The masked vscalef of x's vector width, or none where the width is no register of AVX-512.
llvm::Intrinsic::ID scalefFor(const Ex &x) {
  unsigned lanes = llvm::cast<FixedVectorType>(x.type())->getNumElements();
  switch (lanes * x.bitWidth()) {
    case 128:
      return x.isWide() ? llvm::Intrinsic::x86_avx512_mask_scalef_pd_128
                        : llvm::Intrinsic::x86_avx512_mask_scalef_ps_128;
    case 256:
      return x.isWide() ? llvm::Intrinsic::x86_avx512_mask_scalef_pd_256
                        : llvm::Intrinsic::x86_avx512_mask_scalef_ps_256;
    case 512:
      return x.isWide() ? llvm::Intrinsic::x86_avx512_mask_scalef_pd_512
                        : llvm::Intrinsic::x86_avx512_mask_scalef_ps_512;
    default:
      return llvm::Intrinsic::not_intrinsic;
  }
}

constexpr int kRoundCurrent = 4;  // _MM_FROUND_CUR_DIRECTION

Value *scalefScalar(const Ex &p, const Ex &n) {
  llvm::IRBuilderBase &b = p.b();
  Type *vector = FixedVectorType::get(p.type(), p.isWide() ? 2 : 4);
  Value *zero = llvm::Constant::getNullValue(vector);
  Value *x = b.CreateInsertElement(zero, p.value(), uint64_t(0));
  Value *y = b.CreateInsertElement(zero, n.value(), uint64_t(0));
  auto id = p.isWide() ? llvm::Intrinsic::x86_avx512_mask_scalef_sd
                       : llvm::Intrinsic::x86_avx512_mask_scalef_ss;
  Value *r = b.CreateIntrinsic(id, {}, {x, y, zero, b.getInt8(1), b.getInt32(kRoundCurrent)});
  return b.CreateExtractElement(r, uint64_t(0));
}

/// p * 2^n by vscalef, or null where no instruction has this width.
Value *scalef(const Ex &p, const Ex &n) {
  if (!p.env().facts.avx512) return nullptr;
  if (!p.type()->isVectorTy()) return scalefScalar(p, n);
  auto id = scalefFor(p);
  if (id == llvm::Intrinsic::not_intrinsic) return nullptr;
  llvm::IRBuilderBase &b = p.b();
  unsigned lanes = llvm::cast<FixedVectorType>(p.type())->getNumElements();
  Value *mask = llvm::Constant::getAllOnesValue(b.getIntNTy(lanes < 8 ? 8 : lanes));
  llvm::SmallVector<Value *, 5> args{p.value(), n.value(), llvm::Constant::getNullValue(p.type()),
                                     mask};
  if (lanes * p.bitWidth() == 512) args.push_back(b.getInt32(kRoundCurrent));
  return b.CreateIntrinsic(id, {}, args);
}

double roundingMagic(const Ex &x) { return x.isWide() ? 0x1.8p52 : 0x1.8p23; }

}  // namespace

Ex Ex::constant(double value) const {
  if (isFloat()) return with(llvm::ConstantFP::get(type(), value));
  return with(llvm::ConstantInt::get(type(), static_cast<uint64_t>(static_cast<int64_t>(value)),
                                     /*IsSigned=*/true));
}

Ex Ex::constantBits(uint64_t bits) const {
  assert(!isFloat() && "bits are those of an integer type");
  return with(llvm::ConstantInt::get(type(), bits, /*IsSigned=*/false));
}

Type *Ex::shaped(Type *element) const {
  auto *vector = llvm::dyn_cast<FixedVectorType>(type());
  return vector ? FixedVectorType::get(element, vector->getNumElements()) : element;
}

// ---- Arithmetic ----
Ex operator+(const Ex &x, const Ex &y) {
  return x.with(x.isFloat() ? x.b().CreateFAdd(x.value(), y.value())
                            : x.b().CreateAdd(x.value(), y.value()));
}
Ex operator-(const Ex &x, const Ex &y) {
  return x.with(x.isFloat() ? x.b().CreateFSub(x.value(), y.value())
                            : x.b().CreateSub(x.value(), y.value()));
}
Ex operator*(const Ex &x, const Ex &y) {
  return x.with(x.isFloat() ? x.b().CreateFMul(x.value(), y.value())
                            : x.b().CreateMul(x.value(), y.value()));
}
Ex operator/(const Ex &x, const Ex &y) { return x.with(x.b().CreateFDiv(x.value(), y.value())); }
Ex operator-(const Ex &x) {
  return x.with(x.isFloat() ? x.b().CreateFNeg(x.value()) : x.b().CreateNeg(x.value()));
}
Ex operator+(const Ex &x, double c) { return x + x.constant(c); }
Ex operator-(const Ex &x, double c) { return x - x.constant(c); }
Ex operator*(const Ex &x, double c) { return x * x.constant(c); }
Ex operator-(double c, const Ex &x) { return x.constant(c) - x; }
Ex operator+(double c, const Ex &x) { return x.constant(c) + x; }
Ex operator/(double c, const Ex &x) { return x.constant(c) / x; }

Ex fma(const Ex &x, const Ex &y, const Ex &z) {
  if (!x.env().facts.fma) return x * y + z;
  return x.with(
      x.b().CreateIntrinsic(llvm::Intrinsic::fma, {x.type()}, {x.value(), y.value(), z.value()}));
}
Ex sqrt(const Ex &x) {
  return x.with(x.b().CreateUnaryIntrinsic(llvm::Intrinsic::sqrt, x.value()));
}

// ---- Comparison and choice ----
Ex operator<(const Ex &x, const Ex &y) {
  return x.with(x.isFloat() ? x.b().CreateFCmpOLT(x.value(), y.value())
                            : x.b().CreateICmpSLT(x.value(), y.value()));
}
Ex operator>(const Ex &x, const Ex &y) {
  return x.with(x.isFloat() ? x.b().CreateFCmpOGT(x.value(), y.value())
                            : x.b().CreateICmpSGT(x.value(), y.value()));
}
Ex operator<(const Ex &x, double c) { return x < x.constant(c); }
Ex operator>(const Ex &x, double c) { return x > x.constant(c); }
Ex operator<=(const Ex &x, double c) {
  return x.with(x.b().CreateFCmpOLE(x.value(), x.constant(c).value()));
}
Ex operator>=(const Ex &x, double c) {
  return x.with(x.b().CreateFCmpOGE(x.value(), x.constant(c).value()));
}
Ex operator==(const Ex &x, const Ex &y) {
  return x.with(x.isFloat() ? x.b().CreateFCmpOEQ(x.value(), y.value())
                            : x.b().CreateICmpEQ(x.value(), y.value()));
}
Ex operator==(const Ex &x, double c) { return x == x.constant(c); }
Ex operator!=(const Ex &x, const Ex &y) {
  return x.with(x.isFloat() ? x.b().CreateFCmpUNE(x.value(), y.value())
                            : x.b().CreateICmpNE(x.value(), y.value()));
}
Ex isNan(const Ex &x) { return x.with(x.b().CreateFCmpUNO(x.value(), x.value())); }
Ex select(const Ex &condition, const Ex &yes, const Ex &no) {
  return no.with(no.b().CreateSelect(condition.value(), yes.value(), no.value()));
}
Ex select(const Ex &condition, double yes, const Ex &no) {
  return select(condition, no.constant(yes), no);
}
Ex cutAbove(const Ex &x, double high) {
  // `high < x ? high : x` is false on NaN and so keeps it; x86 has this as one instruction (minps
  // high, x).
  return select(x.constant(high) < x, high, x);
}
Ex clamp(const Ex &x, double low, double high) {
  Ex cut = cutAbove(x, high);
  return select(cut.constant(low) > cut, low, cut);
}
Value *anyLane(const Ex &condition) {
  auto *vector = llvm::dyn_cast<FixedVectorType>(condition.type());
  if (!vector) return condition.value();
  llvm::IRBuilderBase &b = condition.b();
  Value *mask = b.CreateBitCast(condition.value(), b.getIntNTy(vector->getNumElements()));
  return b.CreateIsNotNull(mask);
}

// ---- Bits ----
Ex operator&(const Ex &x, const Ex &y) { return x.with(x.b().CreateAnd(x.value(), y.value())); }
Ex operator|(const Ex &x, const Ex &y) { return x.with(x.b().CreateOr(x.value(), y.value())); }
Ex operator^(const Ex &x, const Ex &y) { return x.with(x.b().CreateXor(x.value(), y.value())); }
Ex operator~(const Ex &x) { return x.with(x.b().CreateNot(x.value())); }
Ex shl(const Ex &x, int count) {
  return x.with(x.b().CreateShl(x.value(), x.constant(count).value()));
}
Ex shr(const Ex &x, int count) {
  return x.with(x.b().CreateLShr(x.value(), x.constant(count).value()));
}
Ex bits(const Ex &x) {
  return x.with(x.b().CreateBitCast(x.value(), x.shaped(x.b().getIntNTy(x.bitWidth()))));
}
Ex asFloat(const Ex &x) {
  Type *element = x.isWide() ? x.b().getDoubleTy() : x.b().getFloatTy();
  return x.with(x.b().CreateBitCast(x.value(), x.shaped(element)));
}
Ex abs(const Ex &x) { return x.with(x.b().CreateUnaryIntrinsic(llvm::Intrinsic::fabs, x.value())); }
Ex signBit(const Ex &x) {
  Ex i = bits(x);
  return i & i.constantBits(uint64_t(1) << (x.bitWidth() - 1));
}
Ex flipSign(const Ex &x, const Ex &sign) { return asFloat(bits(x) ^ sign); }

// ---- Conversions ----
Ex widen(const Ex &x, const Env &env) {
  return Ex(env, x.b().CreateFPExt(x.value(), x.shaped(x.b().getDoubleTy())));
}
Ex toFloat(const Ex &n) {
  if (!n.isWide()) return n.with(n.b().CreateSIToFP(n.value(), n.shaped(n.b().getFloatTy())));
  // Vectors of i64 have no conversion before AVX-512: put n into the significand of 1.5 * 2^52.
  return asFloat(n + n.constantBits(llvm::bit_cast<uint64_t>(0x1.8p52))) - 0x1.8p52;
}
Ex pow2(const Ex &n) { return asFloat(shl(n + (n.isWide() ? 1023 : 127), n.isWide() ? 52 : 23)); }

Ex scale(const Ex &p, const Ex &n, const Ex &nFloat) {
  if (Value *scaled = scalef(p, nFloat)) return p.with(scaled);
  // In two halves: the first product is exact, the second rounds once where the result is denormal.
  // n is shifted as a nonnegative number since i64 has no arithmetic vector shift before AVX-512.
  Ex half = shr(n + 8192, 1) - 4096;
  return (p * pow2(half)) * pow2(n - half);
}

Rounded roundSmall(const Ex &x) {
  double magic = roundingMagic(x);
  Ex shifted = x + magic;
  return {shifted - magic, bits(shifted) - bits(x.constant(magic))};
}

// ---- Polynomials ----
Ex poly(const Ex &x, std::initializer_list<double> c) {
  assert(c.size() > 0 && "a polynomial has coefficients");
  const double *last = c.end() - 1;
  Ex sum = x.constant(*last);
  while (last != c.begin()) sum = fma(sum, x, x.constant(*--last));
  return sum;
}
Ex poly(const Ex &x, std::initializer_list<double> forF32, std::initializer_list<double> forF64,
        std::initializer_list<double> forShort) {
  return poly(x, !x.isWide() ? forF32 : x.env().shortened ? forShort : forF64);
}

// ---- Function shells ----
Value *emitUnary(llvm::IRBuilderBase &b, const MathFacts &facts, Unary f, Value *x) {
  ExactArithmetic exact(b);
  Env env{b, facts};
  return f(Ex(env, x)).value();
}
Value *emitBinary(llvm::IRBuilderBase &b, const MathFacts &facts, Binary f, Value *x, Value *y) {
  ExactArithmetic exact(b);
  Env env{b, facts};
  return f(Ex(env, x), Ex(env, y)).value();
}
Value *emitUnaryInDouble(llvm::IRBuilderBase &b, const MathFacts &facts, Unary f, Value *x) {
  if (x->getType()->getScalarType()->isDoubleTy()) return emitUnary(b, facts, f, x);
  ExactArithmetic exact(b);
  Env env{b, facts, /*shortened=*/true};
  return b.CreateFPTrunc(f(widen(Ex(env, x), env)).value(), x->getType());
}
Value *emitBinaryInDouble(llvm::IRBuilderBase &b, const MathFacts &facts, Binary f, Value *x,
                          Value *y) {
  if (x->getType()->getScalarType()->isDoubleTy()) return emitBinary(b, facts, f, x, y);
  ExactArithmetic exact(b);
  Env env{b, facts, /*shortened=*/true};
  return b.CreateFPTrunc(f(widen(Ex(env, x), env), widen(Ex(env, y), env)).value(), x->getType());
}

}  // namespace plx::cpu::math
