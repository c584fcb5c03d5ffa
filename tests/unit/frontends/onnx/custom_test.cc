// Operators of a user's own, and operators on values of the host.
#include <gtest/gtest.h>

#include "tests/unit/frontends/onnx/Models.h"

namespace plx::testing {
namespace {

std::string message(const Imported &imported) { return std::string(imported.status.message()); }

/// y, z = com.example:Split(x): y [3], z of open size.
onnx::ModelProto customModel() {
  auto model = emptyModel();
  auto *import = model.add_opset_import();
  import->set_domain("com.example");
  import->set_version(1);
  addInput(model, "x", 1, {4});
  addOutput(model, "y", 1, 1);
  addOutput(model, "z", 7, 1);
  auto &node = addNode(model, "Split", {"x"}, {"y", "z"}, "com.example");
  auto *scale = node.add_attribute();
  scale->set_name("scale");
  scale->set_type(onnx::AttributeProto::FLOAT);
  scale->set_f(0.5f);
  auto *names = node.add_attribute();
  names->set_name("names");
  names->set_type(onnx::AttributeProto::STRINGS);
  names->add_strings("a");
  return model;
}

TEST(CustomTest, NodesOfAFunctionsNameCallIt) {
  auto model = customModel();
  model.mutable_graph()
      ->mutable_output(0)
      ->mutable_type()
      ->mutable_tensor_type()
      ->mutable_shape()
      ->mutable_dim(0)
      ->set_dim_value(3);
  Imported imported = importWithFunctions(model, {"com.example:Split"});
  ASSERT_TRUE(imported.status.ok()) << message(imported);
  EXPECT_NE(imported.text.find("plx.host \"com.example:Split\"(%arg0) {names = [\"a\"], scale = "
                               "5.000000e-01 : f64} fresh [\""),
            std::string::npos)
      << imported.text;
  EXPECT_NE(imported.text.find("-> (tensor<3xf32>, tensor<?xi64"), std::string::npos)
      << imported.text;
}

TEST(CustomTest, OthersAreRefused) {
  Imported imported = importWithFunctions(customModel(), {"com.example:Join"});
  EXPECT_NE(
      message(imported).find("com.example:Split (opset 1): plx has no mapping for this operator"),
      std::string::npos)
      << message(imported);
}

TEST(CustomTest, TypesMustBeStated) {
  auto model = customModel();
  model.mutable_graph()->mutable_node(0)->set_output(0, "a");
  addNode(model, "Relu", {"a"}, {"y"});
  Imported imported = importWithFunctions(model, {"com.example:Split"});
  EXPECT_NE(message(imported).find("the model does not state type and rank of 'a'"),
            std::string::npos)
      << message(imported);
}

TEST(CustomTest, AttributesAreNumbersAndStrings) {
  auto model = customModel();
  auto *graph = model.mutable_graph()->mutable_node(0)->add_attribute();
  graph->set_name("body");
  graph->set_type(onnx::AttributeProto::TENSOR);
  graph->mutable_t()->set_data_type(1);
  graph->mutable_t()->add_float_data(1);
  Imported imported = importWithFunctions(model, {"com.example:Split"});
  EXPECT_NE(message(imported).find("attribute 'body' is neither numbers nor strings"),
            std::string::npos)
      << message(imported);
}

TEST(MapTest, RowsBecomeMaps) {
  auto model = emptyModel(20);
  auto *import = model.add_opset_import();
  import->set_domain("ai.onnx.ml");
  import->set_version(3);
  addInput(model, "x", 1, {2, 2});
  auto *output = model.mutable_graph()->add_output();
  output->set_name("z");
  auto *map =
      output->mutable_type()->mutable_sequence_type()->mutable_elem_type()->mutable_map_type();
  map->set_key_type(7);
  map->mutable_value_type()->mutable_tensor_type()->set_elem_type(1);
  map->mutable_value_type()->mutable_tensor_type()->mutable_shape();
  auto *labels = addNode(model, "ZipMap", {"x"}, {"z"}, "ai.onnx.ml").add_attribute();
  labels->set_name("classlabels_int64s");
  labels->set_type(onnx::AttributeProto::INTS);
  labels->add_ints(3);
  labels->add_ints(4);
  Imported imported = importModel(model);
  ASSERT_TRUE(imported.status.ok()) << message(imported);
  EXPECT_NE(imported.text.find("plx.host \"plx:zip_map\""), std::string::npos) << imported.text;
  EXPECT_NE(imported.text.find("!plx.sequence<!plx.map<i64, f32>>"), std::string::npos)
      << imported.text;
}

}  // namespace
}  // namespace plx::testing
