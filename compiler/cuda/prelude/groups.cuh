// Results of the threads of a warp or a block joined in an order that their number alone decides.

enum fold_kind { fold_sum, fold_product, fold_max, fold_min, fold_and, fold_or };

template <fold_kind kind, typename T>
struct folder {
  static __device__ __forceinline__ T join(T a, T b);
};
// Floats; ints are below.
#define PLX_FOLDS(T, add, mul)                                                     \
  template <>                                                                      \
  struct folder<fold_sum, T> {                                                     \
    static __device__ __forceinline__ T join(T a, T b) { return add; }             \
  };                                                                               \
  template <>                                                                      \
  struct folder<fold_product, T> {                                                 \
    static __device__ __forceinline__ T join(T a, T b) { return mul; }             \
  };                                                                               \
  template <>                                                                      \
  struct folder<fold_max, T> {                                                     \
    static __device__ __forceinline__ T join(T a, T b) { return maximum<T>(a, b); } \
  };                                                                               \
  template <>                                                                      \
  struct folder<fold_min, T> {                                                     \
    static __device__ __forceinline__ T join(T a, T b) { return minimum<T>(a, b); } \
  };
PLX_FOLDS(float, a + b, a * b)
PLX_FOLDS(double, a + b, a * b)
#define PLX_INT_FOLDS(T)                                                 \
  PLX_FOLDS(T, int_add<T>(a, b), int_mul<T>(a, b))                       \
  template <>                                                            \
  struct folder<fold_and, T> {                                           \
    static __device__ __forceinline__ T join(T a, T b) { return a & b; } \
  };                                                                     \
  template <>                                                            \
  struct folder<fold_or, T> {                                            \
    static __device__ __forceinline__ T join(T a, T b) { return a | b; } \
  };
PLX_INT_FOLDS(i8)
PLX_INT_FOLDS(u8)
PLX_INT_FOLDS(i16)
PLX_INT_FOLDS(u16)
PLX_INT_FOLDS(i32)
PLX_INT_FOLDS(u32)
PLX_INT_FOLDS(i64)
PLX_INT_FOLDS(u64)
template <>
struct folder<fold_and, bool> {
  static __device__ __forceinline__ bool join(bool a, bool b) { return a && b; }
};
template <>
struct folder<fold_or, bool> {
  static __device__ __forceinline__ bool join(bool a, bool b) { return a || b; }
};
template <>
struct folder<fold_max, bool> {
  static __device__ __forceinline__ bool join(bool a, bool b) { return a || b; }
};
template <>
struct folder<fold_min, bool> {
  static __device__ __forceinline__ bool join(bool a, bool b) { return a && b; }
};

__device__ __forceinline__ float from_lane(float value, int lane_mask) {
  return __shfl_xor_sync(0xffffffffu, value, lane_mask);
}
__device__ __forceinline__ double from_lane(double value, int lane_mask) {
  return __shfl_xor_sync(0xffffffffu, value, lane_mask);
}
__device__ __forceinline__ i64 from_lane(i64 value, int lane_mask) {
  return __shfl_xor_sync(0xffffffffu, value, lane_mask);
}
__device__ __forceinline__ u64 from_lane(u64 value, int lane_mask) {
  return (u64)__shfl_xor_sync(0xffffffffu, (i64)value, lane_mask);
}
template <typename T>
__device__ __forceinline__ T from_lane(T value, int lane_mask) {
  return (T)__shfl_xor_sync(0xffffffffu, (int)value, lane_mask);
}

// All lanes get the result: each joins the same pairs, and joining commutes.
template <fold_kind kind, typename T>
__device__ __forceinline__ T warp_fold(T value) {
#pragma unroll
  for (int mask = 16; mask > 0; mask >>= 1) value = folder<kind, T>::join(value, from_lane(value, mask));
  return value;
}

// All threads of a block of whole warps get the result. `room` has 32 elements of shared memory.
template <fold_kind kind, typename T>
__device__ __forceinline__ T block_fold(T value, T *room) {
  value = warp_fold<kind, T>(value);
  const int warp = threadIdx.x / 32, warps = blockDim.x / 32;
  __syncthreads();  // what was in `room` has been read
  if (threadIdx.x % 32 == 0) room[warp] = value;
  __syncthreads();
  T result = room[0];
  for (int w = 1; w < warps; ++w) result = folder<kind, T>::join(result, room[w]);
  return result;
}

template <typename T>
struct best_of {
  T value;
  i64 where;
};

template <typename T>
__device__ __forceinline__ best_of<T> warp_best(bool max, bool last, best_of<T> best) {
#pragma unroll
  for (int mask = 16; mask > 0; mask >>= 1) {
    const T value = from_lane(best.value, mask);
    const i64 where = from_lane(best.where, mask);
    if (is_better<T>(max, last, value, where, best.value, best.where)) {
      best.value = value;
      best.where = where;
    }
  }
  return best;
}

template <typename T>
__device__ __forceinline__ best_of<T> block_best(bool max, bool last, best_of<T> best, T *values,
                                                 i64 *places) {
  best = warp_best<T>(max, last, best);
  const int warp = threadIdx.x / 32, warps = blockDim.x / 32;
  __syncthreads();
  if (threadIdx.x % 32 == 0) {
    values[warp] = best.value;
    places[warp] = best.where;
  }
  __syncthreads();
  for (int w = 0; w < warps; ++w) {
    if (is_better<T>(max, last, values[w], places[w], best.value, best.where)) {
      best.value = values[w];
      best.where = places[w];
    }
  }
  return best;
}

// Sum of `value` over the threads before this one; *total gets that of all. `room` has 33 elements.
__device__ __forceinline__ i64 block_scan(i64 value, i64 *total, i64 *room) {
  const int lane = threadIdx.x % 32, warp = threadIdx.x / 32, warps = blockDim.x / 32;
  i64 sum = value;
#pragma unroll
  for (int step = 1; step < 32; step <<= 1) {
    const i64 before = __shfl_up_sync(0xffffffffu, sum, step);
    if (lane >= step) sum += before;
  }
  __syncthreads();
  if (lane == 31) room[warp] = sum;
  __syncthreads();
  i64 base = 0, all = 0;
  for (int w = 0; w < warps; ++w) {
    if (w < warp) base += room[w];
    all += room[w];
  }
  *total = all;
  return base + sum - value;
}
