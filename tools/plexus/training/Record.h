// What a training run leaves behind beside its weights: the log, TensorBoard's events, the plot.
#ifndef PLEXUS_TOOLS_PLEXUS_TRAINING_RECORD_H
#define PLEXUS_TOOLS_PLEXUS_TRAINING_RECORD_H

#include <optional>
#include <string>
#include <vector>

#include "runtime/train/events.h"
#include "runtime/train/log.h"
#include "runtime/train/plot.h"
#include "tools/plexus/Commands.h"
#include "tools/plexus/StepRunner.h"

namespace plx {

/// All functions throw Failure.
class Record {
 public:
  /// Of a run that goes on at step `first`. `figures`: names of what evaluations find; `of`: what
  /// they are of, "validation" or "training".
  Record(const TrainCommand &options, int64_t first, std::vector<std::string> figures,
         std::string of);

  /// row.further: what an evaluation after this step found; empty where there was none.
  void add(const train::LogRow &row);
  /// Histograms of the parameters after `step`.
  void addWeights(int64_t step, const StepRunner &runner);
  /// On the disk, before a checkpoint is written.
  void sync();
  /// Draws the plot.
  void finish() const;

 private:
  void addPoints(const train::LogRow &row);

  const TrainCommand &options_;
  std::vector<std::string> figures_;
  std::string of_;
  std::optional<train::Log> log_;
  std::optional<train::Events> events_;
  std::vector<train::Curve> curves_;  // the loss of training, then that of evaluations
};

}  // namespace plx

#endif  // PLEXUS_TOOLS_PLEXUS_TRAINING_RECORD_H
