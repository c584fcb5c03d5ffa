// Import for training: what is a weight, what is renewed, what draws anew.
#include <gtest/gtest.h>

#include "tests/unit/frontends/onnx/Models.h"

namespace plx::testing {
namespace {

using onnx::TensorProto;
using Names = std::vector<std::string>;

onnx::TensorProto &addFloats(onnx::ModelProto &model, const std::string &name,
                             const std::vector<int64_t> &dims, const std::vector<float> &values) {
  onnx::TensorProto &tensor = addWeight(model, name, dims);
  for (float value : values) tensor.add_float_data(value);
  return tensor;
}

void setInt(onnx::NodeProto &node, const std::string &name, int64_t value) {
  auto &attribute = *node.add_attribute();
  attribute.set_name(name);
  attribute.set_type(onnx::AttributeProto::INT);
  attribute.set_i(value);
}

size_t count(const std::string &text, const std::string &part) {
  size_t found = 0;
  for (size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
  return found;
}

/// y = clip(bn(x) * w, low, high), with the weights beside.
onnx::ModelProto normalized() {
  auto model = emptyModel();
  addInput(model, "x", 1, {-1, 2}, {"batch"});
  addOutput(model, "y", 1, 2);
  for (const char *name : {"scale", "bias", "mean", "var", "w"})
    addFloats(model, name, {2}, {1, 2});
  addFloats(model, "low", {}, {-1});
  addFloats(model, "high", {}, {1});
  addNode(model, "BatchNormalization", {"x", "scale", "bias", "mean", "var"}, {"n"});
  addNode(model, "Mul", {"n", "w"}, {"m"});
  addNode(model, "Clip", {"m", "low", "high"}, {"y"});
  return model;
}

TEST(TrainingImportTest, TellsWeightsFromSettings) {
  ImportOptions options;
  options.training = TrainingImport::AsIs;
  Imported imported = importModel(normalized(), options);
  ASSERT_TRUE(imported.status.ok()) << imported.status;
  EXPECT_EQ(imported.training.weights, (Names{"bias", "scale", "w"}));
  EXPECT_EQ(imported.training.statistics, (Names{"mean", "var"}));
  // Small as they are, they are parameters and no constants.
  for (const char *name : {"scale", "bias", "mean", "var", "w"})
    EXPECT_EQ(count(imported.text, std::string("plx.parameter \"") + name + "\""), 1u) << name;
  EXPECT_EQ(count(imported.text, "plx.updates"), 0u) << imported.text;
}

TEST(TrainingImportTest, AFactorOfOneElementIsAScale) {
  auto model = emptyModel();
  addInput(model, "x", 1, {2});
  addOutput(model, "y", 1, 1);
  addFloats(model, "factor", {1}, {0.5});
  addFloats(model, "both", {1, 1}, {2});
  addFloats(model, "term", {1}, {3});
  addNode(model, "Mul", {"x", "factor"}, {"a"});
  addNode(model, "Div", {"a", "both"}, {"b"});
  addNode(model, "Add", {"b", "both"}, {"c"});
  addNode(model, "Add", {"c", "term"}, {"y"});
  ImportOptions options;
  options.training = TrainingImport::AsIs;
  Imported imported = importModel(model, options);
  ASSERT_TRUE(imported.status.ok()) << imported.status;
  EXPECT_EQ(imported.training.weights, (Names{"both", "term"}));
  EXPECT_EQ(imported.training.scales, (Names{"factor"}));
}

TEST(TrainingImportTest, TurnsNormalizationsToTraining) {
  ImportOptions options;
  options.training = TrainingImport::Auto;
  Imported imported = importModel(normalized(), options);
  ASSERT_TRUE(imported.status.ok()) << imported.status;
  EXPECT_EQ(imported.training.normalizations, 1);
  EXPECT_EQ(count(imported.text, "plx.updates = \"mean\""), 1u) << imported.text;
  EXPECT_EQ(count(imported.text, "plx.updates = \"var\""), 1u) << imported.text;
  EXPECT_EQ(count(imported.text, "plx.name = \"$step\""), 1u) << imported.text;
}

TEST(TrainingImportTest, InferenceIsLeftAlone) {
  Imported imported = importModel(normalized());
  ASSERT_TRUE(imported.status.ok()) << imported.status;
  EXPECT_EQ(count(imported.text, "plx.parameter"), 0u) << imported.text;
  EXPECT_EQ(count(imported.text, "$step"), 0u);
  EXPECT_TRUE(imported.training.weights.empty());
}

TEST(TrainingImportTest, DropoutDrawsByStepAndSeed) {
  auto model = emptyModel();
  addInput(model, "x", 1, {-1, 2}, {"batch"});
  addOutput(model, "y", 1, 2);
  addFloats(model, "ratio", {}, {0.25});
  addNode(model, "Dropout", {"x", "ratio"}, {"y"});
  ImportOptions options;
  options.training = TrainingImport::AsIs;
  EXPECT_EQ(count(importModel(model, options).text, "plx.random_bits"), 0u);
  options.training = TrainingImport::Auto;
  Imported one = importModel(model, options);
  ASSERT_TRUE(one.status.ok()) << one.status;
  EXPECT_EQ(one.training.dropouts, 1);
  EXPECT_EQ(count(one.text, "plx.random_bits"), 1u) << one.text;
  EXPECT_TRUE(one.training.weights.empty());
  options.seed = 7;
  EXPECT_NE(importModel(model, options).text, one.text);
}

TEST(TrainingImportTest, AnIdentityOfAWeightIsAWeight) {
  auto model = emptyModel();
  addInput(model, "x", 1, {2});
  addOutput(model, "y", 1, 1);
  addFloats(model, "w", {2}, {1, 2});
  addNode(model, "Identity", {"w"}, {"copy"});
  addNode(model, "Mul", {"x", "w"}, {"a"});
  addNode(model, "Mul", {"a", "copy"}, {"y"});
  ImportOptions options;
  options.training = TrainingImport::Auto;
  Imported apart = importModel(model, options);
  ASSERT_TRUE(apart.status.ok()) << apart.status;
  EXPECT_EQ(apart.training.weights, (Names{"copy", "w"}));
  ASSERT_EQ(apart.weights.size(), 2u);
  options.keepTied = true;
  Imported tied = importModel(model, options);
  EXPECT_EQ(tied.training.weights, (Names{"w"}));
  EXPECT_EQ(tied.weights.size(), 1u);
}

TEST(TrainingImportTest, TrainingModeOfTheModelIsKept) {
  auto model = normalized();
  auto &node = *model.mutable_graph()->mutable_node(0);
  setInt(node, "training_mode", 1);
  node.add_output("running_mean");
  node.add_output("running_var");
  ImportOptions options;
  options.training = TrainingImport::AsIs;
  Imported imported = importModel(model, options);
  ASSERT_TRUE(imported.status.ok()) << imported.status;
  EXPECT_EQ(imported.training.normalizations, 0);
  EXPECT_EQ(count(imported.text, "plx.updates"), 2u) << imported.text;
}

}  // namespace
}  // namespace plx::testing
