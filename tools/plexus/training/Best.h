// The best weights of a run, by what its evaluations say.
#ifndef PLEXUS_TOOLS_PLEXUS_TRAINING_BEST_H
#define PLEXUS_TOOLS_PLEXUS_TRAINING_BEST_H

#include <optional>
#include <string>
#include <vector>

#include "runtime/train/checkpoint.h"
#include "runtime/train/monitor.h"
#include "tools/plexus/StepRunner.h"

namespace plx {

/// A copy of parameters and statistics. It goes to the disk when a checkpoint does, before it: each
/// checkpoint thus finds the weights that were the best when it was written.
class Best {
 public:
  Best(const std::string &figure, int64_t patience, const StepRunner &runner);

  train::Monitor &monitor() { return monitor_; }
  /// An evaluation after `step` steps; whether it is the best so far.
  bool add(double value, int64_t step);
  /// A folder's, by the same name of the run as its checkpoints'. Throws Failure.
  void open(const std::string &folder, const std::string &run, int kept);
  void write();
  /// After the monitor's tensor was restored. Gives a line for the user where its weights are not
  /// to be had; then it begins anew.
  std::string restore();
  /// Makes them the runner's.
  void putBack() const;

 private:
  std::vector<train::NamedTensor> tensors();

  train::Monitor monitor_;
  const StepRunner &runner_;
  std::vector<std::vector<char>> copies_;  // by state that is kept
  int64_t written_ = -1;
  std::optional<train::Checkpoints> checkpoints_;
};

}  // namespace plx

#endif  // PLEXUS_TOOLS_PLEXUS_TRAINING_BEST_H
