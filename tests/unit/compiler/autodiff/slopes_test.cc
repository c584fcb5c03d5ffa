#include "compiler/autodiff/Slopes.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace plx {
namespace {

using Kind = SlopeVerdict::Kind;

Kind judge(double (*f)(double), double x, double derivative, bool isConstant = false) {
  Slopes slopes(x, [=](double offset) { return f(x + offset) - f(x); });
  return slopes.judge(derivative, 1, isConstant).kind;
}

TEST(SlopesTest, SmoothFunctionsHaveOneDerivative) {
  EXPECT_EQ(judge([](double x) { return std::sin(x); }, 0.5, std::cos(0.5)), Kind::Smooth);
  EXPECT_EQ(judge([](double x) { return std::sin(x); }, 0.5, std::cos(0.5) + 1e-4), Kind::Wrong);
  EXPECT_EQ(judge([](double x) { return std::sin(x); }, 0.5, std::nan("")), Kind::Wrong);
}

TEST(SlopesTest, StepsAreSmallBesideAKink) {
  auto f = [](double x) { return std::fabs(x - 1e-5); };
  EXPECT_EQ(judge(f, 0, -1), Kind::Smooth);
  EXPECT_EQ(judge(f, 0, 1), Kind::Wrong);
}

TEST(SlopesTest, AtAKinkAllBetweenBothSlopesIsRight) {
  auto relu = [](double x) { return std::fmax(x, 0); };
  for (double derivative : {0.0, 0.3, 1.0}) EXPECT_NE(judge(relu, 0, derivative), Kind::Wrong);
  EXPECT_EQ(judge(relu, 0, 0), Kind::Kink);
  EXPECT_EQ(judge(relu, 0, -0.1), Kind::Wrong);
  EXPECT_EQ(judge(relu, 0, 1.1), Kind::Wrong);
  EXPECT_EQ(judge(relu, 0, std::numeric_limits<double>::infinity()), Kind::Wrong);
}

TEST(SlopesTest, WhatIsConstantDoesNotMoveAtAllOrJumps) {
  EXPECT_EQ(judge([](double x) { return std::floor(x); }, 0.5, 0, true), Kind::Smooth);
  EXPECT_EQ(judge([](double x) { return std::floor(x); }, 2, 0, true), Kind::Kink);
  EXPECT_EQ(judge([](double x) { return std::floor(x) + 1e-9 * x; }, 0.5, 0, true), Kind::Wrong);
}

TEST(SlopesTest, AtTheEndOfADomainThereIsOneSide) {
  auto root = [](double x) { return std::sqrt(x); };
  EXPECT_EQ(judge(root, 0, std::numeric_limits<double>::infinity()), Kind::Kink);
  EXPECT_EQ(judge(root, 0, 0), Kind::Wrong);
  auto line = [](double x) { return x < 0 ? std::nan("") : 3 * x; };
  EXPECT_EQ(judge(line, 0, 3), Kind::Kink);
  EXPECT_EQ(judge(line, 0, 2), Kind::Wrong);
  auto nowhere = [](double x) { return x == 0 ? 0 : std::nan(""); };
  EXPECT_EQ(judge(nowhere, 0, 0), Kind::Nowhere);
}

// relu(x) - relu(-x) is x; each is at a kink of its own, where 0 is as good as 1.
TEST(SlopesTest, PartsOfASumHaveKinksOfTheirOwn) {
  auto relu = [](double x) { return std::fmax(x, 0); };
  Slopes slopes(
      0, [&](double x) { return relu(x) - relu(-x); },
      [&](double h) {
        double a = relu(h) / h, b = -relu(-h) / h;  // slopes to the right, of the parts
        double c = relu(-h) / -h, d = -relu(h) / -h;
        return std::optional(
            std::pair(std::min(a, c) + std::min(b, d), std::max(a, c) + std::max(b, d)));
      });
  EXPECT_EQ(slopes.judge(1, 1, false).kind, Kind::Smooth);
  for (double derivative : {0.0, 2.0})
    EXPECT_EQ(slopes.judge(derivative, 1, false).kind, Kind::Kink);
  EXPECT_EQ(slopes.judge(2.1, 1, false).kind, Kind::Wrong);
}

TEST(SlopesTest, ResultsOfAnotherKindAreAJump) {
  Slopes slopes(0, [](double offset) -> std::optional<double> {
    if (offset < 0) return std::nullopt;
    return 2 * offset;
  });
  EXPECT_EQ(slopes.judge(1, 1, false).kind, Kind::Kink);
  EXPECT_EQ(slopes.judge(std::nan(""), 1, false).kind, Kind::Wrong);
}

}  // namespace
}  // namespace plx
