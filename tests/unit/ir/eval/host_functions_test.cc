// The table of host functions, and plx.host running one of it.
#include "ir/eval/HostFunctions.h"

#include <gtest/gtest.h>

#include "ir/Dialect.h"
#include "ir/eval/Evaluator.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/Parser/Parser.h"

namespace plx::eval {
namespace {

/// Its setting `count` copies of the first element: a result whose size is data.
mlir::FailureOr<llvm::SmallVector<Value>> copies(mlir::Operation *op, mlir::DictionaryAttr settings,
                                                 llvm::ArrayRef<Value> inputs, Scope &scope) {
  auto count = settings.getAs<mlir::IntegerAttr>("count");
  if (!count) return scope.fail(op, "needs the setting `count`");
  Tensor result(inputs[0].tensor().elementType(), {count.getInt()});
  for (int64_t i = 0; i < count.getInt(); ++i) result.copyElement(i, inputs[0].tensor(), 0);
  return llvm::SmallVector<Value>{result};
}
PLX_HOST_FUNCTION(copies, "test_copies");

/// The message of the failure, empty if there is none.
std::string run(llvm::StringRef settings) {
  mlir::MLIRContext context;
  context.loadDialect<PlxDialect, mlir::func::FuncDialect>();
  std::string text = ("func.func @main(%x: tensor<1xf32>) -> tensor<?xf32, #plx.dims<[2*n]>> {\n"
                      "  %y = plx.host \"test_copies\" (%x) " +
                      settings +
                      " fresh [\"n\"] : (tensor<1xf32>) -> tensor<?xf32, #plx.dims<[n]>>\n"
                      "  %z = plx.concat 0 (%y, %y) : (tensor<?xf32, #plx.dims<[n]>>, "
                      "tensor<?xf32, #plx.dims<[n]>>) -> tensor<?xf32, #plx.dims<[2*n]>>\n"
                      "  return %z : tensor<?xf32, #plx.dims<[2*n]>>\n}\n")
                         .str();
  auto module = mlir::parseSourceString<mlir::ModuleOp>(text, &context);
  if (!module) return "does not parse";
  Tensor x(mlir::Float32Type::get(&context), {1});
  x.setFloat(0, 1.5);
  Evaluator evaluator(*module);
  auto results = evaluator.run("main", {Value(x)});
  if (failed(results)) return evaluator.error();
  EXPECT_EQ((*results)[0].tensor().floats(), Tensor::Floats(6, 1.5));
  return "";
}

TEST(HostFunctions, TableKeepsTheFirstOfAName) {
  EXPECT_EQ(hostFunctionNamed("test_copies"), &copies);
  EXPECT_FALSE(registerHostFunction("test_copies", nullptr));
  EXPECT_EQ(hostFunctionNamed("test_copies"), &copies);
  EXPECT_EQ(hostFunctionNamed("test_no_such"), nullptr);
}

TEST(HostFunctions, RunsAndBindsTheSizesOfResults) { EXPECT_EQ(run("{count = 3}"), ""); }

TEST(HostFunctions, FailsWithItsOwnMessage) {
  EXPECT_NE(run("{}").find("host: needs the setting `count`"), std::string::npos);
}

}  // namespace
}  // namespace plx::eval
