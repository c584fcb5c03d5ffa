// Dims of tensor types.
// Covers: ir/types/Shape.cpp, ir/types/Register.cpp
#include "gtest/gtest.h"
#include "ir/Dialect.h"
#include "ir/types/Dim.h"
#include "ir/types/Types.h"
#include "mlir/IR/Builders.h"

namespace plx {
namespace {

struct LoadedContext : mlir::MLIRContext {
  LoadedContext() { loadDialect<PlxDialect>(); }
};

struct ShapeTest : testing::Test {
  LoadedContext context;
  mlir::Type f32 = mlir::Float32Type::get(&context);
  Dim n = Dim::symbol(&context, "n");
  Dim c(int64_t value) { return Dim::constant(&context, value); }
};

TEST_F(ShapeTest, StaticTypesHaveNoEncoding) {
  mlir::RankedTensorType type = tensorType(f32, {c(2), c(0)});
  ASSERT_TRUE(type);
  EXPECT_FALSE(type.getEncoding());
  EXPECT_EQ(dimOf(type, 1), c(0));
  EXPECT_EQ(numElements(type), c(0));
}

TEST_F(ShapeTest, SymbolicSizesStandInTheEncoding) {
  mlir::RankedTensorType type = tensorType(f32, {n + 1, c(3)});
  ASSERT_TRUE(type);
  EXPECT_TRUE(type.isDynamicDim(0));
  EXPECT_FALSE(type.isDynamicDim(1));
  EXPECT_EQ(dimOf(type, 0), n + 1);
  EXPECT_EQ(dimOf(type, 1), c(3));
  EXPECT_EQ(numElements(type), n * 3 + 3);
}

TEST_F(ShapeTest, ScalarsHaveOneElement) {
  mlir::RankedTensorType type = tensorType(f32, {});
  EXPECT_EQ(numElements(type), c(1));
  EXPECT_TRUE(dimsOf(type).empty());
}

TEST_F(ShapeTest, WhatIsNoSizeGivesNoType) {
  EXPECT_FALSE(tensorType(f32, {c(-1)}));
  EXPECT_FALSE(tensorType(f32, {Dim()}));
  EXPECT_FALSE(tensorType(mlir::Type(), {c(1)}));
  EXPECT_FALSE(dimOf(f32, 0));
  EXPECT_FALSE(dimOf(tensorType(f32, {c(1)}), 1));
  EXPECT_FALSE(dimOf(tensorType(f32, {c(1)}), -1));
  EXPECT_FALSE(numElements(f32));
}

TEST_F(ShapeTest, SizesThatOverflowHaveNoProduct) {
  EXPECT_FALSE(numElements(&context, {c(INT64_MAX), c(2)}));
}

TEST_F(ShapeTest, TheDialectKnowsItsTypes) {
  EXPECT_TRUE(mlir::isa<StringType>(StringType::get(&context)));
  EXPECT_EQ(SequenceType::get(f32), SequenceType::get(f32));
  EXPECT_NE(mlir::Type(SequenceType::get(f32)), mlir::Type(OptionalType::get(f32)));
}

}  // namespace
}  // namespace plx
