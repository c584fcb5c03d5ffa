#include "tests/unit/runtime/core/objects.h"

namespace plx_test {
namespace {

TEST(SequenceFunctions, InsertAtAndErase) {
  plx_object *sequence = sequence_of({object_of(Floats({1})), object_of(Floats({2}))});
  Floats item({7});
  int64_t position = -1;
  plx_tensor at = {&position, nullptr, 0, PLX_I64};
  plx_object *longer = nullptr;
  plx_object *shorter = nullptr;
  plx_object *found = nullptr;
  plx_error error;
  ASSERT_EQ(
      call("plx:sequence_insert", "{}", {as_argument(sequence), item.tensor, at}, &longer, &error),
      PLX_OK)
      << error.message;
  char text[128];
  plx_format_object(longer, text, sizeof text);
  EXPECT_STREQ(text, "sequence of 3: f32[1], f32[7], f32[2]");
  ASSERT_EQ(call("plx:sequence_erase", "{}", {as_argument(longer), at}, &shorter, &error), PLX_OK);
  plx_format_object(shorter, text, sizeof text);
  EXPECT_STREQ(text, "sequence of 2: f32[1], f32[7]");
  position = 2;
  EXPECT_EQ(call("plx:sequence_at", "{}", {as_argument(shorter), at}, &found, &error), PLX_FAULT);
  EXPECT_STREQ(error.message, "position 2 is out of range [-2, 2) of a sequence of length 2");
  EXPECT_EQ(call("plx:sequence_at", "{}", {item.tensor, at}, &found, &error), PLX_FAULT);
  EXPECT_STREQ(error.message, "argument 0 is a tensor; expected a sequence");
  for (plx_object *object : {sequence, longer, shorter}) plx_object_release(object);
}

}  // namespace
}  // namespace plx_test
