#include "runtime/train/column.h"

#include <gtest/gtest.h>

#include <cmath>

namespace plx::train {
namespace {

template <typename T>
plx_tensor tensor(std::vector<T> &values, const std::vector<int64_t> &dims, int32_t type) {
  return {values.data(), dims.data(), static_cast<int32_t>(dims.size()), type};
}

std::string message(const absl::StatusOr<Column> &column) {
  return std::string(column.status().message());
}

TEST(ColumnTest, TakesRowsAsAnotherType) {
  std::vector<double> values{1, 2, 3, 4, 5, 6};
  std::vector<int64_t> dims{3, 2};
  absl::StatusOr<Column> column = Column::create("x", tensor(values, dims, PLX_F64), PLX_F32);
  ASSERT_TRUE(column.ok()) << column.status();
  EXPECT_EQ(column->rows(), 3);
  plx_tensor taken = column->take({2, 0});
  EXPECT_EQ(taken.rank, 2);
  EXPECT_EQ(taken.dims[0], 2);
  auto *floats = static_cast<const float *>(taken.data);
  EXPECT_EQ(std::vector<float>(floats, floats + 4), (std::vector<float>{5, 6, 1, 2}));
}

TEST(ColumnTest, IntegersHaveARange) {
  std::vector<int32_t> values{4, -1, 7};
  std::vector<int64_t> dims{3};
  absl::StatusOr<Column> column = Column::create("y", tensor(values, dims, PLX_I32), PLX_I64);
  ASSERT_TRUE(column.ok());
  EXPECT_EQ(column->range(), (std::pair<int64_t, int64_t>(-1, 7)));
}

TEST(ColumnTest, NamesRowAndValueThatDoNotFit) {
  std::vector<float> values{1, 2.5, 3, NAN};
  std::vector<int64_t> dims{2, 2};
  EXPECT_EQ(message(Column::create("y", tensor(values, dims, PLX_F32), PLX_I64)),
            "column 'y', row 0: 2.5 is no value of type i64");
  values[1] = 2;
  EXPECT_EQ(message(Column::create("y", tensor(values, dims, PLX_F32), PLX_F64)),
            "column 'y', row 1: nan is no value of type f64");
  std::vector<int64_t> large{300}, one{1};
  EXPECT_EQ(message(Column::create("y", tensor(large, one, PLX_I64), PLX_U8)),
            "column 'y', row 0: 300 is no value of type u8");
}

TEST(ColumnTest, HalvesAreTakenAndGiven) {
  std::vector<uint16_t> halves{0x3c00, 0xc000};  // 1, -2
  std::vector<int64_t> dims{2};
  absl::StatusOr<Column> column = Column::create("x", tensor(halves, dims, PLX_F16), PLX_F32);
  ASSERT_TRUE(column.ok()) << column.status();
  auto *floats = static_cast<const float *>(column->take({0, 1}).data);
  EXPECT_EQ(std::vector<float>(floats, floats + 2), (std::vector<float>{1, -2}));
  column = Column::create("x", tensor(halves, dims, PLX_F16), PLX_BF16);
  ASSERT_TRUE(column.ok()) << column.status();
  EXPECT_EQ(static_cast<const uint16_t *>(column->take({1}).data)[0], 0xc000);
  column = Column::create("x", tensor(halves, dims, PLX_F16), PLX_I64);
  ASSERT_TRUE(column.ok()) << column.status();
  EXPECT_EQ(column->range(), (std::pair<int64_t, int64_t>(-2, 1)));
  std::vector<double> large{1, 1e6};
  EXPECT_EQ(message(Column::create("x", tensor(large, dims, PLX_F64), PLX_F16)),
            "column 'x', row 1: 1e+06 is no value of type f16");
}

TEST(ColumnTest, MayBeDivided) {
  std::vector<uint8_t> pixels{0, 51, 255};
  std::vector<int64_t> dims{3};
  absl::StatusOr<Column> column = Column::create("x", tensor(pixels, dims, PLX_U8), PLX_F32, 255);
  ASSERT_TRUE(column.ok()) << column.status();
  auto *floats = static_cast<const float *>(column->take({0, 1, 2}).data);
  EXPECT_EQ(std::vector<float>(floats, floats + 3), (std::vector<float>{0, 0.2f, 1}));
  EXPECT_EQ(message(Column::create("x", tensor(pixels, dims, PLX_U8), PLX_I32, 255)),
            "column 'x', row 1: 51 / 255 is no value of type i32");
}

TEST(ColumnTest, IsAppendedToAndReshaped) {
  std::vector<float> values{1, 2, 3, 4};
  std::vector<int64_t> dims{1, 4}, square{1, 2, 2};
  absl::StatusOr<Column> column = Column::create("x", tensor(values, dims, PLX_F32), PLX_F32);
  Column other = *Column::create("x", tensor(values, square, PLX_F32), PLX_F32);
  EXPECT_EQ(column->append(other).message(),
            "column 'x' has rows of [4] in one file, of [2, 2] in another");
  ASSERT_TRUE(column->reshape({2, 2}).ok());
  ASSERT_TRUE(column->append(other).ok());
  EXPECT_EQ(column->rows(), 2);
  EXPECT_EQ(static_cast<const float *>(column->take({1}).data)[3], 4);
  EXPECT_EQ(column->reshape({3}).message(), "column 'x' has rows of [2, 2]; [3] was expected");
}

TEST(ColumnTest, RefusesWhatHasNoRowsOrNoSuchType) {
  std::vector<float> values{1};
  std::vector<int64_t> none{}, zero{0}, one{1};
  EXPECT_FALSE(Column::create("x", tensor(values, none, PLX_F32), PLX_F32).ok());
  EXPECT_FALSE(Column::create("x", tensor(values, zero, PLX_F32), PLX_F32).ok());
  EXPECT_FALSE(Column::create("x", tensor(values, one, PLX_STRING), PLX_F32).ok());
  EXPECT_FALSE(Column::create("x", tensor(values, one, PLX_F32), PLX_C64).ok());
}

}  // namespace
}  // namespace plx::train
