// Tensors: rounding to every float type, wrapping, bytes, attributes, sharing.
#include <cmath>
#include <random>

#include "gtest/gtest.h"
#include "ir/Dialect.h"
#include "ir/eval/Rounding.h"
#include "ir/eval/ScalarEval.h"
#include "ir/eval/Value.h"
#include "ir/types/Types.h"
#include "mlir/IR/MLIRContext.h"

namespace plx::eval {
namespace {

struct TensorTest : testing::Test {
  TensorTest() { context.loadDialect<PlxDialect>(); }
  mlir::MLIRContext context;
  mlir::Type f16 = mlir::Float16Type::get(&context), bf16 = mlir::BFloat16Type::get(&context);
};

/// LLVM's own rounding, as double.
double roundByLlvm(const llvm::fltSemantics &semantics, double value) {
  llvm::APFloat rounded(value);
  bool losesInfo;
  rounded.convert(semantics, llvm::APFloat::rmNearestTiesToEven, &losesInfo);
  rounded.convert(llvm::APFloat::IEEEdouble(), llvm::APFloat::rmNearestTiesToEven, &losesInfo);
  return rounded.convertToDouble();
}

TEST_F(TensorTest, RoundsAsLlvmDoes) {
  std::mt19937_64 random(7);
  for (int i = 0; i < 200000; ++i) {
    // Exponents around and beyond both types' ranges; few mantissa bits often, so that ties occur.
    double value = std::ldexp(static_cast<double>(random() >> (random() % 60 + 4)) * 0x1p-20,
                              static_cast<int>(random() % 60) - 40);
    if (random() % 4 == 0) value = std::ldexp(value, static_cast<int>(random() % 300) - 150);
    if (random() % 2) value = -value;
    ASSERT_EQ(roundTo(f16, value), roundByLlvm(llvm::APFloat::IEEEhalf(), value)) << value;
    ASSERT_EQ(roundTo(bf16, value), roundByLlvm(llvm::APFloat::BFloat(), value)) << value;
  }
}

TEST_F(TensorTest, EveryPatternSurvives) {
  for (int code : {10, 16, 17, 18, 19, 20, 23, 24}) {
    auto type = mlir::cast<mlir::FloatType>(elementTypeFromCode(&context, code));
    for (uint64_t pattern = 0; pattern < uint64_t{1} << type.getWidth(); ++pattern) {
      double value = decodeFloat(type, pattern);
      if (std::isnan(value)) continue;
      ASSERT_EQ(roundTo(type, value), value) << code << " " << pattern;
      ASSERT_EQ(encodeFloat(type, value), pattern) << code;
    }
  }
}

TEST_F(TensorTest, WrapsToWidthAndSign) {
  EXPECT_EQ(wrapTo(elementTypeFromCode(&context, 3), 200), -56);  // i8
  EXPECT_EQ(wrapTo(elementTypeFromCode(&context, 2), -1), 255);   // ui8
  EXPECT_EQ(wrapTo(elementTypeFromCode(&context, 22), 9), -7);    // i4
  EXPECT_EQ(wrapTo(elementTypeFromCode(&context, 9), 3), 1);      // bool
  EXPECT_EQ(wrapTo(elementTypeFromCode(&context, 7), INT64_MIN), INT64_MIN);
}

TEST_F(TensorTest, BytesAndAttributesRoundTripForEveryType) {
  for (int code = 1; code <= 26; ++code) {
    mlir::Type type = elementTypeFromCode(&context, code);
    if (mlir::isa<StringType>(type)) continue;
    Tensor tensor(type, {2, 2});
    for (int64_t i = 0; i < 4; ++i) {
      if (tensor.isFloat())
        tensor.setFloat(i, std::ldexp(1.0, static_cast<int>(i) - 1));
      else if (tensor.isInt())
        tensor.setInt(i, i - 1);
      else
        tensor.complexes()[i] = {i + 0.5, -static_cast<double>(i)};
    }
    auto fromBytes = Tensor::fromBytes(type, {2, 2}, tensor.toBytes());
    ASSERT_TRUE(succeeded(fromBytes)) << code;
    EXPECT_EQ(fromBytes->toBytes(), tensor.toBytes()) << code;
    EXPECT_EQ(Tensor::fromAttr(tensor.toAttr()).toBytes(), tensor.toBytes()) << code;
  }
}

TEST_F(TensorTest, RefusesBytesOfAnotherSize) {
  std::vector<char> bytes(12);
  mlir::Type f32 = mlir::Float32Type::get(&context);
  EXPECT_TRUE(succeeded(Tensor::fromBytes(f32, {3}, bytes)));
  EXPECT_TRUE(failed(Tensor::fromBytes(f32, {4}, bytes)));
  EXPECT_TRUE(failed(Tensor::fromBytes(f32, {-3}, bytes)));
  EXPECT_TRUE(failed(Tensor::fromBytes(f32, {int64_t{1} << 62, 4}, bytes)));
}

TEST_F(TensorTest, WritingLeavesCopiesAlone) {
  Tensor a(mlir::Float32Type::get(&context), {2});
  Tensor b = a;
  b.setFloat(0, 5);
  EXPECT_EQ(std::as_const(a).floats()[0], 0);
  EXPECT_EQ(std::as_const(b).floats()[0], 5);
}

TEST_F(TensorTest, SplatOfOneValueIsOneAttribute) {
  Tensor tensor(mlir::Float32Type::get(&context), {3});
  for (int i = 0; i < 3; ++i) tensor.setFloat(i, 2.5);
  EXPECT_TRUE(tensor.toAttr().isSplat());
  EXPECT_EQ(Tensor::fromAttr(tensor.toAttr()).toBytes(), tensor.toBytes());
}

TEST_F(TensorTest, IndexStepsInRowMajorOrder) {
  std::vector<std::vector<int64_t>> seen;
  for (Index i({2, 2}); i; ++i)
    seen.push_back(llvm::to_vector(*i).empty() ? std::vector<int64_t>()
                                               : std::vector<int64_t>((*i).begin(), (*i).end()));
  EXPECT_EQ(seen, (std::vector<std::vector<int64_t>>{{0, 0}, {0, 1}, {1, 0}, {1, 1}}));
  int scalars = 0, none = 0;
  for (Index i(llvm::ArrayRef<int64_t>{}); i; ++i) ++scalars;
  for (Index i({3, 0}); i; ++i) ++none;
  EXPECT_EQ(scalars, 1);
  EXPECT_EQ(none, 0);
}

}  // namespace
}  // namespace plx::eval
