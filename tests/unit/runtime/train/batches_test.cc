#include "runtime/train/batches.h"

#include <gtest/gtest.h>

#include <algorithm>

#include <set>

namespace plx::train {
namespace {

using Rows = std::vector<int64_t>;

TEST(BatchesTest, InOrderOverAndOver) {
  Batches batches(5, 2, false, 0);
  EXPECT_EQ(batches.perEpoch(), 3);
  EXPECT_EQ(batches.at(0), (Rows{0, 1}));
  EXPECT_EQ(batches.at(2), (Rows{4}));
  EXPECT_EQ(batches.at(3), (Rows{0, 1}));
  EXPECT_EQ(batches.epochOf(2), 0);
  EXPECT_EQ(batches.epochOf(3), 1);
}

TEST(BatchesTest, AnEpochTakesEachRowOnce) {
  Batches batches(100, 7, true, 3);
  for (int64_t epoch : {0, 1}) {
    std::set<int64_t> seen;
    for (int64_t k = 0; k < batches.perEpoch(); ++k)
      for (int64_t row : batches.at(epoch * batches.perEpoch() + k)) seen.insert(row);
    EXPECT_EQ(seen.size(), 100u);
  }
  Rows early = batches.at(0);
  EXPECT_NE(early, batches.at(batches.perEpoch()));
}

TEST(BatchesTest, AStepIsTheSameWithoutThoseBeforeIt) {
  Batches all(100, 7, true, 3), later(100, 7, true, 3), other(100, 7, true, 4);
  for (int64_t k = 0; k < 40; ++k) all.at(k);
  EXPECT_EQ(all.at(41), later.at(41));
  EXPECT_NE(all.at(41), other.at(41));
}

TEST(BatchesTest, RowsMayBeLeftOutAtTheEndOfEachEpoch) {
  Batches batches(10, 4, true, 7);
  batches.use(8);
  EXPECT_EQ(batches.perEpoch(), 2);
  Batches all(10, 4, true, 7);
  for (int64_t step : {0, 1}) EXPECT_EQ(batches.at(step), all.at(step)) << step;
  EXPECT_EQ(batches.epochOf(2), 1);
  EXPECT_EQ(batches.at(2), all.at(3));  // the next epoch's first batch
}

TEST(BatchesTest, ASplitHasEachRowOnOneSide) {
  for (bool shuffle : {false, true}) {
    Split split = splitRows(100, 0.2, shuffle, 3);
    EXPECT_EQ(split.validation.size(), 20u);
    std::vector<int64_t> all = split.training;
    all.insert(all.end(), split.validation.begin(), split.validation.end());
    std::sort(all.begin(), all.end());
    for (int64_t i = 0; i < 100; ++i) ASSERT_EQ(all[static_cast<size_t>(i)], i);
  }
  EXPECT_EQ(splitRows(100, 0.2, false, 3).validation.front(), 80);
  EXPECT_EQ(splitRows(100, 0.2, true, 3).validation, splitRows(100, 0.2, true, 3).validation);
  EXPECT_NE(splitRows(100, 0.2, true, 3).validation, splitRows(100, 0.2, true, 4).validation);
  EXPECT_EQ(splitRows(2, 0.001, true, 1).validation.size(), 1u);
  EXPECT_EQ(splitRows(2, 0.999, true, 1).training.size(), 1u);
}

}  // namespace
}  // namespace plx::train
