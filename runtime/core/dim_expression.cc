#include "runtime/core/dim_expression.h"

#include <stdlib.h>
#include <string.h>

#include "runtime/core/checked.h"
#include "runtime/core/error.h"

namespace plx {
namespace {

using Op = DimExpression::Op;

bool starts_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '$';
}
bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Recursive descent. Steps are written where there is room: a first pass with no room counts them.
class DimParser {
 public:
  DimParser(const char *text, const plx_symbol *symbols, int32_t num_symbols,
            DimExpression::Step *steps)
      : text_(text), at_(text), symbols_(symbols), num_symbols_(num_symbols), steps_(steps) {}

  bool parse() {
    bool good = sum(0);
    skip_spaces();
    return good && *at_ == 0 && deepest_ <= kMaxDimStack;
  }
  int32_t num_steps() const { return num_steps_; }
  int64_t position() const { return at_ - text_; }

 private:
  void skip_spaces() {
    while (*at_ == ' ') ++at_;
  }

  void emit(Op op, int64_t value = 0) {
    if (steps_ != nullptr) steps_[num_steps_] = {op, 0, value};
    ++num_steps_;
    if (op == Op::Constant || op == Op::Symbol) {
      if (++depth_ > deepest_) deepest_ = depth_;
    } else if (op != Op::Negate) {
      --depth_;
    }
  }

  bool take(char c) {
    skip_spaces();
    if (*at_ != c) return false;
    ++at_;
    return true;
  }

  // Length of the name here, 0 when there is none.
  size_t name_length() const {
    if (!starts_name(*at_)) return 0;
    size_t length = 1;
    while (starts_name(at_[length]) || is_digit(at_[length]) || at_[length] == '.') ++length;
    return length;
  }

  bool take_word(const char *word) {
    skip_spaces();
    size_t length = name_length();
    if (length != strlen(word) || strncmp(at_, word, length) != 0) return false;
    at_ += length;
    return true;
  }

  bool sum(int depth) {
    if (depth > kMaxDimStack || !product(depth)) return false;
    while (true) {
      Op op = Op::Add;
      if (take('-')) {
        op = Op::Sub;
      } else if (!take('+')) {
        return true;
      }
      if (!product(depth)) return false;
      emit(op);
    }
  }

  bool product(int depth) {
    if (!factor(depth)) return false;
    while (true) {
      Op op = Op::Mul;
      if (take_word("floordiv")) {
        op = Op::FloorDiv;
      } else if (take_word("ceildiv")) {
        op = Op::CeilDiv;
      } else if (take_word("mod")) {
        op = Op::Mod;
      } else if (!take('*')) {
        return true;
      }
      if (!factor(depth)) return false;
      emit(op);
    }
  }

  bool factor(int depth) {
    if (depth > kMaxDimStack) return false;
    if (take('-')) {
      if (!factor(depth + 1)) return false;
      emit(Op::Negate);
      return true;
    }
    if (take('(')) return sum(depth + 1) && take(')');
    if (*at_ == '"') return quoted();
    if (is_digit(*at_)) return number();
    return name(depth);
  }

  bool number() {
    int64_t value = 0;
    while (is_digit(*at_)) {
      if (!checked_mul<int64_t>(value, 10, &value) ||
          !checked_add<int64_t>(value, *at_ - '0', &value)) {
        return false;
      }
      ++at_;
    }
    emit(Op::Constant, value);
    return true;
  }

  bool quoted() {
    const char *end = strchr(at_ + 1, '"');
    if (end == nullptr || !symbol(at_ + 1, static_cast<size_t>(end - at_ - 1))) return false;
    at_ = end + 1;
    return lower_bound();
  }

  // The printed form of a symbol may carry its bound, "n>=1", which the symbols' table has too.
  bool lower_bound() {
    if (strncmp(at_, ">=", 2) != 0) return true;
    at_ += at_[2] == '-' ? 3 : 2;
    if (!is_digit(*at_)) return false;
    while (is_digit(*at_)) ++at_;
    return true;
  }

