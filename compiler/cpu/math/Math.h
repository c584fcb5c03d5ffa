// Elementary functions of the CPU target, written into the current block as LLVM IR.
//
// Every function takes and returns `float`, `double` or a fixed vector of either (any width) and
// emits the same operations at every width: a lane's bits do not depend on the width it was
// computed at, so a scalar tail agrees with the vector body. No call to a math library or to
// compiler-rt results, on any CPU: only IR that lowers inline under the facts given. (Large
// arguments of sin, cos, tan call one internal function emitted into the same module.)
//
//   llvm::Value *y = plx::cpu::emitExp(builder, {.fma = true, .roundInstructions = true}, x);
//
// Contract, unless a function says otherwise:
//  * default rounding, denormals neither flushed on input nor output; floating-point flags are not
//  kept;
//  * NaN in, NaN out (which NaN is unspecified); infinities, overflow and signed zeros as C's Annex
//  F;
//  * `ulp` bounds hold for all inputs, with and without fused multiply-add; README.md lists what
//  the tests measured;
//  * the builder's fast-math flags are ignored: none are set on what is emitted.
// Functions marked BLOCKS end the current block and leave the builder in a new one.
// Pure functions of their arguments; safe to use from several threads with different LLVM contexts.
#ifndef PLEXUS_COMPILER_CPU_MATH_MATH_H_
#define PLEXUS_COMPILER_CPU_MATH_MATH_H_

#include "llvm/IR/IRBuilder.h"

