#include "runtime/train/monitor.h"

#include <limits>

namespace plx::train {

Monitor::Monitor(const std::string &figure, int64_t patience)
    : isLessBetter_(figure == "loss" || figure == "mse" || figure == "mae" || figure == "rmse"),
      patience_(patience) {
  clear();
}

void Monitor::clear() {
  double infinity = std::numeric_limits<double>::infinity();
  state_[kBest] = isLessBetter_ ? infinity : -infinity;
  state_[kStep] = -1;
  state_[kSince] = 0;
}

bool Monitor::add(double value, int64_t step) {
  bool isBetter = isLessBetter_ ? value < state_[kBest] : value > state_[kBest];
  if (!isBetter) {
    ++state_[kSince];
    return false;
  }
  state_[kBest] = value;
  state_[kStep] = static_cast<double>(step);
  state_[kSince] = 0;
  return true;
}

}  // namespace plx::train