  bool name(int depth) {
    size_t length = name_length();
    if (length == 0) return false;
    static constexpr struct {
      const char *word;
      Op op;
    } calls[] = {{"max", Op::Max},
                 {"min", Op::Min},
                 {"floordiv", Op::FloorDiv},
                 {"ceildiv", Op::CeilDiv},
                 {"mod", Op::Mod}};
    for (const auto &call : calls) {
      if (at_[length] == '(' && strlen(call.word) == length &&
          strncmp(at_, call.word, length) == 0) {
        at_ += length + 1;
        if (!sum(depth + 1) || !take(',') || !sum(depth + 1) || !take(')')) return false;
        emit(call.op);
        return true;
      }
    }
    if (!symbol(at_, length)) return false;
    at_ += length;
    return lower_bound();
  }

  bool symbol(const char *name, size_t length) {
    for (int32_t i = 0; i < num_symbols_; ++i) {
      if (strlen(symbols_[i].name) == length && strncmp(symbols_[i].name, name, length) == 0) {
        emit(Op::Symbol, i);
        return true;
      }
    }
    return false;
  }

  const char *text_;
  const char *at_;
  const plx_symbol *symbols_;
  int32_t num_symbols_;
  DimExpression::Step *steps_;
  int32_t num_steps_ = 0;
  int32_t depth_ = 0;
  int32_t deepest_ = 0;
};

bool floor_div(int64_t a, int64_t b, int64_t *out) {
  if (b == 0 || (a == INT64_MIN && b == -1)) return false;
  *out = a / b - ((a % b != 0 && (a % b < 0) != (b < 0)) ? 1 : 0);
  return true;
}

bool apply(Op op, int64_t a, int64_t b, int64_t *out) {
  switch (op) {
    case Op::Add:
      return checked_add(a, b, out);
    case Op::Sub:
      return checked_sub(a, b, out);
    case Op::Mul:
      return checked_mul(a, b, out);
    case Op::FloorDiv:
      return floor_div(a, b, out);
    case Op::CeilDiv:
      if (b == 0 || (a == INT64_MIN && b == -1)) return false;
      *out = a / b + ((a % b != 0 && (a % b < 0) == (b < 0)) ? 1 : 0);
      return true;
    case Op::Mod: {
      int64_t quotient = 0;
      if (!floor_div(a, b, &quotient)) return false;
      *out = a - b * quotient;
      return true;
    }
    case Op::Max:
      *out = a > b ? a : b;
      return true;
    case Op::Min:
      *out = a < b ? a : b;
      return true;
    default:
      return false;
  }
}

}  // namespace

plx_status compile_dim(const char *text, const plx_symbol *symbols, int32_t num_symbols,
                       DimExpression **out_expression, plx_error *out_error) {
  DimParser counter(text, symbols, num_symbols, nullptr);
  if (!counter.parse()) {
    return fail(out_error, PLX_BAD_FORMAT,
                "dim expression '%s' cannot be read at character %lld: expected sums and products "
                "of integers and the module's symbols, at most %d deep",
                text, static_cast<long long>(counter.position()), kMaxDimStack);
  }
  size_t bytes = sizeof(DimExpression) +
                 sizeof(DimExpression::Step) * static_cast<size_t>(counter.num_steps());
  auto *expression = static_cast<DimExpression *>(malloc(bytes));
  if (expression == nullptr) {
    return fail(out_error, PLX_OUT_OF_MEMORY, "no memory for dim expression '%s'", text);
  }
  expression->num_steps = counter.num_steps();
  DimParser writer(text, symbols, num_symbols, expression->steps);
  writer.parse();
  *out_expression = expression;
  return PLX_OK;
}

void free_dim(DimExpression *expression) { free(expression); }

bool evaluate_dim(const DimExpression &expression, const int64_t *symbols, int64_t *out_value) {
  int64_t stack[kMaxDimStack];
  int32_t top = 0;
  for (int32_t i = 0; i < expression.num_steps; ++i) {
    const DimExpression::Step &step = expression.steps[i];
    if (step.op == Op::Constant) {
      stack[top++] = step.value;
    } else if (step.op == Op::Symbol) {
      stack[top++] = symbols[step.value];
    } else if (step.op == Op::Negate) {
      if (!checked_sub<int64_t>(0, stack[top - 1], &stack[top - 1])) return false;
    } else {
      --top;
      if (!apply(step.op, stack[top - 1], stack[top], &stack[top - 1])) return false;
    }
  }
  *out_value = stack[0];
  return true;
}

}  // namespace plx
