// A compiled step of training and the tensors that go from step to step.
//
// Each state has one buffer, which a step updates in place (plx_context_carry). On a device it
// stays there until somebody asks for the states. After a step that failed the states may be
// anything.
#ifndef PLEXUS_RUNTIME_TRAIN_STEPPER_H
#define PLEXUS_RUNTIME_TRAIN_STEPPER_H

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "plexus_rt.h"
#include "runtime/train/column.h"
#include "runtime/train/step_file.h"

namespace plx::train {

/// What a call of the runtime gave: its code becomes the nearest of Abseil's.
absl::Status statusOf(plx_status status, const plx_error &error);

class Stepper {
 public:
  struct Figures {
    double loss, gradientNorm;
  };
  struct State {
    std::string name;
    StateKind kind;
    const void *initial;  // null: zeros
    plx_tensor value;
  };

  /// `program` is a step (StepDescription), or the last of its parts. It and what is borrowed from
  /// `description` outlive the stepper. InvalidArgument: the two do not fit.
  static absl::StatusOr<Stepper> create(plx_program *program, const StepDescription &description,
                                        const plx_context_options &options);

  const plx_module &module() const { return *module_; }
  plx_context *context() const { return context_.get(); }
  /// Inputs that are neither states nor scalars of the step: the model's own and the target.
  const std::vector<const plx_value *> &batchInputs() const { return batch_; }
  /// Rows that the model takes at a time; 0: any.
  int64_t ownBatch() const;
  /// That a column of class indices fits the prediction it is compared with. InvalidArgument.
  absl::Status checkTarget(const std::string &input, const Column &column) const;

  /// The bytes are borrowed until the next call of run has returned. NotFound.
  absl::Status setInput(const std::string &name, const plx_tensor &tensor);
  /// A step, or the last part of one, which draws the random numbers of `part` and has this share
  /// of the step's rows; the loss is then the part's.
  absl::StatusOr<Figures> run(double learningRate, int64_t step, int64_t part, double share);
  /// Of the last run; valid until the next.
  absl::StatusOr<plx_tensor> prediction() const;

  size_t numStates() const { return states_.size(); }
  /// All but sums, in the order of the description, as the last run left them. Values may be
  /// written, and count after takeStates.
  absl::StatusOr<const std::vector<State> *> states() const;
  absl::Status takeStates();
  /// Sets the states to what they are before the first step.
  absl::Status reset();
  uint64_t stateBytes() const;

 private:
  using Array = std::unique_ptr<plx_array, void (*)(plx_array *)>;
  using Context = std::unique_ptr<plx_context, void (*)(plx_context *)>;

  Stepper(const plx_module *module, const StepDescription &description)
      : module_(module), target_(description.target), prediction_(description.prediction) {}
  absl::Status addStates(const StepDescription &description);
  absl::StatusOr<double> scalar(const char *output) const;

  const plx_module *module_;
  std::string target_, prediction_;
  Context context_{nullptr, plx_context_destroy};
  std::map<std::string, int32_t> inputs_, outputs_;
  std::vector<const plx_value *> batch_;
  std::vector<Array> arrays_;  // by state
  std::vector<State> states_;
};

}  // namespace plx::train

#endif  // PLEXUS_RUNTIME_TRAIN_STEPPER_H
