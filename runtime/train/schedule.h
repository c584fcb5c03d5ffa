// The learning rate of each step.
#ifndef PLEXUS_RUNTIME_TRAIN_SCHEDULE_H
#define PLEXUS_RUNTIME_TRAIN_SCHEDULE_H

#include <cstdint>
#include <optional>
#include <string>

namespace plx::train {

enum class ScheduleKind {
  Constant,
  Step,         // times `factor` every `every` steps
  Exponential,  // times factor^(s / every), smoothly
  Cosine,       // rate (1 + cos(pi s / n)) / 2 (Loshchilov, Hutter 2017, without restarts)
  Linear        // rate (1 - s / n)
};
/// "constant", "step", "exponential", "cosine", "linear".
std::optional<ScheduleKind> scheduleOf(const std::string &name);

struct Schedule {
  ScheduleKind kind = ScheduleKind::Constant;
  double rate = 0.01;
  int64_t steps = 1;   // of the whole run
  int64_t warmup = 0;  // first steps, in which the rate rises linearly to `rate`
  int64_t every = 0;   // 0: a third of the steps
  double factor = 0.1;

  /// s counts from 0; after the warm-up the schedule spans what is left.
  double at(int64_t s) const;
};

}  // namespace plx::train

#endif  // PLEXUS_RUNTIME_TRAIN_SCHEDULE_H
