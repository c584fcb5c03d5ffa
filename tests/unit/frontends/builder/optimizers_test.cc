// Formulas of the optimizers, against the same written out in doubles.
#include "frontends/builder/Optimizers.h"

#include <cmath>

#include "tests/unit/frontends/builder/scope.h"

namespace plx::builder {
namespace {

constexpr double kRate = 0.1;

struct OptimizersTest : ScopeTest {
  StepScalars step(double t) { return {f64({}, {kRate}), f64({}, {t})}; }
  Optimizer make(
      const std::string &name, void (*change)(OptimizerOptions &) = [](OptimizerOptions &) {}) {
    OptimizerOptions options;
    options.name = name;
    change(options);
    return *Optimizer::create(options);
  }
  Tensor p = f64({2}, {1, -2}), g = f64({2}, {0.5, 3});
};

TEST_F(OptimizersTest, UnknownOnesAreNone) {
  OptimizerOptions options;
  options.name = "lion";
  EXPECT_FALSE(Optimizer::create(options));
  EXPECT_EQ(Optimizer::names().size(), 7u);
}

TEST_F(OptimizersTest, Sgd) {
  Optimizer plain = make("sgd");
  EXPECT_TRUE(plain.slots().empty());
  expectNear(plain.update(p, g, {}, step(1)).parameter, {1 - 0.05, -2 - 0.3});
}

TEST_F(OptimizersTest, SgdWithDecayMomentumAndNesterov) {
  Optimizer heavy =
      make("sgd", [](OptimizerOptions &o) { o.momentum = 0.9, o.weightDecay = 0.01; });
  Updated out = heavy.update(p, g, {f64({2}, {1, 1})}, step(1));
  double v0 = 0.9 + 0.51, v1 = 0.9 + 2.98;
  expectNear(out.slots[0], {v0, v1});
  expectNear(out.parameter, {1 - kRate * v0, -2 - kRate * v1});
  expectNear(make("momentum", [](OptimizerOptions &o) { o.weightDecay = 0.01; })
                 .update(p, g, {f64({2}, {1, 1})}, step(1))
                 .parameter,
             values(out.parameter));
  Optimizer ahead = make("nesterov");
  out = ahead.update(p, g, {f64({2}, {1, 1})}, step(1));
  expectNear(out.parameter, {1 - kRate * (0.5 + 0.9 * 1.4), -2 - kRate * (3 + 0.9 * 3.9)});
}

TEST_F(OptimizersTest, AdagradAndRmsprop) {
  Updated out = make("adagrad").update(p, g, {f64({2}, {0, 7})}, step(1));
  expectNear(out.slots[0], {0.25, 16});
  expectNear(out.parameter, {1 - kRate * 0.5 / (0.5 + 1e-10), -2 - kRate * 3 / (4 + 1e-10)});
  out = make("rmsprop").update(p, g, {f64({2}, {0, 1})}, step(1));
  double h0 = 0.0025, h1 = 0.99 + 0.09;
  expectNear(out.parameter,
             {1 - kRate * 0.5 / (std::sqrt(h0) + 1e-8), -2 - kRate * 3 / (std::sqrt(h1) + 1e-8)});
}

TEST_F(OptimizersTest, AdamCorrectsItsBias) {
  Tensor zero = f64({2}, {0, 0});
  Updated out = make("adam").update(p, g, {zero, zero}, step(1));
  // At t = 1 the corrected moments are g and g^2: a step of the rate's size.
  expectNear(out.parameter, {1 - kRate * 0.5 / (0.5 + 1e-8), -2 - kRate * 3 / (3 + 1e-8)}, 1e-9);
  out = make("adam").update(p, g, out.slots, step(2));
  double m = 0.9 * 0.05 + 0.1 * 0.5, v = 0.999 * 0.00025 + 0.001 * 0.25;
  expectNear(out.slots[0], {m, 0.9 * 0.3 + 0.1 * 3});
  double moved = kRate / (1 - 0.81) * m / (std::sqrt(v) / std::sqrt(1 - 0.998001) + 1e-8);
  EXPECT_NEAR(values(out.parameter)[0], 1 - moved, 1e-12);
}

TEST_F(OptimizersTest, AdamwDecaysApart) {
  Tensor zero = f64({2}, {0, 0});
  auto decay = [](OptimizerOptions &o) { o.weightDecay = 0.5; };
  Updated plain = make("adam").update(p, g, {zero, zero}, step(1));
  Updated apart = make("adamw", decay).update(p, g, {zero, zero}, step(1));
  std::vector<double> before = values(plain.parameter);
  expectNear(apart.parameter, {before[0] - 1 * 0.05, before[1] + 2 * 0.05});
  expectNear(apart.slots[0], values(plain.slots[0]));
}

TEST_F(OptimizersTest, Clipping) {
  std::vector<Tensor> gs{f64({2}, {3, 0}), f64({1}, {4})};
  Tensor norm = globalNorm(gs);
  expectNear(norm, {5});
  std::vector<Tensor> clipped = clipByGlobalNorm(gs, norm, 1);
  expectNear(clipped[0], {3 / (5 + 1e-6), 0});
  expectNear(clipByGlobalNorm(gs, norm, 10)[1], {4});
  expectNear(clipByValue(gs, 1)[0], {1, 0});
}

TEST_F(OptimizersTest, LassoPullsTowardsZero) {
  Optimizer lasso = make("sgd", [](OptimizerOptions &o) { o.l1 = 1; });
  expectNear(lasso.update(p, g, {}, step(1)).parameter, {1 - kRate * 1.5, -2 - kRate * 2});
}

}  // namespace
}  // namespace plx::builder
