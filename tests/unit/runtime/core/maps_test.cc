#include "tests/unit/runtime/core/objects.h"

namespace plx_test {
namespace {

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

}  // namespace
}  // namespace plx_test
