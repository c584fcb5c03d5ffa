// Rounding to every element type.
#include "ir/eval/Rounding.h"

#include <bit>
#include <cmath>
#include <limits>

#include "ir/eval/Value.h"
#include "llvm/ADT/APFloat.h"

namespace plx::eval {

static llvm::APFloat toDouble(llvm::APFloat value) {
  bool losesInfo;
  value.convert(llvm::APFloat::IEEEdouble(), llvm::APFloat::rmNearestTiesToEven, &losesInfo);
  return value;
}

double decodeFloat(mlir::FloatType type, uint64_t pattern) {
  if (type.isF64()) return std::bit_cast<double>(pattern);
  if (type.isF32()) return std::bit_cast<float>(static_cast<uint32_t>(pattern));
  if (mlir::isa<mlir::Float8E8M0FNUType>(type))  // a biased exponent; all ones is NaN
    return pattern == 0xff ? std::numeric_limits<double>::quiet_NaN()
                           : std::ldexp(1.0, static_cast<int>(pattern) - 127);
  return toDouble(llvm::APFloat(type.getFloatSemantics(), llvm::APInt(type.getWidth(), pattern)))
      .convertToDouble();
}

uint64_t encodeFloat(mlir::FloatType type, double value) {
  if (type.isF64()) return std::bit_cast<uint64_t>(value);
  if (type.isF32()) return std::bit_cast<uint32_t>(static_cast<float>(value));
  if (type.isBF16()) return std::bit_cast<uint32_t>(static_cast<float>(value)) >> 16;
  if (mlir::isa<mlir::Float8E8M0FNUType>(type))
    return std::isnan(value) ? 0xff : static_cast<uint64_t>(std::ilogb(value) + 127);
  const llvm::fltSemantics &semantics = type.getFloatSemantics();
  if (std::isnan(value)) return llvm::APFloat::getQNaN(semantics).bitcastToAPInt().getZExtValue();
  llvm::APFloat exact(value);
  bool losesInfo;
  exact.convert(semantics, llvm::APFloat::rmNearestTiesToEven, &losesInfo);
  return exact.bitcastToAPInt().getZExtValue();
}

double largestOf(mlir::FloatType type) {
  if (mlir::isa<mlir::Float8E8M0FNUType>(type)) return 0x1p127;
  return toDouble(llvm::APFloat::getLargest(type.getFloatSemantics())).convertToDouble();
}

namespace {
/// Rounds half to even to a type of `mantissa` explicit bits, whose smallest normal is
/// 2^minExponent and whose largest finite value is `largest`; beyond it: infinity.
double roundBinary(double value, int mantissa, int minExponent, double largest) {
  if (!std::isfinite(value)) return value;
  double magnitude = std::fabs(value);
  double rounded;
  if (magnitude < std::ldexp(1.0, minExponent)) {
    // Subnormal: adding 1.5 * 2^(52 + exponent of the last place) leaves exactly the wanted bits.
    double magic = std::ldexp(1.5, 52 + minExponent - mantissa);
    volatile double sum = magnitude + magic;
    rounded = sum - magic;
  } else {
    uint64_t bits = std::bit_cast<uint64_t>(magnitude);
    int dropped = 52 - mantissa;
    bits += (uint64_t{1} << (dropped - 1)) - 1 + ((bits >> dropped) & 1);
    rounded = std::bit_cast<double>(bits & ~((uint64_t{1} << dropped) - 1));
  }
  if (rounded > largest) rounded = std::numeric_limits<double>::infinity();
  return std::copysign(rounded, value);
}

/// Powers of two from 2^-127 to 2^127, no zero; the sign is dropped: nearest, ties up (ONNX Cast,
/// `round_mode` nearest).
double roundToExponent(double value) {
  value = std::fabs(value);
  if (!std::isfinite(value)) return std::numeric_limits<double>::quiet_NaN();
  if (value <= 0x1p-127) return 0x1p-127;
  int exponent;
  double fraction =
      std::frexp(value, &exponent);  // value = fraction * 2^exponent, fraction in [0.5, 1)
  double rounded = std::ldexp(1.0, fraction >= 0.75 ? exponent : exponent - 1);
  return rounded > 0x1p127 ? std::numeric_limits<double>::quiet_NaN() : rounded;
}

double roundByApfloat(mlir::FloatType type, double value) {
  const llvm::fltSemantics &semantics = type.getFloatSemantics();
  if (mlir::isa<mlir::Float4E2M1FNType, mlir::Float6E2M3FNType, mlir::Float6E3M2FNType>(type)) {
    // Neither infinity nor NaN: saturates, and NaN has no other place than zero.
    if (std::isnan(value)) return 0;
    double largest = largestOf(type);
    if (std::fabs(value) > largest) return std::copysign(largest, value);
  }
  if (std::isnan(value)) return value;
  llvm::APFloat exact(value);
  bool losesInfo;
  exact.convert(semantics, llvm::APFloat::rmNearestTiesToEven, &losesInfo);
  return toDouble(exact).convertToDouble();
}
}  // namespace

double roundTo(mlir::Type floatType, double value) {
  if (floatType.isF32()) return static_cast<float>(value);
  if (floatType.isF64()) return value;
  if (floatType.isF16()) return roundBinary(value, 10, -14, 65504);
  if (floatType.isBF16()) return roundBinary(value, 7, -126, 0x1.fep127);
  if (mlir::isa<mlir::Float8E8M0FNUType>(floatType)) return roundToExponent(value);
  return roundByApfloat(mlir::cast<mlir::FloatType>(floatType), value);
}

int64_t wrapTo(mlir::Type intType, int64_t value) {
  unsigned width = intType.isIndex() ? 64 : intType.getIntOrFloatBitWidth();
  if (width >= 64) return value;
  if (width == 1 || intType.isUnsignedInteger())
    return value & static_cast<int64_t>((uint64_t{1} << width) - 1);
  return static_cast<int64_t>(static_cast<uint64_t>(value) << (64 - width)) >> (64 - width);
}

}  // namespace plx::eval
