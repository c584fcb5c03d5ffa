#include "tools/plexus/training/Progress.h"

#include <gtest/gtest.h>

namespace plx {
namespace {

TEST(ProgressTest, SaysRateAndTimeLeft) {
  // 50 steps in 10 s: 5 a second; 150 are left.
  EXPECT_EQ(progressLine(0, 50, 200, 0.25, 10, 8),
            "[##......] 50/200  loss 0.25  5.0 steps/s  0:30 left");
  // A run that goes on: those before the stop took none of the time.
  EXPECT_EQ(progressLine(100, 150, 200, 0.25, 10, 8),
            "[######..] 150/200  loss 0.25  5.0 steps/s  0:10 left");
  EXPECT_EQ(progressLine(0, 200, 200, 1, 10, 8),
            "[########] 200/200  loss 1  20.0 steps/s  0:00 left");
  EXPECT_EQ(progressLine(0, 1, 36001, 1, 1, 0), "[] 1/36001  loss 1  1.0 steps/s  10:00:00 left");
}

TEST(ProgressTest, BeforeTheFirstStepThereIsNoRate) {
  EXPECT_EQ(progressLine(5, 5, 10, 1, 0, 4), "[##..] 5/10  loss 1  0.0 steps/s  -:-- left");
}

}  // namespace
}  // namespace plx
