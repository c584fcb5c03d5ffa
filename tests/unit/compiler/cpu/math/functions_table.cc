#include "functions_table.h"

#include <cmath>

namespace plx::cpu::test {

namespace {

/// glibc's pow of long double answers inf for (-inf, -2^63).
long double powReference(long double x, long double y) {
  return std::isinf(x) && y == -0x1p63L ? 0 : std::pow(x, y);
}

}  // namespace

#define UNARY(emitter, expression, ulp32, ulp64, low, high)                                      \
  Row {                                                                                          \
    #emitter, unary(emit##emitter),                                                              \
        [](long double x, long double) -> long double { return expression; }, ulp32, ulp64, low, \
        high, false                                                                              \
  }
#define BINARY(emitter, expression, ulp32, ulp64, low, high)                                       \
  Row {                                                                                            \
    #emitter, binary(emit##emitter),                                                               \
        [](long double x, long double y) -> long double { return expression; }, ulp32, ulp64, low, \
        high, true                                                                                 \
  }

namespace {

Row lgammaRow() {
  Row row = UNARY(Lgamma, std::lgamma(x), 1, 6, -8, 30);
  row.negativeFloor64 = 1;
  row.negativeUlp64 = 8;
  return row;
}

}  // namespace

const std::vector<Row> &functionTable() {
  static const std::vector<Row> table{
      UNARY(Exp, std::exp(x), 1, 1.25, -110, 110),
      UNARY(Exp2, std::exp2(x), 1.25, 1.25, -160, 140),
      UNARY(Expm1, std::expm1(x), 2, 2, -30, 100),
      UNARY(Sigmoid, x >= 0 ? 1 / (1 + std::exp(-x)) : std::exp(x) / (1 + std::exp(x)), 2.5, 2.5,
            -110, 40),
      UNARY(Log, std::log(x), 1, 1, 0, 4),
      UNARY(Log2, std::log2(x), 2, 2, 0, 4),
      UNARY(Log10, std::log10(x), 2, 2, 0, 4),
      UNARY(Log1p, std::log1p(x), 2, 2, -1, 4),
      BINARY(Pow, powReference(x, y), 1, 1, -20, 20),
      UNARY(Sin, std::sin(x), 2, 1, -100, 100),
      UNARY(Cos, std::cos(x), 2, 1, -100, 100),
      UNARY(Tan, std::tan(x), 1, 2.5, -100, 100),
      BINARY(Fmod, std::fmod(x, y), 0, 0, -100, 100),
      UNARY(Asin, std::asin(x), 1, 2, -1, 1),
      UNARY(Acos, std::acos(x), 1, 2, -1, 1),
      UNARY(Atan, std::atan(x), 1, 2, -6, 6),
      BINARY(Atan2, std::atan2(x, y), 1, 2, -6, 6),
      UNARY(Sinh, std::sinh(x), 1, 2, -20, 20),
      UNARY(Cosh, std::cosh(x), 1, 2, -20, 20),
      UNARY(Tanh, std::tanh(x), 2, 2, -10, 10),
      UNARY(Asinh, std::asinh(x), 1, 3, -6, 6),
      UNARY(Acosh, std::acosh(x), 1, 3, 1, 6),
      UNARY(Atanh, std::atanh(x), 1, 3, -1, 1),
      UNARY(Erf, std::erf(x), 2, 2, -5, 5),
      UNARY(Erfc, std::erfc(x), 1, 3, -6, 28),
      lgammaRow(),
      UNARY(Floor, std::floor(x), 0, 0, -20, 20),
      UNARY(Ceil, std::ceil(x), 0, 0, -20, 20),
      UNARY(Trunc, std::trunc(x), 0, 0, -20, 20),
      UNARY(RoundEven, std::nearbyint(x), 0, 0, -20, 20),
  };
  return table;
}

}  // namespace plx::cpu::test
