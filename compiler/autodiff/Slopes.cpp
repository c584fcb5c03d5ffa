#include "compiler/autodiff/Slopes.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace plx {
namespace {

constexpr double kTolerance = 1e-6;  // of a derivative, relative to the scale
// Slopes further apart than this, relative to the scale, are different ones.
constexpr double kApart = 1e-5;
// From a large step, whose rounding is least, to one that has no kink beside it: errors of order
// h^4, against rounding of 1e-16 / h.
constexpr std::array<double, 4> kSteps = {2e-3, 1e-4, 1e-5, 1e-6};
constexpr double kKinkStep = 1e-5;

std::string text(const char *format, double a, double b = 0, double c = 0) {
  char out[160];
  std::snprintf(out, sizeof out, format, a, b, c);
  return out;
}

}  // namespace

Slopes::Slopes(double x, Change change, Bounds bounds)
    : unit_(std::max(1.0, std::fabs(x))), change_(std::move(change)), bounds_(std::move(bounds)) {}

std::optional<double> Slopes::slope(double h) const {
  std::optional<double> moved = change_(h);
  if (!moved || std::isnan(*moved)) return std::nullopt;
  return *moved / h;
}

std::optional<Slopes::Side> Slopes::side(double h) const {
  if (!change_(h) || !change_(h / 2)) return Side{0, Growth::Jump};
  std::optional<double> far = slope(h), close = slope(h / 2);
  if (!far || !close) return std::nullopt;
  double ratio = std::fabs(*close) / std::fabs(*far);  // NaN where both are 0
  Growth growth = ratio > 1.9 ? Growth::Jump : ratio > 1.2 ? Growth::Steep : Growth::None;
  return Side{2 * *close - *far, growth};
}

std::optional<double> Slopes::central(double h) const {
  std::optional<double> a = slope(h), b = slope(-h), c = slope(h / 2), d = slope(-h / 2);
  if (!a || !b || !c || !d) return std::nullopt;
  return (4 * (*c + *d) / 2 - (*a + *b) / 2) / 3;
}

SlopeVerdict Slopes::judge(double derivative, double scale, bool isConstant) const {
  SlopeVerdict verdict;
  if (std::isnan(derivative)) return {SlopeVerdict::Kind::Wrong, 0, "is NaN"};
  for (double step : kSteps) {
    std::optional<double> expected = central(step * unit_);
    if (!expected) continue;
    verdict.error = std::fabs(derivative - *expected) / std::max(scale, std::fabs(*expected));
    bool isRight = isConstant ? *expected == 0 : verdict.error <= kTolerance;
    if (isRight) return verdict;
  }
  return judgeKink(derivative, scale);
}

bool Slopes::isWithinParts(double derivative, double slack) const {
  auto parts = bounds_ ? bounds_(kKinkStep * unit_) : std::nullopt;
  // Parts whose slopes are one have no kink.
  return parts && parts->second - parts->first > slack && derivative >= parts->first - slack &&
         derivative <= parts->second + slack;
}

SlopeVerdict Slopes::judgeKink(double derivative, double scale) const {
  std::optional<Side> right = side(kKinkStep * unit_), left = side(-kKinkStep * unit_);
  if (!right && !left) return {SlopeVerdict::Kind::Nowhere};
  Side a = left ? *left : *right, b = right ? *right : *left;
  double low = std::min(a.slope, b.slope), high = std::max(a.slope, b.slope);
  double slack = kApart * std::max({scale, std::fabs(low), std::fabs(high)});
  // A jump leads anywhere: every number lies between the slope beside it and its own.
  bool isJump = a.growth == Growth::Jump || b.growth == Growth::Jump;
  if (isJump && std::isfinite(derivative)) return {SlopeVerdict::Kind::Kink};
  bool isOneSided = !right || !left;
  if (!isOneSided && isWithinParts(derivative, slack)) return {SlopeVerdict::Kind::Kink};
  if (!isOneSided && high - low <= slack)
    return {SlopeVerdict::Kind::Wrong, 0,
            text("is %.9g, by differences %.9g", derivative, (low + high) / 2)};
  // At the end of where f has values its slope may be infinite (sqrt at 0): so may the derivative.
  if (isOneSided && a.growth == Growth::Steep &&
      (!std::isfinite(derivative) || derivative * a.slope > 0))
    return {SlopeVerdict::Kind::Kink};
  if (std::isfinite(derivative) && derivative >= low - slack && derivative <= high + slack)
    return {SlopeVerdict::Kind::Kink};
  return {SlopeVerdict::Kind::Wrong, 0,
          text("is %.9g, but slopes are %.9g to the left and %.9g to the right", derivative,
               a.slope, b.slope)};
}

}  // namespace plx
