// Which op made the first value of a step that is no finite number.
#ifndef PLEXUS_TOOLS_PLEXUS_TRAINING_NONFINITE_H
#define PLEXUS_TOOLS_PLEXUS_TRAINING_NONFINITE_H

#include <optional>
#include <string>
#include <vector>

#include "tools/plexus/StepRunner.h"
#include "tools/plexus/training/Evaluation.h"
#include "tools/plexus/training/NamedContext.h"

namespace plx {

/// A step compiled with each of its values as an output, for one look at it.
class NonFinite {
 public:
  NonFinite(const TrainCommand &options, const StepRunner &runner);

  /// One clause for the user, nothing where all is finite: of a step from the runner's states on
  /// these rows. `part` draws the random numbers. Throws Failure.
  std::optional<std::string> find(InputColumns &columns, const std::vector<int64_t> &rows,
                                  double learningRate, int64_t part);

 private:
  const StepRunner &runner_;
  NamedContext context_;
  int32_t first_;  // output that is a value of the inside
};

/// What is not finite among the elements: "nan", "inf"; "" where all are, or it is no tensor of
/// floats.
std::string notFinite(const plx_tensor &tensor);

}  // namespace plx

#endif  // PLEXUS_TOOLS_PLEXUS_TRAINING_NONFINITE_H
