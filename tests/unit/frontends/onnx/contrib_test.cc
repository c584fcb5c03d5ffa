// frontends/onnx/ops/contrib: no schema checks these operators' operands, so converters must.
#include <gtest/gtest.h>

#include "frontends/onnx/ops/contrib/Contrib.h"
#include "tests/unit/frontends/onnx/Models.h"

namespace plx::testing {
namespace {

using Ints = std::vector<int64_t>;
struct Operand {
  int code;  // 0: omitted
  Ints dims;
};
struct BadNode {
  std::string op;
  std::vector<Operand> operands;
  std::vector<std::pair<std::string, int64_t>> attributes;
  std::string message;
};
void PrintTo(const BadNode &bad, std::ostream *out) { *out << bad.op << ": " << bad.message; }

constexpr int kFloat = 1, kByte = 2, kInt = 6, kString = 8;

class ContribTest : public ::testing::TestWithParam<BadNode> {};

TEST_P(ContribTest, RefusesBadOperands) {
  const BadNode &bad = GetParam();
  auto model = emptyModel();
  auto &import = *model.add_opset_import();
  import.set_domain("com.microsoft");
  import.set_version(1);
  std::vector<std::string> names;
  for (const Operand &operand : bad.operands) {
    names.push_back(operand.code == 0 ? "" : "x" + std::to_string(names.size()));
    if (operand.code != 0) addInput(model, names.back(), operand.code, operand.dims);
  }
  addOutput(model, "y", kFloat, 2);
  auto &node = addNode(model, bad.op, names, {"y"}, "com.microsoft");
  for (const auto &[name, value] : bad.attributes) {
    auto &attribute = *node.add_attribute();
    attribute.set_name(name);
    attribute.set_type(onnx::AttributeProto::INT);
    attribute.set_i(value);
  }
  Imported imported = importModel(model);
  ASSERT_FALSE(imported.status.ok()) << imported.text;
  std::string message(imported.status.message());
  EXPECT_NE(message.find("com.microsoft:" + bad.op), std::string::npos) << message;
  EXPECT_NE(message.find(bad.message), std::string::npos) << message;
}

const Operand kNone{0, {}}, kRow{kFloat, {2, 3, 8}}, kCache{kFloat, {2, 2, 5, 4}};
const Operand kLengths{kInt, {2}}, kTotal{kInt, {}};

INSTANTIATE_TEST_SUITE_P(
    All, ContribTest,
    ::testing::Values(
        BadNode{"Gelu", {{kString, {3}}}, {}, "is a tensor of strings"},
        BadNode{"BiasGelu", {{kFloat, {2, 3}}, {kFloat, {4}}}, {}, "shapes do not broadcast"},
        BadNode{
            "SkipLayerNormalization", {{kFloat, {}}, {kFloat, {}}, {kFloat, {8}}}, {}, "rank 0"},
        BadNode{"EmbedLayerNormalization", {{kInt, {3}}}, {}, "input_ids has rank 1"},
        BadNode{
            "FusedMatMul", {{kFloat, {2, 3}}, {kFloat, {4, 5}}}, {}, "contracted dims disagree"},
        BadNode{"FusedGemm", {{kFloat, {3}}, {kFloat, {3, 5}}}, {}, "must be matrices"},
        BadNode{
            "QGemm",
            {{kByte, {3}}, {kFloat, {}}, {kByte, {}}, {kByte, {3, 5}}, {kFloat, {}}, {kByte, {}}},
            {},
            "must be matrices"},
        BadNode{"MatMulNBits",
                {kRow, {kByte, {4, 1, 8}}, {kFloat, {4}}},
                {{"K", 8}, {"N", 4}, {"block_size", 0}},
                "block_size is 0"},
        BadNode{"MatMulNBits",
                {kRow, {kByte, {4, 1, 8}}, {kFloat, {4}}},
                {{"K", 8}, {"N", 4}, {"block_size", 16}, {"bits", 3}},
                "weights of 3 bits"},
        BadNode{"GatherBlockQuantized",
                {{kByte, {4, 8}}, {kInt, {2}}, {kFloat, {4, 1}}},
                {{"block_size", 0}},
                "block_size is 0"},
        BadNode{"Inverse", {{kFloat, {4}}}, {}, "rank 1, must be 2 or more"},
        BadNode{"Inverse", {{kFloat, {-1, -1}}}, {}, "unknown size"},
        BadNode{"NhwcMaxPool", {{kByte, {4}}}, {}, "rank 1, must be 3 or more"},
        BadNode{"Attention", {kRow, {kFloat, {8, 24}}}, {}, "num_heads is 0, must be 1 or more"},
        BadNode{
            "Attention", {kRow, {kFloat, {8, 24}}}, {{"num_heads", 3}}, "divided among 3 heads"},
        BadNode{"MultiHeadAttention", {kRow, {kFloat, {2, 8}}, kRow}, {{"num_heads", 2}}, "rank 2"},
        BadNode{"GroupQueryAttention",
                {kRow, kRow, kNone, kCache, kCache, kLengths, kTotal},
                {{"num_heads", 2}, {"kv_num_heads", 2}},
                "one of key and value is omitted"},
        BadNode{"GroupQueryAttention",
                {kRow, kRow, kRow, kCache, kCache, kLengths, kTotal},
                {{"num_heads", 2}, {"kv_num_heads", 3}},
                "no multiple of kv_num_heads 3"},
        BadNode{"RotaryEmbedding",
                {{kFloat, {2, 8}}, {kInt, {2, 3}}, {kFloat, {9, 2}}, {kFloat, {9, 2}}},
                {},
                "rank 2"}));

}  // namespace
}  // namespace plx::testing
