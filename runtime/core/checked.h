// Arithmetic on sizes that says when it overflows.
#ifndef PLEXUS_RUNTIME_CORE_CHECKED_H
#define PLEXUS_RUNTIME_CORE_CHECKED_H

#include <stdint.h>

namespace plx {

// Each returns false, with *out undefined, where the exact result does not fit.
template <typename T>
[[nodiscard]] inline bool checked_add(T a, T b, T *out) {
  return !__builtin_add_overflow(a, b, out);
}
template <typename T>
[[nodiscard]] inline bool checked_sub(T a, T b, T *out) {
  return !__builtin_sub_overflow(a, b, out);
}
template <typename T>
[[nodiscard]] inline bool checked_mul(T a, T b, T *out) {
  return !__builtin_mul_overflow(a, b, out);
}

// The next multiple of `unit`, a power of two.
[[nodiscard]] inline bool checked_round_up(uint64_t value, uint64_t unit, uint64_t *out) {
  if (!checked_add(value, unit - 1, out)) return false;
  *out &= ~(unit - 1);
  return true;
}

// Whether [a, a + a_bytes) and [b, b + b_bytes) share a byte; the ranges are real memory, so the
// sums do not wrap.
inline bool ranges_overlap(const void *a, uint64_t a_bytes, const void *b, uint64_t b_bytes) {
  auto x = reinterpret_cast<uintptr_t>(a);
  auto y = reinterpret_cast<uintptr_t>(b);
  return a_bytes > 0 && b_bytes > 0 && x < y + b_bytes && y < x + a_bytes;
}

}  // namespace plx
#endif  // PLEXUS_RUNTIME_CORE_CHECKED_H
