#include "runtime/train/schedule.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace plx::train {

std::optional<ScheduleKind> scheduleOf(const std::string &name) {
  static constexpr std::pair<const char *, ScheduleKind> table[] = {
      {"constant", ScheduleKind::Constant},
      {"step", ScheduleKind::Step},
      {"exponential", ScheduleKind::Exponential},
      {"cosine", ScheduleKind::Cosine},
      {"linear", ScheduleKind::Linear}};
  for (auto [known, kind] : table)
    if (name == known) return kind;
  return std::nullopt;
}

double Schedule::at(int64_t s) const {
  if (s < warmup) return rate * static_cast<double>(s + 1) / static_cast<double>(warmup);
  int64_t left = std::max<int64_t>(steps - warmup, 1), done = s - warmup;
  int64_t period = every > 0 ? every : std::max<int64_t>(left / 3, 1);
  double share = static_cast<double>(done) / static_cast<double>(left);
  switch (kind) {
    case ScheduleKind::Constant:
      return rate;
    case ScheduleKind::Step:
      return rate * std::pow(factor, static_cast<double>(done / period));
    case ScheduleKind::Exponential:
      return rate * std::pow(factor, static_cast<double>(done) / static_cast<double>(period));
    case ScheduleKind::Cosine:
      return rate * (1 + std::cos(std::numbers::pi * share)) / 2;
    case ScheduleKind::Linear:
      return rate * std::max(0.0, 1 - share);
  }
  return rate;
}

}  // namespace plx::train
