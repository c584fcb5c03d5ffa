#include "tests/unit/runtime/load/protos.h"

namespace plx_test {
namespace {

TEST(ObjectMap, ReadsMaps) {
  std::string ints = field(1, "m") + "\x10\x07" + field(3, "\x05\x07") + field(5, scalars(2));
  EXPECT_EQ(parsed(ints, PLX_KIND_MAP), "m|map of 2 i64 to f32");
  std::string strings = field(4, "a") + field(4, "b") + field(4, "") + field(5, scalars(3));
  EXPECT_EQ(parsed(strings, PLX_KIND_MAP), "|map of 3 string to f32");
  EXPECT_EQ(parsed(field(6, ints) + field(6, strings), PLX_KIND_SEQUENCE),
            "|sequence of 2: map of 2 i64 to f32, map of 3 string to f32");
  EXPECT_EQ(parsed(field(4, "a") + field(5, scalars(2)), PLX_KIND_MAP),
            "these bytes is no valid MapProto: it has 1 keys but 2 values");
  EXPECT_EQ(parsed(ints + strings, PLX_KIND_MAP),
            "these bytes is no valid MapProto: it has keys of two types");
  EXPECT_EQ(parsed(field(3, "\x05\x07") + field(5, field(3, tensor(2)) + scalars(1)), PLX_KIND_MAP),
            "these bytes is a map whose values are not numbers or strings of one type");
}

TEST(ObjectMap, NestedMapsAreBounded) {
  // A map whose values are a sequence of a map, and so on: lengths are written from the inside.
  std::string bytes;
  for (int i = 0; i < 30; ++i) bytes = field(5, field(6, bytes));
  EXPECT_EQ(parsed(bytes, PLX_KIND_MAP), "these bytes holds values nested more than 16 deep");
}

}  // namespace
}  // namespace plx_test
