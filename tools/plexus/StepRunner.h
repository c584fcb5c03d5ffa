// A compiled step of training and the tensors that go from step to step.
//
// Each state has two buffers: a step reads one and writes the other, and then they change places.
#ifndef PLEXUS_TOOLS_PLEXUS_STEPRUNNER_H
#define PLEXUS_TOOLS_PLEXUS_STEPRUNNER_H

#include <map>
#include <string>
#include <vector>

#include "tools/plexus/Program.h"

namespace plx {

class StepRunner {
 public:
  struct Figures {
    double loss, gradientNorm;
  };
  struct State {
    std::string name;
    int32_t kind;   // enum plexus_state_kind
    int32_t index;  // of plexus_training_state
    plx_tensor value;
  };

  /// `model` was opened as PLEXUS_TRAIN_STEP or _FINISH. Both outlive the runner. Throws Failure.
  StepRunner(const plexus_model *model, const Program &program, const CommonOptions &common);

  /// Inputs that are neither states nor scalars of the step: the model's own and the target.
  const std::vector<const plx_value *> &batchInputs() const { return batch_; }
  /// The bytes are borrowed until the next call of run has returned. Throws Failure.
  void setInput(const std::string &name, const plx_tensor &tensor);
  /// The last part of a step, which draws the random numbers of `part` and has this share of the
  /// step's rows. The loss is the part's. Then the states are the new ones. Throws Failure.
  Figures run(double learningRate, int64_t step, int64_t part, double share);
  /// Of the last run; valid until the next.
  plx_tensor prediction() const;

  /// All but sums, in the order of plexus_training_state. `value` may be written between runs.
  const std::vector<State> &states() const { return states_; }
  /// Sets the states to what they are before the first step.
  void reset();
  /// Writes the trained model.
  void save(const std::string &path) const;

 private:
  void bindStates();
  int32_t input(const std::string &name) const;

  const plexus_model *model_;

  Context context_;
  std::map<std::string, int32_t> inputs_, outputs_;
  std::vector<const plx_value *> batch_;
  std::vector<Array> front_, back_;  // by state: what a step reads, and writes
  std::vector<State> states_;
};

}  // namespace plx

#endif  // PLEXUS_TOOLS_PLEXUS_STEPRUNNER_H
