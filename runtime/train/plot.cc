#include "runtime/train/plot.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace plx::train {
namespace {

// In pixels.
constexpr double kWidth = 800, kHeight = 450, kLeft = 70, kRight = 20, kTop = 40, kBottom = 50;
constexpr size_t kMostPoints = 500;
// Okabe and Ito's, which the colour-blind can tell apart.
const char *const kColours[] = {"#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9"};

std::string escaped(const std::string &text) {
  std::string out;
  for (char c : text)
    out += c == '<' ? "&lt;" : c == '&' ? "&amp;" : c == '>' ? "&gt;" : std::string(1, c);
  return out;
}

struct Range {
  double low = INFINITY, high = -INFINITY;
  void add(double value) {
    low = std::min(low, value);
    high = std::max(high, value);
  }
  /// A place in [0, 1].
  double place(double value) const { return high > low ? (value - low) / (high - low) : 0.5; }
};

/// 1, 2 or 5 times a power of ten, so that the range has some five of them.
double tickOf(const Range &range) {
  double rough = (range.high - range.low) / 5;
  if (!(rough > 0)) return 1;
  double power = std::pow(10, std::floor(std::log10(rough)));
  for (double factor : {1, 2, 5})
    if (factor * power >= rough) return factor * power;
  return 10 * power;
}

/// Means of as many equal parts as can be seen.
std::vector<std::pair<double, double>> thinned(const Curve &curve) {
  std::vector<std::pair<double, double>> out;
  size_t count = curve.points.size(), parts = std::min(count, kMostPoints);
  for (size_t part = 0; part < parts; ++part) {
    size_t begin = part * count / parts, end = (part + 1) * count / parts;
    double step = 0, value = 0;
    for (size_t i = begin; i < end; ++i) {
      step += static_cast<double>(curve.points[i].first);
      value += curve.points[i].second;
    }
    auto size = static_cast<double>(end - begin);
    out.emplace_back(step / size, value / size);
  }
  return out;
}

class Picture {
 public:
  Picture(const std::string &title, const std::vector<Curve> &curves);
  void grid();
  void curve(size_t index, const Curve &curve);
  std::string finish() { return out_ + "</svg>\n"; }

 private:
  double x(double step) const { return kLeft + steps_.place(step) * (kWidth - kLeft - kRight); }
  double y(double value) const {
    return kHeight - kBottom - values_.place(value) * (kHeight - kTop - kBottom);
  }
  void text(double x, double y, const char *anchor, const std::string &what) {
    absl::StrAppendFormat(&out_, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>\n", x, y,
                          anchor, escaped(what));
  }
  void line(double x1, double y1, double x2, double y2) {
    absl::StrAppendFormat(
        &out_, "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"#ddd\"/>\n", x1, y1,
        x2, y2);
  }
  Range steps_, values_;
  std::string out_;
};

Picture::Picture(const std::string &title, const std::vector<Curve> &curves) {
  for (const Curve &curve : curves)
    for (const auto &[step, value] : thinned(curve)) {
      if (!std::isfinite(value)) continue;
      steps_.add(step);
      values_.add(value);
    }
  if (!(values_.high >= values_.low)) steps_ = values_ = {0, 1};
  if (values_.high == values_.low) values_ = {values_.low - 0.5, values_.high + 0.5};
  absl::StrAppendFormat(&out_,
                        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %.0f %.0f\" "
                        "font-family=\"sans-serif\" font-size=\"13\" fill=\"#333\">\n"
                        "<rect width=\"100%%\" height=\"100%%\" fill=\"white\"/>\n",
                        kWidth, kHeight);
  text(kWidth / 2, 24, "middle", title);
}

void Picture::grid() {
  double tick = tickOf(values_);
  for (double v = std::ceil(values_.low / tick) * tick; v <= values_.high + tick / 1e6; v += tick) {
    line(kLeft, y(v), kWidth - kRight, y(v));
    text(kLeft - 8, y(v) + 4, "end", absl::StrFormat("%.4g", std::abs(v) < tick / 1e6 ? 0 : v));
  }
  tick = std::max(tickOf(steps_), 1.0);
  for (double s = std::ceil(steps_.low / tick) * tick; s <= steps_.high; s += tick) {
    line(x(s), kTop, x(s), kHeight - kBottom);
    text(x(s), kHeight - kBottom + 18, "middle", absl::StrFormat("%.0f", s));
  }
  text((kLeft + kWidth - kRight) / 2, kHeight - 12, "middle", "step");
}

void Picture::curve(size_t index, const Curve &curve) {
  const char *colour = kColours[index % std::size(kColours)];
  std::string path;
  bool isDown = false;
  for (const auto &[step, value] : thinned(curve)) {
    if (!std::isfinite(value)) {
      isDown = false;
      continue;
    }
    absl::StrAppendFormat(&path, "%s%.1f %.1f", isDown ? "L" : "M", x(step), y(value));
    isDown = true;
  }
  absl::StrAppendFormat(
      &out_, "<path d=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"1.5\"/>\n", path, colour);
  double top = kTop + 8 + 18 * static_cast<double>(index);
  absl::StrAppendFormat(&out_,
                        "<rect x=\"%.1f\" y=\"%.1f\" width=\"12\" height=\"12\" fill=\"%s\"/>\n",
                        kWidth - kRight - 20, top, colour);
  text(kWidth - kRight - 28, top + 11, "end", curve.name);
}

}  // namespace

std::string plotSvg(const std::string &title, const std::vector<Curve> &curves) {
  Picture picture(title, curves);
  picture.grid();
  for (size_t i = 0; i < curves.size(); ++i) picture.curve(i, curves[i]);
  return picture.finish();
}

}  // namespace plx::train