namespace plx::cpu {

/// What of the target CPU these functions may use. All false is correct everywhere.
struct MathFacts {
  bool fma = false;                ///< llvm.fma is one instruction (x86 FMA, AArch64)
  bool roundInstructions = false;  ///< llvm.floor and its kin are one instruction (SSE4.1, AArch64)
  bool avx512 = false;             ///< AVX-512 F, VL and DQ: vscalef. Same bits as without
  bool f16c = false;               ///< f16 conversions are instructions (F16C, AArch64)
};

// ---- Exponentials (Exp.cpp) ----
/// e^x. f32 1 ulp, f64 1.25 ulp.
llvm::Value *emitExp(llvm::IRBuilderBase &b, const MathFacts &facts, llvm::Value *x);
/// 2^x, exact at integers. f32 1.25 ulp, f64 1.25 ulp.
llvm::Value *emitExp2(llvm::IRBuilderBase &b, const MathFacts &facts, llvm::Value *x);
/// e^x - 1. f32 2 ulp, f64 2 ulp. -0 gives -0.
llvm::Value *emitExpm1(llvm::IRBuilderBase &b, const MathFacts &facts, llvm::Value *x);
/// 1 / (1 + e^-x). f32 2.5 ulp, f64 2.5 ulp.
llvm::Value *emitSigmoid(llvm::IRBuilderBase &b, const MathFacts &facts, llvm::Value *x);

// ---- Logarithms (Log.cpp): x < 0 gives NaN, +-0 gives -inf (log1p: x < -1, x = -1) ----
/// Natural logarithm. f32 1 ulp, f64 1 ulp.
llvm::Value *emitLog(llvm::IRBuilderBase &b, const MathFacts &facts, llvm::Value *x);
/// Base 2, exact at powers of two. f32 2 ulp, f64 2 ulp.
llvm::Value *emitLog2(llvm::IRBuilderBase &b, const MathFacts &facts, llvm::Value *x);
/// Base 10. f32 2 ulp, f64 2 ulp.
llvm::Value *emitLog10(llvm::IRBuilderBase &b, const MathFacts &facts, llvm::Value *x);
/// log(1 + x). f32 2 ulp, f64 2 ulp. -0 gives -0.
llvm::Value *emitLog1p(llvm::IRBuilderBase &b, const MathFacts &facts, llvm::Value *x);

// ---- Power (Pow.cpp) ----
/// x^y with every special case of C's Annex F (pow(1, NaN) = pow(NaN, 0) = 1). f32 1 ulp, f64 1
/// ulp.
llvm::Value *emitPow(llvm::IRBuilderBase &b, const MathFacts &facts, llvm::Value *x,
                     llvm::Value *y);

// ---- Trigonometry (Trig.cpp): radians, right for all finite x; +-inf gives NaN. BLOCKS ----
/// f32 2 ulp, f64 1 ulp. -0 gives -0.
llvm::Value *emitSin(llvm::IRBuilderBase &b, const MathFacts &facts, llvm::Value *x);
/// f32 2 ulp, f64 1 ulp.
llvm::Value *emitCos(llvm::IRBuilderBase &b, const MathFacts &facts, llvm::Value *x);
/// f32 1 ulp, f64 2.5 ulp. -0 gives -0.
llvm::Value *emitTan(llvm::IRBuilderBase &b, const MathFacts &facts, llvm::Value *x);

// ---- Inverse trigonometry (InverseTrig.cpp): |x| > 1 gives NaN for asin and acos ----
/// f32 1 ulp, f64 2 ulp. -0 gives -0.
llvm::Value *emitAsin(llvm::IRBuilderBase &b, const MathFacts &facts, llvm::Value *x);
/// f32 1 ulp, f64 2 ulp.
llvm::Value *emitAcos(llvm::IRBuilderBase &b, const MathFacts &facts, llvm::Value *x);
/// f32 1 ulp, f64 2 ulp. -0 gives -0.
llvm::Value *emitAtan(llvm::IRBuilderBase &b, const MathFacts &facts, llvm::Value *x);
/// The angle of the point (x, y) in [-pi, pi], signed zeros and infinities as in C. f32 1 ulp, f64
/// 2 ulp.
llvm::Value *emitAtan2(llvm::IRBuilderBase &b, const MathFacts &facts, llvm::Value *y,
                       llvm::Value *x);

// ---- Hyperbolic functions (Hyperbolic.cpp): odd ones keep -0 ----
/// f32 1 ulp, f64 2 ulp.
llvm::Value *emitSinh(llvm::IRBuilderBase &b, const MathFacts &facts, llvm::Value *x);
/// f32 1 ulp, f64 2 ulp.
llvm::Value *emitCosh(llvm::IRBuilderBase &b, const MathFacts &facts, llvm::Value *x);
/// f32 2 ulp, f64 2 ulp.
llvm::Value *emitTanh(llvm::IRBuilderBase &b, const MathFacts &facts, llvm::Value *x);
/// f32 1 ulp, f64 3 ulp.
llvm::Value *emitAsinh(llvm::IRBuilderBase &b, const MathFacts &facts, llvm::Value *x);
/// f32 1 ulp, f64 3 ulp; x < 1 gives NaN.
llvm::Value *emitAcosh(llvm::IRBuilderBase &b, const MathFacts &facts, llvm::Value *x);
/// f32 1 ulp, f64 3 ulp; |x| = 1 gives +-inf, |x| > 1 NaN.
llvm::Value *emitAtanh(llvm::IRBuilderBase &b, const MathFacts &facts, llvm::Value *x);

// ---- Error functions (Erf.cpp) ----
/// f32 2 ulp, f64 2 ulp. -0 gives -0.
llvm::Value *emitErf(llvm::IRBuilderBase &b, const MathFacts &facts, llvm::Value *x);
/// f32 1 ulp, f64 3 ulp.
llvm::Value *emitErfc(llvm::IRBuilderBase &b, const MathFacts &facts, llvm::Value *x);

// ---- Gamma function (Gamma.cpp) ----
/// log |gamma(x)|; +inf at 0, -1, -2, ... and +-inf. x > 0: f32 1 ulp, f64 6 ulp. x < 0: f32 1 ulp;
/// f64 8 ulp of max(|result|, 1), since the result has zeros that are no doubles.
llvm::Value *emitLgamma(llvm::IRBuilderBase &b, const MathFacts &facts, llvm::Value *x);

// ---- Remainder (Fmod.cpp). BLOCKS (a loop of at most 12 rounds for f32, 43 for f64; usually one)
// ----
/// C's fmod: x - trunc(x / y) * y, exact, with x's sign. y = 0 or x infinite gives NaN; y infinite
/// gives x.
llvm::Value *emitFmod(llvm::IRBuilderBase &b, const MathFacts &facts, llvm::Value *x,
                      llvm::Value *y);

// ---- Rounding to integers, exact (Round.cpp); -0 and the sign of a zero result kept ----
llvm::Value *emitFloor(llvm::IRBuilderBase &b, const MathFacts &facts, llvm::Value *x);
llvm::Value *emitCeil(llvm::IRBuilderBase &b, const MathFacts &facts, llvm::Value *x);
llvm::Value *emitTrunc(llvm::IRBuilderBase &b, const MathFacts &facts, llvm::Value *x);
/// To nearest, halves to even.
llvm::Value *emitRoundEven(llvm::IRBuilderBase &b, const MathFacts &facts, llvm::Value *x);

}  // namespace plx::cpu

#endif  // PLEXUS_COMPILER_CPU_MATH_MATH_H_
