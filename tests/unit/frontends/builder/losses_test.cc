// Losses against torch's formulas written out.
#include "frontends/builder/Losses.h"

#include <cmath>

#include "tests/unit/frontends/builder/scope.h"

namespace plx::builder {
namespace {

struct LossesTest : ScopeTest {
  double loss(const char *name, const Tensor &prediction, const Tensor &target) {
    std::vector<double> found = values(findLoss(name)->build(prediction, target));
    return found.size() == 1 ? found[0] : NAN;
  }
};

TEST_F(LossesTest, AreFoundByName) {
  EXPECT_EQ(findLoss("accuracy"), nullptr);
  for (const std::string &name : lossNames()) EXPECT_NE(findLoss(name), nullptr) << name;
}

TEST_F(LossesTest, CrossEntropyIsTheMeanOverPositions) {
  Tensor logits = f64({2, 3}, {1, 2, 3, 0, 0, 0});
  double first = std::log(std::exp(1) + std::exp(2) + std::exp(3)) - 3, second = std::log(3.0);
  EXPECT_NEAR(loss("cross_entropy", logits, i64({2}, {2, 1})), (first + second) / 2, 1e-12);
  // Classes along axis 1 of [n, c, d].
  Tensor deep = f64({1, 2, 2}, {0, 1, 2, 3});
  double each = std::log(std::exp(0) + std::exp(2));
  EXPECT_NEAR(loss("cross_entropy", deep, i64({1, 2}, {0, 1})), (each + each - 2) / 2, 1e-12);
}

TEST_F(LossesTest, Binary) {
  Tensor x = f64({2}, {0.5, -3}), y = f64({2}, {1, 0});
  double expected = (std::log1p(std::exp(-0.5)) + std::log1p(std::exp(-3))) / 2;
  EXPECT_NEAR(loss("binary_cross_entropy_with_logits", x, y), expected, 1e-12);
  EXPECT_NEAR(loss("binary_cross_entropy", sigmoid(x), y), expected, 1e-12);
  // A certain and wrong answer costs 100, not infinity.
  EXPECT_NEAR(loss("binary_cross_entropy", f64({1}, {0}), f64({1}, {1})), 100, 1e-12);
}

TEST_F(LossesTest, Regression) {
  Tensor p = f64({3}, {1, 2, 5}), y = f64({3}, {1, 2.5, 2});
  EXPECT_NEAR(loss("mse", p, y), (0.25 + 9) / 3, 1e-12);
  EXPECT_NEAR(loss("mae", p, y), 3.5 / 3, 1e-12);
  EXPECT_NEAR(loss("huber", p, y), (0.125 + 2.5) / 3, 1e-12);
}

TEST_F(LossesTest, KlDivergenceAndHinge) {
  Tensor logP = f64({1, 2}, {std::log(0.25), std::log(0.75)});
  EXPECT_NEAR(loss("kl_divergence", logP, f64({1, 2}, {0.5, 0.5})),
              0.5 * std::log(2.0) + 0.5 * std::log(0.5 / 0.75), 1e-12);
  EXPECT_NEAR(loss("kl_divergence", logP, f64({1, 2}, {0, 1})), -std::log(0.75), 1e-12);
  EXPECT_NEAR(loss("hinge", f64({3}, {2, 0.5, -1}), f64({3}, {1, 1, 1})), (0 + 0.5 + 2) / 3, 1e-12);
}

}  // namespace
}  // namespace plx::builder
