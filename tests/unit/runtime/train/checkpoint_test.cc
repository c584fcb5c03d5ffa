#include "runtime/train/checkpoint.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <numeric>
#include <random>

#include "tests/unit/runtime/train/folder.h"

namespace plx::train {
namespace {

/// The states of a run: their values say how many steps were done.
struct States {
  explicit States(int64_t step = 0, size_t count = 1000) : weights(count), slots(count) {
    set(step);
  }
  void set(int64_t step) {
    std::iota(weights.begin(), weights.end(), static_cast<float>(step));
    std::iota(slots.begin(), slots.end(), static_cast<double>(-step));
  }
  std::vector<NamedTensor> tensors() {
    dims = static_cast<int64_t>(weights.size());
    return {{"layer \"1\"", {weights.data(), &dims, 1, PLX_F32}},
            {"slot", {slots.data(), &dims, 1, PLX_F64}}};
  }
  bool operator==(const States &other) const {
    return weights == other.weights && slots == other.slots;
  }
  std::vector<float> weights;
  std::vector<double> slots;
  int64_t dims = 0;
};

class CheckpointTest : public testing::Test {
 protected:
  Checkpoints open(const std::string &run = "run", int kept = 3) {
    absl::StatusOr<Checkpoints> out = Checkpoints::open(folder.in("c"), run, kept);
    EXPECT_TRUE(out.ok()) << out.status();
    return *out;
  }
  void write(int64_t step, size_t count = 1000) {
    States states(step, count);
    absl::Status status = open().write(step, states.tensors());
    EXPECT_TRUE(status.ok()) << status;
  }
  int64_t restored(States &into) {
    notes.clear();
    absl::StatusOr<int64_t> step = open().restore(into.tensors(), notes);
    EXPECT_TRUE(step.ok()) << step.status();
    return step.value_or(-1);
  }
  std::string file(int64_t step) {
    return folder.in("c/step-00000000" + std::to_string(step) + ".safetensors");
  }

  Folder folder;
  std::vector<std::string> notes;
};

TEST_F(CheckpointTest, ComesBackAsItWas) {
  States found;
  EXPECT_EQ(restored(found), 0);
  write(5);
  EXPECT_EQ(restored(found), 5);
  EXPECT_TRUE(found == States(5));
}

TEST_F(CheckpointTest, KeepsTheLastOnes) {
  for (int64_t step = 1; step <= 5; ++step) write(step);
  EXPECT_FALSE(std::filesystem::exists(file(2)));
  for (int64_t step : {3, 4, 5}) EXPECT_TRUE(std::filesystem::exists(file(step)));
}

TEST_F(CheckpointTest, DamageIsFoundAndTheOneBeforeTaken) {
  write(1);
  std::string sound = contents(file(1));
  for (size_t place : {size_t{3}, size_t{30}, sound.size() - 1, sound.size() / 2}) {
    write(2);
    std::string bytes = contents(file(2));
    bytes[place] ^= 1;
    std::ofstream(file(2), std::ios::binary) << bytes;
    States found;
    EXPECT_EQ(restored(found), 1) << place;
    EXPECT_TRUE(found == States(1)) << place;
    EXPECT_EQ(notes.size(), 1u) << place;
  }
  for (size_t length : {size_t{0}, size_t{7}, size_t{60}, sound.size() - 1}) {
    std::ofstream(file(2), std::ios::binary) << sound.substr(0, length);
    States found;
    EXPECT_EQ(restored(found), 1) << length;
    EXPECT_TRUE(found == States(1)) << length;
  }
}

TEST_F(CheckpointTest, WhereAllAreDamagedTheStatesStayAsTheyAre) {
  write(1);
  std::string bytes = contents(file(1));
  bytes.back() ^= 1;
  std::ofstream(file(1), std::ios::binary) << bytes;
  States found(7);
  EXPECT_EQ(restored(found), 0);
  EXPECT_TRUE(found == States(7));
  EXPECT_EQ(notes.size(), 1u);
}

TEST_F(CheckpointTest, WhatIsWrittenOutlivesLaterStepsOfACourseThatWasLeft) {
  for (int64_t step : {3, 4, 5}) write(step);
  write(2);
  States found;
  EXPECT_EQ(restored(found), 2);
  EXPECT_FALSE(std::filesystem::exists(file(5)));
}

TEST_F(CheckpointTest, AnotherRunsAreRefused) {
  write(1);
  States states;
  absl::StatusOr<int64_t> step = open("other options").restore(states.tensors(), notes);
  EXPECT_EQ(step.status().code(), absl::StatusCode::kFailedPrecondition) << step.status();
}

TEST_F(CheckpointTest, KilledAtAnyInstantItLeavesAWholeOne) {
  write(1, 100000);
  std::mt19937 random(5);
  for (int round = 0; round < 100; ++round) {
    pid_t child = fork();
    if (child == 0) {
      for (int64_t step = 2;; step = step == 9 ? 2 : step + 1) {
        States states(step, 100000);
        if (!Checkpoints::open(folder.in("c"), "run", 3)->write(step, states.tensors()).ok())
          _exit(1);
      }
    }
    usleep(random() % 20000);
    kill(child, SIGKILL);
    int status = 0;
    waitpid(child, &status, 0);
    ASSERT_TRUE(WIFSIGNALED(status));
    States found(0, 100000);
    int64_t step = restored(found);
    ASSERT_GE(step, 1);
    ASSERT_TRUE(found == States(step, 100000)) << step;
    ASSERT_TRUE(notes.empty());
  }
}

TEST_F(CheckpointTest, AFullDiskLeavesTheEarlierOnes) {
  write(1);
  pid_t child = fork();
  if (child == 0) {
    signal(SIGXFSZ, SIG_IGN);
    rlimit limit{1000, 1000};
    setrlimit(RLIMIT_FSIZE, &limit);
    States states(2);
    absl::Status status = Checkpoints::open(folder.in("c"), "run", 3)->write(2, states.tensors());
    _exit(status.code() == absl::StatusCode::kPermissionDenied ? 0 : 1);
  }
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_EQ(WEXITSTATUS(status), 0);
  States found;
  EXPECT_EQ(restored(found), 1);
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder.in("c")), {}), 1);
}

TEST_F(CheckpointTest, SeriesInAFolderAreApart) {
  absl::StatusOr<Checkpoints> best = Checkpoints::open(folder.in("c"), "run", 1, "best");
  ASSERT_TRUE(best.ok()) << best.status();
  write(4);
  States states(3);
  ASSERT_TRUE(best->write(3, states.tensors()).ok());
  States found;
  EXPECT_EQ(restored(found), 4);
  ASSERT_TRUE(best->read(3, found.tensors()).ok());
  EXPECT_TRUE(found == States(3));
  EXPECT_EQ(best->read(4, found.tensors()).code(), absl::StatusCode::kDataLoss);
  EXPECT_TRUE(found == States(3));
}

TEST_F(CheckpointTest, AFolderThatCannotBeMadeIsNamed) {
  absl::StatusOr<Checkpoints> out = Checkpoints::open(folder.in("a/b"), "run", 3);
  EXPECT_NE(out.status().message().find("a/b"), std::string::npos) << out.status();
}

}  // namespace
}  // namespace plx::train
