// Parts that several functions share: reduced exponentials and logarithms, double-double
// arithmetic. Internal.
//
// The names of fits (`exp64`, `logShort`, ...) in comments are those of the table in
// tools/dev/minimax.py, which says interval and weight and prints the coefficients.
#ifndef PLEXUS_COMPILER_CPU_MATH_KERNELS_H_
#define PLEXUS_COMPILER_CPU_MATH_KERNELS_H_

#include "compiler/cpu/math/Expr.h"

namespace plx::cpu::math {

// ---- Exponential (Exp.cpp) ----
/// e^(x + tail) = e^r * 2^n, with |r| <= log(2) / 2 + rounding.
struct ExpParts {
  Ex r, n, nFloat;
};
/// |x| < 1500 (f64) or 170 (f32); NaN gives r = NaN.
ExpParts expParts(const Ex &x);
ExpParts expParts(const Ex &x, const Ex &tail);
/// e^r for |r| <= 0.35.
Ex expReduced(const Ex &r);
/// e^r - 1 for |r| <= 0.35.
Ex expm1Reduced(const Ex &r);
/// e^r - 1 - r for |r| <= 0.35.
Ex expRest(const Ex &r);

// ---- Logarithm (Log.cpp) ----
/// x = (1 + f) * 2^k for x > 0 finite, denormals included: sqrt(1/2) <= 1 + f < sqrt(2).
struct LogReduced {
  Ex k, f;
};
LogReduced logReduce(const Ex &x);
/// The same for a normal x.
LogReduced logReduceNormal(const Ex &x);
/// log(1 + f) = f - (f^2 / 2 - tail); returns the tail.
Ex logTail(const Ex &f);
/// log(x) for finite x > 0.
Ex logFinite(const Ex &x);
/// log(1 + x), x > -1 and finite, plus kOffset * log(2).
Ex log1pFinite(const Ex &x, const Ex &kOffset);

// ---- Sine and cosine (Trig.cpp) of hi + lo, |hi| <= pi/4 ----
struct Pair;
Ex sinReduced(const Pair &r);
Ex cosReduced(const Pair &r);

// ---- Error-free transformations (Dekker 1971, Knuth): hi + lo is exact ----
struct Pair {
  Ex hi, lo;
};
/// Requires |a| >= |b| or a = 0.
Pair fastTwoSum(const Ex &a, const Ex &b);
Pair twoSum(const Ex &a, const Ex &b);
/// Without fused multiply-add by Dekker's splitting: |a|, |b| < 2^990 for f64.
Pair twoProduct(const Ex &a, const Ex &b);
/// Relative error about 2^-102 where no cancellation occurs.
Pair operator+(const Pair &a, const Pair &b);
Pair operator*(const Pair &a, const Pair &b);
/// a with its lower 27 (f64) or 12 (f32) significand bits cleared: products of two such are exact.
Ex upperHalf(const Ex &a);

}  // namespace plx::cpu::math

#endif  // PLEXUS_COMPILER_CPU_MATH_KERNELS_H_
