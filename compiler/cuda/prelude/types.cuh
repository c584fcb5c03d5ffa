// Types, and what the launch of every kernel says.
//
// The same text is compiled by NVRTC and, with PLX_EMULATED defined by its header, by a compiler
// for the CPU. No include, no inline PTX outside of tensor.cuh and half.cuh.
typedef signed char i8;
typedef unsigned char u8;
typedef short i16;
typedef unsigned short u16;
typedef int i32;
typedef unsigned int u32;
typedef long long i64;
typedef unsigned long long u64;

struct plx_fault_cell {
  u64 order;  // 0: no fault; else launch << 32 | unit + 1
  i32 code;
  i32 site;
  i64 values[3];
  i32 lock;
  i32 reserved;
};

struct plx_launch_place {
  plx_fault_cell *fault;
  u64 launch;
  i64 site;
};

enum { PLX_FAULT_INDEX = 1, PLX_FAULT_DIVISION = 2 };

#ifndef PLX_EMULATED
#define PLX_UNCHECKED
#else
#define PLX_UNCHECKED __attribute__((no_sanitize("thread")))
#endif

// Of several faults of a run the first in program order stays: that of the lowest launch, then the
// lowest unit. Rare, so a lock will do.
PLX_UNCHECKED __device__ __noinline__ void plx_fail(plx_launch_place at, i32 code, i64 unit, i64 v0, i64 v1,
                                      i64 v2) {
  const u64 within = (u64)unit < 0xfffffffeull ? (u64)unit : 0xfffffffeull;
  const u64 order = (at.launch << 32) | (within + 1);
  plx_fault_cell *cell = at.fault;
  for (bool done = false; !done;) {
    if (atomicCAS(&cell->lock, 0, 1) != 0) continue;
    __threadfence();
    volatile plx_fault_cell *shared = cell;
    if (shared->order == 0 || order < shared->order) {
      shared->order = order;
      shared->code = code;
      shared->site = (i32)at.site;
      shared->values[0] = v0;
      shared->values[1] = v1;
      shared->values[2] = v2;
    }
    __threadfence();
    atomicExch(&cell->lock, 0);
    done = true;
  }
}

// A buffer that begins where a vector may: neighbours are then moved together.
template <typename T>
__device__ __forceinline__ T *aligned(T *buffer) {
  return (T *)__builtin_assume_aligned(buffer, 16);
}

template <typename T>
__device__ __forceinline__ T lesser(T a, T b) {
  return b < a ? b : a;
}
template <typename T>
__device__ __forceinline__ T greater(T a, T b) {
  return a < b ? b : a;
}

// Of ints that may be unsigned, which compilers warn of when they are compared with 0.
template <typename T>
__device__ __forceinline__ bool is_negative(T a) {
  return a < (T)1 && a != 0;
}

// Whether 0 <= i < n.
template <typename T>
__device__ __forceinline__ bool within(T i, T n) {
  return i >= 0 && i < n;
}

// Rounds towards minus infinity; 0 where the divisor is 0.
template <typename T>
__device__ __forceinline__ T floor_div(T a, T b) {
  if (b == 0) return 0;
  const T quotient = a / b, remainder = a % b;
  return quotient - (remainder != 0 && ((remainder ^ b) < 0) ? 1 : 0);
}
template <typename T>
__device__ __forceinline__ T ceil_div(T a, T b) {
  return b == 0 ? 0 : -floor_div(-a, b);
}

// An index from data: clamped where it is out of range, which is a fault where `counts`.
template <typename T>
__device__ __forceinline__ i64 checked_index(T value, i64 extent, bool wrap, bool counts,
                                             plx_launch_place at, i64 unit) {
  i64 index = (i64)value;
  if (wrap && index < 0) index += extent;
  if ((u64)index >= (u64)extent) {
    if (counts) plx_fail(at, PLX_FAULT_INDEX, unit, (i64)value, wrap ? -extent : 0, extent - 1);
    index = greater(lesser(index, extent - 1), (i64)0);
  }
  return index;
}

template <typename To, typename From>
__device__ __forceinline__ To bits_as(From from) {
  static_assert(sizeof(To) == sizeof(From), "the same bits as another type of their width");
  union {
    From from;
    To to;
  } both;
  both.from = from;
  return both.to;
}
