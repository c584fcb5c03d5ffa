// The builders' own decisions: common sizes, what is bound, what is refused without aborting.
#include "ir/ops/Build.h"

#include "gtest/gtest.h"
#include "ir/Dialect.h"
#include "ir/ops/Bind.h"
#include "ir/ops/Broadcast.h"
#include "ir/ops/Rebind.h"
#include "ir/ops/Reshape.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Matchers.h"
#include "mlir/IR/Verifier.h"

namespace plx::build {
namespace {

struct LoadedContext : mlir::MLIRContext {
  LoadedContext() { loadDialect<PlxDialect, mlir::func::FuncDialect>(); }
};

struct BuildTest : testing::Test {
  BuildTest() : b(&context) {
    module = mlir::ModuleOp::create(loc);
    b.setInsertionPointToEnd(module->getBody());
    auto function = mlir::func::FuncOp::create(b, loc, "f", b.getFunctionType({}, {}));
    block = function.addEntryBlock();
    b.setInsertionPointToEnd(block);
    context.getDiagEngine().registerHandler([this](mlir::Diagnostic &diagnostic) {
      messages.push_back(diagnostic.str());
      return mlir::success();
    });
  }
  mlir::Value input(llvm::ArrayRef<Dim> dims, mlir::Type element) {
    return block->addArgument(tensorType(element, dims), loc);
  }
  mlir::Value input(llvm::ArrayRef<Dim> dims) { return input(dims, b.getF32Type()); }
  Dim c(int64_t value) { return Dim::constant(&context, value); }
  llvm::SmallVector<Dim> dimsOf(mlir::Value value) { return plx::dimsOf(value.getType()); }
  using Dims = llvm::SmallVector<Dim>;

