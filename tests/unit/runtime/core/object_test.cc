#include "tests/unit/runtime/fake_model.h"

namespace plx_test {
namespace {

plx_object *object_of(const Floats &floats) {
  plx_object *object = nullptr;
  plx_error error;
  EXPECT_EQ(plx_object_of_tensor(&floats.tensor, &object, &error), PLX_OK) << error.message;
  return object;
}

plx_object *sequence_of(std::vector<plx_object *> items) {
  plx_object *object = nullptr;
  plx_error error;
  EXPECT_EQ(plx_object_of_items(PLX_KIND_SEQUENCE, items.data(), static_cast<int64_t>(items.size()),
                                &object, &error),
            PLX_OK)
      << error.message;
  for (plx_object *item : items) plx_object_release(item);
  return object;
}

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

// ---- functions of the table, outside of a program

plx_status call(const char *name, const char *attributes, std::vector<plx_tensor> args,
                plx_object **out_result, plx_error *error) {
  return plx_call_host_function(name, attributes, args.data(), static_cast<int32_t>(args.size()),
                                out_result, 1, error);
}

plx_tensor as_argument(plx_object *object) { return {object, nullptr, 0, PLX_OBJECT}; }

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

TEST(MapFunctions, ZipLookUpAndValues) {
  Floats scores({2, 3}, 1);
  int64_t labels[3] = {2, 0, 3};
  int64_t size[1] = {3};
  plx_tensor keys = {labels, size, 1, PLX_I64};
  plx_object *maps = nullptr;
  plx_object *found = nullptr;
  plx_error error;
  ASSERT_EQ(call("plx:zip_map", "{}", {scores.tensor, keys}, &maps, &error), PLX_OK)
      << error.message;
  ASSERT_EQ(plx_object_count(maps), 2);
  plx_object *second = plx_object_item(maps, 1);
  EXPECT_EQ(plx_object_kind(second), PLX_KIND_MAP);
  auto floats = [&](const char *function, const char *attributes, std::vector<plx_tensor> args) {
    EXPECT_EQ(call(function, attributes, args, &found, &error), PLX_OK) << error.message;
    plx_tensor view = plx_object_tensor(found);
    auto *data = static_cast<const float *>(view.data);
    std::vector<float> out(data, data + view.dims[1]);
    plx_object_release(found);
    return out;
  };
  int64_t vocabulary[2] = {3, 7};
  int64_t two[1] = {2};
  EXPECT_EQ(floats("plx:map_look_up", "{}", {as_argument(second), {vocabulary, two, 1, PLX_I64}}),
            std::vector<float>({6, 0}));
  EXPECT_EQ(floats("plx:map_values", "{}", {as_argument(second)}), std::vector<float>({5, 4, 6}));
  EXPECT_EQ(floats("plx:map_values", "{\"size\":5}", {as_argument(second)}),
            std::vector<float>({5, 0, 4, 6, 0}));
  EXPECT_EQ(call("plx:map_values", "{\"size\":3}", {as_argument(second)}, &found, &error),
            PLX_FAULT);
  EXPECT_STREQ(error.message, "the map has the key 3; expected 0 to 2");
  EXPECT_EQ(call("plx:map_values", "{}", {as_argument(maps)}, &found, &error), PLX_FAULT);
  EXPECT_STREQ(error.message, "argument 0 is a sequence; expected a map");
  size[0] = 2;
  EXPECT_EQ(call("plx:zip_map", "{}", {scores.tensor, keys}, &found, &error), PLX_FAULT);
  EXPECT_STREQ(error.message, "there are 2 keys for rows of 3");
  plx_object_release(maps);
}

TEST(ValueFunctions, NumpysUniformNumbers) {
  int64_t dims[1] = {3};
  int64_t one[1] = {1};
  plx_object *numbers = nullptr;
  plx_error error;
  ASSERT_EQ(call("plx:numpy_uniform", "{\"seed\":42}", {{dims, one, 1, PLX_I64}}, &numbers, &error),
            PLX_OK)
      << error.message;
  // numpy.random.seed(42); numpy.random.uniform(size=3)
  const auto *values = static_cast<const double *>(plx_object_tensor(numbers).data);
  EXPECT_EQ(values[0], 0.3745401188473625);
  EXPECT_EQ(values[1], 0.9507143064099162);
  EXPECT_EQ(values[2], 0.7319939418114051);
  plx_object_release(numbers);
}

TEST(ValueFunctions, StringsOfAConstantAreChecked) {
  struct {
    int64_t lengths[2] = {2, 1};
    char bytes[8] = {'a', 'b', 'c'};
  } blob;
  int64_t size[1] = {19};
  plx_tensor arg = {&blob, size, 1, PLX_U8};
  plx_object *strings = nullptr;
  plx_error error;
  ASSERT_EQ(call("plx:strings", "{\"dims\":[2]}", {arg}, &strings, &error), PLX_OK)
      << error.message;
  const auto *read = static_cast<const plx_string *>(plx_object_tensor(strings).data);
  EXPECT_EQ(std::string(read[0].data, 2), "ab");
  EXPECT_EQ(std::string(read[1].data, 1), "c");
  plx_object_release(strings);
  for (int64_t length : {int64_t{-1}, int64_t{2}, INT64_MAX}) {
    blob.lengths[1] = length;
    EXPECT_EQ(call("plx:strings", "{\"dims\":[2]}", {arg}, &strings, &error), PLX_FAULT);
  }
  EXPECT_EQ(call("plx:strings", "{\"dims\":[1000000]}", {arg}, &strings, &error), PLX_FAULT);
}

// ---- attributes

int32_t read_attributes(void *, plx_host_frame *frame, const plx_tensor *, int32_t,
                        plx_tensor *results, int32_t) {
  int64_t ints[4] = {};
  double floats[4] = {};
  plx_string strings[4] = {};
  EXPECT_EQ(plx_host_ints(frame, "axis", ints, 4), 1);
  EXPECT_EQ(ints[0], -3);
  EXPECT_EQ(plx_host_ints(frame, "list", ints, 2), 3);
  EXPECT_EQ(ints[1], 2);
  EXPECT_EQ(ints[2], 0);
  EXPECT_EQ(plx_host_floats(frame, "scale", floats, 4), 2);
  EXPECT_EQ(floats[1], 1e-3);
  EXPECT_EQ(plx_host_strings(frame, "names", strings, 4), 2);
  EXPECT_EQ(std::string(strings[0].data, static_cast<size_t>(strings[0].bytes)), "a\"b\n");
  EXPECT_EQ(std::string(strings[1].data, static_cast<size_t>(strings[1].bytes)), "\xc3\xa9");
  EXPECT_EQ(plx_host_strings(frame, "none", strings, 4), 0);
  EXPECT_EQ(plx_host_ints(frame, "names", ints, 4), -1);
  EXPECT_EQ(plx_host_ints(frame, "missing", ints, 4), -1);
  int64_t dims[1] = {0};
  return plx_host_result(frame, &results[0], PLX_F32, 1, dims) == PLX_OK ? 0 : 1;
}

TEST(Attributes, AreReadByNameAndKind) {
  ASSERT_EQ(plx_register_host_function("test:Attributes", read_attributes, nullptr, nullptr),
            PLX_OK);
  plx_object *result = nullptr;
  ASSERT_EQ(call("test:Attributes",
                 "{\"names\": [\"a\\\"b\\n\", \"\\u00e9\"], \"none\": [], \"axis\": -3, "
                 "\"list\": [1, 2, 3], \"scale\": [0.5, 1e-3]}",
                 {}, &result, nullptr),
            PLX_OK);
  plx_object_release(result);
}

int32_t read_broken(void *, plx_host_frame *frame, const plx_tensor *, int32_t, plx_tensor *,
                    int32_t) {
  int64_t ints[4];
  plx_string strings[4];
  EXPECT_EQ(plx_host_ints(frame, "a", ints, 4), -1) << plx_host_attributes(frame);
  EXPECT_EQ(plx_host_strings(frame, "a", strings, 4), -1) << plx_host_attributes(frame);
  return 1;
}

TEST(Attributes, BrokenTextIsNoAttribute) {
  ASSERT_EQ(plx_register_host_function("test:Broken", read_broken, nullptr, nullptr), PLX_OK);
  for (const char *text : {"", "{", "{\"a", "{\"a\"", "{\"a\":", "{\"a\":[1", "{\"a\":[1,",
                           "{\"a\":\"\\", "{\"a\":\"\\u00", "{\"b\":{}, \"a\":1}", "[1]"}) {
    plx_object *result = nullptr;
    EXPECT_EQ(call("test:Broken", text, {}, &result, nullptr), PLX_FAULT);
  }
}

}  // namespace
}  // namespace plx_test
