// Dims of inputs that are more than a constant or a symbol: their text, compiled once at load,
// evaluated at each run.
#ifndef PLEXUS_RUNTIME_CORE_DIM_EXPRESSION_H
#define PLEXUS_RUNTIME_CORE_DIM_EXPRESSION_H

#include "plexus_rt.h"

namespace plx {

// Postfix code for a small stack machine. From the heap: compile_dim, free_dim.
struct DimExpression {
  enum Op : int32_t { Constant, Symbol, Add, Sub, Mul, FloorDiv, CeilDiv, Max, Min, Mod, Negate };
  struct Step {
    Op op;
    int32_t reserved;
    int64_t value;  // of Constant; index of Symbol
  };
  int32_t num_steps;
  int32_t reserved;
  Step steps[1];  // [num_steps]
};

// Deepest stack that an expression may need; deeper ones are refused.
constexpr int32_t kMaxDimStack = 32;

// Parses the grammar of plx_dim. Errors: PLX_BAD_FORMAT (with the position), PLX_OUT_OF_MEMORY.
plx_status compile_dim(const char *text, const plx_symbol *symbols, int32_t num_symbols,
                       DimExpression **out_expression, plx_error *out_error);
void free_dim(DimExpression *expression);

// False where it overflows or divides by zero.
bool evaluate_dim(const DimExpression &expression, const int64_t *symbols, int64_t *out_value);

}  // namespace plx
#endif  // PLEXUS_RUNTIME_CORE_DIM_EXPRESSION_H
