// One line on stderr that is written over, where there is a terminal.
#ifndef PLEXUS_TOOLS_PLEXUS_TRAINING_PROGRESS_H
#define PLEXUS_TOOLS_PLEXUS_TRAINING_PROGRESS_H

#include <chrono>
#include <cstdint>
#include <string>

namespace plx {

/// A bar of `width` cells, then steps, loss, rate and time left. `seconds`: since step `first`.
std::string progressLine(int64_t first, int64_t done, int64_t steps, double loss, double seconds,
                         int width);

class Progress {
 public:
  /// Steps `first` to `steps` - 1 are to be done.
  Progress(int64_t first, int64_t steps);
  /// Clears the line.
  ~Progress() { clear(); }
  Progress(const Progress &) = delete;
  Progress &operator=(const Progress &) = delete;

  /// Shown ten times a second at most.
  void show(int64_t done, double loss);
  /// Before other lines are printed.
  void clear();
  double seconds() const;

 private:
  using Clock = std::chrono::steady_clock;
  int64_t first_, steps_;
  bool isTerminal_, isShown_ = false;
  Clock::time_point begin_, told_;
};

}  // namespace plx

#endif  // PLEXUS_TOOLS_PLEXUS_TRAINING_PROGRESS_H
