// Conversions between float or double and the narrow float types, emitted inline as LLVM IR.
//
// Narrow values are bit patterns: i16 for f16 and bf16, i8 for the others (f4 in the low four bits,
// the upper ones zero; packing two into a byte is the caller's). Scalars or fixed vectors of any
// width, the same bits at each. No call to compiler-rt results. Rounding is to nearest, ties to
// even, once: also from double. Special values are those of ONNX Cast (opset 25). Requires that the
// CPU does not treat denormals as zero.
#ifndef PLEXUS_COMPILER_CPU_MATH_NARROW_H_
#define PLEXUS_COMPILER_CPU_MATH_NARROW_H_

#include "compiler/cpu/math/Math.h"

namespace plx::cpu {

enum class NarrowFloat { F16, BF16, F8E4M3FN, F8E4M3FNUZ, F8E5M2, F8E5M2FNUZ, F8E8M0, F4E2M1 };

/// Width of the integer that holds a value: 16 or 8.
unsigned narrowBitWidth(NarrowFloat type);

/// How F8E8M0, which holds powers of two only, rounds: up is away from zero, nearest takes ties up.
enum class PowerRounding { Up, Down, Nearest };

/// The bits of x (float or double) in the narrow type.
///  * f16, bf16: beyond the largest, infinity; `saturate` has no effect.
///  * f8: with `saturate` infinities and values beyond the largest give the largest; without,
///  infinity (e5m2) or NaN.
///  * f8e8m0: of |x|; infinity gives NaN; beyond 2^127 with `saturate` 2^127, else NaN; 0 gives
///  2^-127.
///  * f4e2m1: beyond 6 and infinity give 6 with x's sign, NaN gives 6.
llvm::Value *emitNarrow(llvm::IRBuilderBase &b, const MathFacts &facts, NarrowFloat to,
                        llvm::Value *x, bool saturate,
                        PowerRounding rounding = PowerRounding::Nearest);

/// The value of narrow bits (i16 or i8) as `element` (float or double), exact.
llvm::Value *emitWiden(llvm::IRBuilderBase &b, const MathFacts &facts, NarrowFloat from,
                       llvm::Value *bits, llvm::Type *element);

}  // namespace plx::cpu

#endif  // PLEXUS_COMPILER_CPU_MATH_NARROW_H_
