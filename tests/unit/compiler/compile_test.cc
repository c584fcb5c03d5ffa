// The pipeline from text to a run: what a model does wrong at run time is said with the node's
// name.
#include "compiler/Compile.h"

#include <gtest/gtest.h>

#include "compiler/package/Session.h"
#include "ir/Dialect.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Parser/Parser.h"

namespace plx {
namespace {

/// Compiles @main of `text` and runs it once on `inputs`, with one output of `bytes` bytes.
absl::Status runText(const std::string &text, absl::Span<const plx_tensor> inputs,
                     plx_tensor output) {
  mlir::MLIRContext context;
  context.loadDialect<PlxDialect, mlir::func::FuncDialect>();
  auto module = mlir::parseSourceString<mlir::ModuleOp>(text, &context);
  if (!module) return absl::InvalidArgumentError("the test's program does not parse");
  CompileOptions options;
  options.modelName = "m";
  auto program = compileModule(std::move(module), WeightLookup(), options);
  if (!program.ok()) return program.status();
  return runOnce(*program, inputs, {output}, /*threads=*/2);
}

constexpr char kGather[] = R"mlir(
func.func @main(%x: tensor<5x4xf32>, %i: tensor<3xi64>) -> tensor<3x4xf32> {
  %r = plx.gather %x, (%i) axes [0] at 0 : (tensor<5x4xf32>, tensor<3xi64>) -> tensor<3x4xf32> loc("embed(Gather)")
  return %r : tensor<3x4xf32>
})mlir";

absl::Status gather(std::vector<int64_t> indices) {
  std::vector<float> table(20, 1.0f), out(12);
  int64_t tableDims[] = {5, 4}, indexDims[] = {3}, outDims[] = {3, 4};
  plx_tensor inputs[] = {{table.data(), tableDims, 2, PLX_F32},
                         {indices.data(), indexDims, 1, PLX_I64}};
  return runText(kGather, inputs, {out.data(), outDims, 2, PLX_F32});
}

TEST(Compile, GatherNamesNodeAndIndex) {
  EXPECT_TRUE(gather({4, -5, 0}).ok()) << gather({4, -5, 0});
  EXPECT_EQ(gather({0, 5, 1}).message(),
            "model 'm', node 'embed' (Gather): index 5 is out of range: expected -5 to 4");
  EXPECT_EQ(gather({0, 1, -6}).message(),
            "model 'm', node 'embed' (Gather): index -6 is out of range: expected -5 to 4");
}

constexpr char kDivision[] = R"mlir(
func.func @main(%a: tensor<40xi32>, %b: tensor<40xi32>) -> tensor<40xi32> {
  %q = plx.pointwise div(%a, %b) : (tensor<40xi32>, tensor<40xi32>) -> tensor<40xi32> loc("half(Div)")
  %r = plx.pointwise add(%q, %a) : (tensor<40xi32>, tensor<40xi32>) -> tensor<40xi32> loc("sum(Add)")
  return %r : tensor<40xi32>
})mlir";

absl::Status divide(int zeroAt) {
  std::vector<int32_t> a(40, 6), b(40, 2), out(40);
  if (zeroAt >= 0) b[static_cast<size_t>(zeroAt)] = 0;
  int64_t dims[] = {40};
  plx_tensor inputs[] = {{a.data(), dims, 1, PLX_I32}, {b.data(), dims, 1, PLX_I32}};
  return runText(kDivision, inputs, {out.data(), dims, 1, PLX_I32});
}

TEST(Compile, DivisionByZeroNamesTheNodesOfItsKernel) {
  EXPECT_TRUE(divide(-1).ok()) << divide(-1);
  // In whole vectors and in the masked tail alike.
  for (int zeroAt : {0, 17, 39})
    EXPECT_EQ(divide(zeroAt).message(),
              "model 'm', node 'half(Div), sum(Add)': integer division by zero");
}

// An imported function has no place in a file: the model's name stands for it.
TEST(Compile, RefusalNamesTheModelAndItsNodes) {
  absl::Status status = runText(R"mlir(
    func.func @main(%x: tensor<2xcomplex<f32>>) -> tensor<2xcomplex<f32>> {
      %r = plx.pointwise neg(%x) : (tensor<2xcomplex<f32>>) -> tensor<2xcomplex<f32>> loc("turn(Neg)")
      %s = plx.concat 0 (%r) : (tensor<2xcomplex<f32>>) -> tensor<2xcomplex<f32>> loc(unknown)
      return %s : tensor<2xcomplex<f32>>
    } loc(unknown))mlir",
                                {}, {});
  EXPECT_EQ(status.message(),
            "model 'm': these ops cannot be compiled yet:\n  complex numbers of node 'turn' (Neg)");
}

}  // namespace
}  // namespace plx
