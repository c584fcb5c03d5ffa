#include "runtime/train/image_file.h"

#include <gtest/gtest.h>

#include <random>

namespace plx::train {
namespace {

std::string idx(uint8_t type, const std::vector<uint32_t> &dims, const std::string &elements) {
  std::string out{0, 0, static_cast<char>(type), static_cast<char>(dims.size())};
  for (uint32_t dim : dims)
    for (int shift : {24, 16, 8, 0}) out += static_cast<char>(dim >> shift);
  return out + elements;
}

std::string messageOf(const std::string &bytes) {
  return std::string(parseIdx(bytes, "f").status().message());
}

TEST(ImageFileTest, IdxOfBytes) {
  absl::StatusOr<ImageColumn> images = parseIdx(idx(8, {2, 1, 3}, "abcdef"), "f");
  ASSERT_TRUE(images.ok()) << images.status();
  EXPECT_EQ(images->name, "images");
  EXPECT_EQ(images->elementType, PLX_U8);
  EXPECT_EQ(images->dims, (std::vector<int64_t>{2, 1, 3}));
  EXPECT_EQ(std::string(images->bytes.begin(), images->bytes.end()), "abcdef");
  EXPECT_EQ(parseIdx(idx(8, {2}, "ab"), "f")->name, "labels");
}

TEST(ImageFileTest, IdxOfWiderElementsIsBigEndian) {
  absl::StatusOr<ImageColumn> column =
      parseIdx(idx(0x0b, {2}, std::string("\x01\x02\xff\xfe", 4)), "f");
  ASSERT_TRUE(column.ok()) << column.status();
  auto *elements = reinterpret_cast<const int16_t *>(column->bytes.data());
  EXPECT_EQ(elements[0], 0x102);
  EXPECT_EQ(elements[1], -2);
}

TEST(ImageFileTest, IdxThatIsNoneIsNamed) {
  EXPECT_EQ(messageOf("abcd"),
            "'f' is no IDX file: it does not begin with 0, 0, a type and the number of dims");
  EXPECT_EQ(messageOf(idx(8, {2, 2}, "").substr(0, 9)),
            "'f' is no IDX file: it ends within its header");
  EXPECT_EQ(messageOf(idx(8, {2, 2}, "abc")),
            "'f' is no IDX file: its dims 2 x 2 ask for 4 bytes of elements; it has 3: it was cut "
            "short");
  EXPECT_NE(messageOf(idx(8, {2, 2}, "abcde")), "");
  // A product that wraps around to the bytes that are there.
  EXPECT_NE(messageOf(idx(8, {1u << 31, 1u << 31, 4}, "")), "");
  EXPECT_NE(messageOf(idx(8, std::vector<uint32_t>(255, 0xffffffff), "")), "");
}

TEST(ImageFileTest, IdxOfRandomBytesIsReadOrRefused) {
  std::mt19937 random(1);
  for (int round = 0; round < 2000; ++round) {
    std::string bytes = idx(8, {2, 2}, "abcd");
    for (int k = 0; k < 3; ++k) bytes[random() % bytes.size()] = static_cast<char>(random());
    bytes.resize(random() % (bytes.size() + 1));
    absl::StatusOr<ImageColumn> column = parseIdx(bytes, "f");
    if (!column.ok()) continue;
    plx_tensor view = column->view();
    EXPECT_EQ(plx_tensor_bytes(&view), static_cast<int64_t>(column->bytes.size()));
  }
}

TEST(ImageFileTest, Cifar10) {
  std::string record(3073, '\2'), other(3073, '\3');
  record[1] = 'r';
  absl::StatusOr<std::vector<ImageColumn>> columns = parseCifar10(record + other, "f");
  ASSERT_TRUE(columns.ok()) << columns.status();
  EXPECT_EQ((*columns)[0].bytes, (std::vector<char>{2, 3}));
  EXPECT_EQ((*columns)[1].dims, (std::vector<int64_t>{2, 3, 32, 32}));
  EXPECT_EQ((*columns)[1].bytes[0], 'r');
  EXPECT_EQ((*columns)[1].bytes[3072], '\3');
}

TEST(ImageFileTest, Cifar10ThatIsNoneIsNamed) {
  EXPECT_EQ(
      parseCifar10(std::string(3072, '\0'), "f").status().message(),
      "'f' is no binary CIFAR-10 file: its 3072 bytes are no whole number of records of 3073");
  EXPECT_FALSE(parseCifar10("", "f").ok());
  EXPECT_EQ(parseCifar10(std::string(3073, '\n'), "f").status().message(),
            "'f' is no binary CIFAR-10 file: record 0 has the label 10; labels are 0 to 9");
}

}  // namespace
}  // namespace plx::train
