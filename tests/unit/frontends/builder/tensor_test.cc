#include "frontends/builder/Tensor.h"

#include "ir/autodiff/Gradient.h"
#include "ir/eval/Evaluator.h"
#include "mlir/IR/Verifier.h"
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

TEST_F(TensorTest, Views) {
  Tensor x = f64({2, 3}, {1, 2, 3, 4, 5, 6});
  expectNear(x.slice(1, scope.size(1), scope.size(2)), {2, 3, 5, 6});
  expectNear(x.slice(-2, scope.size(1), scope.size(1)).squeeze({0}), {4, 5, 6});
  expectNear(concat({x, x}, -1), {1, 2, 3, 1, 2, 3, 4, 5, 6, 4, 5, 6});
  expectNear(x + f64({2}, {10, 20}).along(0, 2), {11, 12, 13, 24, 25, 26});
  expectNear(take(x, i64({2}, {1, 0})), {4, 5, 6, 1, 2, 3});
  expectNear(matmulTransposed(f64({1, 3}, {1, 0, 2}), x), {7, 16});
}

struct DerivativeTest : ScopeTest {
  /// d y / d x at x = 3, where `x` is no constant.
  double slope(const std::function<Tensor(const Tensor &)> &formula) {
    auto function = module->lookupSymbol<mlir::func::FuncOp>("f");
    mlir::Type scalar = mlir::RankedTensorType::get({}, mlir::Float64Type::get(&context));
    mlir::Value x = function.getBody().front().addArgument(scalar, loc);
    mlir::Value y = formula(scope.tensor(x)).value();
    EXPECT_TRUE(y) << messages.front();
    auto found =
        gradient(scope.builder(), y, scope.scalar(1, scope.builder().getF64Type()).value(), x);
    EXPECT_TRUE(succeeded(found));
    mlir::Value result =
        (*found)[0] ? (*found)[0] : scope.scalar(0, scope.builder().getF64Type()).value();
    mlir::func::ReturnOp::create(scope.builder(), loc, result);
    function.setType(mlir::FunctionType::get(&context, {scalar}, {scalar}));
    EXPECT_TRUE(succeeded(mlir::verify(*module)));
    eval::Tensor three(mlir::Float64Type::get(&context), {});
    three.setFloat(0, 3);
    eval::Evaluator evaluator(*module);
    auto results = evaluator.run("f", {eval::Value(three)});
    EXPECT_TRUE(succeeded(results)) << evaluator.error();
    return std::as_const((*results)[0]).tensor().floats()[0];
  }
};

TEST_F(DerivativeTest, GoesThroughFormulas) {
  EXPECT_NEAR(slope([](const Tensor &x) { return x * x; }), 6, 1e-12);
}

TEST_F(DerivativeTest, StopsWhereItIsTold) {
  EXPECT_NEAR(slope([](const Tensor &x) { return x * x.stopGradient(); }), 3, 1e-12);
}

TEST_F(DerivativeTest, IsTheCallersOwn) {
  // The straight-through estimator: rounds, and has slope 1.
  EXPECT_NEAR(slope([](const Tensor &x) {
                std::vector<Tensor> y = withDerivative(
                    {x},
                    [](llvm::ArrayRef<Tensor> in) {
                      return std::vector<Tensor>{apply(ScalarFn::round_, {in[0]})};
                    },
                    [](llvm::ArrayRef<Tensor> in) { return std::vector<Tensor>{in[1]}; });
                return 5 * y.at(0);
              }),
              5, 1e-12);
}

TEST_F(DerivativeTest, TakesTheInputsThenTheCotangents) {
  // Of two inputs and two results; what it gives is deliberately no derivative.
  EXPECT_NEAR(slope([](const Tensor &x) {
                std::vector<Tensor> y = withDerivative(
                    {x, 2 * x},
                    [](llvm::ArrayRef<Tensor> in) {
                      return std::vector<Tensor>{in[0] + in[1], in[0] * in[1]};
                    },
                    [](llvm::ArrayRef<Tensor> in) {
                      return std::vector<Tensor>{in[2] * 100 + in[3], in[1]};
                    });
                return 7 * y.at(0) + y.at(1);
              }),
              701 + 2 * 6, 1e-12);
}

TEST_F(TensorTest, AFormulaThatCannotBeBuiltGivesNothing) {
  auto wrong = [](llvm::ArrayRef<Tensor>) { return std::vector<Tensor>{Tensor()}; };
  EXPECT_TRUE(withDerivative({f64({1}, {1})}, wrong, wrong).empty());
  EXPECT_FALSE(module->lookupSymbol("formula"));
}

TEST_F(TensorTest, WhatIsWrongIsSaidOnceAndPassedOn) {
  Tensor wrong = f64({2}, {1, 2}) + f64({3}, {1, 2, 3});
  EXPECT_FALSE(wrong);
  EXPECT_FALSE(exp(2 * wrong).sum());
  ASSERT_EQ(messages.size(), 1u);
}

}  // namespace
}  // namespace plx::builder
