// frontends/onnx/Reader: hostile bytes, and tensors left where they are.
#include "frontends/onnx/Reader.h"

#include <gtest/gtest.h>

#include "tests/unit/frontends/onnx/Models.h"

namespace plx::onnxio {
namespace {

using plx::testing::addInput;
using plx::testing::addNode;
using plx::testing::addOutput;
using plx::testing::addWeight;
using plx::testing::emptyModel;

std::string modelWithWeight(size_t numBytes) {
  auto model = emptyModel();
  addInput(model, "x", 1, {static_cast<int64_t>(numBytes / 4)});
  addOutput(model, "y", 1, 1);
  std::string bytes(numBytes, '\0');
  for (size_t i = 0; i < numBytes; ++i) bytes[i] = static_cast<char>(i * 7);
  addWeight(model, "w", {static_cast<int64_t>(numBytes / 4)}).set_raw_data(bytes);
  addNode(model, "Add", {"x", "w"}, {"y"});
  return model.SerializeAsString();
}

TEST(ReaderTest, LeavesLargeRawDataWhereTheyAre) {
  std::string bytes = modelWithWeight(64000);
  auto stripped = stripLargeTensors(bytes);
  ASSERT_TRUE(stripped.ok()) << stripped.status();
  ASSERT_EQ(stripped->detached.size(), 1u);
  EXPECT_EQ(stripped->detached[0].byteLength, 64000u);
  EXPECT_EQ(bytes[stripped->detached[0].byteOffset + 3], static_cast<char>(21));
  EXPECT_LT(stripped->bytes.size(), 1000u);
  onnx::ModelProto parsed;
  ASSERT_TRUE(parsed.ParseFromString(stripped->bytes));
  EXPECT_EQ(detachedIndex(parsed.graph().initializer(0).raw_data()), 0u);
  EXPECT_EQ(parsed.graph().node(0).op_type(), "Add");
}

TEST(ReaderTest, KeepsSmallRawData) {
  auto stripped = stripLargeTensors(modelWithWeight(64));
  ASSERT_TRUE(stripped.ok());
  EXPECT_TRUE(stripped->detached.empty());
}

// Bytes of the model that look like a marker are taken out as well, so no marker is the model's
// own.
TEST(ReaderTest, TakesOutWhatLooksLikeAMarker) {
  auto model = emptyModel();
  std::string fake = std::string("\x7Fplexus-detached:") + std::string(8, '\x05');
  addWeight(model, "w", {6}).set_raw_data(fake);
  auto stripped = stripLargeTensors(model.SerializeAsString());
  ASSERT_TRUE(stripped.ok());
  ASSERT_EQ(stripped->detached.size(), 1u);
  EXPECT_EQ(stripped->detached[0].byteLength, fake.size());
}

TEST(ReaderTest, EveryTruncationIsAnErrorOrAShorterModel) {
  std::string bytes = modelWithWeight(8192);
  int errors = 0;
  for (size_t length = 0; length < bytes.size(); length += length < 200 ? 1 : 997) {
    auto stripped = stripLargeTensors(llvm::StringRef(bytes).take_front(length));
    if (stripped.ok()) continue;
    ++errors;
    EXPECT_EQ(stripped.status().code(), absl::StatusCode::kInvalidArgument);
  }
  EXPECT_GT(errors, 100);
}

TEST(ReaderTest, EveryFlippedByteIsReadWithoutACrash) {
  std::string bytes = modelWithWeight(4096);
  for (size_t at = 0; at < 300; ++at)
    for (int bit = 0; bit < 8; ++bit) {
      std::string broken = bytes;
      broken[at] ^= static_cast<char>(1 << bit);
      (void)stripLargeTensors(broken);
    }
  EXPECT_TRUE(stripLargeTensors(bytes).ok());
}

TEST(ReaderTest, RefusesDeepNesting) {
  // graph (7) > node (1) > attribute (5) > graph (6) > node ...
  std::string inner;
  auto wrap = [&](int field) {
    std::string outer(1, static_cast<char>(field << 3 | 2));
    size_t length = inner.size();
    for (; length >= 128; length >>= 7) outer.push_back(static_cast<char>(length | 0x80));
    outer.push_back(static_cast<char>(length));
    inner = outer + inner;
  };
  for (int i = 0; i < 5000; ++i) {
    wrap(6);
    wrap(5);
    wrap(1);
  }
  wrap(7);
  auto stripped = stripLargeTensors(inner);
  ASSERT_FALSE(stripped.ok());
  EXPECT_NE(stripped.status().message().find("nested more than 100 deep"), absl::string_view::npos);
}

TEST(ReaderTest, RefusesLengthsThatLeaveTheMessage) {
  std::string bytes = {0x3A, static_cast<char>(0xFF), static_cast<char>(0xFF), 0x7F, 0x00};
  auto stripped = stripLargeTensors(bytes);
  ASSERT_FALSE(stripped.ok());
  EXPECT_EQ(stripped.status().message(),
            "not a valid ONNX model: a field is longer than the message that holds it (at byte 0 "
            "of 5); is the file cut off or "
            "of another format?");
}

}  // namespace
}  // namespace plx::onnxio
