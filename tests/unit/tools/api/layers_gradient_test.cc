// Each layer's derivatives, by its input and by its parameters, against central differences, order
// 1 and 2.
#include <gtest/gtest.h>

#include "compiler/autodiff/CheckGradient.h"
#include "frontends/builder/Recurrent.h"
#include "frontends/builder/Transformer.h"
#include "ir/ops/Parameter.h"
#include "mlir/IR/Verifier.h"

namespace plx::builder {
namespace {

struct Layer {
  const char *name;
  std::vector<int64_t> dims;
  std::function<Tensor(const Tensor &)> apply;
};

const Layer kLayers[] = {
    {"Linear", {2, 3}, [](const Tensor &x) { return Linear(3, 2)(x); }},
    {"Conv1d", {2, 4, 5}, [](const Tensor &x) { return Conv1d(4, 2, 3, {.groups = 2})(x); }},
    {"Conv2d",
     {1, 2, 4, 4},
     [](const Tensor &x) { return Conv2d(2, 3, 3, {.stride = 2, .padding = 1})(x); }},
    {"AveragePool",
     {1, 2, 4, 4},
     [](const Tensor &x) { return AveragePool(2, {.stride = 1, .padding = 1})(x); }},
    {"MaxPool", {1, 1, 4, 4}, [](const Tensor &x) { return MaxPool(2)(x); }},
    {"GlobalAveragePool", {2, 2, 3}, [](const Tensor &x) { return GlobalAveragePool()(x); }},
    {"BatchNorm", {3, 2, 2}, [](const Tensor &x) { return BatchNorm(2)(x); }},
    {"LayerNorm", {3, 4}, [](const Tensor &x) { return LayerNorm(4)(x); }},
    {"GroupNorm", {2, 4, 2}, [](const Tensor &x) { return GroupNorm(2, 4)(x); }},
    {"RNN", {2, 3, 2}, [](const Tensor &x) { return RNN(2, 3)(x); }},
    {"GRU", {2, 3, 2}, [](const Tensor &x) { return GRU(2, 2)(x); }},
    {"LSTM", {2, 3, 2}, [](const Tensor &x) { return LSTM(2, 2, {.isBidirectional = true})(x); }},
    {"MultiHeadAttention", {2, 3, 4}, [](const Tensor &x) { return MultiHeadAttention(4, 2)(x); }},
    {"GELU", {4}, [](const Tensor &x) { return gelu(x); }},
    {"SELU", {4}, [](const Tensor &x) { return selu(x); }},
    {"Swish", {4}, [](const Tensor &x) { return swish(x); }},
    {"Dropout", {8}, [](const Tensor &x) { return Dropout(0.5)(x); }},
};

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

INSTANTIATE_TEST_SUITE_P(All, LayerGradients, ::testing::ValuesIn(kLayers),
                         [](const auto &info) { return std::string(info.param.name); });

}  // namespace
}  // namespace plx::builder
