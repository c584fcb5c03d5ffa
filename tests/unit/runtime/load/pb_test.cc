// TensorProto files: read, written, damaged.
// Covers: runtime/load/pb_read.cc, runtime/load/pb_write.cc, runtime/load/array_file.cc
#include <cstring>
#include <vector>

#include "plexus_rt.h"
#include "tests/unit/runtime/load/files.h"
#include "tests/unit/runtime/load/parsing.h"

namespace plx_test {
namespace {

std::string varint(uint64_t value) {
  std::string text;
  for (; value >= 0x80; value >>= 7) text += static_cast<char>(value | 0x80);
  return text + static_cast<char>(value);
}
std::string number(uint32_t field, uint64_t value) { return varint(field << 3) + varint(value); }
std::string bytes(uint32_t field, const std::string &data) {
  return varint((field << 3) | 2) + varint(data.size()) + data;
}
std::string head(int32_t type, const std::vector<int64_t> &dims) {
  std::string text;
  for (int64_t dim : dims) text += number(1, static_cast<uint64_t>(dim));
  return text + number(2, static_cast<uint64_t>(type));
}

plx_array *parse(const std::string &text, plx_error *error) {
  return parse_exactly(plx_array_parse_pb, "'t.pb'", text, error);
}

template <typename T>
std::vector<T> values(const std::string &text) {
  plx_error error = {};
  plx_array *array = parse(text, &error);
  EXPECT_NE(array, nullptr) << error.message;
  return take_values<T>(array);
}

TEST(Pb, TypedFields) {
  float floats[2] = {1.5f, -2};
  double doubles[2] = {0.5, 4};
  std::string packed_floats(reinterpret_cast<char *>(floats), 8);
  std::string packed_doubles(reinterpret_cast<char *>(doubles), 16);
  EXPECT_EQ(values<float>(head(PLX_F32, {2}) + bytes(4, packed_floats)),
            (std::vector<float>{1.5f, -2}));
  EXPECT_EQ(values<float>(head(PLX_C64, {1}) + bytes(4, packed_floats)),
            (std::vector<float>{1.5f, -2}));
  EXPECT_EQ(values<double>(head(PLX_F64, {2}) + bytes(10, packed_doubles)),
            (std::vector<double>{0.5, 4}));
  EXPECT_EQ(values<double>(head(PLX_C128, {1}) + bytes(10, packed_doubles)),
            (std::vector<double>{0.5, 4}));
  // Not packed, and packed after it: both count.
  std::string one(reinterpret_cast<char *>(floats), 4);
  EXPECT_EQ(values<float>(head(PLX_F32, {2}) + varint(4 << 3 | 5) + one + bytes(4, one)),
            (std::vector<float>{1.5f, 1.5f}));
  std::string minus = varint(static_cast<uint64_t>(-3));
  EXPECT_EQ(values<int32_t>(head(PLX_I32, {2}) + bytes(5, varint(7) + minus)),
            (std::vector<int32_t>{7, -3}));
  EXPECT_EQ(values<int8_t>(head(PLX_I8, {2}) + number(5, 7) + number(5, static_cast<uint64_t>(-3))),
            (std::vector<int8_t>{7, -3}));
  EXPECT_EQ(values<uint16_t>(head(PLX_F16, {1}) + bytes(5, varint(0x3c00))),
            (std::vector<uint16_t>{0x3c00}));
  EXPECT_EQ(values<uint8_t>(head(PLX_BOOL, {3}) + bytes(5, varint(1) + varint(0) + varint(2))),
            (std::vector<uint8_t>{1, 0, 1}));
  EXPECT_EQ(values<int64_t>(head(PLX_I64, {2}) + bytes(7, varint(1) + minus)),
            (std::vector<int64_t>{1, -3}));
  EXPECT_EQ(values<uint32_t>(head(PLX_U32, {1}) + bytes(11, varint(0xffffffff))),
            (std::vector<uint32_t>{0xffffffff}));
  EXPECT_EQ(values<uint64_t>(head(PLX_U64, {1}) + bytes(11, varint(UINT64_MAX))),
            (std::vector<uint64_t>{UINT64_MAX}));
  EXPECT_EQ(values<int8_t>(head(PLX_I4, {3}) + bytes(5, varint(0x8f) + varint(0x07))),
            (std::vector<int8_t>{-1, -8, 7}));
}

TEST(Pb, RawData) {
  EXPECT_EQ(values<int16_t>(head(PLX_I16, {2}) + bytes(9, std::string("\x01\x00\xff\xff", 4))),
            (std::vector<int16_t>{1, -1}));
  EXPECT_EQ(values<int8_t>(head(PLX_I4, {3}) + bytes(9, "\x8f\x07")),
            (std::vector<int8_t>{-1, -8, 7}));
  EXPECT_EQ(values<uint8_t>(head(PLX_U4, {3}) + bytes(9, "\x8f\x07")),
            (std::vector<uint8_t>{15, 8, 7}));
  EXPECT_EQ(values<int8_t>(head(PLX_I2, {5}) + bytes(9, "\xe4\x03")),
            (std::vector<int8_t>{0, 1, -2, -1, -1}));
  EXPECT_EQ(values<uint8_t>(head(PLX_U2, {5}) + bytes(9, "\xe4\x03")),
            (std::vector<uint8_t>{0, 1, 2, 3, 3}));
  EXPECT_EQ(values<uint8_t>(head(PLX_BOOL, {2}) + bytes(9, "\x05\x01")),
            (std::vector<uint8_t>{1, 1}));
  EXPECT_EQ(values<float>(head(PLX_F32, {0, 3})), (std::vector<float>{}));
}

TEST(Pb, StringsAndName) {
  plx_error error;
  plx_array *array = parse(
      head(PLX_STRING, {3}) + bytes(6, "ab") + bytes(8, "the name") + bytes(6, "") + bytes(6, "c"),
      &error);
  ASSERT_NE(array, nullptr) << error.message;
  EXPECT_STREQ(plx_array_name(array), "the name");
  const auto *strings = static_cast<const plx_string *>(plx_array_view(array).data);
  EXPECT_EQ(std::string(strings[0].data, 2), "ab");
  EXPECT_EQ(strings[1].bytes, 0);
  EXPECT_EQ(std::string(strings[2].data, 1), "c");
  plx_array_destroy(array);
}

TEST(Pb, Refuses) {
  struct {
    std::string text;
    const char *message;
  } cases[] = {
      {"", "'t.pb' is no valid TensorProto: its element type is 0"},
      {head(27, {1}), "'t.pb' is no valid TensorProto: its element type is -1"},
      {head(PLX_F32, {2}) + bytes(9, "1234567"),
       "'t.pb' is no valid TensorProto: f32[2] needs 8 bytes of raw_data, found 7"},
      {head(PLX_F32, {1}) + bytes(4, "12345678"),
       "'t.pb' is no valid TensorProto: f32[1] needs 1 values, found 2"},
      {head(PLX_F32, {-1}) + bytes(9, ""),
       "'t.pb' is no valid TensorProto: f32[-1] needs -1 bytes of raw_data, found 0"},
      {head(PLX_F32, {INT64_MAX, 2}) + bytes(9, "1"),
       "'t.pb' is no valid TensorProto: f32[9223372036854775807, 2] needs -1 bytes of raw_data, "
       "found 1"},
      {head(PLX_STRING, {1}) + bytes(9, "1"),
       "'t.pb' is no valid TensorProto: string[1] needs -1 bytes of raw_data, found 1"},
      {head(PLX_F32, {1}) + bytes(4, "123"),
       "'t.pb' is no valid TensorProto: its values are malformed"},
      {head(PLX_F32, {1}) + number(14, 1),
       "'t.pb' is a TensorProto whose data are in another file; expected the data inside"},
      {head(PLX_F32, {1}) + varint(9 << 3 | 2) + varint(UINT64_MAX) + "abc",
       "'t.pb' is no valid TensorProto: byte 4 begins no field of one"},
      {std::string("\x0b\x0c"), "'t.pb' is no valid TensorProto: byte 0 begins no field of one"}};
  for (const auto &test : cases) {
    plx_error error;
    EXPECT_EQ(parse(test.text, &error), nullptr);
    EXPECT_STREQ(error.message, test.message);
  }
  plx_error error;
  EXPECT_EQ(parse(head(PLX_F32, std::vector<int64_t>(65, 1)), &error), nullptr);
}

TEST(Pb, EveryTypeRoundTrips) {
  for (int32_t type = 1; type < PLX_NUM_ELEMENT_TYPES; ++type) {
    std::vector<unsigned char> data(16 * 7);
    for (size_t i = 0; i < data.size(); ++i) data[i] = static_cast<unsigned char>(i * 37);
    for (unsigned char &byte : data) {
      auto sign = static_cast<signed char>(byte);
      if (type == PLX_BOOL) byte &= 1;
      if (type == PLX_U4 || type == PLX_F4E2M1) byte &= 15;
      if (type == PLX_U2) byte &= 3;
      if (type == PLX_I4) byte = static_cast<unsigned char>(sign % 8);
      if (type == PLX_I2) byte = static_cast<unsigned char>(sign % 2);
    }
    std::vector<plx_string> strings(7, plx_string{"abcdefg", 0});
    for (size_t i = 0; i < 7; ++i) strings[i].bytes = static_cast<int64_t>(i);
    int64_t dims[1] = {7};
    plx_tensor tensor = {type == PLX_STRING ? static_cast<void *>(strings.data()) : data.data(),
                         dims, 1, type};
    TempFile file("types.pb");
    plx_error error;
    plx_array *array = nullptr;
    ASSERT_EQ(plx_write_pb(file.path.c_str(), "n", &tensor, &error), PLX_OK) << error.message;
    ASSERT_EQ(plx_array_read(file.path.c_str(), &array, &error), PLX_OK) << error.message;
    plx_tensor view = plx_array_view(array);
    EXPECT_EQ(view.element_type, type);
    if (type == PLX_STRING) {
      const auto *back = static_cast<const plx_string *>(view.data);
      for (size_t i = 0; i < 7; ++i)
        EXPECT_EQ(std::string(back[i].data, static_cast<size_t>(back[i].bytes)),
                  std::string("abcdefg", i));
    } else {
      EXPECT_EQ(std::memcmp(view.data, data.data(), static_cast<size_t>(plx_tensor_bytes(&view))),
                0)
          << plx_element_name(type);
    }
    plx_array_destroy(array);
  }
}

TEST(Pb, SurvivesDamage) {
  parse_damaged(plx_array_parse_pb, head(PLX_I4, {3, 1}) + bytes(8, "name") +
                                        bytes(5, varint(0x8f) + varint(0x1007)) + bytes(6, "text"));
}

}  // namespace
}  // namespace plx_test
