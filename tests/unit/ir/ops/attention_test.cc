// plx.attention whole and plx.attention decomposed give the same values: the value tests of the op,
// run on both.
#include "ir/ops/Attention.h"

#include <gtest/gtest.h>

#include "ir/Dialect.h"
#include "ir/eval/ValueTests.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/Verifier.h"
#include "mlir/Parser/Parser.h"

namespace plx {
namespace {

mlir::OwningOpRef<mlir::ModuleOp> parseValueTests(mlir::MLIRContext &context) {
  context.loadDialect<PlxDialect, mlir::func::FuncDialect>();
  return mlir::parseSourceFile<mlir::ModuleOp>(PLEXUS_SOURCE_DIR "/tests/ops/attention-values.mlir",
                                               &context);
}

/// Number of ops replaced by what they decompose into.
int decomposeAll(mlir::ModuleOp module) {
  llvm::SmallVector<AttentionOp> ops;
  module.walk([&](AttentionOp op) { ops.push_back(op); });
  for (AttentionOp op : ops) {
    mlir::OpBuilder builder(op);
    mlir::Value result = op.decompose(builder);
    EXPECT_EQ(result.getType(), op.getType());
    op.replaceAllUsesWith(result);
    op.erase();
  }
  return static_cast<int>(ops.size());
}

TEST(Attention, DecomposedHasTheValuesOfTheWhole) {
  mlir::MLIRContext context;
  mlir::OwningOpRef<mlir::ModuleOp> module = parseValueTests(context);
  ASSERT_TRUE(module);
  EXPECT_GE(decomposeAll(*module), 5);
  ASSERT_TRUE(succeeded(mlir::verify(*module)));
  auto tests = eval::valueTestsOf(*module);
  ASSERT_TRUE(succeeded(tests));
  EXPECT_GE(tests->size(), 5u);
  for (const eval::ValueTest &test : *tests)
    if (test.failure.empty())  // what fails, fails in the words of the parts
      EXPECT_EQ(eval::runValueTest(test, eval::referenceExecutor(*module)), "");
}

}  // namespace
}  // namespace plx
