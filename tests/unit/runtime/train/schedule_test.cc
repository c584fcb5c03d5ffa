#include "runtime/train/schedule.h"

#include <gtest/gtest.h>

#include <cmath>

namespace plx::train {
namespace {

Schedule make(const char *name) {
  Schedule schedule;
  schedule.kind = *scheduleOf(name);
  schedule.rate = 2;
  schedule.steps = 200;
  return schedule;
}

TEST(ScheduleTest, NamesAreKnownOrNot) { EXPECT_FALSE(scheduleOf("cyclic")); }

TEST(ScheduleTest, Constant) {
  EXPECT_EQ(make("constant").at(0), 2);
  EXPECT_EQ(make("constant").at(199), 2);
}

TEST(ScheduleTest, CosineEndsAtZero) {
  Schedule cosine = make("cosine");
  EXPECT_EQ(cosine.at(0), 2);
  EXPECT_NEAR(cosine.at(100), 1, 1e-15);
  EXPECT_NEAR(cosine.at(199), 1 + std::cos(M_PI * 199 / 200), 1e-15);
}

TEST(ScheduleTest, LinearStepAndExponential) {
  EXPECT_EQ(make("linear").at(50), 1.5);
  Schedule step = make("step");
  step.every = 50;
  EXPECT_EQ(step.at(49), 2);
  EXPECT_NEAR(step.at(50), 0.2, 1e-15);
  Schedule exponential = make("exponential");
  exponential.every = 100;
  EXPECT_NEAR(exponential.at(50), 2 * std::sqrt(0.1), 1e-15);
}

TEST(ScheduleTest, WarmUpRisesToTheRateAndComesFirst) {
  Schedule cosine = make("cosine");
  cosine.warmup = 100;
  EXPECT_EQ(cosine.at(0), 0.02);
  EXPECT_EQ(cosine.at(99), 2);
  EXPECT_EQ(cosine.at(100), 2);
  EXPECT_NEAR(cosine.at(150), 1, 1e-15);
}

}  // namespace
}  // namespace plx::train
