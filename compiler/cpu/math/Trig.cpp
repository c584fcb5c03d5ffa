// Sine, cosine, tangent: x = q pi/2 + r with |r| <= pi/4, then a polynomial of r, chosen by q
// modulo 4. Small |x| is reduced with pi/2 in several parts (Cody and Waite); where any lane is
// larger, one internal function reduces lane by lane with the bits of 2/pi that matter (M. Payne
// and R. Hanek, "Radian reduction for trigonometric functions", 1983), so that results are right
// for all finite x.
#include <limits>

#include "compiler/cpu/math/Kernels.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/Module.h"

namespace plx::cpu::math {
namespace {

using llvm::Value;

constexpr double kInf = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

/// |x| = q pi/2 + r.hi + r.lo; q is an integer of the element's width (right modulo 4).
struct Angle {
  Pair r;
  Ex quadrant;
};

/// 2/pi in binary, after one word of zeros: word 1 holds the 64 bits that follow the binary point.
constexpr uint64_t kTwoOverPi[] = {0x0000000000000000, 0xa2f9836e4e441529, 0xfc2757d1f534ddc0,
                                   0xdb6295993c439041, 0xfe5163abdebbc561, 0xb7246e3a424dd2e0,
                                   0x06492eea09d1921c, 0xfe1deb1cb129a73e, 0xe88235f52ebb4484,
                                   0xe99c7026b45f7e41, 0x3991d639835339f4, 0x9c845f8bbdf9283b,
                                   0x1ff897ffde05980f, 0xef2f118b5a0a6d1f, 0x6d367ecf27cb09b7,
                                   0x4f463f669e5fea2d, 0x7527bac7ebe5f17b, 0x3d0739f78a5292ea,
                                   0x6bfb5fb11f8d5d08, 0x56033046fc7b6bab, 0xf0cfbc209af4361d};
constexpr int kWords = sizeof(kTwoOverPi) / sizeof(kTwoOverPi[0]);

llvm::GlobalVariable *twoOverPiTable(llvm::Module &module) {
  constexpr const char *kName = "plx.math.two_over_pi";
  if (auto *table = module.getNamedGlobal(kName)) return table;
  auto *data = llvm::ConstantDataArray::get(module.getContext(), llvm::ArrayRef(kTwoOverPi));
  return new llvm::GlobalVariable(module, data->getType(), /*isConstant=*/true,
                                  llvm::GlobalValue::InternalLinkage, data, kName);
}

/// 64 bits of 2/pi from bit `position` of the table on, and the same one word and two words later.
struct Window {
  Value *words[3];
};
Window loadWindow(llvm::IRBuilderBase &b, llvm::GlobalVariable *table, Value *position) {
  Value *first = b.CreateLShr(position, 6);
  Value *shift = b.CreateAnd(position, 63);
  Value *raw[4];
  for (int i = 0; i < 4; ++i) {
    Value *index = b.CreateAdd(first, b.getInt64(i));
    Value *last = b.getInt64(kWords - 1);
    // Infinities reach past the end; what they read is of no account.
    index = b.CreateSelect(b.CreateICmpULT(index, last), index, last);
    raw[i] = b.CreateLoad(b.getInt64Ty(), b.CreateGEP(b.getInt64Ty(), table, index));
  }
  Window w;
  for (int i = 0; i < 3; ++i)
    w.words[i] =
        b.CreateIntrinsic(llvm::Intrinsic::fshl, {b.getInt64Ty()}, {raw[i], raw[i + 1], shift});
  return w;
}

/// (significand * window) modulo 2^192 as an upper and a middle word: q in the top two bits, then
/// its fraction.
std::pair<Value *, Value *> multiplyWindow(llvm::IRBuilderBase &b, Value *significand,
                                           const Window &w) {
  auto *wide = b.getInt128Ty();
  Value *m = b.CreateZExt(significand, wide);
  auto product = [&](int i) { return b.CreateMul(m, b.CreateZExt(w.words[i], wide)); };
  auto upper = [&](Value *v) { return b.CreateLShr(v, 64); };
  Value *middle = b.CreateAdd(product(1), upper(product(2)));
  Value *top = b.CreateAdd(b.CreateMul(significand, w.words[0]),
                           b.CreateTrunc(upper(middle), b.getInt64Ty()));
  return {top, b.CreateTrunc(middle, b.getInt64Ty())};
}

/// A signed fraction of 126 bits as a pair of doubles.
Pair fractionToPair(const Env &env, Value *fraction) {
  llvm::IRBuilderBase &b = env.b;
  auto *wide = b.getInt128Ty();
  Value *negative = b.CreateICmpSLT(fraction, llvm::ConstantInt::get(wide, 0));
  Value *magnitude = b.CreateSelect(negative, b.CreateNeg(fraction), fraction);
  // In chunks of 43 bits, each exact.
  auto chunk = [&](int shift, double unit) {
    Value *bits = b.CreateTrunc(b.CreateLShr(magnitude, shift), b.getInt64Ty());
    bits = b.CreateAnd(bits, (uint64_t(1) << 43) - 1);
    return Ex(env, b.CreateSIToFP(bits, b.getDoubleTy())) * unit;
  };
  Pair upper = fastTwoSum(chunk(86, 0x1p-40), chunk(43, 0x1p-83));
  Pair sum = fastTwoSum(upper.hi, upper.lo + chunk(0, 0x1p-126));
  Ex sign(env, negative);
  return {select(sign, -sum.hi, sum.hi), select(sign, -sum.lo, sum.lo)};
}

/// The body of `{double hi, double lo, i64 quadrant} f(double x)`, x >= 2^16.
void emitLargeReduction(const Env &env, llvm::Function *f) {
  llvm::IRBuilderBase &b = env.b;
  Value *i = b.CreateBitCast(f->getArg(0), b.getInt64Ty());
  uint64_t implicitOne = uint64_t(1) << 52;
  Value *significand = b.CreateOr(b.CreateAnd(i, implicitOne - 1), implicitOne);
  // x = significand 2^e. Bits of 2/pi of weight 2^(2-e) and above only add multiples of 4 to q: the
  // window starts below them, at bit e - 1 after the point, which is bit e + 62 of the table.
  Value *e = b.CreateSub(b.CreateLShr(i, 52), b.getInt64(1075));
  Window window = loadWindow(b, twoOverPiTable(*f->getParent()), b.CreateAdd(e, b.getInt64(62)));
  auto [top, middle] = multiplyWindow(b, significand, window);
  Value *quadrant = b.CreateLShr(b.CreateAdd(top, b.getInt64(uint64_t(1) << 61)), 62);
  Value *rest = b.CreateSub(top, b.CreateShl(quadrant, 62));
  auto *wide = b.getInt128Ty();
  Value *fraction =
      b.CreateOr(b.CreateShl(b.CreateSExt(rest, wide), 64), b.CreateZExt(middle, wide));
  Pair turns = fractionToPair(env, fraction);
  Pair halfPi{Ex(env, f->getArg(0)).constant(0x1.921fb54442d18p+0),
              Ex(env, f->getArg(0)).constant(0x1.1a62633145c07p-54)};
  Pair r = turns * halfPi;
  Value *result = llvm::PoisonValue::get(f->getReturnType());
  result = b.CreateInsertValue(result, r.hi.value(), 0);
  result = b.CreateInsertValue(result, r.lo.value(), 1);
  b.CreateRet(b.CreateInsertValue(result, quadrant, 2));
}

/// The reduction function of this module, made at its first use with the CPU features of the
/// function that uses it.
llvm::Function *largeReduction(const Env &env) {
  llvm::Function *user = env.b.GetInsertBlock()->getParent();
  llvm::Module &module = *user->getParent();
  const char *name = env.facts.fma ? "plx.math.reduce_angle.fma" : "plx.math.reduce_angle";
  if (llvm::Function *f = module.getFunction(name)) return f;
  llvm::LLVMContext &context = module.getContext();
  llvm::IRBuilder<> b(context);
  auto *result = llvm::StructType::get(b.getDoubleTy(), b.getDoubleTy(), b.getInt64Ty());
  auto *type = llvm::FunctionType::get(result, {b.getDoubleTy()}, false);
  auto *f = llvm::Function::Create(type, llvm::Function::InternalLinkage, name, module);
  for (const char *key : {"target-cpu", "target-features", "tune-cpu"})
    if (user->hasFnAttribute(key)) f->addFnAttr(user->getFnAttribute(key));
  f->addFnAttr(llvm::Attribute::NoInline);
  f->addFnAttr(llvm::Attribute::Cold);
  f->addFnAttr(llvm::Attribute::NoUnwind);
  b.SetInsertPoint(llvm::BasicBlock::Create(context, "entry", f));
  emitLargeReduction(Env{b, env.facts}, f);
  return f;
}

/// Values of an angle as they pass through blocks: hi, lo, quadrant.
struct AngleValues {
  Value *v[3];
};

/// Reduces the lanes of x (double) one by one. BLOCKS: a loop over the lanes where x is a vector.
AngleValues reduceLanes(const Env &env, const Ex &x) {
  llvm::IRBuilderBase &b = env.b;
  llvm::Function *reduce = largeReduction(env);
  auto *vector = llvm::dyn_cast<llvm::FixedVectorType>(x.type());
  if (!vector) {
    Value *r = b.CreateCall(reduce, {x.value()});
    return {{b.CreateExtractValue(r, 0), b.CreateExtractValue(r, 1), b.CreateExtractValue(r, 2)}};
  }
  llvm::BasicBlock *before = b.GetInsertBlock();
  llvm::Function *f = before->getParent();
  auto *loop = llvm::BasicBlock::Create(b.getContext(), "angle.lane", f);
  auto *after = llvm::BasicBlock::Create(b.getContext(), "angle.lanes.done", f);
  b.CreateBr(loop);
  b.SetInsertPoint(loop);
  auto *lane = b.CreatePHI(b.getInt64Ty(), 2);
  lane->addIncoming(b.getInt64(0), before);
  Value *r = b.CreateCall(reduce, {b.CreateExtractElement(x.value(), lane)});
  AngleValues values;
  llvm::Type *types[] = {x.type(), x.type(), x.shaped(b.getInt64Ty())};
  for (unsigned i = 0; i < 3; ++i) {
    auto *sofar = b.CreatePHI(types[i], 2);
    sofar->moveBefore(loop->getFirstNonPHIIt());
    sofar->addIncoming(llvm::Constant::getNullValue(types[i]), before);
    values.v[i] = b.CreateInsertElement(sofar, b.CreateExtractValue(r, i), lane);
    sofar->addIncoming(values.v[i], loop);
  }
  Value *next = b.CreateAdd(lane, b.getInt64(1));
  lane->addIncoming(next, loop);
  b.CreateCondBr(b.CreateICmpULT(next, b.getInt64(vector->getNumElements())), loop, after);
  b.SetInsertPoint(after);
  return values;
}

/// The two ways joined: where any lane of |x| exceeds the limit, those lanes are replaced. BLOCKS.
Angle withLargeLanes(const Ex &x, double limit, const Angle &nearby) {
  const Env &env = x.env();
  llvm::IRBuilderBase &b = env.b;
  Ex isLarge = x > limit;
  llvm::BasicBlock *before = b.GetInsertBlock();
  llvm::Function *f = before->getParent();
  auto *large = llvm::BasicBlock::Create(b.getContext(), "angle.large", f);
  auto *joined = llvm::BasicBlock::Create(b.getContext(), "angle", f);
  b.CreateCondBr(anyLane(isLarge), large, joined);

  b.SetInsertPoint(large);
  Ex wide = x.isWide() ? x : widen(x, env);
  AngleValues r = reduceLanes(env, select(isLarge, wide, wide.constant(0x1p30)));
  if (!x.isWide()) {
    r.v[0] = b.CreateFPTrunc(r.v[0], x.type());
    r.v[1] = llvm::Constant::getNullValue(x.type());
    r.v[2] = b.CreateTrunc(r.v[2], x.shaped(b.getInt32Ty()));
  }
  AngleValues all{{nearby.r.hi.value(), nearby.r.lo.value(), nearby.quadrant.value()}};
  for (int i = 0; i < 3; ++i) r.v[i] = b.CreateSelect(isLarge.value(), r.v[i], all.v[i]);
  llvm::BasicBlock *largeEnd = b.GetInsertBlock();
  b.CreateBr(joined);

  b.SetInsertPoint(joined);
  for (Value *&v : all.v) {
    auto *phi = b.CreatePHI(v->getType(), 2);
    phi->addIncoming(v, before);
    phi->addIncoming(r.v[&v - all.v], largeEnd);
    v = phi;
  }
  return {{x.with(all.v[0]), x.with(all.v[1])}, x.with(all.v[2])};
}

constexpr double kTwoOverPiRounded = 0x1.45f306dc9c883p-1;

/// For doubles below 1.6e6 (q < 2^20): pi/2 in three parts of 33 bits, so that products by q are
/// exact, and a rest.
Angle reduceDouble(const Ex &x) {
  Rounded q = roundSmall(x * kTwoOverPiRounded);
  Ex first = x - q.value * 0x1.921fb544p+0;
  Pair second = twoSum(first, q.value * -0x1.0b4611a6p-34);
  Pair third = twoSum(second.hi, q.value * -0x1.3198a2ep-69);
  Ex low = (second.lo + third.lo) - q.value * 0x1.b839a252049c1p-104;
  return {fastTwoSum(third.hi, low), q.integer};
}

/// For floats below 1e5 with fused multiply-add: pi/2 in three floats. The first step is exact: x
/// and q times the first part are multiples of 2^-24 and their difference is below 1.
Angle reduceFloatFused(const Ex &x) {
  Rounded q = roundSmall(x * kTwoOverPiRounded);
  Ex r = fma(q.value, x.constant(-0x1.921fb6p+0), x);
  r = fma(q.value, x.constant(0x1.777a5cp-25), r);
  r = fma(q.value, x.constant(0x1.ee59dap-50), r);
  return {{r, x.constant(0)}, q.integer};
}

/// For floats without: in double.
Angle reduceFloatInDouble(const Ex &x) {
  llvm::IRBuilderBase &b = x.b();
  Angle wide = reduceDouble(widen(x, x.env()));
  Ex r = x.with(b.CreateFPTrunc(wide.r.hi.value(), x.type()));
  Ex q = x.with(b.CreateTrunc(wide.quadrant.value(), x.shaped(b.getInt32Ty())));
  return {{r, x.constant(0)}, q};
}

Angle reduce(const Ex &magnitude) {
  if (magnitude.isWide()) return withLargeLanes(magnitude, 1.6e6, reduceDouble(magnitude));
  if (!magnitude.env().facts.fma)
    return withLargeLanes(magnitude, 1.6e6, reduceFloatInDouble(magnitude));
  return withLargeLanes(magnitude, 1e5, reduceFloatFused(magnitude));
}

/// True where the quadrant is odd.
Ex isOdd(const Ex &quadrant) { return (quadrant & quadrant.constant(1)) != quadrant.constant(0); }
/// The sign bit where bit 1 of the quadrant is set.
Ex upperHalfSign(const Ex &quadrant) {
  return shl(quadrant & quadrant.constant(2), static_cast<int>(quadrant.bitWidth()) - 2);
}
Ex finiteOrNan(const Ex &x, const Ex &r) { return select(abs(x) < kInf, r, r.constant(kNan)); }

Ex sinOf(const Ex &x) {
  Angle a = reduce(abs(x));
  Ex r = select(isOdd(a.quadrant), cosReduced(a.r), sinReduced(a.r));
  return finiteOrNan(x, flipSign(r, upperHalfSign(a.quadrant) ^ signBit(x)));
}

Ex cosOf(const Ex &x) {
  Angle a = reduce(abs(x));
  Ex r = select(isOdd(a.quadrant), sinReduced(a.r), cosReduced(a.r));
  return finiteOrNan(x, flipSign(r, upperHalfSign(a.quadrant + 1)));
}

Ex tanOf(const Ex &x) {
  Angle a = reduce(abs(x));
  Ex s = sinReduced(a.r), c = cosReduced(a.r), odd = isOdd(a.quadrant);
  Ex r = select(odd, -c, s) / select(odd, s, c);
  return finiteOrNan(x, flipSign(r, signBit(x)));
}

}  // namespace

Ex sinReduced(const Pair &r) {
  Ex z = r.hi * r.hi;
  // (sin(r) - r) / r^3: fits sin32, sin64, sinShort.
  Ex s = poly(
      z, {-0x1.555546p-3, 0x1.1106aep-7, -0x1.990286p-13},
      {-0x1.555555555554cp-3, 0x1.111111110fb08p-7, -0x1.a01a019c267d7p-13, 0x1.71de3565dac80p-19,
       -0x1.ae5e4478f01d5p-26, 0x1.5d851ac52b5f0p-33},
      {-0x1.5555554d8ac33p-3, 0x1.11110866e67fcp-7, -0x1.a00f2b6ea8175p-13, 0x1.6cb414005279bp-19});
  if (!z.isWide()) return fma(z * r.hi, s, r.hi);
  return r.hi + fma(z * r.hi, s, r.lo * (1.0 - z * 0.5));
}

Ex cosReduced(const Pair &r) {
  Ex z = r.hi * r.hi, half = z * 0.5;
  // (cos(r) - 1 + r^2/2) / r^4: fits cos32, cos64, cosShort.
  Ex c = poly(z, {0x1.55554ep-5, -0x1.6c0e6ep-10, 0x1.9a6bb6p-16},
              {0x1.5555555555553p-5, -0x1.6c16c16c16110p-10, 0x1.a01a019e1fd1ap-16,
               -0x1.27e4f8ff3f49bp-22, 0x1.1eea856d8449bp-29, -0x1.8ff783ad6b643p-37},
              {0x1.55555552bb88bp-5, -0x1.6c16bba34aa2fp-10, 0x1.a012c5e1d5cdcp-16,
               -0x1.2472b9d9f62d4p-22});
  Ex near = 1.0 - half;
  Ex lost = (1.0 - near) - half;
  if (!z.isWide()) return near + fma(z * z, c, lost);
  return near + (lost + fma(z * z, c, -(r.hi * r.lo)));
}

}  // namespace plx::cpu::math

namespace plx::cpu {

llvm::Value *emitSin(llvm::IRBuilderBase &b, const MathFacts &facts, llvm::Value *x) {
  return math::emitUnary(b, facts, math::sinOf, x);
}
llvm::Value *emitCos(llvm::IRBuilderBase &b, const MathFacts &facts, llvm::Value *x) {
  return math::emitUnary(b, facts, math::cosOf, x);
}
llvm::Value *emitTan(llvm::IRBuilderBase &b, const MathFacts &facts, llvm::Value *x) {
  return math::emitUnaryInDouble(b, facts, math::tanOf, x);
}

}  // namespace plx::cpu
