// A compiled step of training and the tensors that go from step to step.
//
// Each state has one buffer, which a step updates in place: input and output of the program are
// bound to it once. On a device it stays there until somebody asks for the states. After a step
// that failed the states may be anything.
#ifndef PLEXUS_TOOLS_PLEXUS_STEPRUNNER_H
#define PLEXUS_TOOLS_PLEXUS_STEPRUNNER_H

#include <map>
#include <string>
#include <vector>

#include "tools/plexus/training/TrainingProgram.h"

namespace plx {

class StepRunner {
 public:
  struct Figures {
    double loss, gradientNorm;
  };
  struct State {
    std::string name;
    train::StateKind kind;
    const void *initial;  // null: zeros
    plx_tensor value;
  };

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

  /// Inputs that are neither states nor scalars of the step: the model's own and the target.
  const std::vector<const plx_value *> &batchInputs() const { return batch_; }
  /// The bytes are borrowed until the next call of run has returned. Throws Failure.
  void setInput(const std::string &name, const plx_tensor &tensor);
  /// The last part of a step, which draws the random numbers of `part` and has this share of the
  /// step's rows. The loss is the part's. Then the states are the new ones. Throws Failure.
  Figures run(double learningRate, int64_t step, int64_t part, double share);
  /// Of the last run; valid until the next.
  plx_tensor prediction() const;

  /// All but sums, in the order of the program's, as the last run left them. Throws Failure.
  const std::vector<State> &states() const;
  /// After the values of states() were written: the next run takes them from there.
  void takeStates();
  /// Sets the states to what they are before the first step.
  void reset();
  Memory memory() const;
  /// Empty where the runner does not trace. Throws Failure.
  std::vector<Kernel> kernels() const;
  /// Writes the model at `modelPath` with the weights as they are now.
  void save(const std::string &modelPath, const std::string &path) const;

 private:
  int32_t input(const std::string &name) const;

  const TrainingProgram &program_;
  const plx_module &module_;
  bool traces_;
  int64_t numSteps_ = 0;

  Context context_;
  std::map<std::string, int32_t> inputs_, outputs_;
  std::vector<const plx_value *> batch_;
  std::vector<Array> arrays_;  // by state
  std::vector<State> states_;
};

}  // namespace plx

#endif  // PLEXUS_TOOLS_PLEXUS_STEPRUNNER_H
