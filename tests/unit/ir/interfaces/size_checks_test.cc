#include "ir/interfaces/SizeChecks.h"

#include <gtest/gtest.h>

#include "ir/Dialect.h"
#include "mlir/IR/MLIRContext.h"

namespace plx {
namespace {

class SizeChecksTest : public ::testing::Test {
 protected:
  SizeChecksTest() { context_.loadDialect<PlxDialect>(); }
  Dim number(int64_t value) { return Dim::constant(&context_, value); }
  Dim symbol(llvm::StringRef name) { return Dim::symbol(&context_, name); }

  mlir::MLIRContext context_;
};

TEST_F(SizeChecksTest, EqualityIsProvedByOneExpressionOnly) {
  Dim n = symbol("n"), m = symbol("m");
  EXPECT_TRUE(SizeCheck::equal(n + m, m + n, 0).isProved());
  EXPECT_FALSE(SizeCheck::equal(n, m, 0).isProved());
  EXPECT_FALSE(SizeCheck::equal(number(2), number(3), 0).isProved());
  EXPECT_EQ(SizeCheck::equal(n, m + 1, 4).message, "dim {2} is {0} by `n` but {1} by `m + 1`");
  EXPECT_EQ(SizeCheck::equal(n, m, 4).axis, 4);
}

TEST_F(SizeChecksTest, RangesAreProvedByTheBoundsOfSymbols) {
  Dim n = symbol("n"), zero = number(0);
  EXPECT_TRUE((SizeCheck{n, zero, Dim(), 0, ""}.isProved()));
  EXPECT_FALSE((SizeCheck{n, number(1), Dim(), 0, ""}.isProved()));
  EXPECT_TRUE((SizeCheck{n - 1, Dim(), n - 1, 0, ""}.isProved()));
  EXPECT_FALSE((SizeCheck{n, Dim(), n - 1, 0, ""}.isProved()));
  EXPECT_FALSE((SizeCheck{n - 1, zero, n - 1, 0, ""}.isProved()));  // -1 where n is 0
}

TEST_F(SizeChecksTest, OneAndNoElementsAreExceptions) {
  Dim n = symbol("n");
  SizeCheck check = SizeCheck::equal(number(1), n, 0);
  EXPECT_FALSE(check.isProved());
  check.orOne = true;
  EXPECT_TRUE(check.isProved());
  check.value = symbol("m");
  EXPECT_FALSE(check.isProved());
  check.elements = n;
  EXPECT_FALSE(check.isProved());
  check.elements = number(0);
  EXPECT_TRUE(check.isProved());
}

TEST_F(SizeChecksTest, OneShapeComparesAllWithTheFirst) {
  mlir::Type f32 = mlir::Float32Type::get(&context_);
  Dim n = symbol("n"), m = symbol("m");
  mlir::Type first = tensorType(f32, {n, number(2)}), other = tensorType(f32, {m, number(2)});
  llvm::SmallVector<SizeCheck> checks;
  checkOneShape({first, other, first}, checks);
  ASSERT_EQ(checks.size(), 4u);
  EXPECT_EQ(checks[0].value, m);
  EXPECT_EQ(checks[0].low, n);
  EXPECT_EQ(checks[1].axis, 1);
  EXPECT_EQ(llvm::count_if(checks, [](const SizeCheck &c) { return c.isProved(); }), 3);
}

}  // namespace
}  // namespace plx
