#include "runtime/train/step_file.h"

#include <gtest/gtest.h>

#include <cstring>
#include <fstream>

#include "plexus_rt.h"
#include "tests/unit/runtime/train/folder.h"

namespace plx::train {
namespace {

const float kWeights[6] = {1, 2, 3, 4, 5, 6};
const double kMean[1] = {0.5};

StepDescription example() {
  StepDescription step{"label", "logits", {"a note", ""}, {}, nullptr};
  step.states = {{"layer \"1\"", StateKind::Parameter, PLX_F32, {2, 3}, kWeights, sizeof kWeights},
                 {"layer.sum", StateKind::Sum, PLX_F32, {2, 3}, nullptr, sizeof kWeights},
                 {"none", StateKind::Slot, PLX_F32, {0}, nullptr, 0},
                 {"mean", StateKind::Statistic, PLX_F64, {}, kMean, sizeof kMean}};
  return step;
}

class StepFileTest : public testing::Test {
 protected:
  std::string written() {
    absl::Status status = writeStepFile(path, example());
    EXPECT_TRUE(status.ok()) << status;
    return contents(path);
  }
  absl::Status reading(const std::string &bytes) {
    std::ofstream(path, std::ios::binary) << bytes;
    return readStepFile(path).status();
  }
  Folder folder;
  std::string path = folder.in("step");
};

TEST_F(StepFileTest, ComesBackAsItWas) {
  written();
  absl::StatusOr<StepDescription> found = readStepFile(path);
  ASSERT_TRUE(found.ok()) << found.status();
  StepDescription wanted = example();
  EXPECT_EQ(found->target, wanted.target);
  EXPECT_EQ(found->prediction, wanted.prediction);
  EXPECT_EQ(found->notes, wanted.notes);
  ASSERT_EQ(found->states.size(), wanted.states.size());
  for (size_t i = 0; i < wanted.states.size(); ++i) {
    const StepState &one = found->states[i], &other = wanted.states[i];
    EXPECT_EQ(one.name, other.name);
    EXPECT_EQ(one.kind, other.kind);
    EXPECT_EQ(one.elementType, other.elementType);
    EXPECT_EQ(one.dims, other.dims);
    EXPECT_EQ(one.bytes, other.bytes);
    ASSERT_EQ(one.initial == nullptr, other.initial == nullptr);
    if (other.initial) {
      EXPECT_EQ(memcmp(one.initial, other.initial, other.bytes), 0);
    }
  }
}

TEST_F(StepFileTest, InitialElementsAreAlignedAndOutliveTheFile) {
  written();
  absl::StatusOr<StepDescription> found = readStepFile(path);
  ASSERT_TRUE(found.ok()) << found.status();
  std::filesystem::remove(path);
  for (const StepState &state : found->states)
    EXPECT_EQ(reinterpret_cast<uintptr_t>(state.initial) % PLX_ALIGNMENT, 0u);
  EXPECT_EQ(static_cast<const float *>(found->states[0].initial)[5], 6);
}

TEST_F(StepFileTest, EveryPrefixIsRefused) {
  std::string whole = written();
  // The padding behind the last elements may go.
  size_t needed = (whole.size() / PLX_ALIGNMENT - 1) * PLX_ALIGNMENT + sizeof kMean;
  ASSERT_TRUE(reading(whole.substr(0, needed)).ok());
  for (size_t bytes = 0; bytes < needed; ++bytes)
    EXPECT_EQ(reading(whole.substr(0, bytes)).code(), absl::StatusCode::kDataLoss) << bytes;
}

TEST_F(StepFileTest, EveryChangedByteIsRefusedOrPadding) {
  std::string whole = written();
  int found = 0;
  for (size_t i = 0; i < whole.size(); ++i) {
    std::string changed = whole;
    changed[i] = static_cast<char>(changed[i] ^ 0x5a);
    absl::Status status = reading(changed);
    found += !status.ok();
    if (status.ok()) {
      EXPECT_EQ(whole[i], '\0') << i;
    }
  }
  EXPECT_GE(found, 200);
}

TEST_F(StepFileTest, SaysWhatIsWrong) {
  EXPECT_EQ(readStepFile(folder.in("absent")).status().code(), absl::StatusCode::kDataLoss);
  absl::Status status = reading("no such thing, whatever it is");
  EXPECT_EQ(status.message(), "'" + path + "' is no description of a step: it begins otherwise");
  EXPECT_EQ(writeStepFile(folder.in("a/b"), example()).code(), absl::StatusCode::kPermissionDenied);
}

// A table that was made to be wrong, with hashes that fit.
TEST_F(StepFileTest, ImpossibleTensorsAreRefused) {
  StepDescription step = example();
  auto refused = [&](StepState state) {
    StepDescription changed = step;
    changed.states[1] = std::move(state);
    EXPECT_TRUE(writeStepFile(path, changed).ok());
    return readStepFile(path).status().code() == absl::StatusCode::kDataLoss;
  };
  EXPECT_FALSE(refused(step.states[1]));
  EXPECT_TRUE(refused({"x", static_cast<StateKind>(4), PLX_F32, {1}, nullptr, 4}));
  EXPECT_TRUE(refused({"x", StateKind::Slot, 999, {1}, nullptr, 4}));
  EXPECT_TRUE(refused({"x", StateKind::Slot, PLX_F32, {-1}, nullptr, 4}));
  EXPECT_TRUE(
      refused({"x", StateKind::Slot, PLX_F32, {int64_t{1} << 40, int64_t{1} << 40}, nullptr, 4}));
  EXPECT_TRUE(refused({"x", StateKind::Slot, PLX_F32, std::vector<int64_t>(65, 1), nullptr, 4}));
}

}  // namespace
}  // namespace plx::train
