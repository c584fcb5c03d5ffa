// Dim::simplify: index maps of reshapes fold where ranges show it, and agree with the original at
// every point in range.
// Covers: ir/types/DimRewrite.cpp
#include <gtest/gtest.h>

#include "dim_random.h"
#include "ir/Dialect.h"
#include "mlir/IR/MLIRContext.h"

namespace plx {
namespace {

class DimSimplifyTest : public testing::Test {
 protected:
  Dim sym(llvm::StringRef name) { return Dim::symbol(&context, name); }
  Dim num(int64_t value) { return Dim::constant(&context, value); }

  /// `dim` where the variable "$k" runs over [0, extents[k]).
  Dim simplified(Dim dim, llvm::ArrayRef<Dim> extents) {
    return dim.simplify([&](DimAtom symbol) -> std::optional<DimRange> {
      unsigned k;
      if (!symbol.symbol().getValue().starts_with("$") ||
          symbol.symbol().getValue().drop_front().getAsInteger(10, k) || k >= extents.size())
        return std::nullopt;
      DimRange range;
      range.low = 0;
      if (auto extent = extents[k].constant())
        range.high = *extent - 1;
      else
        range.highDim = extents[k] - 1;
      return range;
    });
  }

  mlir::MLIRContext context;
  mlir::Dialect *dialect = context.getOrLoadDialect<PlxDialect>();
  Dim i = sym("$0"), j = sym("$1"), k = sym("$2");
  Dim n = sym("n"), s = sym("s"), h = sym("h");
};

TEST_F(DimSimplifyTest, CollapseThenExpandWithConstantSizes) {
  Dim flat = (i * 12 + j) * 64 + k;
  llvm::SmallVector<Dim> extents = {num(7), num(12), num(64)};
  EXPECT_EQ(simplified(floorDiv(flat, 64), extents), i * 12 + j);
  EXPECT_EQ(simplified(mod(flat, 64), extents), k);
  EXPECT_EQ(simplified(floorDiv(flat, 64 * 12), extents), i);
  EXPECT_EQ(simplified(mod(floorDiv(flat, 64), 12), extents), j);
  // [7, 768] -> [7, 24, 32]: half a row of 64 is a row of 32.
  EXPECT_EQ(simplified(floorDiv(flat, 128), extents), i * 6 + floorDiv(j, 2));
}

TEST_F(DimSimplifyTest, CollapseThenExpandWithSymbolicSizes) {
  Dim flat = (i * s + j) * h + k;
  llvm::SmallVector<Dim> extents = {n, s, h};
  EXPECT_EQ(simplified(floorDiv(flat, h), extents), i * s + j);
  EXPECT_EQ(simplified(mod(flat, h), extents), k);
  EXPECT_EQ(simplified(floorDiv(flat, s * h), extents), i);
  EXPECT_EQ(simplified(mod(floorDiv(flat, h), s), extents), j);
  EXPECT_EQ(simplified(floorDiv(floorDiv(flat, h), s), extents), i);
}

TEST_F(DimSimplifyTest, MixedSizesAndSums) {
  llvm::SmallVector<Dim> extents = {n, s + 1, num(64)};
  Dim flat = (i * (s + 1) + j) * 64 + k;
  EXPECT_EQ(simplified(floorDiv(flat, 64), extents), i * (s + 1) + j);
  EXPECT_EQ(simplified(floorDiv(floorDiv(flat, 64), s + 1), extents), i);
  EXPECT_EQ(simplified(mod(floorDiv(flat, 64), s + 1), extents), j);
  EXPECT_EQ(simplified(max(i, num(0)), extents), i);
  EXPECT_EQ(simplified(min(j, s), extents), j) << "a clamp to what the loop keeps anyway";
}

TEST_F(DimSimplifyTest, StaysWhereRangesDoNotShowIt) {
  llvm::SmallVector<Dim> extents = {n, num(65), num(64)};
  Dim tooLong = floorDiv(i * 64 + j, 64);
  EXPECT_EQ(simplified(tooLong, extents), tooLong);
  Dim unknown = floorDiv(i * h + j, s);
  EXPECT_EQ(simplified(unknown, {n, h}), unknown);
  EXPECT_EQ(simplified(floorDiv(i * h + k, h), {n}), floorDiv(i * h + k, h)) << "k has no range";
}

TEST_F(DimSimplifyTest, AgreesAtEveryPointInRange) {
  std::mt19937 random(11);
  const int64_t divisors[] = {1, 2, 3, 4, 6, 8, 12};
  int shorter = 0;
  for (int round = 0; round < 1500; ++round) {
    int64_t sizes[] = {1 + int64_t(random() % 5), 1 + int64_t(random() % 6),
                       1 + int64_t(random() % 6)};
    bool symbolic = random() % 2;
    llvm::SmallVector<Dim> extents = {n, symbolic ? s : num(sizes[1]),
                                      symbolic ? h : num(sizes[2])};
    Dim index = (i * extents[1] + j) * extents[2] + k;
    if (random() % 3 == 0) index = index + int64_t(random() % 5) - 2;
    for (int step = 0; step < 3; ++step) {
      Dim divisor = random() % 3 == 0   ? extents[1 + random() % 2]
                    : random() % 4 == 0 ? extents[1] * extents[2]
                                        : num(divisors[random() % std::size(divisors)]);
      switch (random() % 4) {
        case 0:
          index = floorDiv(index, divisor);
          break;
        case 1:
          index = mod(index, divisor);
          break;
        case 2:
          index = min(index, divisor);
          break;
        default:
          index = index * 3 + j;
          break;
      }
    }
    ASSERT_TRUE(index);
    Dim simple = simplified(index, extents);
    shorter += simple.text().size() < index.text().size();
    for (int64_t point = 0; point < sizes[0] * sizes[1] * sizes[2]; ++point) {
      auto value = [&](DimAtom symbol) -> std::optional<int64_t> {
        llvm::StringRef name = symbol.symbol();
        if (name == "$0") return point / sizes[2] / sizes[1];
        if (name == "$1") return point / sizes[2] % sizes[1];
        if (name == "$2") return point % sizes[2];
        return sizes[name == "n" ? 0 : name == "s" ? 1 : 2];
      };
      ASSERT_EQ(simple.evaluate(value), index.evaluate(value))
          << index.str() << " became " << simple.str() << " at point " << point << " of "
          << sizes[0] << "x" << sizes[1] << "x" << sizes[2];
    }
  }
  EXPECT_GT(shorter, 300);
}

}  // namespace
}  // namespace plx
