#include "functions_table.h"

#include <cmath>

namespace plx::cpu::test {

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

const std::vector<Row>& functionTable() {
  static const std::vector<Row> table{
      UNARY(Exp, std::exp(x), 1, 1, -110, 110),
      UNARY(Exp2, std::exp2(x), 1, 1, -160, 140),
      UNARY(Expm1, std::expm1(x), 2, 2, -30, 100),
      UNARY(Sigmoid, x >= 0 ? 1 / (1 + std::exp(-x)) : std::exp(x) / (1 + std::exp(x)), 2.5, 2.5,
            -110, 40),
      UNARY(Log, std::log(x), 1, 1, 0, 4),
      UNARY(Log2, std::log2(x), 2, 2, 0, 4),
      UNARY(Log10, std::log10(x), 2, 2, 0, 4),
      UNARY(Log1p, std::log1p(x), 2, 2, -1, 4),
      UNARY(Floor, std::floor(x), 0, 0, -20, 20),
      UNARY(Ceil, std::ceil(x), 0, 0, -20, 20),
      UNARY(Trunc, std::trunc(x), 0, 0, -20, 20),
      UNARY(RoundEven, std::nearbyint(x), 0, 0, -20, 20),
  };
  return table;
}

}  // namespace plx::cpu::test
