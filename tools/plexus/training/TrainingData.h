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
  std::vector<int64_t>
      validation;  // rows of apart, or of columns; all rows where none is asked for

  InputColumns &validationColumns() { return apart ? *apart : columns; }
};

/// Reads what `options` name for the inputs of `model`'s step. Throws Failure.
TrainingData readTrainingData(const TrainCommand &options, const plexus_model *model,
                              const plx_module &module, const StepRunner &runner);

/// --validation as a share of the rows, nothing where it is a file or not given. Throws Failure
/// (wrong usage) for a share out of (0, 1).
std::optional<double> validationShare(const std::string &text);

}  // namespace plx

#endif  // PLEXUS_TOOLS_PLEXUS_TRAINING_TRAININGDATA_H