  LoadedContext context;
  mlir::OpBuilder b;
  mlir::Location loc = mlir::NameLoc::get(mlir::StringAttr::get(&context, "node"));
  mlir::OwningOpRef<mlir::ModuleOp> module;
  mlir::Block *block;
  std::vector<std::string> messages;
  Dim n = Dim::symbol(&context, "n"), m = Dim::symbol(&context, "m");
};

TEST_F(BuildTest, CommonSizes) {
  auto common = [&](Dim x, Dim y) {
    auto dims = numpyDims(loc, {input({x}).getType(), input({y}).getType()});
    return dims ? (*dims)[0] : Dim();
  };
  EXPECT_EQ(common(n, c(1)), n);
  EXPECT_EQ(common(c(1), n), n);
  EXPECT_EQ(common(n, n), n);
  EXPECT_EQ(common(n, c(3)), c(3));
  EXPECT_EQ(common(n + 2, m), n + 2);
  EXPECT_EQ(common(n, m), max(n, m));
  EXPECT_EQ(common(c(0), c(1)), c(0));
  EXPECT_TRUE(messages.empty());
  EXPECT_FALSE(common(c(2), c(3)));
  EXPECT_FALSE(common(n + 2, n + 3));
  EXPECT_EQ(messages.size(), 2u);
}

TEST_F(BuildTest, BroadcastingAlignsToTheRight) {
  auto [x, y] = numpyBroadcast(b, loc, input({n, c(3)}), input({c(2), c(1), c(1)}));
  EXPECT_EQ(dimsOf(x), (Dims{c(2), n, c(3)}));
  EXPECT_EQ(dimsOf(y), (Dims{c(2), n, c(3)}));
  mlir::Value sum = broadcasting(b, loc, ScalarFn::add_, {x, input({c(3)})});
  EXPECT_EQ(dimsOf(sum), (Dims{c(2), n, c(3)}));
}

TEST_F(BuildTest, WhatIsWrongIsNullWithOneMessage) {
  mlir::Value bad = broadcasting(b, loc, ScalarFn::add_, {input({c(2)}), input({c(3)})});
  EXPECT_FALSE(bad);
  ASSERT_EQ(messages.size(), 1u);
  EXPECT_EQ(messages[0],
            "shapes do not broadcast: size `3` of dim 0 of 'tensor<3xf32>' meets `2`; sizes must "
            "be equal, or one of them 1");
  // Null in, null out, in silence.
  EXPECT_FALSE(reshape(b, loc, bad, {c(1)}));
  EXPECT_FALSE(pointwise(b, loc, ScalarFn::exp_, bad));
  EXPECT_FALSE(transpose(b, loc, cast(b, loc, bad, b.getI64Type()), {0}));
  EXPECT_EQ(messages.size(), 1u);
  // Inference that fails does not abort.
  EXPECT_FALSE(pointwise(b, loc, ScalarFn::exp_, input({c(2)}, b.getI64Type())));
  EXPECT_FALSE(slice(b, loc, input({c(2)}), {c(0)}, {c(5)}, {c(1)}));
  EXPECT_FALSE(reshape(b, loc, input({c(2)}), {c(3)}));
  EXPECT_FALSE(transpose(b, loc, input({c(2)}), {1}));
  EXPECT_FALSE(squeeze(b, loc, input({c(2)}), {0}));
  EXPECT_FALSE(expandDims(b, loc, input({c(2)}), {5}));
  EXPECT_FALSE(broadcastTo(b, loc, input({c(2), c(3)}), {c(3)}));
  EXPECT_FALSE(reshape(b, loc, input({n}), {n * INT64_MAX * 2}));
  EXPECT_GE(messages.size(), 9u);
}

TEST_F(BuildTest, ReshapeClaimsWhatIsNotProved) {
  mlir::Value x = input({n, c(4)});
  EXPECT_FALSE(reshape(b, loc, x, {n * 4}).getDefiningOp<ReshapeOp>().getOperand().getDefiningOp());
  auto claimed = reshape(b, loc, x, {m, c(2)}).getDefiningOp<ReshapeOp>();
  EXPECT_TRUE(claimed.getOperand().getDefiningOp<RebindOp>());
  EXPECT_TRUE(messages.empty());
}

TEST_F(BuildTest, ConstantsFoldWhileTheyAreWritten) {
  mlir::Value two = constantScalar(b, loc, 2, b.getF32Type());
  mlir::Value all = splat(b, loc, 3, b.getF32Type(), {c(2), c(2)});
  mlir::Value product = broadcasting(b, loc, ScalarFn::mul_, {two, all});
  mlir::DenseElementsAttr attr;
  ASSERT_TRUE(mlir::matchPattern(product, mlir::m_Constant(&attr)));
  EXPECT_EQ(attr.getSplatValue<float>(), 6.0f);
  EXPECT_EQ(*knownDims(constantInts(b, loc, {4, -1})), (Dims{c(4), c(-1)}));
  EXPECT_EQ(*knownDims(dimValue(b, loc, n + 1)), Dims{n + 1});
  EXPECT_FALSE(knownDims(input({c(2)}, b.getI64Type())));
}

TEST_F(BuildTest, OnlyTheUnknownIsBound) {
  mlir::Value unknown = input({c(1)}, b.getI64Type());
  mlir::Value list =
      concat(b, loc, 0, {dimsValue(b, loc, {n}), unknown, constantInts(b, loc, {3})});
  auto dims = dimsOrBind(b, loc, list, "shape", 0);
  ASSERT_TRUE(dims);
  EXPECT_EQ(*dims, (Dims{n, Dim::symbol(&context, "shape.1"), c(3)}));
  // The same value again is the same symbol.
  auto again = dimsOrBind(b, loc, unknown, "other", 0);
  EXPECT_EQ(*again, Dims{Dim::symbol(&context, "shape.1")});
  // A weaker bound will not do.
  auto positive = dimsOrBind(b, loc, unknown, "positive", 1);
  EXPECT_EQ(*positive, Dims{Dim::symbol(&context, "positive", 1)});
  EXPECT_EQ(llvm::range_size(block->getOps<BindOp>()), 2);
  EXPECT_FALSE(dimsOrBind(b, loc, input({n}, b.getI64Type()), "list", 0));
  EXPECT_EQ(messages.size(), 1u);
}

TEST_F(BuildTest, ReverseAndSlice) {
  mlir::Value x = input({n, c(4)});
  EXPECT_EQ(dimsOf(reverse(b, loc, x, {0, 1})), (Dims{n, c(4)}));
  EXPECT_EQ(dimsOf(sliceAxis(b, loc, x, 1, c(1), c(2))), (Dims{n, c(2)}));
  EXPECT_EQ(dimsOf(squeeze(b, loc, expandDims(b, loc, x, {0, 3}), {0, 3})), (Dims{n, c(4)}));
  EXPECT_TRUE(messages.empty());
}

}  // namespace
}  // namespace plx::build
