#include "tests/unit/runtime/core/objects.h"

namespace plx_test {
namespace {

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

}  // namespace
}  // namespace plx_test
