#include "runtime/train/log.h"

#include <gtest/gtest.h>

#include "tests/unit/runtime/train/folder.h"

namespace plx::train {
namespace {

LogRow row(int64_t step) { return {step, step / 2, 1.0 / 3 + static_cast<double>(step), 0.1, 2}; }

std::string write(const std::string &path, int64_t from, int64_t to) {
  absl::StatusOr<Log> log = Log::open(path, from);
  EXPECT_TRUE(log.ok()) << log.status();
  for (int64_t k = from; k < to; ++k) EXPECT_TRUE(log->add(row(k)).ok());
  EXPECT_TRUE(log->sync().ok());
  return contents(path);
}

TEST(LogTest, FiguresReadBackToTheSameBits) {
  Folder folder;
  std::string text = write(folder.in("log.csv"), 0, 1);
  EXPECT_EQ(text, "step,epoch,loss,learning_rate,gradient_norm\n0,0,0.3333333333333333,0.1,2\n");
}

TEST(LogTest, GoesOnWhereTheRunDoes) {
  Folder folder;
  std::string whole = write(folder.in("whole.csv"), 0, 10);
  write(folder.in("cut.csv"), 0, 8);
  EXPECT_EQ(write(folder.in("cut.csv"), 5, 10), whole);
  // A row that was being written when the run was killed goes too.
  std::ofstream(folder.in("cut.csv"), std::ios::app) << "10,5,0.";
  EXPECT_EQ(write(folder.in("cut.csv"), 10, 10), whole);
}

TEST(LogTest, RefusesWhatIsNotThisRuns) {
  Folder folder;
  write(folder.in("log.csv"), 0, 3);
  EXPECT_EQ(Log::open(folder.in("log.csv"), 4).status().code(), absl::StatusCode::kDataLoss);
  EXPECT_FALSE(Log::open(folder.in("none/log.csv"), 0).ok());
  EXPECT_FALSE(Log::open(folder.in("none.csv"), 3).ok());
}

TEST(LogTest, FurtherColumnsAreEmptyWhereNothingWasFound) {
  Folder folder;
  std::string path = folder.in("log.csv");
  absl::StatusOr<Log> log = Log::open(path, 0, {"validation_loss", "validation_accuracy"});
  LogRow first{0, 0, 1, 0.5, 2}, second = first;
  second.further = {0.25, 0.1};
  ASSERT_TRUE(log->add(first).ok() && log->add(second).ok() && log->sync().ok());
  EXPECT_EQ(contents(path),
            "step,epoch,loss,learning_rate,gradient_norm,validation_loss,validation_accuracy\n"
            "0,0,1,0.5,2,,\n0,0,1,0.5,2,0.25,0.1\n");
  absl::StatusOr<std::vector<LogRow>> rows = readLog(path, 2);
  ASSERT_TRUE(rows.ok()) << rows.status();
  EXPECT_TRUE(rows->at(0).further.empty());
  EXPECT_EQ(rows->at(1).further, second.further);
  EXPECT_EQ(rows->at(1).learningRate, 0.5);
  EXPECT_EQ(readLog(path, 3).status().code(), absl::StatusCode::kDataLoss);
  EXPECT_TRUE(Log::open(path, 1, {"validation_loss", "validation_accuracy"}).ok());
  absl::Status other = Log::open(path, 1).status();
  EXPECT_EQ(other.code(), absl::StatusCode::kDataLoss);
  EXPECT_NE(other.message().find("does not begin with 'step,epoch"), std::string::npos) << other;
}

TEST(LogTest, SaysThatTheDiskIsFull) {
  absl::StatusOr<Log> log = Log::open("/dev/full", 0);
  ASSERT_TRUE(log.ok());
  EXPECT_FALSE(log->sync().ok());
}

}  // namespace
}  // namespace plx::train
