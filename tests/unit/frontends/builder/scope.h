// A scope whose formulas fold to numbers as they are written: operands are constants.
#ifndef PLEXUS_TESTS_UNIT_FRONTENDS_BUILDER_SCOPE_H
#define PLEXUS_TESTS_UNIT_FRONTENDS_BUILDER_SCOPE_H

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "frontends/builder/Tensor.h"
#include "ir/Dialect.h"
#include "ir/eval/Value.h"
#include "ir/ops/Build.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/Matchers.h"

namespace plx::builder {

struct ScopeTest : testing::Test {
  ScopeTest() : scope(start(), loc) {
    context.getDiagEngine().registerHandler([this](mlir::Diagnostic &diagnostic) {
      messages.push_back(diagnostic.str());
      return mlir::success();
    });
  }

  Tensor f64(llvm::ArrayRef<int64_t> dims, llvm::ArrayRef<double> values) {
    auto type = mlir::RankedTensorType::get(dims, mlir::Float64Type::get(&context));
    return scope.tensor(
        build::constant(scope.builder(), loc, mlir::DenseElementsAttr::get(type, values)));
  }
  Tensor i64(llvm::ArrayRef<int64_t> dims, llvm::ArrayRef<int64_t> values) {
    auto type = mlir::RankedTensorType::get(dims, mlir::IntegerType::get(&context, 64));
    return scope.tensor(
        build::constant(scope.builder(), loc, mlir::DenseElementsAttr::get(type, values)));
  }
  /// The elements of what has folded.
  std::vector<double> values(const Tensor &x) {
    mlir::DenseElementsAttr found;
    if (!x || !mlir::matchPattern(x.value(), mlir::m_Constant(&found))) {
      ADD_FAILURE() << "no constant";
      return {};
    }
    std::vector<double> out;
    for (const llvm::APFloat &value : found.getValues<llvm::APFloat>())
      out.push_back(value.convertToDouble());
    return out;
  }
  void expectNear(const Tensor &x, std::vector<double> expected, double tolerance = 1e-12) {
    std::vector<double> found = values(x);
    ASSERT_EQ(found.size(), expected.size());
    for (size_t i = 0; i < found.size(); ++i) EXPECT_NEAR(found[i], expected[i], tolerance) << i;
  }

  struct Loaded : mlir::MLIRContext {
    Loaded() { loadDialect<PlxDialect, mlir::func::FuncDialect>(); }
  };
  Loaded context;
  mlir::Location loc = mlir::NameLoc::get(mlir::StringAttr::get(&context, "node"));
  mlir::OwningOpRef<mlir::ModuleOp> module = mlir::ModuleOp::create(loc);
  std::vector<std::string> messages;
  Scope scope;

 private:
  mlir::OpBuilder start() {
    mlir::OpBuilder b(&context);
    b.setInsertionPointToEnd(module->getBody());
    auto function = mlir::func::FuncOp::create(b, loc, "f", b.getFunctionType({}, {}));
    b.setInsertionPointToEnd(function.addEntryBlock());
    return b;
  }
};

}  // namespace plx::builder

#endif  // PLEXUS_TESTS_UNIT_FRONTENDS_BUILDER_SCOPE_H
