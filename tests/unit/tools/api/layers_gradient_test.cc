// Each layer's derivatives, by its input and by its parameters, against central differences, order
// 1 and 2.
#include <gtest/gtest.h>

#include "compiler/autodiff/CheckGradient.h"
#include "ir/ops/Parameter.h"
#include "mlir/IR/Verifier.h"
#include "tests/conformance/layers/Layers.h"

namespace plx::builder {
namespace {

class LayerGradients : public ::testing::TestWithParam<Layer> {};

/// Parameters become arguments, so that the check varies them.
void liftParameters(mlir::func::FuncOp main) {
  for (auto &[name, values] : parametersOf(main)) {
    auto type = mlir::cast<mlir::RankedTensorType>(values[0].getType());
    (void)main.insertArgument(main.getNumArguments(), type, {}, main.getLoc());
    for (mlir::Value value : values) {
      value.replaceAllUsesWith(main.getArgument(main.getNumArguments() - 1));
      value.getDefiningOp()->erase();
    }
  }
  mlir::Builder b(main.getContext());
  for (unsigned i = 0; i < main.getNumArguments(); ++i) {
    auto type = mlir::cast<mlir::RankedTensorType>(main.getArgument(i).getType());
    mlir::Attribute zero = b.getZeroAttr(type);
    main.setArgAttr(i, "plx.input", zero);
  }
  main->setAttr("plx.runs", b.getUnitAttr());
}

TEST_P(LayerGradients, AgreeWithDifferences) {
  Network net(NetworkOptions{.mode = Mode::Train, .isF64 = true});
  const std::vector<int64_t> &dims = GetParam().dims;
  llvm::SmallVector<Size> sizes(dims.begin(), dims.end());
  net.output("y", GetParam().apply(net.input("x", sizes)));
  absl::StatusOr<mlir::ModuleOp> module = net.finish();
  ASSERT_TRUE(module.ok()) << module.status();
  liftParameters(module->lookupSymbol<mlir::func::FuncOp>("main"));
  ASSERT_TRUE(succeeded(mlir::verify(*module)));
  mlir::FailureOr<std::vector<eval::ValueTest>> tests = eval::valueTestsOf(*module);
  ASSERT_TRUE(succeeded(tests));
  ASSERT_EQ(tests->size(), 1u);
  EXPECT_EQ(checkGradient(*module, tests->front()), "");
}

INSTANTIATE_TEST_SUITE_P(All, LayerGradients, ::testing::ValuesIn(allLayers()),
                         [](const auto &info) { return info.param.name; });

}  // namespace
}  // namespace plx::builder
