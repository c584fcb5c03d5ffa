// What CUDA C++ means on a CPU: put before the text of a kernel that the emulator compiles with
// clang. No include, as under NVRTC. Functions whose names begin with plx_emu_ lie in the plugin;
// a line as default argument is that of the call.
#define PLX_EMULATED 1

// ---- Declarations

#define __global__
#define __device__ inline
#define __host__
#define __constant__ static const
#define __forceinline__ inline __attribute__((always_inline))
#define __noinline__ __attribute__((noinline))
#define __launch_bounds__(...)
#define __grid_constant__
#define __align__(bytes) __attribute__((aligned(bytes)))
// For what must not be checked: the fault cell, which is written under a lock.
#define PLX_EMU_UNCHECKED __attribute__((no_sanitize("thread"), noinline))
// One block runs at a time, so a block's memory is static. The gap before each array makes what
// runs over its neighbour visible; `used` keeps the optimizer from reasoning about who reads it.
#define PLX_EMU_JOIN2(a, b) a##b
#define PLX_EMU_JOIN(a, b) PLX_EMU_JOIN2(a, b)
#define PLX_EMU_SHARED __attribute__((section("plx_emu_shared"), used))
#define __shared__                                                             \
  static unsigned char PLX_EMU_JOIN(plx_emu_gap_, __COUNTER__)[64] PLX_EMU_SHARED; \
  static PLX_EMU_SHARED

typedef unsigned long size_t;

// ---- Vectors: one access each, as on the device

#define PLX_EMU_VECTOR(type, name, n) typedef type name##n __attribute__((ext_vector_type(n)));
#define PLX_EMU_VECTORS(type, name)                                              \
  PLX_EMU_VECTOR(type, name, 2)                                                  \
  PLX_EMU_VECTOR(type, name, 4)                                                  \
  __device__ name##2 make_##name##2(type x, type y) { return name##2 {x, y}; }   \
  __device__ name##4 make_##name##4(type x, type y, type z, type w) { return name##4 {x, y, z, w}; }
PLX_EMU_VECTORS(signed char, char)
PLX_EMU_VECTORS(unsigned char, uchar)
PLX_EMU_VECTORS(short, short)
PLX_EMU_VECTORS(unsigned short, ushort)
PLX_EMU_VECTORS(int, int)
PLX_EMU_VECTORS(unsigned, uint)
PLX_EMU_VECTORS(float, float)
#define PLX_EMU_PAIR(type, name) \
  PLX_EMU_VECTOR(type, name, 2)  \
  __device__ name##2 make_##name##2(type x, type y) { return name##2 {x, y}; }
PLX_EMU_PAIR(long long, longlong)
PLX_EMU_PAIR(unsigned long long, ulonglong)
PLX_EMU_PAIR(double, double)

// ---- Places

