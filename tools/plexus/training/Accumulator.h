// The parts of a step but its last: gradients are added up, parameters stay as they are.
#ifndef PLEXUS_TOOLS_PLEXUS_TRAINING_ACCUMULATOR_H
#define PLEXUS_TOOLS_PLEXUS_TRAINING_ACCUMULATOR_H

#include <map>
#include <string>
#include <vector>

#include "tools/plexus/StepRunner.h"
#include "tools/plexus/training/NamedContext.h"

namespace plx {

class Accumulator {
 public:
  /// `program` is PLEXUS_TRAIN_ACCUMULATE, the runner's PLEXUS_TRAIN_FINISH. The runner outlives
  /// the accumulator.
  Accumulator(TrainingProgram program, StepRunner &runner, const CommonOptions &common);

  /// A new step: the sums are 0.
  void clear();
  /// Borrowed until run has returned.
  void setInput(const std::string &name, const plx_tensor &tensor) {
    context_.setInput(name, tensor);
  }
  /// A part with this share of the step's rows; gives its loss. The runner's statistics are
  /// renewed.
  double run(double share, int64_t part);
  /// Gives the sums to the runner, for the last part.
  void handOver();

 private:
  struct Sum {
    std::string name;
    Array array;  // updated in place
  };
  StepRunner &runner_;
  NamedContext context_;
  std::vector<Sum> sums_;
};

}  // namespace plx

#endif  // PLEXUS_TOOLS_PLEXUS_TRAINING_ACCUMULATOR_H
