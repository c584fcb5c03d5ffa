#include "tools/plexus/training/Progress.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>

namespace plx {
namespace {

/// 75: "1:15"; 3700: "1:01:40".
std::string timeText(double seconds) {
  // Beyond four days the estimate is none.
  auto s = static_cast<int>(std::min(seconds, 359999.0) + 0.5);
  char text[32];
  if (s < 3600)
    snprintf(text, sizeof text, "%d:%02d", s / 60, s % 60);
  else
    snprintf(text, sizeof text, "%d:%02d:%02d", s / 3600, s / 60 % 60, s % 60);
  return text;
}

}  // namespace

std::string progressLine(int64_t first, int64_t done, int64_t steps, double loss, double seconds,
                         int width) {
  double share = steps > 0 ? static_cast<double>(done) / static_cast<double>(steps) : 1;
  auto full = static_cast<size_t>(share * width);
  std::string bar = std::string(full, '#') + std::string(static_cast<size_t>(width) - full, '.');
  double rate = seconds > 0 ? static_cast<double>(done - first) / seconds : 0;
  std::string left = rate > 0 ? timeText(static_cast<double>(steps - done) / rate) : "-:--";
  char text[160];
  snprintf(text, sizeof text, " %lld/%lld  loss %.6g  %.1f steps/s  %s left",
           static_cast<long long>(done), static_cast<long long>(steps), loss, rate, left.c_str());
  return "[" + bar + "]" + text;
}

Progress::Progress(int64_t first, int64_t steps)
    : first_(first),
      steps_(steps),
      isTerminal_(isatty(STDERR_FILENO)),
      begin_(Clock::now()),
      told_(begin_) {}

double Progress::seconds() const {
  return std::chrono::duration<double>(Clock::now() - begin_).count();
}

void Progress::show(int64_t done, double loss) {
  if (!isTerminal_) return;
  Clock::time_point now = Clock::now();
  if (done < steps_ && now - told_ < std::chrono::milliseconds(100)) return;
  told_ = now;
  isShown_ = true;
  fprintf(stderr, "\r\033[K%s", progressLine(first_, done, steps_, loss, seconds(), 24).c_str());
  fflush(stderr);
}

void Progress::clear() {
  if (isShown_) fputs("\r\033[K", stderr);
  isShown_ = false;
}

}  // namespace plx
