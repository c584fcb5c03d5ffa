// The rows of a training run: those it learns from, and those that are kept apart.
#ifndef PLEXUS_TOOLS_PLEXUS_TRAINING_TRAININGDATA_H
#define PLEXUS_TOOLS_PLEXUS_TRAINING_TRAININGDATA_H

#include <optional>
#include <vector>

#include "tools/plexus/StepRunner.h"
#include "tools/plexus/training/Evaluation.h"

namespace plx {

struct TrainingData {
  InputColumns columns;
  std::vector<int64_t> rows;  // of columns, to learn from
  std::optional<InputColumns> apart;
  std::vector<int64_t> validation;  // rows of apart or columns; all where none is asked for
  int64_t batch = 0;                // rows of a step, or of a part of it
  int64_t used = 0;                 // rows of an epoch
  std::vector<std::string> notes;   // a line each, for the user

  InputColumns &validationColumns() { return apart ? *apart : columns; }
};

/// Reads what `options` name for the inputs of the step; `target`: of these the
/// target. A model may have a batch of its own:
/// rows that do not fill one are then left out. Throws Failure.
TrainingData readTrainingData(const TrainCommand &options, const StepRunner &runner,
                              const std::string &target);

/// --validation as a share of the rows, nothing where it is a file or not given. Throws Failure
/// (wrong usage) for a share out of (0, 1).
std::optional<double> validationShare(const std::vector<std::string> &given);

}  // namespace plx

#endif  // PLEXUS_TOOLS_PLEXUS_TRAINING_TRAININGDATA_H
