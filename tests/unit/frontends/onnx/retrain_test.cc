// A model's own file with other weights.
#include "frontends/onnx/Retrain.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "onnx/checker.h"
#include "tests/unit/frontends/onnx/Models.h"

namespace plx::testing {
namespace {

namespace fs = std::filesystem;

class RetrainTest : public ::testing::Test {
 protected:
  RetrainTest() {
    char name[] = "/tmp/plexus-retrain-XXXXXX";
    folder_ = mkdtemp(name);
  }
  ~RetrainTest() override { fs::remove_all(folder_); }
  std::string in(const std::string &name) const { return (folder_ / name).string(); }

  /// Writes `model`, retrains it and reads what came of it.
  onnx::ModelProto retrained(const onnx::ModelProto &model,
                             const std::map<std::string, std::string> &weights) {
    std::ofstream(in("m.onnx"), std::ios::binary) << model.SerializeAsString();
    std::set<std::string> names;
    for (const auto &[name, bytes] : weights) names.insert(name);
    absl::Status status =
        writeRetrainedOnnx(in("m.onnx"), in("out.onnx"), names,
                           [&](const std::string &name) -> absl::StatusOr<llvm::StringRef> {
                             return weights.at(name);
                           });
    EXPECT_TRUE(status.ok()) << status;
    onnx::ModelProto out;
    std::ifstream file(in("out.onnx"), std::ios::binary);
    EXPECT_TRUE(out.ParseFromIstream(&file));
    onnx::checker::check_model(out);
    return out;
  }

  fs::path folder_;
};

const onnx::TensorProto *find(const onnx::ModelProto &model, const std::string &name) {
  for (const auto &tensor : model.graph().initializer())
    if (tensor.name() == name) return &tensor;
  return nullptr;
}

std::string floats(std::initializer_list<float> values) {
  return {reinterpret_cast<const char *>(values.begin()), values.size() * sizeof(float)};
}

TEST_F(RetrainTest, ReplacesBytesAndKeepsTheRest) {
  auto model = emptyModel(17);
  addInput(model, "x", 1, {2000});
  addOutput(model, "y", 1, 1);
  addWeight(model, "large", {2000}).set_raw_data(std::string(8000, '\1'));
  addWeight(model, "kept", {2000}).set_raw_data(std::string(8000, '\2'));
  addWeight(model, "small", {1}).add_float_data(1);
  addNode(model, "Add", {"x", "large"}, {"a"});
  addNode(model, "Mul", {"a", "kept"}, {"b"});
  addNode(model, "Mul", {"b", "small"}, {"y"});
  onnx::ModelProto out =
      retrained(model, {{"large", std::string(8000, '\3')}, {"small", floats({5})}});
  EXPECT_EQ(out.opset_import(0).version(), 17);
  EXPECT_EQ(out.graph().node_size(), 3);
  EXPECT_EQ(find(out, "large")->raw_data(), std::string(8000, '\3'));
  EXPECT_EQ(find(out, "kept")->raw_data(), std::string(8000, '\2'));
  EXPECT_EQ(find(out, "small")->raw_data(), floats({5}));
  EXPECT_EQ(find(out, "small")->float_data_size(), 0);
}

TEST_F(RetrainTest, SetsNormalizationAndDropoutToInference) {
  auto model = emptyModel();
  addInput(model, "x", 1, {3, 2});
  addOutput(model, "y", 1, 2);
  for (const char *name : {"scale", "bias", "mean", "var"})
    addWeight(model, name, {2}).set_raw_data(floats({1, 2}));
  addWeight(model, "ratio", {}).set_raw_data(floats({0.5}));
  auto &training = *model.mutable_graph()->add_initializer();
  training.set_name("training");
  training.set_data_type(onnx::TensorProto::BOOL);
  training.add_int32_data(1);
  auto &mode = *addNode(model, "BatchNormalization", {"x", "scale", "bias", "mean", "var"},
                        {"n", "new_mean", "new_var"})
                    .add_attribute();
  mode.set_name("training_mode");
  mode.set_type(onnx::AttributeProto::INT);
  mode.set_i(1);
  addNode(model, "Dropout", {"n", "ratio", "training"}, {"y"});
  onnx::ModelProto out = retrained(model, {{"mean", floats({7, 8})}});
  const onnx::NodeProto &norm = out.graph().node(0), &dropout = out.graph().node(1);
  EXPECT_EQ(norm.attribute(0).i(), 0);
  EXPECT_EQ(norm.output_size(), 1);
  EXPECT_EQ(dropout.input_size(), 2);
  EXPECT_EQ(find(out, "mean")->raw_data(), floats({7, 8}));
}

TEST_F(RetrainTest, ACopyThatWasTrainedIsAnInitializer) {
  auto model = emptyModel();
  addInput(model, "x", 1, {2});
  addOutput(model, "y", 1, 1);
  addWeight(model, "w", {2}).set_raw_data(floats({1, 2}));
  addNode(model, "Identity", {"w"}, {"copy"});
  addNode(model, "Mul", {"x", "w"}, {"a"});
  addNode(model, "Mul", {"a", "copy"}, {"y"});
  onnx::ModelProto out = retrained(model, {{"w", floats({3, 4})}, {"copy", floats({5, 6})}});
  EXPECT_EQ(out.graph().node_size(), 2);
  EXPECT_EQ(find(out, "w")->raw_data(), floats({3, 4}));
  EXPECT_EQ(find(out, "copy")->raw_data(), floats({5, 6}));
}

TEST_F(RetrainTest, LeavesNothingBehindWhereItCannotWrite) {
  auto model = emptyModel();
  addInput(model, "x", 1, {2});
  addOutput(model, "y", 1, 1);
  addNode(model, "Relu", {"x"}, {"y"});
  std::ofstream(in("m.onnx"), std::ios::binary) << model.SerializeAsString();
  absl::Status status = writeRetrainedOnnx(in("m.onnx"), in("missing/out.onnx"), {}, {});
  EXPECT_EQ(status.code(), absl::StatusCode::kPermissionDenied) << status;
  EXPECT_FALSE(writeRetrainedOnnx(in("none.onnx"), in("out.onnx"), {}, {}).ok());
}

}  // namespace
}  // namespace plx::testing
