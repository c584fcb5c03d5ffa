#include "frontends/builder/Initializers.h"

#include <cmath>

#include "ir/ops/RandomBits.h"
#include "tests/unit/frontends/builder/scope.h"

namespace plx::builder {
namespace {

struct Shape {
  double mean, deviation, low, high;
};
Shape shapeOf(const std::vector<double> &values) {
  Shape shape{0, 0, values[0], values[0]};
  for (double v : values) {
    shape.mean += v / static_cast<double>(values.size());
    shape.low = std::min(shape.low, v);
    shape.high = std::max(shape.high, v);
  }
  for (double v : values)
    shape.deviation += (v - shape.mean) * (v - shape.mean) / static_cast<double>(values.size());
  shape.deviation = std::sqrt(shape.deviation);
  return shape;
}

const RandomKey kKey = RandomKey::of(7, "layer.weight");

TEST(Initializers, Constants) {
  EXPECT_EQ(Initializer::zeros().values({2, 2}, kKey), std::vector<double>(4, 0));
  EXPECT_EQ(Initializer::ones().values({3}, kKey), std::vector<double>(3, 1));
  EXPECT_EQ(Initializer::constant(0.5).values({}, kKey), std::vector<double>(1, 0.5));
}

// 40000 draws: the mean of uniforms in [-a, a] is within a / 50 with a probability of 1 - 1e-11.
void expectUniform(const std::vector<double> &values, double bound) {
  Shape shape = shapeOf(values);
  EXPECT_NEAR(shape.mean, 0, bound / 50);
  EXPECT_NEAR(shape.deviation, bound / std::sqrt(3), bound / 50);
  EXPECT_NEAR(shape.low, -bound, bound / 100);
  EXPECT_NEAR(shape.high, bound, bound / 100);
}
void expectNormal(const std::vector<double> &values, double deviation) {
  Shape shape = shapeOf(values);
  EXPECT_NEAR(shape.mean, 0, deviation / 25);
  EXPECT_NEAR(shape.deviation, deviation, deviation / 25);
  EXPECT_GT(shape.high, 3 * deviation);
}

TEST(Initializers, XavierAndHeByTheFans) {
  llvm::SmallVector<int64_t> matrix{100, 400};  // out, in
  expectUniform(Initializer::xavierUniform().values(matrix, kKey), std::sqrt(6.0 / 500));
  expectNormal(Initializer::xavierNormal(2).values(matrix, kKey), 2 * std::sqrt(2.0 / 500));
  expectUniform(Initializer::heUniform().values(matrix, kKey), std::sqrt(6.0 / 400));
  expectNormal(Initializer::heNormal().values(matrix, kKey), std::sqrt(2.0 / 400));
  // A window of 2x5: 40 inputs a channel's element.
  expectNormal(Initializer::heNormal().values({1000, 4, 2, 5}, kKey), std::sqrt(2.0 / 40));
}

TEST(Initializers, UniformAndNormalInTheirPlace) {
  Shape shape = shapeOf(Initializer::uniform(2, 3).values({40000}, kKey));
  EXPECT_NEAR(shape.mean, 2.5, 0.01);
  EXPECT_GE(shape.low, 2);
  EXPECT_LT(shape.high, 3);
  EXPECT_NEAR(shapeOf(Initializer::normal(5, 0.1).values({40000}, kKey)).mean, 5, 0.004);
}

TEST(Initializers, NamesAndSeedsDrawDifferently) {
  auto draw = [](RandomKey key) { return Initializer::uniform(0, 1).values({9}, key); };
  EXPECT_EQ(draw(kKey), draw(RandomKey::of(7, "layer.weight")));
  EXPECT_NE(draw(kKey), draw(RandomKey::of(8, "layer.weight")));
  EXPECT_NE(draw(kKey), draw(RandomKey::of(7, "layer.bias")));
}

using InitializersAndOps = ScopeTest;

TEST_F(InitializersAndOps, DrawWhatTheOpDraws) {
  auto u64 = mlir::IntegerType::get(&context, 64, mlir::IntegerType::Unsigned);
  auto u32 = mlir::IntegerType::get(&context, 32, mlir::IntegerType::Unsigned);
  auto key = build::constant(
      scope.builder(), loc,
      mlir::DenseElementsAttr::get(mlir::RankedTensorType::get({2}, u64),
                                   llvm::ArrayRef<uint64_t>{kKey.bits, kKey.stream}));
  auto op = RandomBitsOp::create(scope.builder(), loc, mlir::RankedTensorType::get({9}, u32), key);
  llvm::SmallVector<mlir::Value> words = build::finish(scope.builder(), op);
  ASSERT_EQ(words.size(), 1u);
  Tensor shifted = apply(ScalarFn::shr_, {scope.tensor(words[0]), 8});
  expectNear(shifted.cast(mlir::Float64Type::get(&context)) * 0x1p-24,
             Initializer::uniform(0, 1).values({9}, kKey), 0);
}

}  // namespace
}  // namespace plx::builder
