#include "tests/unit/runtime/core/objects.h"

namespace plx_test {
namespace {

TEST(Object, TensorIsACopy) {
  Floats floats({2, 2}, 1);
  plx_object *object = object_of(floats);
  floats.values.assign(4, 0.0f);
  plx_tensor view = plx_object_tensor(object);
  EXPECT_EQ(plx_object_kind(object), PLX_KIND_TENSOR);
  EXPECT_EQ(view.dims[1], 2);
  EXPECT_EQ(static_cast<const float *>(view.data)[3], 4.0f);
  plx_object_release(object);
}

TEST(Object, StringsAreCopiedWithTheirBytes) {
  std::string text = "lorem";
  plx_string strings[2] = {{text.data(), 5}, {nullptr, 0}};
  int64_t dims[1] = {2};
  plx_tensor tensor = {strings, dims, 1, PLX_STRING};
  plx_object *object = nullptr;
  ASSERT_EQ(plx_object_of_tensor(&tensor, &object, nullptr), PLX_OK);
  text = "ipsum";
  const auto *copy = static_cast<const plx_string *>(plx_object_tensor(object).data);
  EXPECT_EQ(std::string(copy[0].data, static_cast<size_t>(copy[0].bytes)), "lorem");
  EXPECT_EQ(copy[1].bytes, 0);
  plx_object_release(object);
  strings[1] = {nullptr, 3};  // bytes that are not there
  EXPECT_EQ(plx_object_of_tensor(&tensor, &object, nullptr), PLX_INVALID_ARGUMENT);
}

TEST(Object, SequenceHoldsItsItems) {
  plx_object *sequence = sequence_of({object_of(Floats({1})), object_of(Floats({3}))});
  EXPECT_EQ(plx_object_count(sequence), 2);
  EXPECT_EQ(plx_object_tensor(plx_object_item(sequence, 1)).dims[0], 3);
  EXPECT_EQ(plx_object_item(sequence, 2), nullptr);
  EXPECT_EQ(plx_object_item(sequence, -1), nullptr);
  plx_object *item = plx_object_item(sequence, 0);
  plx_object_hold(item);
  plx_object_release(sequence);
  EXPECT_EQ(plx_object_tensor(item).dims[0], 1);
  plx_object_release(item);
}

TEST(Object, DeepNestingIsReleasedWithoutRecursion) {
  plx_object *object = sequence_of({});
  for (int i = 0; i < 1000000; ++i) object = sequence_of({object});
  plx_object_release(object);
}

TEST(Object, OptionalHoldsAtMostOne) {
  plx_object *items[2] = {object_of(Floats({1})), object_of(Floats({1}))};
  plx_object *object = nullptr;
  plx_error error;
  EXPECT_EQ(plx_object_of_items(PLX_KIND_OPTIONAL, items, 2, &object, &error),
            PLX_INVALID_ARGUMENT);
  EXPECT_EQ(plx_object_of_items(PLX_KIND_TENSOR, items, 1, &object, &error), PLX_INVALID_ARGUMENT);
  for (plx_object *item : items) plx_object_release(item);
}

TEST(Object, FormatShowsWhatIsInside) {
  plx_object *sequence = sequence_of({object_of(Floats({2, 3})), object_of(Floats({4}))});
  char text[128];
  plx_format_object(sequence, text, sizeof text);
  EXPECT_STREQ(text, "sequence of 2: f32[2, 3], f32[4]");
  plx_format_object(sequence, text, 12);
  EXPECT_STREQ(text, "sequence of");
  plx_object_release(sequence);
}

}  // namespace
}  // namespace plx_test
