// The step of fake_step.c in a folder of its own, with what is known of it beside it.
#ifndef PLEXUS_TESTS_UNIT_RUNTIME_TRAIN_FAKE_STEP_H
#define PLEXUS_TESTS_UNIT_RUNTIME_TRAIN_FAKE_STEP_H

#include <gtest/gtest.h>

#include "plexus_rt.h"
#include "runtime/train/step_file.h"
#include "tests/unit/runtime/train/folder.h"

namespace plx::train {

class FakeStep {
 public:
  explicit FakeStep(const std::vector<StepState> &further = {}) {
    std::filesystem::copy_file(PLEXUS_FAKE_STEP, path);
    description.target = "target";
    description.prediction = "y";
    description.states = {{"p", StateKind::Parameter, PLX_F32, {1}, &initial, sizeof initial}};
    description.states.insert(description.states.end(), further.begin(), further.end());
    absl::Status status = writeStepFile(path + ".training", description);
    EXPECT_TRUE(status.ok()) << status;
  }

  Folder folder;
  std::string path = folder.in("step.so");
  float initial = 2;
  StepDescription description;
};

/// What the step computes, for rows x and targets; p is updated.
inline double stepByHand(const std::vector<float> &x, const std::vector<float> &target, double rate,
                         float &p) {
  double loss = 0, slope = 0, rows = static_cast<double>(x.size());
  for (size_t i = 0; i < x.size(); ++i) {
    float y = p * x[i];
    double off = y - target[i];
    loss += off * off / rows;
    slope += 2 * off * x[i] / rows;
  }
  p -= static_cast<float>(rate * slope);
  return loss;
}

}  // namespace plx::train

#endif  // PLEXUS_TESTS_UNIT_RUNTIME_TRAIN_FAKE_STEP_H
