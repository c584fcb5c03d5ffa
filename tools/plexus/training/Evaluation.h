// How good the weights of a run are on rows it does not learn from.
#ifndef PLEXUS_TOOLS_PLEXUS_TRAINING_EVALUATION_H
#define PLEXUS_TOOLS_PLEXUS_TRAINING_EVALUATION_H

#include <string>
#include <utility>
#include <vector>

#include "runtime/train/metrics.h"
#include "tools/plexus/Columns.h"
#include "tools/plexus/StepRunner.h"
#include "tools/plexus/training/NamedContext.h"

namespace plx {

/// A column for each input of the model, the target among them.
using InputColumns = std::vector<std::pair<std::string, train::Column>>;

class Evaluation {
 public:
  /// `program` is PLEXUS_TRAIN_FORWARD. `columns` are borrowed. `rows`: those to go
  /// through, `batch` at a time; `metrics` have been checked (Metrics::create).
  Evaluation(TrainingProgram program, InputColumns &columns, std::vector<int64_t> rows,
             int64_t batch, std::vector<std::string> metrics, const CommonOptions &common);

  /// "loss", then the metrics.
  const std::vector<std::string> &names() const { return names_; }
  /// In the order of the names, by the runner's weights. A function of them and the step's number
  /// alone. Throws Failure, also where a metric is not defined for what is predicted.
  std::vector<double> run(const StepRunner &runner, int64_t step);

 private:
  void setStates(const StepRunner &runner);

  NamedContext context_;
  InputColumns &columns_;
  std::vector<int64_t> rows_;
  int64_t batch_;
  std::vector<std::string> metrics_, names_;
};

}  // namespace plx

#endif  // PLEXUS_TOOLS_PLEXUS_TRAINING_EVALUATION_H
