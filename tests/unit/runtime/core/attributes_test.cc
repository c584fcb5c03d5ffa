#include "tests/unit/runtime/core/objects.h"

namespace plx_test {
namespace {

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
