// Folds of elements: neutral elements, one rounding, wrapping.
#include "ir/eval/Accumulator.h"

#include <gtest/gtest.h>

#include <cmath>

#include "mlir/IR/MLIRContext.h"

namespace plx::eval {
namespace {

double foldFloats(FoldKind kind, mlir::Type element, Tensor::Floats values) {
  Tensor x(element, {static_cast<int64_t>(values.size())}), result(element, {});
  x.floats() = values;
  Accumulator sum(kind, element);
  for (int64_t i = 0; i < x.numElements(); ++i) sum.add(x, i);
  sum.store(result, 0);
  return result.floats()[0];
}

TEST(Accumulator, RoundsOnce) {
  mlir::MLIRContext context;
  // In f16 itself 2048 + 1 is 2048: spacing 2.
  EXPECT_EQ(foldFloats(FoldKind::Sum, mlir::Float16Type::get(&context), {2048, 1, 1}), 2050);
}

TEST(Accumulator, NothingGivesTheNeutralElement) {
  mlir::MLIRContext context;
  mlir::Type f32 = mlir::Float32Type::get(&context);
  EXPECT_EQ(foldFloats(FoldKind::Sum, f32, {}), 0);
  EXPECT_EQ(foldFloats(FoldKind::Product, f32, {}), 1);
  EXPECT_EQ(foldFloats(FoldKind::Max, f32, {}), -INFINITY);
  EXPECT_EQ(foldFloats(FoldKind::Min, f32, {}), INFINITY);
}

TEST(ProductSum, IntsWrapAtTheirWidth) {
  mlir::MLIRContext context;
  mlir::Type i8 = mlir::IntegerType::get(&context, 8);
  Tensor x(i8, {2}), y(i8, {2}), result(i8, {});
  x.ints() = {100, 100};
  y.ints() = {2, 1};
  ProductSum sum(i8);
  sum.add(x, 0, y, 0);
  sum.add(x, 1, y, 1);
  sum.store(result, 0);
  EXPECT_EQ(result.ints()[0], 44);  // 300 - 256
}

TEST(Lines, StrideOverTheDimsBehind) {
  Lines lines({2, 3, 4}, 1);
  EXPECT_EQ(lines.outer, 2);
  EXPECT_EQ(lines.size, 3);
  EXPECT_EQ(lines.inner, 4);
  EXPECT_EQ(lines.at(1, 2, 3), 23);
}

}  // namespace
}  // namespace plx::eval
