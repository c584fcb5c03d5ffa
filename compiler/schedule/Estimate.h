// Sizes as far as they are known, where only an estimate is needed.
#ifndef PLEXUS_COMPILER_SCHEDULE_ESTIMATE_H
#define PLEXUS_COMPILER_SCHEDULE_ESTIMATE_H

#include "ir/types/Dim.h"

namespace plx {

// What a symbolic extent is taken for.
constexpr int64_t kTypicalExtent = 64;

inline int64_t estimate(Dim extent) { return extent.constant().value_or(kTypicalExtent); }

/// a * b, or a number that may be added to others where that does not fit.
inline int64_t saturatingProduct(int64_t a, int64_t b) {
  int64_t product;
  return __builtin_mul_overflow(a, b, &product) ? INT64_MAX / 2 : product;
}

}  // namespace plx

#endif  // PLEXUS_COMPILER_SCHEDULE_ESTIMATE_H
