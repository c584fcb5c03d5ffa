// Floats of 16 bits as numbers.
#ifndef PLEXUS_RUNTIME_TRAIN_HALF_H
#define PLEXUS_RUNTIME_TRAIN_HALF_H

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>

namespace plx::train {

/// IEEE 754's layout with so many bits of fraction (f16: 10, bf16: 7), by arithmetic: where data
/// are read, a nanosecond more is nothing.
template <int kFraction>
struct Narrow {
  uint16_t bits = 0;

  static constexpr int kExponentBits = 15 - kFraction;
  static constexpr int kBias = (1 << (kExponentBits - 1)) - 1, kMaxExponent = kBias;

  Narrow() = default;
  /// To nearest, ties to even; too large becomes infinite.
  explicit Narrow(double value) {
    const uint16_t sign = std::signbit(value) ? 0x8000 : 0;
    const uint16_t infinity = ((1 << kExponentBits) - 1) << kFraction;
    if (std::isnan(value)) {
      bits = infinity | 1 << (kFraction - 1);
      return;
    }
    double size = std::abs(value);
    int exponent = 1 - kBias;  // that of zero and the subnormals
    if (size > 0 && std::isfinite(size)) exponent = std::max(exponent, std::ilogb(size));
    // In units of the last place, the hidden bit included; a carry out of it raises the exponent.
    double units = std::nearbyint(std::ldexp(size, kFraction - exponent));
    double scaled = units + std::ldexp(exponent + kBias - 1, kFraction);
    bits = sign | (scaled < infinity ? static_cast<uint16_t>(scaled) : infinity);
  }
  explicit operator double() const {
    int exponent = bits >> kFraction & ((1 << kExponentBits) - 1);
    int fraction = bits & ((1 << kFraction) - 1);
    double size;
    if (exponent == (1 << kExponentBits) - 1)
      size = fraction ? std::numeric_limits<double>::quiet_NaN()
                      : std::numeric_limits<double>::infinity();
    else
      size = std::ldexp(fraction + (exponent > 0 ? 1 << kFraction : 0),
                        std::max(exponent, 1) - kBias - kFraction);
    return bits & 0x8000 ? -size : size;
  }
};

using Half = Narrow<10>;
using BFloat16 = Narrow<7>;

}  // namespace plx::train

#endif  // PLEXUS_RUNTIME_TRAIN_HALF_H
