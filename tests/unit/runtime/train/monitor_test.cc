#include "runtime/train/monitor.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>

namespace plx::train {
namespace {

TEST(MonitorTest, LessIsBetterOfErrorsAndMoreOfScores) {
  Monitor loss("loss", 0), accuracy("accuracy", 0);
  EXPECT_EQ(loss.bestStep(), -1);
  EXPECT_TRUE(loss.add(2, 10));
  EXPECT_TRUE(loss.add(1, 20));
  EXPECT_FALSE(loss.add(1, 30));  // as good is no better
  EXPECT_EQ(loss.bestStep(), 20);
  EXPECT_EQ(loss.best(), 1);
  EXPECT_TRUE(accuracy.add(0.5, 10));
  EXPECT_FALSE(accuracy.add(0.4, 20));
  EXPECT_TRUE(accuracy.add(0.6, 30));
  EXPECT_FALSE(accuracy.isTimeToStop());
}

TEST(MonitorTest, StopsAfterAsManyInARow) {
  Monitor monitor("rmse", 2);
  monitor.add(1, 1);
  monitor.add(2, 2);
  EXPECT_FALSE(monitor.isTimeToStop());
  monitor.add(0.5, 3);
  monitor.add(NAN, 4);
  EXPECT_FALSE(monitor.isTimeToStop());
  monitor.add(0.6, 5);
  EXPECT_TRUE(monitor.isTimeToStop());
  EXPECT_EQ(monitor.bestStep(), 3);
}

TEST(MonitorTest, WhatItKnowsIsATensor) {
  Monitor monitor("loss", 1), other("loss", 1);
  monitor.add(3, 7);
  monitor.add(4, 8);
  plx_tensor from = monitor.tensor().tensor, to = other.tensor().tensor;
  memcpy(to.data, from.data, static_cast<size_t>(plx_tensor_bytes(&to)));
  EXPECT_TRUE(other.isTimeToStop());
  EXPECT_EQ(other.bestStep(), 7);
  other.clear();
  EXPECT_EQ(other.bestStep(), -1);
  EXPECT_TRUE(other.add(5, 9));
}

}  // namespace
}  // namespace plx::train
