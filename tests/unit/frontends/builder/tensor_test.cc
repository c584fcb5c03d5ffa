#include "frontends/builder/Tensor.h"

#include "tests/unit/frontends/builder/scope.h"

namespace plx::builder {
namespace {

using TensorTest = ScopeTest;

TEST_F(TensorTest, FormulasBroadcastAndTakeNumbers) {
  Tensor x = f64({2, 2}, {1, 2, 3, 4}), row = f64({2}, {10, 20});
  expectNear(x + row, {11, 22, 13, 24});
  expectNear(2 * x - 1, {1, 3, 5, 7});
  expectNear(1 / x, {1, 0.5, 1.0 / 3, 0.25});
  expectNear(-x, {-1, -2, -3, -4});
}

TEST_F(TensorTest, FoldsAlongAxes) {
  Tensor x = f64({2, 3}, {1, 2, 3, 4, 5, 6});
  expectNear(x.sum({0}), {5, 7, 9});
  expectNear(x.sum({-1}, true), {6, 15});
  expectNear(x.mean(), {3.5});
  expectNear(x.mean({1}), {2, 5});
  expectNear(x.max({1}), {3, 6});
}

TEST_F(TensorTest, SoftmaxDoesNotOverflow) {
  Tensor x = f64({1, 3}, {1000, 1001, 999});
  double sum = 1 + std::exp(-1.0) + std::exp(-2.0);
  expectNear(softmax(x, 1), {std::exp(-1.0) / sum, 1 / sum, std::exp(-2.0) / sum});
  expectNear(logSoftmax(x, 1), {-1 - std::log(sum), -std::log(sum), -2 - std::log(sum)});
}

TEST_F(TensorTest, MatmulAndOneHot) {
  expectNear(matmul(f64({1, 2}, {1, 2}), f64({2, 2}, {1, 2, 3, 4})), {7, 10});
  expectNear(oneHot(i64({2}, {2, 0}), Dim::constant(&context, 3), mlir::Float64Type::get(&context)),
             {0, 0, 1, 1, 0, 0});
}

TEST_F(TensorTest, WhatIsWrongIsSaidOnceAndPassedOn) {
  Tensor wrong = f64({2}, {1, 2}) + f64({3}, {1, 2, 3});
  EXPECT_FALSE(wrong);
  EXPECT_FALSE(exp(2 * wrong).sum());
  ASSERT_EQ(messages.size(), 1u);
}

}  // namespace
}  // namespace plx::builder
