// The slopes of a function of one variable to both sides of a point, by differences, and what they
// say of a derivative there.
#ifndef PLEXUS_COMPILER_AUTODIFF_SLOPES_H
#define PLEXUS_COMPILER_AUTODIFF_SLOPES_H

#include <functional>
#include <optional>
#include <string>

namespace plx {

struct SlopeVerdict {
  enum class Kind {
    Smooth,   // as the central difference
    Kink,     // between different slopes
    Nowhere,  // no function to either side: nothing can be said
    Wrong
  };
  Kind kind = Kind::Smooth;
  double error = 0;  // of Smooth: from the central difference, relative to the scale
  std::string why = {};
};

class Slopes {
 public:
  /// f(x + offset) - f(x); NaN where f has no value, nothing where it has one of another kind,
  /// which is as a jump.
  using Change = std::function<std::optional<double>(double offset)>;
  /// Of a sum f: the sums of the lower and of the higher slope of each of its parts, by a step to
  /// both sides. A part at a kink may take either slope, whatever the others take.
  using Bounds = std::function<std::optional<std::pair<double, double>>(double step)>;
  Slopes(double x, Change change, Bounds bounds = {});

  /// Whether `derivative` is right; `scale`: the size of derivatives that are compared with it.
  /// `isConstant`: f is said to be piecewise constant.
  SlopeVerdict judge(double derivative, double scale, bool isConstant) const;

 private:
  /// Of a step to the one side (h > 0: right).
  std::optional<double> slope(double h) const;
  /// To the one side, extrapolated by two steps.
  enum class Growth { None, Steep, Jump };  // of the slope as steps get smaller
  struct Side {
    double slope;
    Growth growth;
  };
  std::optional<Side> side(double h) const;
  /// By steps of h and h / 2 to both sides (Richardson): an error of order h^4.
  std::optional<double> central(double h) const;
  bool isWithinParts(double derivative, double slack) const;
  SlopeVerdict judgeKink(double derivative, double scale) const;

  double unit_;  // steps are multiples of this
  Change change_;
  Bounds bounds_;
};

}  // namespace plx

#endif  // PLEXUS_COMPILER_AUTODIFF_SLOPES_H
