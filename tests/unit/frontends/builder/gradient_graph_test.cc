#include "frontends/builder/GradientGraph.h"

#include <gtest/gtest.h>

#include "ir/Dialect.h"
#include "ir/eval/Evaluator.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Verifier.h"
#include "mlir/Parser/Parser.h"

namespace plx::builder {
namespace {

// y = x^2 w, and n, an integer.
const char kProgram[] = R"(
func.func @main(%x: tensor<2xf64> {plx.name = "x"}, %n: tensor<2xi64> {plx.name = "n"})
    -> (tensor<2xf64> {plx.name = "y"}, tensor<2xi64> {plx.name = "m"}) {
  %w = plx.parameter "w" : tensor<2xf64>
  %0 = plx.pointwise mul(%x, %x) : (tensor<2xf64>, tensor<2xf64>) -> tensor<2xf64>
  %1 = plx.pointwise mul(%0, %w) : (tensor<2xf64>, tensor<2xf64>) -> tensor<2xf64>
  return %1, %n : tensor<2xf64>, tensor<2xi64>
})";

struct GradientGraphTest : testing::Test {
  GradientGraphTest() { context.loadDialect<PlxDialect, mlir::func::FuncDialect>(); }

  absl::Status make(const GradientOptions &options) {
    module = mlir::parseSourceString<mlir::ModuleOp>(kProgram, &context);
    EXPECT_TRUE(module);
    absl::Status status = makeGradientGraph(*module, options);
    if (status.ok()) EXPECT_TRUE(succeeded(mlir::verify(*module)));
    return status;
  }
  eval::Tensor f64(std::vector<double> values) {
    eval::Tensor tensor(mlir::Float64Type::get(&context), {2});
    for (size_t i = 0; i < values.size(); ++i) tensor.setFloat(static_cast<int64_t>(i), values[i]);
    return tensor;
  }
  /// What @main gives for x = (3, 4), w = (5, 7).
  llvm::SmallVector<eval::Value> run(llvm::SmallVector<eval::Value> more = {}) {
    llvm::SmallVector<eval::Value> inputs{f64({3, 4}),
                                          eval::Tensor(mlir::IntegerType::get(&context, 64), {2})};
    inputs.append(more);
    eval::Evaluator evaluator(*module);
    evaluator.setParameterSource([&](llvm::StringRef, mlir::Operation *) { return f64({5, 7}); });
    auto results = evaluator.run("main", inputs);
    EXPECT_TRUE(succeeded(results)) << evaluator.error();
    return results.value_or(llvm::SmallVector<eval::Value>());
  }

  mlir::MLIRContext context;
  mlir::OwningOpRef<mlir::ModuleOp> module;
};

using Floats = std::vector<double>;

TEST_F(GradientGraphTest, AddsDerivativesBehindTheOutputs) {
  ASSERT_TRUE(make({"", {"x", "w"}, false}).ok());
  auto results = run();
  ASSERT_EQ(results.size(), 4u);
  EXPECT_EQ(results[0].tensor().floats(), (Floats{45, 112}));
  EXPECT_EQ(results[2].tensor().floats(), (Floats{30, 56}));
  EXPECT_EQ(results[3].tensor().floats(), (Floats{9, 16}));
  auto main = module->lookupSymbol<mlir::func::FuncOp>("main");
  EXPECT_EQ(main.getResultAttrOfType<mlir::StringAttr>(3, "plx.name").getValue(), "grad.w");
}

TEST_F(GradientGraphTest, ACotangentWeighsTheSum) {
  ASSERT_TRUE(make({"y", {"x"}, true}).ok());
  EXPECT_EQ(run({f64({1, -10})})[2].tensor().floats(), (Floats{30, -560}));
}

TEST_F(GradientGraphTest, SaysWhatIsNotThere) {
  EXPECT_EQ(make({"z", {"x"}, false}).message(),
            "the model has no output 'z'; its outputs are 'y', 'm'");
  EXPECT_EQ(make({"m", {"x"}, false}).message(),
            "output 'm' is no tensor of floats: it has no gradient");
  EXPECT_EQ(make({"", {"v"}, false}).message(), "the model has no input or initializer 'v'");
  EXPECT_EQ(make({"", {"n"}, false}).message(),
            "'n' is no tensor of floats: there is no gradient with respect to it");
}

}  // namespace
}  // namespace plx::builder
