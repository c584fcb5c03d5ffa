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
