// Random expressions, built by the same random steps as a Dim and as plain numbers: what a Dim must
// evaluate to.
#ifndef PLEXUS_TESTS_UNIT_IR_TYPES_DIM_RANDOM_H
#define PLEXUS_TESTS_UNIT_IR_TYPES_DIM_RANDOM_H

#include <random>
#include <vector>

#include "ir/types/Dim.h"
#include "llvm/Support/MathExtras.h"

namespace plx::testing_dims {

using Values = std::vector<std::optional<int64_t>>;

/// Symbols with their bounds, and sizes at which everything is evaluated; the first ones are the
/// bounds themselves.
struct World {
  static constexpr int numValuations = 24;
  std::vector<Dim> symbols;
  std::vector<std::vector<int64_t>> sizes;  // [symbol][valuation]

  World(mlir::MLIRContext *context, std::mt19937 &random) {
    for (auto [name, bound] :
         {std::pair("a", 0), {"b", 1}, {"n", 0}, {"p q", 2}, {"t", -3}, {"u", 0}}) {
      symbols.push_back(Dim::symbol(context, name, bound));
      std::vector<int64_t> row = {bound, bound + 1, bound};
      while (row.size() < numValuations)
        row.push_back(bound + std::uniform_int_distribution<>(0, random() % 2 ? 3 : 40)(random));
      sizes.push_back(row);
    }
  }

  std::optional<int64_t> evaluate(Dim dim, int valuation) const {
    return dim.evaluate([&](DimAtom atom) -> std::optional<int64_t> {
      for (size_t i = 0; i < symbols.size(); ++i)
        if (symbols[i].asSymbol() == atom) return sizes[i][valuation];
      return std::nullopt;
    });
  }
};

/// A Dim with what it is worth at each valuation; nothing where a step divided by zero or grew past
/// 2^40.
struct Pair {
  Dim dim;
  Values values;
};

enum class Step { Add, Subtract, Multiply, FloorDiv, CeilDiv, Mod, Max, Min, count };

inline std::optional<int64_t> applyToNumbers(Step step, std::optional<int64_t> a,
                                             std::optional<int64_t> b) {
  if (!a || !b) return std::nullopt;
  bool divides = step == Step::FloorDiv || step == Step::CeilDiv || step == Step::Mod;
  if (divides && *b == 0) return std::nullopt;
  int64_t result = 0;
  switch (step) {
    case Step::Add:
      result = *a + *b;
      break;
    case Step::Subtract:
      result = *a - *b;
      break;
    case Step::Multiply:
      if (llvm::MulOverflow(*a, *b, result)) return std::nullopt;
      break;
    case Step::FloorDiv:
      result = *a / *b - (*a % *b != 0 && (*a < 0) != (*b < 0));
      break;
    case Step::CeilDiv:
      result = *a / *b + (*a % *b != 0 && (*a < 0) == (*b < 0));
      break;
    case Step::Mod:
      result = (*a % *b + *b) % *b;
      break;
    case Step::Max:
      result = *a > *b ? *a : *b;
      break;
    case Step::Min:
      result = *a < *b ? *a : *b;
      break;
    case Step::count:
      break;
  }
  if (result > (int64_t(1) << 40) || result < -(int64_t(1) << 40)) return std::nullopt;
  return result;
}

inline Dim applyToDims(Step step, Dim a, Dim b) {
  switch (step) {
    case Step::Add:
      return a + b;
    case Step::Subtract:
      return a - b;
    case Step::Multiply:
      return a * b;
    case Step::FloorDiv:
      return floorDiv(a, b);
    case Step::CeilDiv:
      return ceilDiv(a, b);
    case Step::Mod:
      return mod(a, b);
    case Step::Max:
      return max(a, b);
    case Step::Min:
      return min(a, b);
    case Step::count:
      break;
  }
  return {};
}

inline bool commutes(Step step) {
  return step == Step::Add || step == Step::Multiply || step == Step::Max || step == Step::Min;
}

class RandomDims {
 public:
  RandomDims(mlir::MLIRContext *context, unsigned seed)
      : context(context), random(seed), world(context, random) {}

  Pair leaf() {
    if (random() % 3 == 0) {
      static const int64_t numbers[] = {0, 1, 2, 3, 4, 6, 8, 64, -1, -2, -5};
      int64_t number = numbers[random() % std::size(numbers)];
      return {Dim::constant(context, number), Values(World::numValuations, number)};
    }
    size_t i = random() % world.symbols.size();
    return {world.symbols[i], Values(world.sizes[i].begin(), world.sizes[i].end())};
  }

  Pair apply(Step step, const Pair &a, const Pair &b) {
    Pair result{applyToDims(step, a.dim, b.dim), {}};
    for (int v = 0; v < World::numValuations; ++v)
      result.values.push_back(applyToNumbers(step, a.values[v], b.values[v]));
    return result;
  }

  /// An expression of about `steps` operations, divisors mostly simple, as they are in models.
  Pair expression(int steps) {
    if (steps <= 0) return leaf();
    Step step = static_cast<Step>(random() % static_cast<int>(Step::count));
    int left = random() % steps;
    bool divides = step == Step::FloorDiv || step == Step::CeilDiv || step == Step::Mod;
    if (divides && random() % 4 != 0) left = steps - 1;
    return apply(step, expression(left), expression(steps - 1 - left));
  }

  mlir::MLIRContext *context;
  std::mt19937 random;
  World world;
};

}  // namespace plx::testing_dims

#endif  // PLEXUS_TESTS_UNIT_IR_TYPES_DIM_RANDOM_H
