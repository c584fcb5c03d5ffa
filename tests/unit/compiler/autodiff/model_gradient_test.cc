// Derivatives of whole programs at given inputs.
// Covers: compiler/autodiff/CheckModelGradient.cpp, compiler/autodiff/GradientPrograms.cpp
#include <gtest/gtest.h>

#include "compiler/autodiff/CheckModelGradient.h"
#include "ir/Dialect.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Parser/Parser.h"

namespace plx {
namespace {

using Kind = GradientFindings::Kind;

class ModelGradientTest : public testing::Test {
 protected:
  ModelGradientTest() { context_.loadDialect<PlxDialect, mlir::func::FuncDialect>(); }

  /// Of `text` at one input of three elements.
  GradientFindings check(const std::string &text, const std::vector<double> &x,
                         const std::string &type = "f32") {
    auto module = mlir::parseSourceString<mlir::ModuleOp>(text, &context_);
    EXPECT_TRUE(module);
    mlir::Builder b(&context_);
    mlir::Type element = b.getF32Type();
    if (type == "f16") element = b.getF16Type();
    eval::Tensor tensor(element, {static_cast<int64_t>(x.size())});
    for (size_t i = 0; i < x.size(); ++i) tensor.setFloat(static_cast<int64_t>(i), x[i]);
    return checkModelGradient(*module, {eval::Value(tensor)});
  }

  static std::string program(const std::string &body, const std::string &type = "f32") {
    std::string t = "tensor<3x" + type + ">";
    std::string text = "func.func @main(%x: T) -> T {\n" + body + "  return %r : T\n}\n";
    for (size_t at; (at = text.find(" T")) != std::string::npos;) text.replace(at + 1, 1, t);
    for (size_t at; (at = text.find("(T")) != std::string::npos;) text.replace(at + 1, 1, t);
    return text;
  }

  mlir::MLIRContext context_;
};

TEST_F(ModelGradientTest, CountsElementsAndKinks) {
  GradientFindings relu = check(program("  %z = plx.constant dense<0.0> : T\n"
                                        "  %r = plx.pointwise max(%x, %z) : (T, T) -> T\n"),
                                {-1, 0, 2});
  EXPECT_EQ(relu.kind, Kind::Right) << relu.why;
  EXPECT_EQ(relu.numElements, 3);
  EXPECT_EQ(relu.numKinks, 1);
  EXPECT_LT(relu.worst, 1e-9);
}

TEST_F(ModelGradientTest, RoundingIsConstant) {
  GradientFindings rounded =
      check(program("  %r = plx.pointwise round(%x) : (T) -> T\n"), {-1.2, 0.1, 2});
  EXPECT_EQ(rounded.kind, Kind::Right) << rounded.why;
  EXPECT_EQ(rounded.numKinks, 0);
}

TEST_F(ModelGradientTest, FindsAWrongDerivative) {
  // The function says that its derivative is the cotangent itself.
  std::string text = program("  %r = plx.call @square(%x) vjp @wrong : (T) -> T\n");
  text +=
      "func.func private @square(%x: tensor<3xf32>) -> tensor<3xf32> {\n"
      "  %r = plx.pointwise mul(%x, %x) : (tensor<3xf32>, tensor<3xf32>) -> tensor<3xf32>\n"
      "  return %r : tensor<3xf32>\n}\n"
      "func.func private @wrong(%x: tensor<3xf32>, %ct: tensor<3xf32>) -> "
      "tensor<3xf32> {\n  return %ct : tensor<3xf32>\n}\n";
  GradientFindings found = check(text, {1, 2, 3});
  EXPECT_EQ(found.kind, Kind::Wrong);
  EXPECT_NE(found.why.find("element 0 of the gradient by input 0 is"), std::string::npos)
      << found.why;
}

TEST_F(ModelGradientTest, ResultsThatAreNotFiniteAreLeftOut) {
  GradientFindings log = check(program("  %r = plx.pointwise log(%x) : (T) -> T\n"), {-1, 0, 2});
  EXPECT_EQ(log.kind, Kind::Right) << log.why;
}

TEST_F(ModelGradientTest, NarrowFloatsAreHeldAgainstTheRuleInF64) {
  GradientFindings exp =
      check(program("  %r = plx.pointwise exp(%x) : (T) -> T\n", "f16"), {-1, 0, 2}, "f16");
  EXPECT_EQ(exp.kind, Kind::Right) << exp.why;
  // exp(12) = 162755 is more than f16 has: finite in f64 alone.
  exp = check(program("  %r = plx.pointwise exp(%x) : (T) -> T\n", "f16"), {0, 1, 12}, "f16");
  EXPECT_EQ(exp.kind, Kind::Wrong);
  EXPECT_NE(exp.why.find("in the model's own types: the gradient by input 0"), std::string::npos)
      << exp.why;
}

TEST_F(ModelGradientTest, SaysWhyThereIsNoDerivative) {
  GradientFindings compared = check(
      "func.func @main(%x: tensor<3xf32>) -> tensor<3xi1> {\n"
      "  %r = plx.pointwise eq(%x, %x) : (tensor<3xf32>, tensor<3xf32>) -> tensor<3xi1>\n"
      "  return %r : tensor<3xi1>\n}\n",
      {1, 2, 3});
  EXPECT_EQ(compared.kind, Kind::NotDifferentiable);
  EXPECT_EQ(compared.why, "no output is a tensor of floats");
  GradientFindings narrow = check(program("  %y = plx.cast %x : (T) -> tensor<3xf8E5M2>\n"
                                          "  %r = plx.cast %y : (tensor<3xf8E5M2>) -> T\n"),
                                  {1, 2, 3});
  EXPECT_EQ(narrow.kind, Kind::NotDifferentiable);
  EXPECT_EQ(narrow.why, "f8E5M2 has no derivative");
}

}  // namespace
}  // namespace plx
