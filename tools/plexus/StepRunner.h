// A compiled step of training for the command line: a train::Stepper, and figures of it.
#ifndef PLEXUS_TOOLS_PLEXUS_STEPRUNNER_H
#define PLEXUS_TOOLS_PLEXUS_STEPRUNNER_H

#include <string>
#include <vector>

#include "runtime/train/stepper.h"
#include "tools/plexus/training/TrainingProgram.h"

namespace plx {

class StepRunner {
 public:
  using Figures = train::Stepper::Figures;
  using State = train::Stepper::State;

  struct Memory {
    uint64_t stateBytes;    // parameters, slots, statistics
    uint64_t arenaBytes;    // most that values of a step took together so far
    uint64_t weightsBytes;  // weights that do not change
    uint64_t deviceBytes;   // of a device, all together; 0 on the CPU
    uint64_t heapAllocations;
  };
  struct Kernel {
    const plx_kernel *info;
    double launches, milliseconds;  // of a step
  };

  /// `program` is PLEXUS_TRAIN_STEP or _FINISH, and outlives the runner. `traces`: times of kernels
  /// are taken. Throws Failure.
  StepRunner(const TrainingProgram &program, const CommonOptions &common, bool traces = false);

  const train::Stepper &stepper() const { return stepper_; }
  /// Stepper's functions, which throw Failure here.
  void setInput(const std::string &name, const plx_tensor &tensor);
  Figures run(double learningRate, int64_t step, int64_t part, double share);
  const std::vector<State> &states() const;
  void takeStates();
  void reset();
  Memory memory() const;
  /// Empty where the runner does not trace. Throws Failure.
  std::vector<Kernel> kernels() const;
  /// Writes the model at `modelPath` with the weights as they are now.
  void save(const std::string &modelPath, const std::string &path) const;

 private:
  bool traces_;
  int64_t numSteps_ = 0;
  train::Stepper stepper_;
};

}  // namespace plx

#endif  // PLEXUS_TOOLS_PLEXUS_STEPRUNNER_H
