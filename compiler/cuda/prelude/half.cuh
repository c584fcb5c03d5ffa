// Floats narrower than f32: held as float in registers, as their bits in memory.
//
// Sources: IEEE 754-2019 (f16); OCP "8-bit Floating Point Specification" 1.0 (e4m3fn, e5m2) and
// "Microscaling Formats" 1.0 (e8m0, e2m1); ONNX, "Float stored in 8 bits" (fnuz, rules of Cast).

// Codes are magnitudes, without the sign bit.
struct narrow_format {
  int exponent_bits, mantissa_bits, bias;
  u64 largest, overflow, nan;
  bool has_infinity, unsigned_zero, saturates, has_nan;
};

// Code of a double rounded to nearest even. From double, so that every source is rounded once.
__device__ __forceinline__ u32 narrow_bits(double x, narrow_format f, bool saturate) {
  const u64 all = bits_as<u64>(x), sign = all >> 63, i = all & 0x7fffffffffffffffull;
  const u64 sign_bit = sign << (f.exponent_bits + f.mantissa_bits);
  if (x != x) return (u32)(!f.has_nan ? 0 : f.unsigned_zero ? f.nan : f.nan | sign_bit);
  const int dropped = 52 - f.mantissa_bits;
  const double magnitude = bits_as<double>(i);
  const double smallest_normal = bits_as<double>((u64)(1 - f.bias + 1023) << 52);
  u64 code;
  if (magnitude < smallest_normal) {
    // The sum with a constant whose last place is the format's smallest step rounds to it.
    const double anchor = bits_as<double>((u64)(1 - f.bias + dropped + 1023) << 52);
    code = bits_as<u64>(magnitude + anchor) - bits_as<u64>(anchor);
  } else {
    const u64 odd = (i >> dropped) & 1;
    code = (i + ((1ull << (dropped - 1)) - 1) + odd) >> dropped;
    code -= (u64)(1023 - f.bias) << f.mantissa_bits;
  }
  if (code > f.largest) code = saturate && f.saturates ? f.largest : f.overflow;
  if (f.unsigned_zero && (code == 0 || code == f.nan)) return (u32)code;
  return (u32)(code | sign_bit);
}

__device__ __forceinline__ float narrow_value(u32 bits, narrow_format f) {
  const int width = f.exponent_bits + f.mantissa_bits;
  const u32 magnitude = bits & ((1u << width) - 1), sign = (bits >> width) << 31;
  if (f.unsigned_zero && bits == f.nan) return not_a_number();
  if (f.has_infinity && magnitude >= f.overflow)
    return magnitude == f.overflow ? __int_as_float((int)(sign | 0x7f800000u)) : not_a_number();
  if (!f.has_infinity && !f.unsigned_zero && f.has_nan && magnitude == f.nan) return not_a_number();
  // With the narrow exponent in the wide field a denormal is one too; in double both are exact.
  const double value = bits_as<double>((u64)magnitude << (52 - f.mantissa_bits));
  const double scaled = value * bits_as<double>((u64)(1023 - f.bias + 1023) << 52);
  return __int_as_float((int)(sign | (u32)__float_as_int((float)scaled)));
}

#define PLX_NARROW(name, bits_type, ...)                                                  \
  __device__ __forceinline__ bits_type name##_bits(double x, bool saturate = false) {     \
    const narrow_format format = {__VA_ARGS__};                                           \
    return (bits_type)narrow_bits(x, format, saturate);                                   \
  }                                                                                       \
  __device__ __forceinline__ float name##_value(bits_type bits) {                         \
    const narrow_format format = {__VA_ARGS__};                                           \
    return narrow_value(bits, format);                                                    \
  }                                                                                       \
  __device__ __forceinline__ float name##_round(float x) { return name##_value(name##_bits(x)); }

PLX_NARROW(f8e4m3fn, u8, 4, 3, 7, 0x7e, 0x7f, 0x7f, false, false, true, true)
PLX_NARROW(f8e4m3fnuz, u8, 4, 3, 8, 0x7f, 0x80, 0x80, false, true, true, true)
PLX_NARROW(f8e5m2, u8, 5, 2, 15, 0x7b, 0x7c, 0x7e, true, false, true, true)
PLX_NARROW(f8e5m2fnuz, u8, 5, 2, 16, 0x7f, 0x80, 0x80, false, true, true, true)
PLX_NARROW(f4e2m1, u8, 2, 1, 1, 0x7, 0x7, 0x0, false, false, true, false)

// A power of two: the exponent alone, no sign, no zero.
__device__ __forceinline__ u8 f8e8m0_bits(double x, bool saturate = false) {
  const u64 i = bits_as<u64>(x) & 0x7fffffffffffffffull;
  if (i >= 0x7ff0000000000000ull) return 255;
  const double a = bits_as<double>(i);
  if (a < bits_as<double>((u64)(1023 - 126) << 52))
    return a >= bits_as<double>(((u64)(1023 - 127) << 52) | (1ull << 51)) ? 1 : 0;
  const i64 code = (i64)((i + (1ull << 51)) >> 52) - (1023 - 127);
  return (u8)(code > 254 ? (saturate ? 254 : 255) : code);
}
__device__ __forceinline__ float f8e8m0_value(u8 bits) {
  if (bits == 255) return not_a_number();
  return __int_as_float(bits == 0 ? 0x00400000 : (int)bits << 23);
}
__device__ __forceinline__ float f8e8m0_round(float x) { return f8e8m0_value(f8e8m0_bits(x)); }

// f16 and bf16 have instructions.
__device__ __forceinline__ float f16_value(u16 bits) {
#ifdef PLX_EMULATED
  return plx_emu_f16_to_f32(bits);
#else
  float value;
  asm("cvt.f32.f16 %0, %1;" : "=f"(value) : "h"(bits));
  return value;
#endif
}
__device__ __forceinline__ u16 f16_bits(float x, bool = false) {
  if (x != x) return (u16)(((u32)__float_as_int(x) >> 16 & 0x8000u) | 0x7e00u);
#ifdef PLX_EMULATED
  return plx_emu_f32_to_f16(x);
#else
  u16 bits;
  asm("cvt.rn.f16.f32 %0, %1;" : "=h"(bits) : "f"(x));
  return bits;
#endif
}
__device__ __forceinline__ u16 f16_bits(double x, bool = false) {
  const narrow_format format = {5, 10, 15, 0x7bff, 0x7c00, 0x7e00, true, false, false, true};
  return (u16)narrow_bits(x, format, false);
}
__device__ __forceinline__ float f16_round(float x) { return f16_value(f16_bits(x)); }

__device__ __forceinline__ float bf16_value(u16 bits) {
  return __int_as_float((int)((u32)bits << 16));
}
__device__ __forceinline__ u16 bf16_bits(float x, bool = false) {
  const u32 bits = (u32)__float_as_int(x);
  if (x != x) return (u16)((bits >> 16 & 0x8000u) | 0x7fc0u);
  return (u16)((bits + 0x7fffu + (bits >> 16 & 1)) >> 16);
}
__device__ __forceinline__ u16 bf16_bits(double x, bool = false) {
  const narrow_format format = {8, 7, 127, 0x7f7f, 0x7f80, 0x7fc0, true, false, false, true};
  return (u16)narrow_bits(x, format, false);
}
__device__ __forceinline__ float bf16_round(float x) { return bf16_value(bf16_bits(x)); }
