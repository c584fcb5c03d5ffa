// .npy files: read, written, damaged.
// Covers: runtime/load/npy_read.cc, runtime/load/npy_write.cc
#include <cstring>
#include <vector>

#include "plexus_rt.h"
#include "tests/unit/runtime/load/files.h"
#include "tests/unit/runtime/load/parsing.h"

namespace plx_test {
namespace {

std::string npy(const std::string &dict, const std::string &data, char version = 1) {
  std::string text = std::string("\x93NUMPY", 6) + version + '\0';
  text += static_cast<char>(dict.size() & 0xff);
  text += static_cast<char>(dict.size() >> 8);
  if (version > 1) text += std::string(2, '\0');
  return text + dict + data;
}

template <typename T>
std::string bytes_of(const std::vector<T> &values) {
  return {reinterpret_cast<const char *>(values.data()), values.size() * sizeof(T)};
}

plx_array *parse(const std::string &text, plx_error *error) {
  return parse_exactly(plx_array_parse_npy, "'t.npy'", text, error);
}

TEST(Npy, ReadsOrders) {
  plx_error error;
  std::string data = bytes_of<int16_t>({1, 2, 3, 4, 5, 6});
  EXPECT_EQ(take_values<int16_t>(parse(
                npy("{'descr': '<i2', 'fortran_order': False, 'shape': (2, 3), }", data), &error)),
            (std::vector<int16_t>{1, 2, 3, 4, 5, 6}));
  EXPECT_EQ(take_values<int16_t>(parse(
                npy("{'shape': (2, 3), 'descr': '<i2', 'fortran_order': True}", data, 2), &error)),
            (std::vector<int16_t>{1, 3, 5, 2, 4, 6}));
  EXPECT_EQ(take_values<int16_t>(parse(
                npy("{'descr': '>i2', 'fortran_order': False, 'shape': (6,), }", data, 3), &error)),
            (std::vector<int16_t>{0x100, 0x200, 0x300, 0x400, 0x500, 0x600}));
  EXPECT_EQ(take_values<float>(parse(npy("{'descr': '<f4', 'fortran_order': False, 'shape': (), }",
                                         bytes_of<float>({2.5f})),
                                     &error)),
            (std::vector<float>{2.5f}));
  // Both parts of a big-endian complex number are swapped apart.
  EXPECT_EQ(
      take_values<uint32_t>(parse(npy("{'descr': '>c8', 'fortran_order': False, 'shape': (1,), }",
                                      bytes_of<uint32_t>({1, 2})),
                                  &error)),
      (std::vector<uint32_t>{0x1000000, 0x2000000}));
}

TEST(Npy, ReadsStrings) {
  plx_error error;
  std::string ucs = bytes_of<uint32_t>({'a', 0xe4, 0x1f600, 'b', 0, 0});
  plx_array *array =
      parse(npy("{'descr': '<U3', 'fortran_order': False, 'shape': (2,), }", ucs), &error);
  ASSERT_NE(array, nullptr) << error.message;
  const auto *strings = static_cast<const plx_string *>(plx_array_view(array).data);
  EXPECT_EQ(std::string(strings[0].data, static_cast<size_t>(strings[0].bytes)),
            "a\xc3\xa4\xf0\x9f\x98\x80");
  EXPECT_EQ(std::string(strings[1].data, static_cast<size_t>(strings[1].bytes)), "b");
  plx_array_destroy(array);
}

TEST(Npy, Refuses) {
  const char *good = "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }";
  struct {
    std::string text;
    const char *message;
  } cases[] = {
      {"abc", "'t.npy' is no valid .npy file: it does not begin with \\x93NUMPY"},
      {"\x93NUMPY", "'t.npy' is no valid .npy file: it ends within its first 12 bytes"},
      {npy(good, "", 4), "'t.npy' has version 4 of the .npy format; expected 1 to 3"},
      {npy(good, "1234567"),
       "'t.npy' is no valid .npy file: its shape needs more than the 7 bytes of data that follow"},
      {npy("{'descr': '<f4', 'fortran_order': False, 'shape': (9223372036854775807, 4), }", "1234"),
       "'t.npy' is no valid .npy file: its shape needs more than the 4 bytes of data that follow"},
      {npy("{'descr': '|O', 'fortran_order': False, 'shape': (2,), }", "12345678"),
       "'t.npy': its .npy header cannot be used from byte 23 on; expected 'descr' of a bool, "
       "number or string "
       "type, 'fortran_order' and 'shape' of at most 64 dims"},
      {npy("{'descr': '<U0', 'fortran_order': False, 'shape': (9999999999,), }", ""),
       "'t.npy' is no valid .npy file: it has too many strings of no bytes"}};
  for (const auto &test : cases) {
    plx_error error;
    EXPECT_EQ(parse(test.text, &error), nullptr);
    EXPECT_STREQ(error.message, test.message);
  }
}

TEST(Npy, EveryTypeRoundTrips) {
  for (int32_t type = 1; type < PLX_NUM_ELEMENT_TYPES; ++type) {
    std::vector<unsigned char> data(16 * 6);
    for (size_t i = 0; i < data.size(); ++i)
      data[i] = type == PLX_BOOL ? i % 2 : static_cast<unsigned char>(i * 7);
    int64_t dims[2] = {3, 2};
    plx_tensor tensor = {data.data(), dims, 2, type};
    TempFile file("types.npy");
    plx_error error;
    if (!plx_npy_can_hold(type)) {
      EXPECT_EQ(plx_write_npy(file.path.c_str(), &tensor, &error), PLX_INVALID_ARGUMENT);
      continue;
    }
    ASSERT_EQ(plx_write_npy(file.path.c_str(), &tensor, &error), PLX_OK) << error.message;
    plx_array *array = nullptr;
    ASSERT_EQ(plx_array_read(file.path.c_str(), &array, &error), PLX_OK) << error.message;
    plx_tensor view = plx_array_view(array);
    EXPECT_EQ(view.element_type, type);
    ASSERT_EQ(view.rank, 2);
    EXPECT_EQ(view.dims[0], 3);
    EXPECT_EQ(std::memcmp(view.data, data.data(), static_cast<size_t>(plx_tensor_bytes(&view))), 0);
    plx_array_destroy(array);
  }
}

TEST(Npy, HeaderIsAsNumpyWritesIt) {
  float data[2] = {1, 2};
  int64_t dims[1] = {2};
  plx_tensor tensor = {data, dims, 1, PLX_F32};
  TempFile file("header.npy");
  ASSERT_EQ(plx_write_npy(file.path.c_str(), &tensor, nullptr), PLX_OK);
  std::string text = file.read();
  ASSERT_EQ(text.size(), 128u + 8u);
  EXPECT_EQ(text.substr(0, 10), std::string("\x93NUMPY\x01\x00\x76\x00", 10));
  EXPECT_EQ(text.substr(10, 56), "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), ");
  EXPECT_EQ(text[127], '\n');
}

TEST(Npy, SurvivesDamage) {
  std::string good =
      npy("{'descr': '<U3', 'fortran_order': True, 'shape': (2, 3), }", std::string(72, 'x'));
  plx_error error;
  for (size_t bytes = 0; bytes < good.size(); ++bytes)
    EXPECT_EQ(parse(good.substr(0, bytes), &error), nullptr);
  parse_damaged(plx_array_parse_npy, good);
}

}  // namespace
}  // namespace plx_test
