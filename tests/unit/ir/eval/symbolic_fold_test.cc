// Folding of ops whose operands are known sizes or small constants, and its limits.
// Covers: ir/eval/SymbolicFold.cpp, ir/eval/SymbolicRounding.cpp
#include "ir/eval/SymbolicFold.h"

#include "gtest/gtest.h"
#include "ir/Dialect.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Transforms/Passes.h"

namespace plx::eval {
namespace {

/// `body` as a function's, canonicalized; its text.
std::string folded(const std::string &body) {
  mlir::MLIRContext context;
  context.loadDialect<PlxDialect, mlir::func::FuncDialect>();
  auto module = mlir::parseSourceString<mlir::ModuleOp>(
      "func.func @f(%x: tensor<?x?xf32, #plx.dims<[n ge 1, m ge 1]>>) -> tensor<1xi64> {" + body +
          "}",
      &context);
  if (!module) return "does not parse";
  mlir::PassManager passes(&context);
  passes.addPass(mlir::createCanonicalizerPass());
  if (failed(passes.run(*module))) return "does not pass";
  std::string text;
  llvm::raw_string_ostream(text) << *module;
  return text;
}

bool has(const std::string &text, const std::string &part) {
  return text.find(part) != std::string::npos;
}

TEST(SymbolicFold, MovesAndCombinesSizes) {
  std::string text = folded(R"(
    %d = plx.dims [n ge 1, m ge 1] : tensor<2xi64>
    %p = plx.reduce product %d [0] : (tensor<2xi64>) -> tensor<i64>
    %r = plx.reshape %p : (tensor<i64>) -> tensor<1xi64>
    return %r : tensor<1xi64>)");
  EXPECT_TRUE(has(text, "plx.dims [(m ge 1)*(n ge 1)]")) << text;
  EXPECT_FALSE(has(text, "plx.reduce")) << text;
}

TEST(SymbolicFold, SlicesOfSizesAreSizes) {
  std::string text = folded(R"(
    %d = plx.dims [n ge 1, 7, m ge 1] : tensor<3xi64>
    %r = plx.slice %d [2] [1] [1] : (tensor<3xi64>) -> tensor<1xi64>
    return %r : tensor<1xi64>)");
  EXPECT_TRUE(has(text, "plx.dims [m ge 1]")) << text;
}

TEST(SymbolicFold, AllConstantsBecomeDense) {
  std::string text = folded(R"(
    %d = plx.constant dense<[6]> : tensor<1xi64>
    %two = plx.constant dense<[2]> : tensor<1xi64>
    %r = plx.pointwise mul(%d, %two) : (tensor<1xi64>, tensor<1xi64>) -> tensor<1xi64>
    return %r : tensor<1xi64>)");
  EXPECT_TRUE(has(text, "plx.constant dense<12>")) << text;
}

TEST(SymbolicFold, HalvesRoundedDownAreFloorDiv) {
  std::string text = folded(R"(
    %d = plx.dims [n ge 1] : tensor<1xi64>
    %half = plx.constant dense<0.5> : tensor<1xf32>
    %f = plx.cast %d : (tensor<1xi64>) -> tensor<1xf32>
    %m = plx.pointwise mul(%f, %half) : (tensor<1xf32>, tensor<1xf32>) -> tensor<1xf32>
    %g = plx.pointwise floor(%m) : (tensor<1xf32>) -> tensor<1xf32>
    %r = plx.cast %g : (tensor<1xf32>) -> tensor<1xi64>
    return %r : tensor<1xi64>)");
  EXPECT_TRUE(has(text, "floordiv 2")) << text;
  EXPECT_FALSE(has(text, "plx.pointwise")) << text;
}

TEST(SymbolicFold, WhatIsNotFollowedStays) {
  std::string text = folded(R"(
    %d = plx.dims [n ge 1] : tensor<1xi64>
    %f = plx.cast %d : (tensor<1xi64>) -> tensor<1xf32>
    %s = plx.pointwise sqrt(%f) : (tensor<1xf32>) -> tensor<1xf32>
    %r = plx.cast %s : (tensor<1xf32>) -> tensor<1xi64>
    return %r : tensor<1xi64>)");
  EXPECT_TRUE(has(text, "plx.pointwise sqrt")) << text;
}

}  // namespace
}  // namespace plx::eval
