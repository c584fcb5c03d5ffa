// Which of a run's evaluations was the best, and whether it is time to stop.
//
// What it knows is a tensor of a checkpoint, so that a resumed run stops where it would have.
#ifndef PLEXUS_RUNTIME_TRAIN_MONITOR_H
#define PLEXUS_RUNTIME_TRAIN_MONITOR_H

#include <cstdint>
#include <string>

#include "runtime/train/checkpoint.h"

namespace plx::train {

class Monitor {
 public:
  /// figure: "loss" or a metric's name (metrics.h). patience 0: it is never time to stop.
  explicit Monitor(const std::string &figure, int64_t patience);

  /// An evaluation after `step` steps; whether it is better than all before. NaN never is.
  bool add(double value, int64_t step);
  /// `patience` evaluations in a row were no better than the best.
  bool isTimeToStop() const {
    return patience_ > 0 && state_[kSince] >= static_cast<double>(patience_);
  }
  double best() const { return state_[kBest]; }
  /// -1 where there is none.
  int64_t bestStep() const { return static_cast<int64_t>(state_[kStep]); }
  /// As before the first evaluation.
  void clear();
  /// Borrowed; may be written.
  NamedTensor tensor() { return {"$monitor", {state_, &count_, 1, PLX_F64}}; }

 private:
  enum { kBest, kStep, kSince, kCount };
  bool isLessBetter_;
  int64_t patience_;
  double state_[kCount];  // best value, its step (whole below 2^53), evaluations since
  int64_t count_ = kCount;
};

}  // namespace plx::train

#endif  // PLEXUS_RUNTIME_TRAIN_MONITOR_H
