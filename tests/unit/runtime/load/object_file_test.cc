#include <cstdio>

#include "tests/unit/runtime/load/protos.h"

namespace plx_test {
namespace {

TEST(ObjectFile, ReadsSequences) {
  std::string bytes = field(1, "s") + "\x10\x01" + field(3, tensor(2)) + field(3, tensor(3));
  EXPECT_EQ(parsed(bytes, PLX_KIND_SEQUENCE), "s|sequence of 2: i32[2], i32[3]");
  EXPECT_EQ(parsed("", PLX_KIND_SEQUENCE), "|sequence of 0");
  EXPECT_EQ(parsed(field(5, bytes), PLX_KIND_SEQUENCE),
            "|sequence of 1: sequence of 2: i32[2], i32[3]");
}

TEST(ObjectFile, ReadsOptionals) {
  EXPECT_EQ(parsed("\x10", PLX_KIND_OPTIONAL),
            "these bytes is no valid OptionalProto: byte 0 begins no field of one");
  EXPECT_EQ(parsed(std::string("\x10\0", 2), PLX_KIND_OPTIONAL), "|optional of nothing");
  EXPECT_EQ(parsed(field(3, tensor(1)), PLX_KIND_OPTIONAL), "|optional of i32[1]");
  EXPECT_EQ(parsed(field(3, tensor(1)) + field(3, tensor(1)), PLX_KIND_OPTIONAL),
            "these bytes is no valid OptionalProto: it holds two values");
}

TEST(ObjectFile, RefusesSparseTensors) {
  EXPECT_EQ(parsed(field(4, ""), PLX_KIND_OPTIONAL),
            "these bytes holds a sparse tensor; expected tensors, sequences, optionals, maps");
}

TEST(ObjectFile, NestingIsBounded) {
  std::string bytes;
  for (int i = 0; i < 15; ++i) bytes = field(5, bytes);
  EXPECT_EQ(parsed(bytes, PLX_KIND_SEQUENCE).find("|sequence of 1: "), 0u);
  bytes = field(5, field(5, bytes));
  EXPECT_EQ(parsed(bytes, PLX_KIND_SEQUENCE), "these bytes holds values nested more than 16 deep");
}

TEST(ObjectFile, EveryPrefixAndEveryChangedByteIsReadOrRefused) {
  std::string bytes = field(1, "s") + "\x10\x01" + field(3, tensor(2)) +
                      field(5, field(3, tensor(3))) +
                      field(6, field(4, "k") + field(5, scalars(1)));
  plx_error error;
  auto attempt = [&](const std::string &some, int32_t kind) {
    plx_object *object = nullptr;
    if (parse(some, kind, &object, &error) == PLX_OK) plx_object_release(object);
  };
  for (int32_t kind : {PLX_KIND_TENSOR, PLX_KIND_SEQUENCE, PLX_KIND_OPTIONAL, PLX_KIND_MAP}) {
    for (size_t n = 0; n <= bytes.size(); ++n) attempt(bytes.substr(0, n), kind);
    for (size_t n = 0; n < bytes.size(); ++n) {
      for (int value = 0; value < 256; ++value) {
        std::string changed = bytes;
        changed[n] = static_cast<char>(value);
        attempt(changed, kind);
      }
    }
  }
}

TEST(ObjectFile, WhatIsWrittenReadsBack) {
  std::string bytes = field(3, tensor(2)) + field(5, field(3, tensor(3))) + field(7, "") +
                      field(6, field(4, "k") + field(5, scalars(1)));
  plx_object *object = nullptr;
  plx_error error;
  ASSERT_EQ(parse(bytes, PLX_KIND_SEQUENCE, &object, &error), PLX_OK) << error.message;
  std::string path = testing::TempDir() + "sequence.pb";
  ASSERT_EQ(plx_object_write_pb(path.c_str(), "name", object, &error), PLX_OK) << error.message;
  plx_object *back = nullptr;
  ASSERT_EQ(plx_object_read(path.c_str(), PLX_KIND_SEQUENCE, &back, &error), PLX_OK)
      << error.message;
  char text[2][256];
  plx_format_object(object, text[0], sizeof text[0]);
  plx_format_object(back, text[1], sizeof text[1]);
  EXPECT_STREQ(text[0], text[1]);
  EXPECT_STREQ(
      text[1],
      "sequence of 4: i32[2], sequence of 1: i32[3], optional of nothing, map of 1 string to f32");
  EXPECT_STREQ(plx_object_name(back), "name");
  plx_object_release(object);
  plx_object_release(back);
  remove(path.c_str());
  EXPECT_EQ(plx_object_read("/no/such.pb", PLX_KIND_SEQUENCE, &back, &error), PLX_NOT_FOUND);
}

}  // namespace
}  // namespace plx_test
