// Sizes, conversions, text, names and random fill of tensors.
// Covers: runtime/core/array.cc, runtime/core/output_names.cc, runtime/core/random.cc
#include <cmath>
#include <cstdlib>
#include <limits>
#include <vector>

#include "runtime/core/element.h"
#include "tests/unit/runtime/fake_model.h"

namespace plx_test {
namespace {

TEST(Tensor, NumElements) {
  int64_t huge[3] = {INT64_MAX, INT64_MAX, 0};
  EXPECT_EQ(plx_num_elements(0, nullptr), 1);
  EXPECT_EQ(plx_num_elements(2, huge), -1);
  EXPECT_EQ(plx_num_elements(3, huge), 0);
  int64_t negative[2] = {0, -1};
  EXPECT_EQ(plx_num_elements(2, negative), -1);
  plx_tensor tensor = {nullptr, huge, 1, PLX_F32};
  EXPECT_EQ(plx_tensor_bytes(&tensor), -1);
}

// Every number of a type through store_float(load_element): rounding must give the number itself.
void round_trip(int32_t type, uint32_t count) {
  for (uint32_t bits = 0; bits < count; ++bits) {
    double value = plx::load_element(type, &bits);
    if (!(std::fabs(value) <= 1)) continue;
    uint32_t back = 0;
    plx::store_float(type, value, &back);
    ASSERT_EQ(back, bits) << plx_element_name(type) << " " << value;
  }
}

TEST(Element, SmallFloatsRoundTrip) {
  round_trip(PLX_F16, 0x10000);
  round_trip(PLX_BF16, 0x10000);
  for (int32_t type : {PLX_F8E4M3FN, PLX_F8E4M3FNUZ, PLX_F8E5M2, PLX_F8E5M2FNUZ})
    round_trip(type, 256);
  round_trip(PLX_F4E2M1, 16);
}

TEST(Element, KnownValues) {
  auto value = [](int32_t type, uint32_t bits) { return plx::load_element(type, &bits); };
  EXPECT_EQ(value(PLX_F16, 0x3c00), 1.0);
  EXPECT_EQ(value(PLX_F16, 0x7bff), 65504.0);
  EXPECT_EQ(value(PLX_F16, 0x0001), 0x1p-24);
  EXPECT_TRUE(std::isinf(value(PLX_F16, 0xfc00)));
  EXPECT_EQ(value(PLX_BF16, 0x4049), 3.140625);
  EXPECT_EQ(value(PLX_F8E4M3FN, 0x7e), 448.0);
  EXPECT_TRUE(std::isnan(value(PLX_F8E4M3FN, 0x7f)));
  EXPECT_EQ(value(PLX_F8E4M3FNUZ, 0x7f), 240.0);
  EXPECT_TRUE(std::isnan(value(PLX_F8E4M3FNUZ, 0x80)));
  EXPECT_EQ(value(PLX_F8E5M2, 0x7b), 57344.0);
  EXPECT_TRUE(std::isinf(value(PLX_F8E5M2, 0x7c)));
  EXPECT_EQ(value(PLX_F8E5M2FNUZ, 0x7f), 57344.0);
  EXPECT_EQ(value(PLX_F4E2M1, 7), 6.0);
  EXPECT_EQ(value(PLX_F4E2M1, 9), -0.5);
  EXPECT_EQ(value(PLX_F8E8M0, 128), 2.0);
  EXPECT_EQ(value(PLX_I4, 0xf8), -8.0);
}

std::string summary(const plx_tensor &tensor) {
  char text[512];
  plx_format_summary(&tensor, text, sizeof text);
  return text;
}

TEST(Tensor, Summary) {
  Floats x({2, 4});
  EXPECT_EQ(summary(x.tensor), "min 0 max 7 mean 3.5 argmax 7 first [0, 1, 2, 3, 4, 5, ...]");
  x.values[2] = std::numeric_limits<float>::quiet_NaN();
  EXPECT_EQ(summary(x.tensor),
            "nan 1 min 0 max 7 mean 3.71429 argmax 7 first [0, 1, nan, 3, 4, 5, ...]");
  int64_t dims[1] = {2};
  int64_t big[2] = {INT64_MAX, INT64_MIN};
  EXPECT_EQ(summary({big, dims, 1, PLX_I64}),
            "min -9223372036854775808 max 9223372036854775807 mean 0 argmax 0 first "
            "[9223372036854775807, "
            "-9223372036854775808]");
  plx_string strings[2] = {{"a\x1b[b", 4}, {nullptr, 0}};
  EXPECT_EQ(summary({strings, dims, 1, PLX_STRING}), "first [\"a\\x1b[b\", \"\"]");
  float parts[4] = {1, -2, 0, 0.5f};
  EXPECT_EQ(summary({parts, dims, 1, PLX_C64}), "first [1-2i, 0+0.5i]");
  dims[0] = 0;
  EXPECT_EQ(summary({nullptr, dims, 1, PLX_F32}), "no elements");
}

TEST(Tensor, TextIsCutAndTerminated) {
  Floats x({2, 4});
  char text[8];
  plx_format_type(&x.tensor, text, sizeof text);
  EXPECT_STREQ(text, "f32[2, ");
}

TEST(OutputNames, FollowTheRule) {
  const char *names[] = {"y", "a/b:c", "a_b:c", ".hidden", "y", "y_2", "", "\xc3\xa4", "y"};
  int32_t types[] = {PLX_F32, PLX_F32, PLX_BF16, PLX_F32, PLX_F32,
                     PLX_F32, PLX_F32, PLX_F32,  PLX_BF16};
  char **files = nullptr;
  ASSERT_EQ(plx_output_file_names(names, types, 9, &files, nullptr), PLX_OK);
  const char *expected[] = {"y.npy",     "a_b_c.npy",  "a_b_c.pb", "_hidden.npy", "y_2.npy",
                            "y_2_2.npy", "output.npy", "__.npy",   "y.pb"};
  for (int i = 0; i < 9; ++i) EXPECT_STREQ(files[i], expected[i]);
  free(files);
}

TEST(Random, IsAFunctionOfSeedStreamAndIndex) {
  Floats a({1000});
  Floats b({10});
  ASSERT_EQ(plx_fill_random(&a.tensor, 1, 0, nullptr), PLX_OK);
  ASSERT_EQ(plx_fill_random(&b.tensor, 1, 0, nullptr), PLX_OK);
  double sum = 0;
  for (size_t i = 0; i < 10; ++i) EXPECT_EQ(a.values[i], b.values[i]);
  for (float value : a.values) {
    EXPECT_GE(value, -1.0f);
    EXPECT_LT(value, 1.0f);
    sum += value;
  }
  EXPECT_LT(std::fabs(sum / 1000), 0.06);  // 3 standard deviations of the mean: 3 / sqrt(3 * 1000)
  ASSERT_EQ(plx_fill_random(&b.tensor, 1, 1, nullptr), PLX_OK);
  EXPECT_NE(a.values[0], b.values[0]);
  ASSERT_EQ(plx_fill_random(&b.tensor, 2, 0, nullptr), PLX_OK);
  EXPECT_NE(a.values[0], b.values[0]);
  // Pinned, computed apart from this code: a seed must mean the same in every version.
  ASSERT_EQ(plx_fill_random(&b.tensor, 0, 0, nullptr), PLX_OK);
  EXPECT_EQ(b.values[0], -0x1.232b580000000p-2f);
  ASSERT_EQ(plx_fill_random(&b.tensor, 42, 3, nullptr), PLX_OK);
  EXPECT_EQ(b.values[9], -0x1.0a74800000000p-2f);
}

TEST(Random, InputTakesDimsAndSharesSymbols) {
  FakeModel model;
  model.bias_dims[0] = {-1, -1, 0, "batch + 1"};
  Loaded loaded(model.module);
  int64_t dims[1] = {6};
  plx_array *array = nullptr;
  auto dim0 = [&](const plx_context *context, int32_t input, const int64_t *by_symbol) {
    EXPECT_EQ(plx_random_input(loaded.program, context, input, by_symbol, 0, &array, &loaded.error),
              PLX_OK)
        << loaded.error.message;
    int64_t value = plx_array_view(array).dims[0];
    plx_array_destroy(array);
    return value;
  };
  EXPECT_EQ(dim0(nullptr, 0, nullptr), 1);
  EXPECT_EQ(dim0(nullptr, 0, dims), 6);
  EXPECT_EQ(dim0(nullptr, 1, dims), 7);
  model.symbols[0].lower_bound = 3;
  EXPECT_EQ(dim0(nullptr, 0, nullptr), 3);
  Floats x({5, 4});
  ASSERT_EQ(plx_context_set_input(loaded.context, "x", &x.tensor, nullptr), PLX_OK);
  EXPECT_EQ(dim0(loaded.context, 1, dims), 6);
}

TEST(Array, RefusesSizesThatDoNotFit) {
  plx_array *array = nullptr;
  plx_error error;
  int64_t dims[2] = {INT64_MAX, 2};
  EXPECT_EQ(plx_array_create(PLX_F32, 2, dims, &array, &error), PLX_OUT_OF_MEMORY);
  EXPECT_STREQ(error.message, "the size of f32[9223372036854775807, 2] does not fit 63 bits");
  dims[0] = -1;
  EXPECT_EQ(plx_array_create(PLX_F32, 2, dims, &array, &error), PLX_INVALID_ARGUMENT);
  EXPECT_EQ(plx_array_create(99, 0, nullptr, &array, &error), PLX_INVALID_ARGUMENT);
  EXPECT_EQ(plx_array_create(PLX_F32, 65, dims, &array, &error), PLX_INVALID_ARGUMENT);
}

}  // namespace
}  // namespace plx_test