extern "C" {
__attribute__((const)) unsigned plx_emu_thread(void);
__attribute__((const)) unsigned plx_emu_block(void);
__attribute__((const)) unsigned plx_emu_threads(void);
__attribute__((const)) unsigned plx_emu_blocks(void);
}
#define PLX_EMU_PLACE(name, what, rest)                                 \
  static const struct {                                                 \
    __declspec(property(get = get_x)) unsigned x;                       \
    __declspec(property(get = get_y)) unsigned y;                       \
    __declspec(property(get = get_y)) unsigned z;                       \
    static unsigned get_x() { return plx_emu_##what(); }                \
    static unsigned get_y() { return rest; }                            \
  } name{};
PLX_EMU_PLACE(threadIdx, thread, 0)
PLX_EMU_PLACE(blockIdx, block, 0)
PLX_EMU_PLACE(blockDim, threads, 1)
PLX_EMU_PLACE(gridDim, blocks, 1)
static const int warpSize = 32;

// ---- Barriers, shuffles, votes

extern "C" {
void plx_emu_block_barrier(int line);
void plx_emu_warp_barrier(unsigned mask, int line);
unsigned long long plx_emu_shuffle(int kind, unsigned mask, unsigned long long bits, int argument,
                                   int width, int line);
unsigned plx_emu_ballot(unsigned mask, int yes, int line);
unsigned plx_emu_active(void);
void plx_emu_trap(void);
}
__device__ void __syncthreads(int line = __builtin_LINE()) { plx_emu_block_barrier(line); }
__device__ void __syncwarp(unsigned mask = 0xffffffffu, int line = __builtin_LINE()) {
  plx_emu_warp_barrier(mask, line);
}
template <class T>
__device__ T plx_emu_shuffle_any(int kind, unsigned mask, T value, int argument, int width,
                                 int line) {
  static_assert(sizeof(T) <= 8, "shuffles move values of up to 8 bytes");
  unsigned long long bits = 0;
  __builtin_memcpy(&bits, &value, sizeof(T));
  bits = plx_emu_shuffle(kind, mask, bits, argument, width, line);
  __builtin_memcpy(&value, &bits, sizeof(T));
  return value;
}
#define PLX_EMU_SHUFFLE(name, kind)                                           \
  template <class T>                                                          \
  __device__ T name(unsigned mask, T value, int argument, int width = 32,     \
                    int line = __builtin_LINE()) {                            \
    return plx_emu_shuffle_any(kind, mask, value, argument, width, line);     \
  }
PLX_EMU_SHUFFLE(__shfl_sync, 0)
PLX_EMU_SHUFFLE(__shfl_up_sync, 1)
PLX_EMU_SHUFFLE(__shfl_down_sync, 2)
PLX_EMU_SHUFFLE(__shfl_xor_sync, 3)
__device__ unsigned __ballot_sync(unsigned mask, int yes, int line = __builtin_LINE()) {
  return plx_emu_ballot(mask, yes, line);
}
__device__ int __any_sync(unsigned mask, int yes, int line = __builtin_LINE()) {
  return plx_emu_ballot(mask, yes, line) != 0;
}
__device__ int __all_sync(unsigned mask, int yes, int line = __builtin_LINE()) {
  return plx_emu_ballot(mask, !yes, line) == 0;
}
__device__ unsigned __activemask() { return plx_emu_active(); }
__device__ void __threadfence() {}
__device__ void __threadfence_block() {}
__device__ void __trap() { plx_emu_trap(); }
__device__ void __nanosleep(unsigned) {}

// ---- Atomics

// Threads take turns, so an atomic operation is a plain one; only the check knows it as atomic.
extern "C" void plx_emu_touch_atomic(const void *address, int bytes, const void *pc);
template <class T, class F>
PLX_EMU_UNCHECKED inline T plx_emu_atomic(T *address, F change) {
  plx_emu_touch_atomic(address, sizeof(T), __builtin_return_address(0));
  T old = *address;
  *address = change(old);
  return old;
}
template <class T>
struct plx_emu_same {
  typedef T type;
};
#define PLX_EMU_ATOMIC(name, result)                                                           \
  template <class T>                                                                           \
  __device__ T name(T *address, typename plx_emu_same<T>::type value) {                        \
    return plx_emu_atomic(address, [=](T old) PLX_EMU_UNCHECKED -> T { return result; });      \
  }
PLX_EMU_ATOMIC(atomicExch, ((void)old, value))
PLX_EMU_ATOMIC(atomicAdd, old + value)
PLX_EMU_ATOMIC(atomicSub, old - value)
PLX_EMU_ATOMIC(atomicMin, value < old ? value : old)
PLX_EMU_ATOMIC(atomicMax, old < value ? value : old)
PLX_EMU_ATOMIC(atomicAnd, old & value)
PLX_EMU_ATOMIC(atomicOr, old | value)
PLX_EMU_ATOMIC(atomicXor, old ^ value)
template <class T>
__device__ T atomicCAS(T *address, typename plx_emu_same<T>::type expected,
                       typename plx_emu_same<T>::type value) {
  return plx_emu_atomic(
      address, [=](T old) PLX_EMU_UNCHECKED -> T { return old == expected ? value : old; });
}

// ---- clang's checks of undefined behaviour

// Defined here, since a program that is checked itself brings handlers of these names, which would
// come first.
#define PLX_EMU_HANDLER __attribute__((visibility("hidden"), used, no_sanitize("thread")))
extern "C" {
void plx_emu_index_beyond(void *data, size_t index);
void plx_emu_division_by_zero(void *data);
void plx_emu_shift_beyond(void *data, size_t by);
PLX_EMU_HANDLER void __ubsan_handle_out_of_bounds(void *data, size_t index) {
  plx_emu_index_beyond(data, index);
}
PLX_EMU_HANDLER void __ubsan_handle_divrem_overflow(void *data, size_t, size_t) {
  plx_emu_division_by_zero(data);
}
PLX_EMU_HANDLER void __ubsan_handle_shift_out_of_bounds(void *data, size_t, size_t by) {
  plx_emu_shift_beyond(data, by);
}
}

// ---- What is inline PTX on the device

extern "C" {
float plx_emu_f16_to_f32(unsigned short bits);
unsigned short plx_emu_f32_to_f16(float value);
// Of 16 bytes; only the first `bytes` are read, the others become 0.
void plx_emu_cp_async(void *to, const void *from, int bytes, const void *pc);
void plx_emu_cp_async_commit(void);
void plx_emu_cp_async_wait(int groups_left);
void plx_emu_mma(int kind, float *d, const unsigned *a, const unsigned *b, int line);
}
PLX_EMU_UNCHECKED inline void plx_emu_cp_async_16(void *shared_to, const void *global_from,
                                                  int bytes = 16) {
  plx_emu_cp_async(shared_to, global_from, bytes, __builtin_return_address(0));
}
__device__ void plx_emu_mma_m16n8k16_f16(float d[4], const unsigned a[4], const unsigned b[2],
                                         int line = __builtin_LINE()) {
  plx_emu_mma(0, d, a, b, line);
}
__device__ void plx_emu_mma_m16n8k16_bf16(float d[4], const unsigned a[4], const unsigned b[2],
                                          int line = __builtin_LINE()) {
  plx_emu_mma(1, d, a, b, line);
}
__device__ void plx_emu_mma_m16n8k8_tf32(float d[4], const unsigned a[4], const unsigned b[2],
                                         int line = __builtin_LINE()) {
  plx_emu_mma(2, d, a, b, line);
}

// ---- Bits

template <class To, class From>
__device__ To plx_emu_bits(From from) {
  To to;
  __builtin_memcpy(&to, &from, sizeof(To));
  return to;
}
__device__ float __int_as_float(int x) { return plx_emu_bits<float>(x); }
__device__ float __uint_as_float(unsigned x) { return plx_emu_bits<float>(x); }
__device__ int __float_as_int(float x) { return plx_emu_bits<int>(x); }
__device__ unsigned __float_as_uint(float x) { return plx_emu_bits<unsigned>(x); }
__device__ long long __double_as_longlong(double x) { return plx_emu_bits<long long>(x); }
__device__ double __longlong_as_double(long long x) { return plx_emu_bits<double>(x); }
__device__ double __hiloint2double(int hi, int lo) {
  return plx_emu_bits<double>((unsigned long long)(unsigned)hi << 32 | (unsigned)lo);
}
__device__ int __double2hiint(double x) { return (int)(__double_as_longlong(x) >> 32); }
__device__ int __double2loint(double x) { return (int)__double_as_longlong(x); }
__device__ int __popc(unsigned x) { return __builtin_popcount(x); }
__device__ int __popcll(unsigned long long x) { return __builtin_popcountll(x); }
__device__ int __clz(int x) { return x ? __builtin_clz(x) : 32; }
__device__ int __clzll(long long x) { return x ? __builtin_clzll(x) : 64; }
__device__ int __ffs(int x) { return __builtin_ffs(x); }
__device__ int __ffsll(long long x) { return __builtin_ffsll(x); }
__device__ unsigned __brev(unsigned x) { return __builtin_bitreverse32(x); }
__device__ unsigned long long __brevll(unsigned long long x) { return __builtin_bitreverse64(x); }
__device__ unsigned __umulhi(unsigned a, unsigned b) {
  return (unsigned)((unsigned long long)a * b >> 32);
}
__device__ int __mulhi(int a, int b) { return (int)((long long)a * b >> 32); }
__device__ unsigned long long __umul64hi(unsigned long long a, unsigned long long b) {
  return (unsigned long long)((unsigned __int128)a * b >> 64);
}
__device__ long long __mul64hi(long long a, long long b) {
  return (long long)((__int128)a * b >> 64);
}
__device__ unsigned __funnelshift_l(unsigned lo, unsigned hi, unsigned by) {
  return (unsigned)((((unsigned long long)hi << 32 | lo) << (by & 31)) >> 32);
}
__device__ unsigned __funnelshift_r(unsigned lo, unsigned hi, unsigned by) {
  return (unsigned)(((unsigned long long)hi << 32 | lo) >> (by & 31));
}
__device__ unsigned __byte_perm(unsigned x, unsigned y, unsigned selector) {
  unsigned long long bytes = (unsigned long long)y << 32 | x;
  unsigned result = 0;
  for (int i = 0; i < 4; ++i) {
    result |= (unsigned)(bytes >> (8 * (selector >> (4 * i) & 7)) & 0xff) << (8 * i);
  }
  return result;
}
template <class T>
__device__ T __ldg(const T *address) {
  return *address;
}

// ---- Arithmetic: the host's libm, and the overloads that CUDA has

#define PLX_EMU_MATH1(name)                   \
  extern "C" double name(double) noexcept;    \
  extern "C" float name##f(float) noexcept;   \
  __device__ float name(float x) { return name##f(x); }
#define PLX_EMU_MATH2(name)                         \
  extern "C" double name(double, double) noexcept;  \
  extern "C" float name##f(float, float) noexcept;  \
  __device__ float name(float x, float y) { return name##f(x, y); }
PLX_EMU_MATH1(exp) PLX_EMU_MATH1(exp2) PLX_EMU_MATH1(exp10) PLX_EMU_MATH1(expm1)
PLX_EMU_MATH1(log) PLX_EMU_MATH1(log2) PLX_EMU_MATH1(log10) PLX_EMU_MATH1(log1p)
PLX_EMU_MATH1(sin) PLX_EMU_MATH1(cos) PLX_EMU_MATH1(tan) PLX_EMU_MATH1(sinh)
PLX_EMU_MATH1(cosh) PLX_EMU_MATH1(tanh) PLX_EMU_MATH1(asin) PLX_EMU_MATH1(acos)
PLX_EMU_MATH1(atan) PLX_EMU_MATH1(asinh) PLX_EMU_MATH1(acosh) PLX_EMU_MATH1(atanh)
PLX_EMU_MATH1(sqrt) PLX_EMU_MATH1(cbrt) PLX_EMU_MATH1(erf) PLX_EMU_MATH1(erfc)
PLX_EMU_MATH1(lgamma) PLX_EMU_MATH1(tgamma) PLX_EMU_MATH1(floor) PLX_EMU_MATH1(ceil)
PLX_EMU_MATH1(trunc) PLX_EMU_MATH1(round) PLX_EMU_MATH1(rint) PLX_EMU_MATH1(nearbyint)
PLX_EMU_MATH1(fabs) PLX_EMU_MATH1(logb)
PLX_EMU_MATH2(pow) PLX_EMU_MATH2(fmod) PLX_EMU_MATH2(atan2) PLX_EMU_MATH2(hypot)
PLX_EMU_MATH2(copysign) PLX_EMU_MATH2(fmax) PLX_EMU_MATH2(fmin) PLX_EMU_MATH2(fdim)
PLX_EMU_MATH2(remainder) PLX_EMU_MATH2(nextafter)
extern "C" {
double fma(double, double, double) noexcept;
float fmaf(float, float, float) noexcept;
double ldexp(double, int) noexcept;
float ldexpf(float, int) noexcept;
double frexp(double, int *) noexcept;
float frexpf(float, int *) noexcept;
double scalbn(double, int) noexcept;
float scalbnf(float, int) noexcept;
double modf(double, double *) noexcept;
float modff(float, float *) noexcept;
int ilogb(double) noexcept;
int ilogbf(float) noexcept;
long long llrint(double) noexcept;
long long llrintf(float) noexcept;
long long llround(double) noexcept;
long long llroundf(float) noexcept;
}
__device__ float fma(float x, float y, float z) { return fmaf(x, y, z); }
__device__ float ldexp(float x, int n) { return ldexpf(x, n); }
__device__ float frexp(float x, int *n) { return frexpf(x, n); }
__device__ double rsqrt(double x) { return 1 / sqrt(x); }
__device__ float rsqrtf(float x) { return 1 / sqrtf(x); }
__device__ float __fsqrt_rn(float x) { return sqrtf(x); }
__device__ float __fmaf_rn(float x, float y, float z) { return fmaf(x, y, z); }
__device__ float __fadd_rn(float x, float y) { return x + y; }
__device__ float __fsub_rn(float x, float y) { return x - y; }
__device__ float __fmul_rn(float x, float y) { return x * y; }
__device__ float __fdiv_rn(float x, float y) { return x / y; }
__device__ float __frcp_rn(float x) { return 1 / x; }
__device__ float __fdividef(float x, float y) { return x / y; }
__device__ double __fma_rn(double x, double y, double z) { return fma(x, y, z); }
__device__ double __dadd_rn(double x, double y) { return x + y; }
__device__ double __dmul_rn(double x, double y) { return x * y; }
__device__ float __expf(float x) { return expf(x); }
__device__ float __exp2f(float x) { return exp2f(x); }
__device__ float __logf(float x) { return logf(x); }
__device__ float __log2f(float x) { return log2f(x); }
__device__ float __powf(float x, float y) { return powf(x, y); }
__device__ float __sinf(float x) { return sinf(x); }
__device__ float __cosf(float x) { return cosf(x); }
__device__ float __saturatef(float x) { return x > 0 ? (x < 1 ? x : 1.0f) : 0.0f; }
// Conversions saturate and turn NaN to 0, as the device's do; C++ leaves them undefined.
template <class To, class From>
__device__ To plx_emu_convert(From x) {
  const From low = (From)((To)1 << (sizeof(To) * 8 - 1));
  if (x != x) return 0;
  if ((To)-1 > 0) return x <= 0 ? 0 : x >= low * 2 ? (To)-1 : (To)x;
  const To most = (To)~((To)1 << (sizeof(To) * 8 - 1));
  return x < -(low < 0 ? -low : low) ? (To)~most : x >= (low < 0 ? -low : low) ? most : (To)x;
}
__device__ int __float2int_rn(float x) { return plx_emu_convert<int>(rintf(x)); }
__device__ int __float2int_rz(float x) { return plx_emu_convert<int>(truncf(x)); }
__device__ int __float2int_rd(float x) { return plx_emu_convert<int>(floorf(x)); }
__device__ int __float2int_ru(float x) { return plx_emu_convert<int>(ceilf(x)); }
__device__ unsigned __float2uint_rn(float x) { return plx_emu_convert<unsigned>(rintf(x)); }
__device__ unsigned __float2uint_rz(float x) { return plx_emu_convert<unsigned>(truncf(x)); }
__device__ long long __float2ll_rn(float x) { return plx_emu_convert<long long>(rintf(x)); }
__device__ long long __float2ll_rz(float x) { return plx_emu_convert<long long>(truncf(x)); }
__device__ unsigned long long __float2ull_rz(float x) {
  return plx_emu_convert<unsigned long long>(truncf(x));
}
__device__ int __double2int_rn(double x) { return plx_emu_convert<int>(rint(x)); }
__device__ int __double2int_rz(double x) { return plx_emu_convert<int>(trunc(x)); }
__device__ long long __double2ll_rn(double x) { return plx_emu_convert<long long>(rint(x)); }
__device__ long long __double2ll_rz(double x) { return plx_emu_convert<long long>(trunc(x)); }
__device__ unsigned long long __double2ull_rz(double x) {
  return plx_emu_convert<unsigned long long>(trunc(x));
}
__device__ float __int2float_rn(int x) { return (float)x; }
__device__ float __uint2float_rn(unsigned x) { return (float)x; }
__device__ float __ll2float_rn(long long x) { return (float)x; }
__device__ float __double2float_rn(double x) { return (float)x; }
template <class T>
__device__ bool isnan(T x) {
  return __builtin_isnan(x);
}
template <class T>
__device__ bool isinf(T x) {
  return __builtin_isinf(x);
}
template <class T>
__device__ bool isfinite(T x) {
  return __builtin_isfinite(x);
}
__device__ bool signbit(float x) { return __builtin_signbit(x); }
__device__ bool signbit(double x) { return __builtin_signbit(x); }
#define PLX_EMU_ORDERED(type)                                      \
  __device__ type min(type x, type y) { return y < x ? y : x; }    \
  __device__ type max(type x, type y) { return x < y ? y : x; }
PLX_EMU_ORDERED(int)
PLX_EMU_ORDERED(unsigned)
PLX_EMU_ORDERED(long)
PLX_EMU_ORDERED(unsigned long)
PLX_EMU_ORDERED(long long)
PLX_EMU_ORDERED(unsigned long long)
__device__ float min(float x, float y) { return fminf(x, y); }
__device__ float max(float x, float y) { return fmaxf(x, y); }
__device__ double min(double x, double y) { return fmin(x, y); }
__device__ double max(double x, double y) { return fmax(x, y); }
__device__ int abs(int x) { return x < 0 ? -x : x; }
__device__ long long llabs(long long x) { return x < 0 ? -x : x; }
__device__ float abs(float x) { return fabsf(x); }
__device__ double abs(double x) { return fabs(x); }

// ---- How the plugin calls a kernel: arguments by pointers, of any type

struct plx_emu_argument {
  int bytes;
  int is_pointer;
};
struct plx_emu_kernel {
  void (*call)(void *const *arguments);
  const plx_emu_argument *arguments;
  int num_arguments;
};
template <class T>
struct plx_emu_bare {
  typedef T type;
  static constexpr int is_pointer = 0;
};
template <class T>
struct plx_emu_bare<T *> {
  typedef T *type;
  static constexpr int is_pointer = 1;
};
template <class T, T... I>
struct plx_emu_indices {};
template <auto kKernel>
struct plx_emu_calls;
template <class... A, void (*kKernel)(A...)>
struct plx_emu_calls<kKernel> {
  static constexpr plx_emu_argument arguments[sizeof...(A) + 1] = {
      {(int)sizeof(A), plx_emu_bare<A>::is_pointer}..., {0, 0}};
  template <int... I>
  PLX_EMU_UNCHECKED static void apply(void *const *a, plx_emu_indices<int, I...>) {
    (void)a;
    kKernel(*(typename plx_emu_bare<A>::type *)a[I]...);
  }
  PLX_EMU_UNCHECKED static void call(void *const *a) {
    apply(a, __make_integer_seq<plx_emu_indices, int, sizeof...(A)>());
  }
};
#define PLX_EMU_KERNEL(name)                                                              \
  extern "C" __attribute__((visibility("default"), used)) const plx_emu_kernel            \
      plx_emu_kernel_##name = {plx_emu_calls<name>::call, plx_emu_calls<name>::arguments, \
                               sizeof(plx_emu_calls<name>::arguments) /                   \
                                       sizeof(plx_emu_argument) -                         \
                                   1};
