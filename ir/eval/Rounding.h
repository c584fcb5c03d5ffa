// Bit patterns of float types, and limits of the evaluator.
#ifndef PLEXUS_IR_EVAL_ROUNDING_H
#define PLEXUS_IR_EVAL_ROUNDING_H

#include <cstdint>

#include "mlir/IR/BuiltinTypes.h"

namespace plx::eval {

/// Largest number of elements the reference evaluator makes in one tensor: 16 GiB of doubles.
inline constexpr int64_t kMaxElements = int64_t{1} << 31;

/// The value of a bit pattern of `type` (in its low bits).
double decodeFloat(mlir::FloatType type, uint64_t pattern);
/// The bit pattern of `value`, which has been rounded to `type`.
uint64_t encodeFloat(mlir::FloatType type, double value);
/// Largest finite value.
double largestOf(mlir::FloatType type);

}  // namespace plx::eval

#endif  // PLEXUS_IR_EVAL_ROUNDING_H
