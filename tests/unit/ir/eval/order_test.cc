// The order of elements: NaN, unsigned ints, strings, ties.
#include "ir/eval/Order.h"

#include <gtest/gtest.h>

#include <limits>

#include "ir/Dialect.h"
#include "ir/types/Types.h"
#include "mlir/IR/MLIRContext.h"

namespace plx::eval {
namespace {

class OrderTest : public testing::Test {
 protected:
  OrderTest() { context.loadDialect<PlxDialect>(); }
  mlir::MLIRContext context;
};

TEST_F(OrderTest, NanIsGreatestAndEqualToItself) {
  Tensor x(mlir::Float64Type::get(&context), {4});
  double nan = std::numeric_limits<double>::quiet_NaN();
  x.floats() = {nan, std::numeric_limits<double>::infinity(), nan, -0.0};
  EXPECT_EQ(compareElements(x, 0, 1), 1);
  EXPECT_EQ(compareElements(x, 1, 0), -1);
  EXPECT_EQ(compareElements(x, 0, 2), 0);
  EXPECT_EQ(sortedLine(x, 0, 4, 1, false), (llvm::SmallVector<int64_t>{3, 1, 0, 2}));
  EXPECT_EQ(sortedLine(x, 0, 4, 1, true), (llvm::SmallVector<int64_t>{0, 2, 1, 3}));
}

TEST_F(OrderTest, UnsignedIntsUseTheirTopBit) {
  Tensor x(mlir::IntegerType::get(&context, 64, mlir::IntegerType::Unsigned), {2});
  x.ints() = {-1, 1};  // 2^64 - 1
  EXPECT_EQ(compareElements(x, 0, 1), 1);
  Tensor y(mlir::IntegerType::get(&context, 64), {2});
  y.ints() = {-1, 1};
  EXPECT_EQ(compareElements(y, 0, 1), -1);
}

TEST_F(OrderTest, StringsByBytes) {
  Tensor x(StringType::get(&context), {3});
  x.strings() = {"b", "", "\xc3\xa4"};
  EXPECT_EQ(sortedLine(x, 0, 3, 1, false), (llvm::SmallVector<int64_t>{1, 0, 2}));
}

TEST_F(OrderTest, LinesWithAStride) {
  Tensor x(mlir::IntegerType::get(&context, 32), {3, 2});
  x.ints() = {5, 0, 4, 9, 5, 1};
  EXPECT_EQ(sortedLine(x, 1, 3, 2, true), (llvm::SmallVector<int64_t>{1, 2, 0}));
}

}  // namespace
}  // namespace plx::eval
