// Properties of Dim over random expressions: whatever was rewritten, the value, the bounds and the
// spelling are right.
// Covers: ir/types/DimInterval.cpp, ir/types/DimFacts.cpp
#include <gtest/gtest.h>

#include "dim_random.h"
#include "ir/Dialect.h"
#include "mlir/IR/MLIRContext.h"

namespace plx {
namespace {

using testing_dims::Pair;
using testing_dims::RandomDims;
using testing_dims::Step;
using testing_dims::World;

constexpr int numExpressions = 6000;

class DimPropertyTest : public testing::Test {
 protected:
  DimPropertyTest() { context.loadDialect<PlxDialect>(); }
  mlir::MLIRContext context;
};

TEST_F(DimPropertyTest, EvaluatesToWhatItsStepsSay) {
  RandomDims dims(&context, 1);
  int checked = 0;
  for (int i = 0; i < numExpressions; ++i) {
    Pair pair = dims.expression(1 + i % 9);
    if (!pair.dim) continue;
    for (int v = 0; v < World::numValuations; ++v) {
      if (!pair.values[v]) continue;
      ASSERT_EQ(dims.world.evaluate(pair.dim, v), pair.values[v])
          << pair.dim.str() << " at valuation " << v << " of expression " << i;
      ++checked;
    }
  }
  EXPECT_GT(checked, numExpressions * World::numValuations / 2);
}

TEST_F(DimPropertyTest, BoundsHold) {
  RandomDims dims(&context, 2);
  int bounded = 0;
  for (int i = 0; i < numExpressions; ++i) {
    Dim dim = dims.expression(1 + i % 8).dim;
    if (!dim) continue;
    std::optional<int64_t> low = dim.lowerBound(), high = dim.upperBound();
    bounded += low.has_value() + high.has_value();
    for (int v = 0; v < World::numValuations; ++v) {
      std::optional<int64_t> value = dims.world.evaluate(dim, v);
      if (!value) continue;
      if (low) ASSERT_GE(*value, *low) << dim.str();
      if (high) ASSERT_LE(*value, *high) << dim.str();
    }
  }
  EXPECT_GT(bounded, numExpressions / 4);
}

TEST_F(DimPropertyTest, WhatIsProvedIsTrue) {
  RandomDims dims(&context, 3);
  int proved = 0;
  for (int i = 0; i < numExpressions; ++i) {
    Dim a = dims.expression(i % 5).dim, b = dims.expression(i % 4).dim;
    if (!a || !b) continue;
    bool greaterEqual = provablyGreaterEqual(a, b), greater = provablyGreater(a, b);
    bool different = provablyDifferent(a, b);
    EXPECT_TRUE(!greater || (greaterEqual && different)) << a.str() << " and " << b.str();
    proved += greaterEqual + greater + different;
    for (int v = 0; v < World::numValuations; ++v) {
      std::optional<int64_t> x = dims.world.evaluate(a, v), y = dims.world.evaluate(b, v);
      if (!x || !y) continue;
      if (greaterEqual) ASSERT_GE(*x, *y) << a.str() << " and " << b.str();
      if (greater) ASSERT_GT(*x, *y) << a.str() << " and " << b.str();
      if (different) ASSERT_NE(*x, *y) << a.str() << " and " << b.str();
    }
  }
  EXPECT_GT(proved, numExpressions / 8);
}

bool usesMax(Dim dim) { return dim && dim.text().contains("max("); }

TEST_F(DimPropertyTest, CommutedAndRegroupedBuildsAreOnePointer) {
  RandomDims dims(&context, 4);
  for (int i = 0; i < numExpressions; ++i) {
    Dim a = dims.expression(i % 4).dim, b = dims.expression(i % 3).dim, c = dims.leaf().dim;
    for (Step step : {Step::Add, Step::Multiply, Step::Max, Step::Min}) {
      auto apply = [&](Dim x, Dim y) { return testing_dims::applyToDims(step, x, y); };
      EXPECT_EQ(apply(a, b), apply(b, a));
      // Maxima of minima have no one form here: the lattice's distributive law is not applied.
      bool lattice = step == Step::Max || step == Step::Min;
      if (lattice && (usesMax(a) || usesMax(b))) continue;
      Dim left = apply(apply(a, b), c), right = apply(a, apply(b, c));
      if (left && right) EXPECT_EQ(left, right) << left.str() << " and " << right.str();
    }
    Dim product = (a + b) * c, sum = a * c + b * c;
    if (product && sum) EXPECT_EQ(product, sum);
    if (HasFailure()) FAIL() << "expression " << i;
  }
}

TEST_F(DimPropertyTest, MultiplesOfTheDivisorComeOut) {
  RandomDims dims(&context, 5);
  int checked = 0;
  for (int i = 0; i < numExpressions; ++i) {
    Dim x = dims.expression(i % 4).dim, k = dims.expression(i % 3).dim, d = dims.leaf().dim;
    if (!x || !k || !d || !provablyGreaterEqual(d, Dim::constant(&context, 1))) continue;
    Dim together = floorDiv(x + k * d, d), apart = floorDiv(x, d) + k;
    if (!together || !apart) continue;
    // Expressions all of whose terms are negative take another way (floordiv(-n, 4) is -ceildiv(n,
    // 4)).
    for (int v = 0; v < World::numValuations; ++v) {
      auto left = dims.world.evaluate(together, v), right = dims.world.evaluate(apart, v);
      if (left && right) ASSERT_EQ(*left, *right) << x.str() << "; " << k.str() << "; " << d.str();
    }
    checked += together == apart;
  }
  EXPECT_GT(checked, numExpressions / 3);
}

TEST_F(DimPropertyTest, PrintingAndParsingRoundTrip) {
  RandomDims dims(&context, 6);
  for (int i = 0; i < numExpressions / 4; ++i) {
    Dim dim = dims.expression(i % 8).dim;
    if (!dim) continue;
    mlir::FailureOr<Dim> again = parseDim(&context, dim.text());
    ASSERT_TRUE(mlir::succeeded(again)) << dim.str();
    ASSERT_EQ(*again, dim) << dim.str() << " read as " << again->str();
  }
}

TEST_F(DimPropertyTest, SubstitutionAndEvaluationAgree) {
  RandomDims dims(&context, 7);
  for (int i = 0; i < numExpressions / 2; ++i) {
    Pair pair = dims.expression(1 + i % 7);
    if (!pair.dim) continue;
    int v = i % World::numValuations;
    if (!pair.values[v]) continue;
    Dim number = pair.dim.substitute([&](DimAtom symbol) {
      for (size_t s = 0; s < dims.world.symbols.size(); ++s)
        if (dims.world.symbols[s].asSymbol() == symbol)
          return Dim::constant(&context, dims.world.sizes[s][v]);
      return Dim();
    });
    ASSERT_TRUE(number) << pair.dim.str();
    ASSERT_EQ(number.constant(), pair.values[v]) << pair.dim.str() << " became " << number.str();
  }
}

TEST_F(DimPropertyTest, ExactDivMultipliesBack) {
  RandomDims dims(&context, 8);
  int divided = 0;
  for (int i = 0; i < numExpressions; ++i) {
    Dim a = dims.expression(i % 4).dim, b = dims.expression(i % 3).dim;
    if (!a || !b || b.isConstant(0)) continue;
    if (Dim product = a * b) {
      auto quotient = exactDiv(product, b);
      ASSERT_TRUE(quotient) << product.str() << " by " << b.str();
      ASSERT_EQ(*quotient, a);
    }
    if (auto quotient = exactDiv(a, b)) {
      ASSERT_EQ(*quotient * b, a);
      ++divided;
    }
  }
  EXPECT_GT(divided, 100);
}

}  // namespace
}  // namespace plx
