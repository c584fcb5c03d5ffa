// Running functions: calls, parameters, the hook, messages.
// Covers: ir/eval/Frame.cpp
#include "ir/eval/Evaluator.h"

#include "gtest/gtest.h"
#include "ir/Dialect.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Parser/Parser.h"

namespace plx::eval {
namespace {

struct EvaluatorTest : testing::Test {
  EvaluatorTest() { context.loadDialect<PlxDialect, mlir::func::FuncDialect>(); }
  void parse(llvm::StringRef text) {
    module = mlir::parseSourceString<mlir::ModuleOp>(text, &context, "model.mlir");
    ASSERT_TRUE(module);
  }
  Tensor floats(std::vector<double> values) {
    Tensor tensor(mlir::Float32Type::get(&context), {static_cast<int64_t>(values.size())});
    tensor.floats() = std::move(values);
    return tensor;
  }
  mlir::MLIRContext context;
  mlir::OwningOpRef<mlir::ModuleOp> module;
};

constexpr llvm::StringLiteral kDouble = R"(
  func.func @double(%x: tensor<?xf32, #plx.dims<[n]>>) -> tensor<?xf32, #plx.dims<[n]>> {
    %r = plx.pointwise add(%x, %x) : (tensor<?xf32, #plx.dims<[n]>>, tensor<?xf32, #plx.dims<[n]>>) -> tensor<?xf32, #plx.dims<[n]>>
    return %r : tensor<?xf32, #plx.dims<[n]>>
  }
)";

TEST_F(EvaluatorTest, CallsBindTheCalleesSymbolsAnew) {
  parse((kDouble + R"(
    func.func @main(%x: tensor<2xf32>, %y: tensor<3xf32>) -> (tensor<2xf32>, tensor<3xf32>) {
      %a = plx.call @double(%x) : (tensor<2xf32>) -> tensor<2xf32>
      %b = plx.call @double(%y) : (tensor<3xf32>) -> tensor<3xf32>
      return %a, %b : tensor<2xf32>, tensor<3xf32>
    })")
            .str());
  Evaluator evaluator(*module);
  auto results = evaluator.run("main", {floats({1, 2}), floats({3, 4, 5})});
  ASSERT_TRUE(succeeded(results)) << evaluator.error();
  EXPECT_EQ((*results)[0].tensor().floats(), (std::vector<double>{2, 4}));
  EXPECT_EQ((*results)[1].tensor().floats(), (std::vector<double>{6, 8, 10}));
}

TEST_F(EvaluatorTest, RecursionEndsWithAMessage) {
  parse(R"(
    func.func @f(%x: tensor<2xf32>) -> tensor<2xf32> {
      %a = func.call @f(%x) : (tensor<2xf32>) -> tensor<2xf32>
      return %a : tensor<2xf32>
    })");
  Evaluator evaluator(*module);
  EXPECT_TRUE(failed(evaluator.run("f", {floats({1, 2})})));
  EXPECT_EQ(evaluator.error(),
            "model.mlir:3:12: call: regions and calls are nested too deeply at @f");
}

TEST_F(EvaluatorTest, ParametersComeFromTheSourceAndAreChecked) {
  parse(R"(
    func.func @f() -> tensor<2xf32> {
      %w = plx.parameter "w" : tensor<2xf32>
      return %w : tensor<2xf32>
    })");
  Evaluator evaluator(*module);
  evaluator.setParameterSource(
      [&](llvm::StringRef name, mlir::Operation *) -> mlir::FailureOr<Tensor> {
        EXPECT_EQ(name, "w");
        return floats({7, 8});
      });
  auto results = evaluator.run("f", {});
  ASSERT_TRUE(succeeded(results)) << evaluator.error();
  EXPECT_EQ((*results)[0].tensor().floats()[1], 8);
  evaluator.setParameterSource([&](llvm::StringRef, mlir::Operation *) -> mlir::FailureOr<Tensor> {
    return floats({7, 8, 9});
  });
  EXPECT_TRUE(failed(evaluator.run("f", {})));
  EXPECT_EQ(evaluator.error(), "model.mlir:3:12: parameter: dim 0 of result 0 is 3, expected 2");
}

TEST_F(EvaluatorTest, HookSeesEachOpInOrder) {
  parse(kDouble);
  Evaluator evaluator(*module);
  std::vector<std::string> seen;
  evaluator.setHook([&](mlir::Operation *op, llvm::ArrayRef<Value> results) {
    seen.push_back(op->getName().getStringRef().str() + "/" + std::to_string(results.size()));
  });
  ASSERT_TRUE(succeeded(evaluator.run("double", {floats({1})})));
  EXPECT_EQ(seen, std::vector<std::string>{"plx.pointwise/1"});
}

TEST_F(EvaluatorTest, WrongInputsAreNamed) {
  parse(kDouble);
  Evaluator evaluator(*module);
  EXPECT_TRUE(failed(evaluator.run("double", {})));
  EXPECT_NE(evaluator.error().find("0 values were given, 1 are taken"), std::string::npos)
      << evaluator.error();
  EXPECT_TRUE(failed(evaluator.run("double", {Tensor(mlir::Float64Type::get(&context), {1})})));
  EXPECT_NE(evaluator.error().find("argument 0 has element type f64, expected f32"),
            std::string::npos);
  EXPECT_TRUE(failed(evaluator.run("double", {Tensor(mlir::Float32Type::get(&context), {1, 1})})));
  EXPECT_NE(evaluator.error().find("argument 0 has rank 2, expected 1"), std::string::npos);
  EXPECT_TRUE(failed(evaluator.run("nothing", {})));
  EXPECT_NE(evaluator.error().find("function @nothing is not defined in the module"),
            std::string::npos);
}

// Folding puts plx.dims in front of the bind that gives its symbol a value: sizes have no place of
// their own.
TEST_F(EvaluatorTest, SizesAreComputedWhereUsed) {
  parse(R"(
    func.func @f(%v: tensor<1xi64>) -> tensor<1xi64> {
      %d = plx.dims [2*a] : tensor<1xi64>
      plx.bind %v ["a"] [0] : tensor<1xi64>
      return %d : tensor<1xi64>
    })");
  Evaluator evaluator(*module);
  Tensor v(mlir::IntegerType::get(&context, 64), {1});
  v.setInt(0, 21);
  auto results = evaluator.run("f", {v});
  ASSERT_TRUE(succeeded(results)) << evaluator.error();
  EXPECT_EQ((*results)[0].tensor().ints()[0], 42);
}

}  // namespace
}  // namespace plx::eval
