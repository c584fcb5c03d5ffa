#include "runtime/core/element.h"

#include <math.h>
#include <string.h>

#include "plexus_rt.h"

namespace plx {
namespace {

constexpr ElementInfo kElements[PLX_NUM_ELEMENT_TYPES] = {
    {"undefined", 0, 0, ElementClass::String},
    {"f32", 4, 32, ElementClass::Float},
    {"u8", 1, 8, ElementClass::Unsigned},
    {"i8", 1, 8, ElementClass::Signed},
    {"u16", 2, 16, ElementClass::Unsigned},
    {"i16", 2, 16, ElementClass::Signed},
    {"i32", 4, 32, ElementClass::Signed},
    {"i64", 8, 64, ElementClass::Signed},
    {"string", sizeof(plx_string), 0, ElementClass::String},
    {"bool", 1, 8, ElementClass::Bool},
    {"f16", 2, 16, ElementClass::Float},
    {"f64", 8, 64, ElementClass::Float},
    {"u32", 4, 32, ElementClass::Unsigned},
    {"u64", 8, 64, ElementClass::Unsigned},
    {"c64", 8, 64, ElementClass::Complex},
    {"c128", 16, 128, ElementClass::Complex},
    {"bf16", 2, 16, ElementClass::Float},
    {"f8e4m3fn", 1, 8, ElementClass::Float},
    {"f8e4m3fnuz", 1, 8, ElementClass::Float},
    {"f8e5m2", 1, 8, ElementClass::Float},
    {"f8e5m2fnuz", 1, 8, ElementClass::Float},
    {"u4", 1, 4, ElementClass::Unsigned},
    {"i4", 1, 4, ElementClass::Signed},
    {"f4e2m1", 1, 4, ElementClass::Float},
    {"f8e8m0", 1, 8, ElementClass::Float},
    {"u2", 1, 2, ElementClass::Unsigned},
    {"i2", 1, 2, ElementClass::Signed},
};

// A small float: sign, exponent, mantissa; how it writes what is not finite.
struct SmallFloat {
  int exponent_bits;
  int mantissa_bits;
  int bias;
  enum {
    Ieee,
    OneNan,
    NegativeZeroNan,
    Finite
  } specials;  // OneNan: all ones; NegativeZeroNan: FNUZ
};

const SmallFloat *small_float(int32_t type) {
  static constexpr SmallFloat f16 = {5, 10, 15, SmallFloat::Ieee};
  static constexpr SmallFloat bf16 = {8, 7, 127, SmallFloat::Ieee};
  static constexpr SmallFloat e4m3fn = {4, 3, 7, SmallFloat::OneNan};
  static constexpr SmallFloat e4m3fnuz = {4, 3, 8, SmallFloat::NegativeZeroNan};
  static constexpr SmallFloat e5m2 = {5, 2, 15, SmallFloat::Ieee};
  static constexpr SmallFloat e5m2fnuz = {5, 2, 16, SmallFloat::NegativeZeroNan};
  static constexpr SmallFloat e2m1 = {2, 1, 1, SmallFloat::Finite};
  switch (type) {
    case PLX_F16:
      return &f16;
    case PLX_BF16:
      return &bf16;
    case PLX_F8E4M3FN:
      return &e4m3fn;
    case PLX_F8E4M3FNUZ:
      return &e4m3fnuz;
    case PLX_F8E5M2:
      return &e5m2;
    case PLX_F8E5M2FNUZ:
      return &e5m2fnuz;
    case PLX_F4E2M1:
      return &e2m1;
    default:
      return nullptr;
  }
}

double decode(const SmallFloat &f, uint32_t bits) {
  uint32_t exponent_mask = (1u << f.exponent_bits) - 1;
  uint32_t mantissa_mask = (1u << f.mantissa_bits) - 1;
  uint32_t mantissa = bits & mantissa_mask;
  uint32_t exponent = (bits >> f.mantissa_bits) & exponent_mask;
  bool negative = (bits >> (f.mantissa_bits + f.exponent_bits)) & 1;
  if (f.specials == SmallFloat::Ieee && exponent == exponent_mask) {
    if (mantissa != 0) return NAN;
    return negative ? -INFINITY : INFINITY;
  }
  bool all_ones = exponent == exponent_mask && mantissa == mantissa_mask;
  if (f.specials == SmallFloat::OneNan && all_ones) return NAN;
  if (f.specials == SmallFloat::NegativeZeroNan && negative && exponent == 0 && mantissa == 0) {
    return NAN;
  }
  double value = exponent == 0 ? ldexp(mantissa, 1 - f.bias - f.mantissa_bits)
                               : ldexp(mantissa | (1u << f.mantissa_bits),
                                       static_cast<int>(exponent) - f.bias - f.mantissa_bits);
  return negative ? -value : value;
}

// |value| <= 1, so neither overflow nor a special value arises.
uint32_t encode(const SmallFloat &f, double value) {
  bool negative = signbit(value) != 0;
  double magnitude = fabs(value);
  int exponent = 0;
  frexp(magnitude, &exponent);  // magnitude in [2^(exponent-1), 2^exponent)
  int least = 1 - f.bias;       // exponent of the least normal number
  int scale = magnitude == 0 || exponent - 1 < least ? least : exponent - 1;
  // nearbyint rounds to even in the default mode; a carry into the next exponent adds up correctly
  // below.
  auto mantissa = static_cast<uint32_t>(nearbyint(ldexp(magnitude, f.mantissa_bits - scale)));
  uint32_t hidden = 1u << f.mantissa_bits;
  uint32_t bits = mantissa;
  if (mantissa >= hidden) {
    bits = (static_cast<uint32_t>(scale + f.bias) << f.mantissa_bits) + (mantissa - hidden);
  }
  if (bits == 0 && f.specials == SmallFloat::NegativeZeroNan) return 0;
  return bits | (static_cast<uint32_t>(negative) << (f.mantissa_bits + f.exponent_bits));
}

template <typename T>
T read_as(const void *at) {
  T value;
  memcpy(&value, at, sizeof value);
  return value;
}

}  // namespace

const ElementInfo *element_info(int32_t element_type) {
  if (element_type <= PLX_UNDEFINED || element_type >= PLX_NUM_ELEMENT_TYPES) return nullptr;
  return &kElements[element_type];
}

double load_element(int32_t element_type, const void *at) {
  switch (element_type) {
    case PLX_F32:
    case PLX_C64:
      return static_cast<double>(read_as<float>(at));
    case PLX_F64:
    case PLX_C128:
      return read_as<double>(at);
    case PLX_U8:
    case PLX_BOOL:
    case PLX_U4:
    case PLX_U2:
      return read_as<uint8_t>(at);
    case PLX_I8:
    case PLX_I4:
    case PLX_I2:
      return read_as<int8_t>(at);
    case PLX_U16:
      return read_as<uint16_t>(at);
    case PLX_I16:
      return read_as<int16_t>(at);
    case PLX_I32:
      return read_as<int32_t>(at);
    case PLX_U32:
      return read_as<uint32_t>(at);
    case PLX_I64:
      return static_cast<double>(read_as<int64_t>(at));
    case PLX_U64:
      return static_cast<double>(read_as<uint64_t>(at));
    case PLX_F16:
    case PLX_BF16:
      return decode(*small_float(element_type), read_as<uint16_t>(at));
    case PLX_F8E8M0: {
      int exponent = read_as<uint8_t>(at);
      return exponent == 255 ? NAN : ldexp(1.0, exponent - 127);
    }
    default: {
      const SmallFloat *f = small_float(element_type);
      return f == nullptr ? 0 : decode(*f, read_as<uint8_t>(at));
    }
  }
}

void store_float(int32_t element_type, double value, void *at) {
  if (element_type == PLX_F32) {
    auto single = static_cast<float>(value);
    memcpy(at, &single, sizeof single);
  } else if (element_type == PLX_F64) {
    memcpy(at, &value, sizeof value);
  } else if (element_type == PLX_F8E8M0) {
    *static_cast<uint8_t *>(at) = 127;  // 1: neither sign nor zero exist
  } else if (const SmallFloat *f = small_float(element_type)) {
    uint32_t bits = encode(*f, value);
    memcpy(at, &bits, static_cast<size_t>(kElements[element_type].bytes));
  }
}

}  // namespace plx

extern "C" {

const char *plx_element_name(int32_t element_type) {
  const plx::ElementInfo *info = plx::element_info(element_type);
  return info == nullptr ? "unknown" : info->name;
}

int64_t plx_element_bytes(int32_t element_type) {
  const plx::ElementInfo *info = plx::element_info(element_type);
  return info == nullptr ? 0 : info->bytes;
}

}  // extern "C"
