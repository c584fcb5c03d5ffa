// The scalar functions and conversions as LLVM IR; Scalars.cpp has loads, indices and control flow.
#include "compiler/cpu/Scalars.h"
#include "compiler/cpu/math/Math.h"
#include "compiler/cpu/math/Narrow.h"
#include "ir/types/Types.h"
#include "llvm/IR/Intrinsics.h"

namespace plx::cpu {

namespace {
constexpr int kFaultDivision = 2;

std::optional<NarrowFloat> narrowFloat(mlir::Type element) {
  return llvm::TypeSwitch<mlir::Type, std::optional<NarrowFloat>>(element)
      .Case<mlir::Float16Type>([](auto) { return NarrowFloat::F16; })
      .Case<mlir::BFloat16Type>([](auto) { return NarrowFloat::BF16; })
      .Case<mlir::Float8E4M3FNType>([](auto) { return NarrowFloat::F8E4M3FN; })
      .Case<mlir::Float8E4M3FNUZType>([](auto) { return NarrowFloat::F8E4M3FNUZ; })
      .Case<mlir::Float8E5M2Type>([](auto) { return NarrowFloat::F8E5M2; })
      .Case<mlir::Float8E5M2FNUZType>([](auto) { return NarrowFloat::F8E5M2FNUZ; })
      .Case<mlir::Float8E8M0FNUType>([](auto) { return NarrowFloat::F8E8M0; })
      .Case<mlir::Float4E2M1FNType>([](auto) { return NarrowFloat::F4E2M1; })
      .Default([](auto) { return std::nullopt; });
}

bool isUnsigned(mlir::Type element) { return element.isUnsignedInteger() || element.isInteger(1); }
}  // namespace

llvm::Type *registerType(llvm::LLVMContext &context, mlir::Type element) {
  if (element.isF64()) return llvm::Type::getDoubleTy(context);
  if (mlir::isa<mlir::FloatType>(element)) return llvm::Type::getFloatTy(context);
  return llvm::IntegerType::get(context, element.getIntOrFloatBitWidth());
}

llvm::Type *memoryType(llvm::LLVMContext &context, mlir::Type element) {
  if (element.isF64() || element.isF32()) return registerType(context, element);
  return llvm::IntegerType::get(context, 8 * bytesOfElement(element));
}

llvm::Value *Scalars::fromMemory(mlir::Type element, llvm::Value *bits) {
  if (std::optional<NarrowFloat> narrow = narrowFloat(element))
    return emitWiden(b_, facts_.math, *narrow, bits, b_.getFloatTy());
  if (element.isInteger(1))
    return b_.CreateICmpNE(bits, llvm::Constant::getNullValue(bits->getType()));
  if (mlir::isa<mlir::IntegerType>(element))
    return b_.CreateTrunc(bits, withLanesOf(registerType(b_.getContext(), element), bits));
  return bits;
}

llvm::Value *Scalars::toMemory(mlir::Type element, llvm::Value *value) {
  llvm::Type *type = withLanesOf(memoryType(b_.getContext(), element), value);
  if (std::optional<NarrowFloat> narrow = narrowFloat(element))
    // It is rounded already: infinity is meant where it is infinity.
    return emitNarrow(b_, facts_.math, *narrow, value, /*saturate=*/false);
  if (isUnsigned(element)) return b_.CreateZExt(value, type);
  if (mlir::isa<mlir::IntegerType>(element)) return b_.CreateSExt(value, type);
  return value;
}

/// `value` (float or double) rounded to `element` and held in its register type.
llvm::Value *Scalars::round(mlir::Type element, llvm::Value *value) {
  std::optional<NarrowFloat> narrow = narrowFloat(element);
  if (!narrow) return value;
  llvm::Value *bits = emitNarrow(b_, facts_.math, *narrow, value, /*saturate=*/false);
  return emitWiden(b_, facts_.math, *narrow, bits, b_.getFloatTy());
}

// ---- conversions
// -----------------------------------------------------------------------------------------------------

llvm::Value *Scalars::emitConvert(mlir::Type from, mlir::Type to, llvm::Value *value,
                                  bool saturate) {
  if (from == to) return value;
  llvm::Type *type = withLanesOf(registerType(b_.getContext(), to), value);
  bool fromFloat = mlir::isa<mlir::FloatType>(from), toFloat = mlir::isa<mlir::FloatType>(to);
  if (to.isInteger(1)) {
    llvm::Value *zero = llvm::Constant::getNullValue(value->getType());
    return fromFloat ? b_.CreateFCmpUNE(value, zero) : b_.CreateICmpNE(value, zero);
  }
  if (fromFloat && toFloat) {
    if (std::optional<NarrowFloat> narrow = narrowFloat(to)) {
      llvm::Value *bits = emitNarrow(b_, facts_.math, *narrow, value, saturate);
      return emitWiden(b_, facts_.math, *narrow, bits, b_.getFloatTy());
    }
    return b_.CreateFPCast(value, type);
  }
  if (fromFloat) {
    auto intrinsic = isUnsigned(to) ? llvm::Intrinsic::fptoui_sat : llvm::Intrinsic::fptosi_sat;
    return b_.CreateIntrinsic(intrinsic, {type, value->getType()}, {value});
  }
  if (!toFloat)
    return isUnsigned(from) ? b_.CreateZExtOrTrunc(value, type) : b_.CreateSExtOrTrunc(value, type);
  // Through double on the way to a narrow float: exact up to 53 bits, so that the value is rounded
  // once.
  llvm::Type *via = narrowFloat(to) ? withLanesOf(b_.getDoubleTy(), value) : type;
  llvm::Value *number =
      isUnsigned(from) ? b_.CreateUIToFP(value, via) : b_.CreateSIToFP(value, via);
  if (std::optional<NarrowFloat> narrow = narrowFloat(to)) {
    llvm::Value *bits = emitNarrow(b_, facts_.math, *narrow, number, saturate);
    return emitWiden(b_, facts_.math, *narrow, bits, b_.getFloatTy());
  }
  return number;
}

// ---- functions
// -------------------------------------------------------------------------------------------------------

llvm::Value *Scalars::apply(ScalarFn fn, mlir::Type element,
                            llvm::ArrayRef<llvm::Value *> operands) {
  if (fn == ScalarFn::select_) return b_.CreateSelect(operands[0], operands[1], operands[2]);
  if (mlir::isa<mlir::FloatType>(element)) return applyFloat(fn, element, operands);
  return applyInt(fn, mlir::cast<mlir::IntegerType>(element), operands);
}

/// The larger (smaller) of two floats, NaN if either is.
static llvm::Value *extreme(llvm::IRBuilderBase &b, bool isMax, llvm::Value *x, llvm::Value *y) {
  auto isNumber = [](llvm::Value *value) {
    if (auto *constant = llvm::dyn_cast<llvm::Constant>(value)) {
      if (llvm::Constant *lane =
              value->getType()->isVectorTy() ? constant->getSplatValue() : constant)
        if (auto *number = llvm::dyn_cast<llvm::ConstantFP>(lane)) return !number->isNaN();
    }
    return false;
  };
  // select(x > y, x, y) is one instruction and gives y when either is NaN; so only a NaN in x is
  // lost.
  if (isNumber(y)) std::swap(x, y);
  llvm::Value *chosen = b.CreateSelect(isMax ? b.CreateFCmpOGT(x, y) : b.CreateFCmpOLT(x, y), x, y);
  return isNumber(x) ? chosen : b.CreateSelect(b.CreateFCmpUNO(x, x), x, chosen);
}

/// What --fast-math relaxes: the model's own arithmetic, never that inside of math/, whose error
/// bounds rest on the order it is written in.
llvm::Value *Scalars::arithmetic(ScalarFn fn, llvm::Value *x, llvm::Value *y) {
  llvm::IRBuilderBase::FastMathFlagGuard guard(b_);
  if (facts_.fastMath) {
    llvm::FastMathFlags relaxed;
    relaxed.setAllowReassoc();
    relaxed.setAllowContract();
    relaxed.setAllowReciprocal();
    relaxed.setNoSignedZeros();
    b_.setFastMathFlags(relaxed);
  }
  if (fn == ScalarFn::add_) return b_.CreateFAdd(x, y);
  if (fn == ScalarFn::sub_) return b_.CreateFSub(x, y);
  return fn == ScalarFn::mul_ ? b_.CreateFMul(x, y) : b_.CreateFDiv(x, y);
}

llvm::Value *Scalars::applyFloat(ScalarFn fn, mlir::Type element, llvm::ArrayRef<llvm::Value *> v) {
  const MathFacts &m = facts_.math;
  llvm::Type *type = v[0]->getType();
  auto number = [&](double value) { return llvm::ConstantFP::get(type, value); };
  switch (fn) {
    // exact in every type
    case ScalarFn::neg_:
      return b_.CreateFNeg(v[0]);
    case ScalarFn::abs_:
      return b_.CreateUnaryIntrinsic(llvm::Intrinsic::fabs, v[0]);
    case ScalarFn::sign_: {
      llvm::Value *below =
          b_.CreateSelect(b_.CreateFCmpOLT(v[0], number(0)), number(-1), number(0));
      llvm::Value *sign = b_.CreateSelect(b_.CreateFCmpOGT(v[0], number(0)), number(1), below);
      return b_.CreateSelect(b_.CreateFCmpUNO(v[0], v[0]), v[0], sign);
    }
    case ScalarFn::floor_:
      return emitFloor(b_, m, v[0]);
    case ScalarFn::ceil_:
      return emitCeil(b_, m, v[0]);
    case ScalarFn::trunc_:
      return emitTrunc(b_, m, v[0]);
    case ScalarFn::round_:
      return emitRoundEven(b_, m, v[0]);
    case ScalarFn::max_:
      return extreme(b_, /*isMax=*/true, v[0], v[1]);
    case ScalarFn::min_:
      return extreme(b_, /*isMax=*/false, v[0], v[1]);
    case ScalarFn::rem_:
      return emitFmod(b_, m, v[0], v[1]);
    case ScalarFn::eq_:
      return b_.CreateFCmpOEQ(v[0], v[1]);
    case ScalarFn::ne_:
      return b_.CreateFCmpUNE(v[0], v[1]);
    case ScalarFn::lt_:
      return b_.CreateFCmpOLT(v[0], v[1]);
    case ScalarFn::le_:
      return b_.CreateFCmpOLE(v[0], v[1]);
    case ScalarFn::gt_:
      return b_.CreateFCmpOGT(v[0], v[1]);
    case ScalarFn::ge_:
      return b_.CreateFCmpOGE(v[0], v[1]);
    // rounded to the type
    case ScalarFn::add_:
    case ScalarFn::sub_:
    case ScalarFn::mul_:
    case ScalarFn::div_:
      return round(element, arithmetic(fn, v[0], v[1]));
    case ScalarFn::sqrt_:
      return round(element, b_.CreateUnaryIntrinsic(llvm::Intrinsic::sqrt, v[0]));
    case ScalarFn::exp_:
      return round(element, emitExp(b_, m, v[0]));
    case ScalarFn::expm1_:
      return round(element, emitExpm1(b_, m, v[0]));
    case ScalarFn::log_:
      return round(element, emitLog(b_, m, v[0]));
    case ScalarFn::log1p_:
      return round(element, emitLog1p(b_, m, v[0]));
    case ScalarFn::sin_:
      return round(element, emitSin(b_, m, v[0]));
    case ScalarFn::cos_:
      return round(element, emitCos(b_, m, v[0]));
    case ScalarFn::tan_:
      return round(element, emitTan(b_, m, v[0]));
    case ScalarFn::asin_:
      return round(element, emitAsin(b_, m, v[0]));
    case ScalarFn::acos_:
      return round(element, emitAcos(b_, m, v[0]));
    case ScalarFn::atan_:
      return round(element, emitAtan(b_, m, v[0]));
    case ScalarFn::sinh_:
      return round(element, emitSinh(b_, m, v[0]));
    case ScalarFn::cosh_:
      return round(element, emitCosh(b_, m, v[0]));
    case ScalarFn::tanh_:
      return round(element, emitTanh(b_, m, v[0]));
    case ScalarFn::asinh_:
      return round(element, emitAsinh(b_, m, v[0]));
    case ScalarFn::acosh_:
      return round(element, emitAcosh(b_, m, v[0]));
    case ScalarFn::atanh_:
      return round(element, emitAtanh(b_, m, v[0]));
    case ScalarFn::erf_:
      return round(element, emitErf(b_, m, v[0]));
    case ScalarFn::sigmoid_:
      return round(element, emitSigmoid(b_, m, v[0]));
    case ScalarFn::pow_:
      return round(element, emitPow(b_, m, v[0], v[1]));
    case ScalarFn::atan2_:
      return round(element, emitAtan2(b_, m, v[0], v[1]));
    default:
      llvm_unreachable("the verifier keeps int functions from floats");
  }
}

/// Quotient or remainder towards zero; a zero divisor fails the run, the smallest by -1 wraps.
llvm::Value *Scalars::divideInts(ScalarFn fn, bool isSigned, llvm::Value *a, llvm::Value *c) {
  llvm::Type *type = a->getType();
  llvm::Value *zero = llvm::ConstantInt::get(type, 0), *one = llvm::ConstantInt::get(type, 1);
  llvm::Value *isZero = b_.CreateICmpEQ(c, zero);
  llvm::Value *bad =
      mask_ && isZero->getType()->isVectorTy() ? b_.CreateAnd(isZero, mask_) : isZero;
  if (!llvm::isa<llvm::Constant>(c)) failIf(bad, kFaultDivision, i64(0), i64(0), i64(0));
  if (!isSigned) {
    llvm::Value *safe = b_.CreateSelect(isZero, one, c);
    return fn == ScalarFn::div_ ? b_.CreateUDiv(a, safe) : b_.CreateURem(a, safe);
  }
  llvm::Value *isMinusOne = b_.CreateICmpEQ(c, llvm::Constant::getAllOnesValue(type));
  llvm::Value *safe = b_.CreateSelect(b_.CreateOr(isZero, isMinusOne), one, c);
  if (fn == ScalarFn::div_)
    return b_.CreateSelect(isMinusOne, b_.CreateNeg(a), b_.CreateSDiv(a, safe));
  return b_.CreateSRem(a, safe);  // by 1 as by -1: zero
}

/// base^exponent modulo 2^width by squaring; a negative exponent gives the truncated reciprocal
/// power.
llvm::Value *Scalars::intPower(llvm::Value *base, llvm::Value *exponent, bool isSigned) {
  llvm::Type *type = base->getType();
  llvm::Value *zero = llvm::ConstantInt::get(type, 0), *one = llvm::ConstantInt::get(type, 1);
  llvm::AllocaInst *power = local(type), *square = local(type), *rest = local(type);
  b_.CreateStore(one, power);
  b_.CreateStore(base, square);
  b_.CreateStore(exponent, rest);
  loop(i64(0), i64(type->getScalarSizeInBits()), 1, [&](llvm::Value *) {
    llvm::Value *e = b_.CreateLoad(type, rest), *s = b_.CreateLoad(type, square);
    llvm::Value *p = b_.CreateLoad(type, power);
    llvm::Value *odd = b_.CreateICmpNE(b_.CreateAnd(e, one), zero);
    b_.CreateStore(b_.CreateSelect(odd, b_.CreateMul(p, s), p), power);
    b_.CreateStore(b_.CreateMul(s, s), square);
    b_.CreateStore(b_.CreateLShr(e, one), rest);
  });
  llvm::Value *result = b_.CreateLoad(type, power);
  if (!isSigned) return result;
  // |base| = 1: the exponent's parity decides, as for positive exponents; else the quotient is
  // zero.
  llvm::Value *isUnit = b_.CreateOr(b_.CreateICmpEQ(base, one),
                                    b_.CreateICmpEQ(base, llvm::Constant::getAllOnesValue(type)));
  llvm::Value *isOdd = b_.CreateICmpNE(b_.CreateAnd(exponent, one), zero);
  llvm::Value *reciprocal = b_.CreateSelect(isUnit, b_.CreateSelect(isOdd, base, one), zero);
  return b_.CreateSelect(b_.CreateICmpSLT(exponent, zero), reciprocal, result);
}

llvm::Value *Scalars::applyInt(ScalarFn fn, mlir::IntegerType element,
                               llvm::ArrayRef<llvm::Value *> v) {
  bool isSigned = !isUnsigned(element);
  llvm::Type *type = v[0]->getType();
  auto number = [&](int64_t value) { return llvm::ConstantInt::get(type, value, true); };
  auto compare = [&](llvm::CmpInst::Predicate whenSigned, llvm::CmpInst::Predicate otherwise) {
    return b_.CreateICmp(isSigned ? whenSigned : otherwise, v[0], v[1]);
  };
  using P = llvm::CmpInst;
  switch (fn) {
    case ScalarFn::neg_:
      return b_.CreateNeg(v[0]);
    case ScalarFn::abs_:
      return isSigned ? b_.CreateBinaryIntrinsic(llvm::Intrinsic::abs, v[0], b_.getFalse()) : v[0];
    case ScalarFn::sign_: {
      llvm::Value *positive = b_.CreateZExt(b_.CreateICmpNE(v[0], number(0)), type);
      if (!isSigned) return positive;
      return b_.CreateSelect(b_.CreateICmpSLT(v[0], number(0)), number(-1), positive);
    }
    case ScalarFn::not_:
      return b_.CreateNot(v[0]);
    case ScalarFn::add_:
      return b_.CreateAdd(v[0], v[1]);
    case ScalarFn::sub_:
      return b_.CreateSub(v[0], v[1]);
    case ScalarFn::mul_:
      return b_.CreateMul(v[0], v[1]);
    case ScalarFn::div_:
    case ScalarFn::rem_:
      return divideInts(fn, isSigned, v[0], v[1]);
    case ScalarFn::pow_:
      return intPower(v[0], v[1], isSigned);
    case ScalarFn::max_:
      return b_.CreateBinaryIntrinsic(isSigned ? llvm::Intrinsic::smax : llvm::Intrinsic::umax,
                                      v[0], v[1]);
    case ScalarFn::min_:
      return b_.CreateBinaryIntrinsic(isSigned ? llvm::Intrinsic::smin : llvm::Intrinsic::umin,
                                      v[0], v[1]);
    case ScalarFn::and_:
      return b_.CreateAnd(v[0], v[1]);
    case ScalarFn::or_:
      return b_.CreateOr(v[0], v[1]);
    case ScalarFn::xor_:
      return b_.CreateXor(v[0], v[1]);
    case ScalarFn::shl_:
    case ScalarFn::shr_: {
      llvm::Value *width = number(element.getWidth());
      llvm::Value *fits = b_.CreateICmpULT(v[1], width);
      llvm::Value *amount = b_.CreateSelect(fits, v[1], number(0));
      if (fn == ScalarFn::shl_) return b_.CreateSelect(fits, b_.CreateShl(v[0], amount), number(0));
      if (!isSigned) return b_.CreateSelect(fits, b_.CreateLShr(v[0], amount), number(0));
      amount = b_.CreateSelect(fits, v[1], number(element.getWidth() - 1));
      return b_.CreateAShr(v[0], amount);
    }
    case ScalarFn::eq_:
      return b_.CreateICmpEQ(v[0], v[1]);
    case ScalarFn::ne_:
      return b_.CreateICmpNE(v[0], v[1]);
    case ScalarFn::lt_:
      return compare(P::ICMP_SLT, P::ICMP_ULT);
    case ScalarFn::le_:
      return compare(P::ICMP_SLE, P::ICMP_ULE);
    case ScalarFn::gt_:
      return compare(P::ICMP_SGT, P::ICMP_UGT);
    case ScalarFn::ge_:
      return compare(P::ICMP_SGE, P::ICMP_UGE);
    default:
      llvm_unreachable("the verifier keeps float functions from ints");
  }
}

}  // namespace plx::cpu
