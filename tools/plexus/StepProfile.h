// Figures of the steps of a training run: their times, the memory they need, the time of each
// kernel.
#ifndef PLEXUS_TOOLS_PLEXUS_STEPPROFILE_H
#define PLEXUS_TOOLS_PLEXUS_STEPPROFILE_H

#include <chrono>
#include <string>
#include <vector>

#include "tools/plexus/StepRunner.h"

namespace plx {

class StepProfile {
 public:
  void beginStep() { begin_ = Clock::now(); }
  void endStep() {
    milliseconds_.push_back(
        std::chrono::duration<double, std::milli>(Clock::now() - begin_).count());
  }
  /// As JSON; kernels where the runner traces them. Throws Failure.
  void write(const std::string &path, const StepRunner &runner) const;

 private:
  using Clock = std::chrono::steady_clock;

  Clock::time_point begin_;
  std::vector<double> milliseconds_;
};

}  // namespace plx

#endif  // PLEXUS_TOOLS_PLEXUS_STEPPROFILE_H
