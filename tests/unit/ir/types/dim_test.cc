// What the canonical forms of Dim make equal, by pointer, and what they must leave apart.
// Covers: ir/types/DimAlgebra.cpp, ir/types/DimDivide.cpp, ir/types/DimStorage.cpp
#include "ir/types/Dim.h"

#include <gtest/gtest.h>

#include "ir/Dialect.h"
#include "mlir/IR/MLIRContext.h"

namespace plx {
namespace {

class DimTest : public testing::Test {
 protected:
  Dim sym(llvm::StringRef name, int64_t lowerBound = 0) {
    return Dim::symbol(&context, name, lowerBound);
  }
  Dim num(int64_t value) { return Dim::constant(&context, value); }

  mlir::MLIRContext context;
  mlir::Dialect *dialect = context.getOrLoadDialect<PlxDialect>();
  Dim a = sym("a"), b = sym("b"), n = sym("n"), m = sym("m");
};

TEST_F(DimTest, SumsAndProductsCommuteAssociateAndDistribute) {
  EXPECT_EQ(a + b, b + a);
  EXPECT_EQ(a * b * n, n * (b * a));
  EXPECT_EQ((a + b) * (a - b), a * a - b * b);
  EXPECT_EQ((a + 1) * (b + 2) - a * b - a * 2, b + 2);
  EXPECT_EQ(a - a, num(0));
  EXPECT_EQ((a * b * 768).text(), "768*a*b");
  EXPECT_EQ((n * 2 - a + 1).text(), "-a + 2*n + 1");
}

TEST_F(DimTest, FloorDivSplitsExactMultiples) {
  EXPECT_EQ(floorDiv(a * b * 768, 64), a * b * 12);
  EXPECT_EQ(floorDiv(n * 4 + 3, 4), n);
  EXPECT_EQ(floorDiv(n * 4 - 1, 4), n - 1);
  EXPECT_EQ(floorDiv(floorDiv(n, 2), 3), floorDiv(n, 6));
  EXPECT_EQ(floorDiv(n, 1), n);
  EXPECT_EQ(floorDiv(n * 5, 4), n + floorDiv(n, 4));
  EXPECT_EQ(floorDiv(n * 2 + 1, 4), floorDiv(n, 2));
  EXPECT_EQ(floorDiv(n, -2), floorDiv(n * -1, 2));
}

TEST_F(DimTest, SymbolicDivisorsCancelOnlyWhereNotZero) {
  Dim batch = sym("batch", 1);
  EXPECT_EQ(floorDiv(batch * n * 768, batch * 64), n * 12);
  EXPECT_EQ(floorDiv(batch * n + batch - 1, batch), n);
  EXPECT_NE(floorDiv(b * n, b), n) << "wrong at b = 0";
  EXPECT_EQ(floorDiv(n, n + 1), num(0));
  EXPECT_EQ(floorDiv(n + (m + 1) * a, m + 1), a + floorDiv(n, m + 1));
}

TEST_F(DimTest, CeilDivIsFloorDivWhereTheDivisorIsPositive) {
  EXPECT_EQ(ceilDiv(n, 4), floorDiv(n + 3, 4));
  EXPECT_EQ(floorDiv(n * -1, 4) * -1, ceilDiv(n, 4));
  Dim batch = sym("batch", 1);
  EXPECT_EQ(ceilDiv(n, batch), floorDiv(n + batch - 1, batch));
  EXPECT_EQ(floorDiv(n * -1, batch) * -1, ceilDiv(n, batch));
}

TEST_F(DimTest, ConvolutionSizesNest) {
  auto half = [](Dim h) { return floorDiv(h - 1, 2) + 1; };
  EXPECT_EQ(half(half(n)), floorDiv(n - 1, 4) + 1);
  EXPECT_EQ(half(half(half(half(half(n))))), floorDiv(n + 31, 32));
}

TEST_F(DimTest, ModIsWhatDivisionLeaves) {
  EXPECT_EQ(mod(n, 4), n - floorDiv(n, 4) * 4);
  EXPECT_EQ(mod(n * 4 + 3, 4), num(3));
  EXPECT_EQ(floorDiv(mod(n, 4), 4), num(0));
  EXPECT_EQ(mod(mod(n, 4), 4), mod(n, 4));
}

TEST_F(DimTest, MaxAndMin) {
  EXPECT_EQ(max(n, 0), n);
  EXPECT_EQ(max(n + 1, n), n + 1);
  EXPECT_EQ(max(num(3), num(5)), num(5));
  EXPECT_EQ(max(max(a, b), n), max(b, max(n, a)));
  EXPECT_EQ(max(a + 1, b + 1), max(a, b) + 1);
  EXPECT_EQ(max(a * 2, b * 2), max(a, b) * 2);
  EXPECT_EQ(max(a, b) + min(a, b), a + b);
  EXPECT_EQ(min(n, 0), num(0));
  EXPECT_EQ(max(max(a, b) + n, a + n), max(a, b) + n);
}

TEST_F(DimTest, BoundsSeeThroughQuotientsAndMaxima) {
  EXPECT_EQ(mod(n, 4).lowerBound(), 0);
  EXPECT_EQ(mod(n, 4).upperBound(), 3);
  EXPECT_EQ(min(n, 5).lowerBound(), 0);
  EXPECT_EQ(min(n, 5).upperBound(), 5);
  EXPECT_TRUE(provablyGreaterEqual(n, floorDiv(n, 4) * 2));
  EXPECT_TRUE(provablyGreaterEqual(n, min(n, m)));
  EXPECT_FALSE(provablyGreaterEqual(n, m));
  EXPECT_TRUE(provablyDifferent(n * 2, m * 2 + 1));
  EXPECT_FALSE(provablyDifferent(n, m));
  EXPECT_FALSE(provablyDifferent(n, n));
  EXPECT_FALSE(provablyDifferent(n * n, n));
}

TEST_F(DimTest, ExactDivIgnoresZeros) {
  EXPECT_EQ(exactDiv(b * n * 768, b * 768), n);
  EXPECT_EQ(exactDiv((a + b) * (n + 2), n + 2), a + b);
  EXPECT_EQ(exactDiv(n + 1, n), std::nullopt);
  EXPECT_EQ(exactDiv(n, num(2)), std::nullopt);
  EXPECT_EQ(exactDiv(n, num(0)), std::nullopt);
}

TEST_F(DimTest, OverflowAndExcessGiveNull) {
  Dim big = num(INT64_MAX);
  EXPECT_FALSE(big + 1);
  EXPECT_FALSE(n * big * 2);
  EXPECT_FALSE((big + 1) * 2 - n);
  EXPECT_FALSE(floorDiv(num(INT64_MIN), -1));
  EXPECT_FALSE(num(INT64_MIN) * -1);
  EXPECT_FALSE(floorDiv(n, 0));
  EXPECT_FALSE(max(Dim(), n));
  Dim deep = n;
  for (int i = 0; i < 200 && deep; ++i) deep = floorDiv(m, max(deep + 1, a * 2 + 1));
  EXPECT_FALSE(deep);
  Dim wide = num(1);
  for (int i = 0; i < 12 && wide; ++i) wide = wide * (sym("s" + std::to_string(i)) + 1);
  EXPECT_FALSE(wide) << "2^12 terms";
}

TEST_F(DimTest, SplitLinearAndSubstitute) {
  auto split = (n * 6 * a + b + 1).splitLinear("n");
  ASSERT_TRUE(split);
  EXPECT_EQ(split->first, a * 6);
  EXPECT_EQ(split->second, b + 1);
  EXPECT_FALSE((n * n).splitLinear("n"));
  EXPECT_FALSE(floorDiv(n, 2).splitLinear("n"));
  EXPECT_EQ(a.splitLinear("n")->first, num(0));
  Dim twice = floorDiv(n + m, 4).substitute(
      [&](DimAtom symbol) { return symbol.symbol() == "n" ? m * 3 : Dim(); });
  EXPECT_EQ(twice, m);
}

}  // namespace
}  // namespace plx
