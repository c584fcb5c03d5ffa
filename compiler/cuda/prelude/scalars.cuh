// The scalar functions of plx (ir/types/ScalarFn.def) that C++ and the math library lack or define
// otherwise.

// ---- ints: they wrap

template <int bits>
struct unsigned_of;
template <>
struct unsigned_of<1> {
  typedef u32 type;
};
template <>
struct unsigned_of<2> {
  typedef u32 type;
};
template <>
struct unsigned_of<4> {
  typedef u32 type;
};
template <>
struct unsigned_of<8> {
  typedef u64 type;
};
#define PLX_WIDE(T) typename unsigned_of<sizeof(T)>::type

template <typename T>
__device__ __forceinline__ T int_add(T a, T b) {
  return (T)((PLX_WIDE(T))a + (PLX_WIDE(T))b);
}
template <typename T>
__device__ __forceinline__ T int_sub(T a, T b) {
  return (T)((PLX_WIDE(T))a - (PLX_WIDE(T))b);
}
template <typename T>
__device__ __forceinline__ T int_mul(T a, T b) {
  return (T)((PLX_WIDE(T))a * (PLX_WIDE(T))b);
}
template <typename T>
__device__ __forceinline__ T int_neg(T a) {
  return int_sub<T>(0, a);
}
template <typename T>
__device__ __forceinline__ T int_abs(T a) {
  return is_negative(a) ? int_neg<T>(a) : a;
}
template <typename T>
__device__ __forceinline__ T int_sign(T a) {
  return (T)((a != 0) - 2 * is_negative(a));
}
template <typename T>
__device__ __forceinline__ T int_div(T a, T b, plx_launch_place at, i64 unit) {
  if (b == 0) {
    plx_fail(at, PLX_FAULT_DIVISION, unit, 0, 0, 0);
    return a;
  }
  return b == (T)-1 && (T)-1 < (T)1 ? int_neg<T>(a) : (T)(a / b);
}
template <typename T>
__device__ __forceinline__ T int_rem(T a, T b, plx_launch_place at, i64 unit) {
  if (b == 0) {
    plx_fail(at, PLX_FAULT_DIVISION, unit, 0, 0, 0);
    return 0;
  }
  return b == (T)-1 && (T)-1 < (T)1 ? 0 : (T)(a % b);
}
// Exact modulo 2^width; a negative exponent truncates.
template <typename T>
__device__ T int_pow(T base, T exponent) {
  if (is_negative(exponent)) {
    if (base == 1) return 1;
    if (base == (T)-1) return exponent & 1 ? (T)-1 : (T)1;
    return 0;
  }
  T result = 1;
  for (u64 rest = (u64)exponent; rest != 0; rest >>= 1) {
    if (rest & 1) result = int_mul<T>(result, base);
    base = int_mul<T>(base, base);
  }
  return result;
}
template <typename T>
__device__ __forceinline__ T int_shl(T a, T amount, int width) {
  return is_negative(amount) || amount >= (T)width ? (T)0 : (T)((PLX_WIDE(T))a << (u32)amount);
}
template <typename T>
__device__ __forceinline__ T int_shr(T a, T amount, int width) {
  if (is_negative(amount) || amount >= (T)width) return is_negative(a) ? (T)-1 : (T)0;
  return (T)(a >> (u32)amount);
}
// To a width below 8 bits, held in a byte.
template <typename T>
__device__ __forceinline__ T int_narrow(T value, int width) {
  const int shift = 32 - width;
  return (T)-1 < (T)1 ? (T)((i32)((u32)value << shift) >> shift)
                   : (T)((u32)value << shift >> shift);
}

// ---- conversions from floats: towards zero, NaN gives 0, beyond the ends the ends

template <typename T, typename F>
__device__ __forceinline__ T to_int(F value, T low, T high) {
  if (value != value) return 0;
  // The ends as floats may lie beyond the type: compare first.
  if (value <= (F)low) return low;
  if (value >= (F)high) return high;
  return (T)value;
}

// ---- floats

__device__ __forceinline__ float not_a_number() { return __int_as_float(0x7fc00000); }

// NaN where either is one.
template <typename F>
__device__ __forceinline__ F maximum(F a, F b) {
  return a > b || a != a ? a : b;
}
template <typename F>
__device__ __forceinline__ F minimum(F a, F b) {
  return a < b || a != a ? a : b;
}
template <typename F>
__device__ __forceinline__ F sign_of(F a) {
  return a != a ? a : (F)((a > 0) - (a < 0));
}
__device__ __forceinline__ float sigmoid(float x) {
  const float e = expf(-fabsf(x));
  return x >= 0 ? 1.0f / (1.0f + e) : (x < 0 ? e / (1.0f + e) : x);
}
__device__ __forceinline__ double sigmoid(double x) {
  const double e = exp(-fabs(x));
  return x >= 0 ? 1.0 / (1.0 + e) : (x < 0 ? e / (1.0 + e) : x);
}

// ---- the best of values, with its position

// Whether `value` at `position` comes before the best so far: NaN beats every number; of equals
// the first, or where `last` the last. position < 0: there is none yet.
template <typename T>
__device__ __forceinline__ bool is_better(bool max, bool last, T value, i64 position, T best,
                                          i64 where) {
  if (where < 0) return position >= 0;
  if (position < 0) return false;
  const bool is_nan = value != value, was_nan = best != best;
  if (is_nan != was_nan) return is_nan;
  if (!is_nan && value != best) return max ? value > best : value < best;
  return last ? position > where : position < where;
}
