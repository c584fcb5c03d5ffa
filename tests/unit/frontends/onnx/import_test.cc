// frontends/onnx/Import: what comes out, what is refused and in which words.
#include "frontends/onnx/Import.h"

#include <gtest/gtest.h>

#include "tests/unit/frontends/onnx/Models.h"

namespace plx::testing {
namespace {

bool contains(const Imported &imported, const std::string &text) {
  return imported.text.find(text) != std::string::npos;
}
std::string message(const Imported &imported) { return std::string(imported.status.message()); }

TEST(ImportTest, KeepsNamesAndSymbols) {
  auto model = emptyModel();
  addInput(model, "x", 1, {-1, 3}, {"batch"});
  addOutput(model, "y", 1, 2);
  addNode(model, "Relu", {"x"}, {"y"});
  Imported imported = importModel(model);
  ASSERT_TRUE(imported.status.ok()) << imported.status;
  EXPECT_TRUE(contains(imported, "tensor<?x3xf32, #plx.dims<[batch, 3]>> {plx.name = \"x\"}"))
      << imported.text;
  EXPECT_TRUE(contains(imported, "{plx.name = \"y\"}")) << imported.text;
}

void addConstant(onnx::ModelProto &model, const std::string &name, int64_t value, int rank) {
  auto &tensor = *model.mutable_graph()->add_initializer();
  tensor.set_name(name);
  tensor.set_data_type(onnx::TensorProto::INT64);
  for (int i = 0; i < rank; ++i) tensor.add_dims(1);
  tensor.add_int64_data(value);
}
void setAxis(onnx::NodeProto &node, int64_t value) {
  auto &axis = *node.add_attribute();
  axis.set_name("axis");
  axis.set_type(onnx::AttributeProto::INT);
  axis.set_i(value);
}

TEST(ImportTest, FoldsShapeArithmeticAway) {
  // reshape(x, concat(shape(x)[0:1], [-1]))
  auto model = emptyModel();
  addInput(model, "x", 1, {-1, 3, 4}, {"batch"});
  addOutput(model, "y", 1, 2);
  addConstant(model, "zero", 0, 1);
  addConstant(model, "open", -1, 1);
  addNode(model, "Shape", {"x"}, {"s"});
  addNode(model, "Gather", {"s", "zero"}, {"b"});
  setAxis(addNode(model, "Concat", {"b", "open"}, {"t"}), 0);
  addNode(model, "Reshape", {"x", "t"}, {"y"});
  Imported imported = importModel(model);
  ASSERT_TRUE(imported.status.ok()) << imported.status;
  EXPECT_TRUE(contains(imported, "-> tensor<?x12xf32, #plx.dims<[batch, 12]>>")) << imported.text;
  EXPECT_FALSE(contains(imported, "plx.gather")) << imported.text;
  EXPECT_FALSE(contains(imported, "plx.bind")) << imported.text;
}

/// An item of x of 7 columns, cut into pieces of 3.
onnx::ModelProto chunk(int64_t position) {
  auto model = emptyModel();
  addInput(model, "x", 1, {-1, 7}, {"batch"});
  addOutput(model, "y", 1, 2);
  addConstant(model, "three", 3, 0);
  addConstant(model, "position", position, 0);
  setAxis(addNode(model, "SplitToSequence", {"x", "three"}, {"s"}), 1);
  addNode(model, "SequenceAt", {"s", "position"}, {"y"});
  return model;
}

TEST(ImportTest, AnItemOfAKnownSequenceIsASlice) {
  Imported imported = importModel(chunk(-1));
  ASSERT_TRUE(imported.status.ok()) << imported.status;
  EXPECT_TRUE(contains(imported, "tensor<?x1xf32, #plx.dims<[batch, 1]>>")) << imported.text;
  EXPECT_TRUE(contains(imported, "plx.slice")) << imported.text;
  EXPECT_FALSE(contains(imported, "plx.sequence_at")) << imported.text;
}

TEST(ImportTest, AnItemOfAVastSequenceIsLeftToTheRun) {
  auto model = emptyModel();
  addInput(model, "x", 1, {int64_t{1} << 40, 2});
  addOutput(model, "y", 1, 2);
  addConstant(model, "position", 0, 0);
  addNode(model, "SplitToSequence", {"x"}, {"s"});
  addNode(model, "SequenceAt", {"s", "position"}, {"y"});
  Imported imported = importModel(model);
  ASSERT_TRUE(imported.status.ok()) << imported.status;
  EXPECT_TRUE(contains(imported, "plx.sequence_at")) << imported.text;
}

TEST(ImportTest, AnItemThatIsNotThereIsLeftToTheRun) {
  Imported imported = importModel(chunk(3));
  ASSERT_TRUE(imported.status.ok()) << imported.status;
  EXPECT_TRUE(contains(imported, "plx.sequence_at")) << imported.text;
}

TEST(ImportTest, LeavesWeightsOutsideTheProgram) {
  auto model = emptyModel();
  addInput(model, "x", 1, {2000});
  addOutput(model, "y", 1, 1);
  std::string bytes(8000, '\x01');
  addWeight(model, "w", {2000}).set_raw_data(bytes);
  addNode(model, "Add", {"x", "w"}, {"y"});
  Imported imported = importModel(model);
  ASSERT_TRUE(imported.status.ok()) << imported.status;
  EXPECT_TRUE(contains(imported, "plx.parameter \"w\" : tensor<2000xf32>")) << imported.text;
  ASSERT_EQ(imported.weights.size(), 1u);
  EXPECT_EQ(imported.weights[0].name, "w");
  EXPECT_EQ(std::string(imported.weights[0].data(), imported.weights[0].byteLength), bytes);
}

TEST(ImportTest, ListsAllThatItCannotImport) {
  auto model = emptyModel();
  auto *import = model.add_opset_import();
  import->set_domain("com.example");
  import->set_version(3);
  addInput(model, "x", 1, {2});
  addOutput(model, "d", 1, 1);
  addNode(model, "Frobnicate", {"x"}, {"a"}, "com.example");
  addNode(model, "Relu", {"a"}, {"b"});
  addNode(model, "Twist", {"b"}, {"c"}, "com.example");
  addNode(model, "Frobnicate", {"c"}, {"d"}, "com.example");
  Imported imported = importModel(model);
  EXPECT_EQ(imported.status.code(), absl::StatusCode::kUnimplemented);
  EXPECT_EQ(message(imported),
            "m: 3 nodes cannot be imported:\n"
            "  node 'n_a', 'n_d': com.example:Frobnicate (opset 3): plx has no mapping for this "
            "operator\n"
            "  node 'n_c': com.example:Twist (opset 3): plx has no mapping for this operator");
}

TEST(ImportTest, RefusesShapesThatDoNotFit) {
  auto model = emptyModel();
  addInput(model, "x", 1, {2, 3});
  addInput(model, "z", 1, {4, 5});
  addOutput(model, "y", 1, 2);
  addNode(model, "MatMul", {"x", "z"}, {"y"});
  Imported imported = importModel(model);
  EXPECT_EQ(imported.status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_NE(message(imported).find("node 'n_y': ai.onnx:MatMul (opset 28): "), std::string::npos)
      << message(imported);
}

TEST(ImportTest, RefusesACycle) {
  auto model = emptyModel();
  addInput(model, "x", 1, {2});
  addOutput(model, "a", 1, 1);
  addNode(model, "Add", {"x", "b"}, {"a"});
  addNode(model, "Relu", {"a"}, {"b"});
  Imported imported = importModel(model);
  EXPECT_EQ(imported.status.code(), absl::StatusCode::kInvalidArgument);
}

TEST(ImportTest, RefusesFunctionsThatCallThemselves) {
  auto model = emptyModel();
  auto *import = model.add_opset_import();
  import->set_domain("f");
  import->set_version(1);
  auto &function = *model.add_functions();
  function.set_domain("f");
  function.set_name("F");
  function.add_input("x");
  function.add_output("y");
  auto &node = *function.add_node();
  node.set_domain("f");
  node.set_op_type("F");
  node.add_input("x");
  node.add_output("y");
  addInput(model, "x", 1, {2});
  addOutput(model, "y", 1, 1);
  addNode(model, "F", {"x"}, {"y"}, "f");
  Imported imported = importModel(model);
  EXPECT_EQ(message(imported), "m: model-local function 'f:F' calls itself");
}

// Thirty functions, each of which calls the next one twice: 2^30 nodes.
TEST(ImportTest, RefusesFunctionsThatGrowWithoutEnd) {
  auto model = emptyModel();
  auto *import = model.add_opset_import();
  import->set_domain("f");
  import->set_version(1);
  for (int i = 0; i < 30; ++i) {
    auto &function = *model.add_functions();
    function.set_domain("f");
    function.set_name("F" + std::to_string(i));
    function.add_input("x");
    function.add_output("z");
    auto *opset = function.add_opset_import();
    opset->set_domain("");
    opset->set_version(28);
    for (int call = 0; call < 2; ++call) {
      auto &node = *function.add_node();
      bool isLast = i == 29;
      node.set_domain(isLast ? "" : "f");
      node.set_op_type(isLast ? "Relu" : "F" + std::to_string(i + 1));
      node.add_input(call == 0 ? "x" : "y");
      node.add_output(call == 0 ? "y" : "z");
    }
  }
  addInput(model, "x", 1, {2});
  addOutput(model, "y", 1, 1);
  addNode(model, "F0", {"x"}, {"y"}, "f");
  EXPECT_NE(message(importModel(model)).find("with its functions inlined the model has more than"),
            std::string::npos);
}

TEST(ImportTest, RefusesWeightsWhoseBytesDoNotFit) {
  auto model = emptyModel();
  addInput(model, "x", 1, {2000});
  addOutput(model, "y", 1, 1);
  addWeight(model, "w", {2000}).set_raw_data(std::string(7996, '\0'));
  addNode(model, "Add", {"x", "w"}, {"y"});
  EXPECT_EQ(message(importModel(model)),
            "m: tensor 'w' has 7996 bytes of data, its type and dims ask for 8000");
  model.mutable_graph()->mutable_initializer(0)->set_dims(0, int64_t(1) << 62);
  model.mutable_graph()->mutable_initializer(0)->add_dims(int64_t(1) << 62);
  EXPECT_EQ(message(importModel(model)), "m: tensor 'w' has more elements than 64 bits can count");
}

TEST(ImportTest, RefusesAnOpsetOfTheFuture) {
  auto model = emptyModel(1000);
  addInput(model, "x", 1, {2});
  addOutput(model, "y", 1, 1);
  addNode(model, "Relu", {"x"}, {"y"});
  EXPECT_FALSE(importModel(model).status.ok());
}

TEST(ImportTest, TruncatedAndCorruptModelsAreErrorsWithoutACrash) {
  auto model = emptyModel();
  addInput(model, "x", 1, {-1, 3}, {"batch"});
  addOutput(model, "y", 1, 2);
  addWeight(model, "w", {3}).set_raw_data(std::string(12, '\0'));
  addNode(model, "Add", {"x", "w"}, {"h"});
  addNode(model, "Softmax", {"h"}, {"y"});
  std::string bytes = model.SerializeAsString();
  for (size_t length = 0; length < bytes.size(); ++length)
    (void)importBytes(bytes.substr(0, length));
  for (size_t at = 0; at < bytes.size(); ++at) {
    std::string broken = bytes;
    broken[at] ^= static_cast<char>(1 << (at % 8));
    (void)importBytes(broken);
  }
  EXPECT_TRUE(importBytes(bytes).status.ok());
  EXPECT_FALSE(importBytes(bytes.substr(0, bytes.size() - 3)).status.ok());
}

const SupportedOperator *find(const std::vector<SupportedOperator> &table,
                              const std::string &domain, const std::string &name) {
  for (const SupportedOperator &op : table)
    if (op.domain == domain && op.name == name) return &op;
  return nullptr;
}

TEST(ImportTest, TheTableOfOperatorsSaysVersionsTypesAndWay) {
  auto table = supportedOnnxOperators();
  const SupportedOperator *add = find(table, "ai.onnx", "Add");
  ASSERT_NE(add, nullptr);
  EXPECT_EQ(add->versions, (std::vector<int>{1, 6, 7, 13, 14}));
  EXPECT_EQ(add->types, "T: u8 u16 u32 u64 i8 i16 i32 i64 f16 f32 f64 bf16");
  EXPECT_EQ(add->way, "mapped");
  const SupportedOperator *swiGlu = find(table, "ai.onnx", "SwiGLU");
  ASSERT_NE(swiGlu, nullptr);  // no converter: its body is ONNX's
  EXPECT_EQ(swiGlu->way, "ONNX function");
  const SupportedOperator *upsample = find(table, "ai.onnx", "Upsample");
  ASSERT_NE(upsample, nullptr);  // withdrawn: older models have it
  EXPECT_EQ(upsample->versions.back(), 9);
  const SupportedOperator *scaler = find(table, "ai.onnx.ml", "Scaler");
  ASSERT_NE(scaler, nullptr);
  const SupportedOperator *fused = find(table, "com.microsoft", "FusedMatMul");
  ASSERT_NE(fused, nullptr);
  EXPECT_EQ(fused->types, "");
  EXPECT_EQ(find(table, "plx.withdrawn", "Upsample"), nullptr);
}

}  // namespace
}  // namespace plx::testing
