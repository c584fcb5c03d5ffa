// frontends/onnx/Symbolic: models whose inputs lose their sizes, and what keeps them.
#include "frontends/onnx/Symbolic.h"

#include <gtest/gtest.h>

#include "mlir/IR/MLIRContext.h"
#include "tests/unit/frontends/onnx/Models.h"

namespace plx::testing {
namespace {

struct Result {
  absl::Status status;
  std::string text, exempt;  // exempt: "input[axis]=size" each
};

Result importSymbolic(const onnx::ModelProto &model) {
  mlir::MLIRContext context;
  ImportOptions options;
  options.symbolicInputs = true;
  std::string bytes = model.SerializeAsString();
  auto imported = importOnnxBytes(context, bytes.data(), bytes.size(), "", options);
  Result result{imported.status(), "", ""};
  if (!imported.ok()) return result;
  llvm::raw_string_ostream stream(result.text);
  imported->module->print(stream);
  for (const ExemptDim &dim : imported->exempt)
    result.exempt += dim.input + "[" + std::to_string(dim.axis) + "]=" + std::to_string(dim.size);
  return result;
}

TEST(SymbolicTest, MakesEveryDimASymbolOfItsOwn) {
  auto model = emptyModel();
  addInput(model, "x", 1, {2, 2});
  addInput(model, "y", 1, {-1, 2}, {"n"});
  addOutput(model, "z", 1, 2);
  addNode(model, "Add", {"x", "y"}, {"z"});
  Result result = importSymbolic(model);
  ASSERT_TRUE(result.status.ok()) << result.status;
  EXPECT_NE(result.text.find("#plx.dims<[x_d0, x_d1]>"), std::string::npos) << result.text;
  EXPECT_NE(result.text.find("#plx.dims<[y_d0, y_d1]>"), std::string::npos) << result.text;
  EXPECT_EQ(result.exempt, "");
}

TEST(SymbolicTest, KeepsTheLengthOfAShapeAlone) {
  auto model = emptyModel();
  addInput(model, "x", 1, {4, 3});
  addInput(model, "shape", 7, {3});
  addInput(model, "ids", 7, {5});  // integers that give no rank
  addOutput(model, "y", 1, 3);
  addOutput(model, "z", 1, 2);
  addNode(model, "Reshape", {"x", "shape"}, {"y"});
  addNode(model, "Gather", {"x", "ids"}, {"z"});
  Result result = importSymbolic(model);
  ASSERT_TRUE(result.status.ok()) << result.status;
  EXPECT_EQ(result.exempt, "shape[0]=3");
  EXPECT_NE(result.text.find("#plx.dims<[ids_d0]>"), std::string::npos) << result.text;
}

TEST(SymbolicTest, KeepsTheLastDimOfAnIndex) {
  auto model = emptyModel();
  addInput(model, "x", 1, {4, 3});
  addInput(model, "at", 7, {6, 2});
  addOutput(model, "y", 1, 1);
  addNode(model, "GatherND", {"x", "at"}, {"y"});
  Result result = importSymbolic(model);
  ASSERT_TRUE(result.status.ok()) << result.status;
  EXPECT_EQ(result.exempt, "at[1]=2");
}

TEST(SymbolicTest, LeavesKernelSizesOpenUnlessTheNodeSaysThem) {
  auto model = emptyModel();
  addInput(model, "x", 1, {1, 2, 9});
  addInput(model, "w", 1, {4, 2, 3});
  addOutput(model, "y", 1, 3);
  auto &node = addNode(model, "Conv", {"x", "w"}, {"y"});
  Result open = importSymbolic(model);
  ASSERT_TRUE(open.status.ok()) << open.status;
  EXPECT_EQ(open.text.find("plx.rebind %arg1"), std::string::npos) << open.text;
  auto &kernel = *node.add_attribute();
  kernel.set_name("kernel_shape");
  kernel.set_type(onnx::AttributeProto::INTS);
  kernel.add_ints(3);
  Result said = importSymbolic(model);
  ASSERT_TRUE(said.status.ok()) << said.status;
  EXPECT_NE(said.text.find("plx.rebind %arg1"), std::string::npos) << said.text;
}

TEST(SymbolicTest, MapsBroadcastsOfOldOpsetsWithoutSizes) {
  auto model = emptyModel(6);
  addInput(model, "a", 1, {2, 3, 4});
  addInput(model, "b", 1, {3});
  addOutput(model, "y", 1, 3);
  auto &node = addNode(model, "Add", {"a", "b"}, {"y"});
  for (const char *name : {"broadcast", "axis"}) {
    auto &attribute = *node.add_attribute();
    attribute.set_name(name);
    attribute.set_type(onnx::AttributeProto::INT);
    attribute.set_i(1);
  }
  Result result = importSymbolic(model);
  ASSERT_TRUE(result.status.ok()) << result.status;
  EXPECT_NE(result.text.find("#plx.dims<[b_d0, 1]>"), std::string::npos) << result.text;
}

}  // namespace
}  // namespace plx::testing
