#include "runtime/train/metrics.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "runtime/train/numbers.h"

namespace plx::train {
namespace {

const char *const kNames[] = {"accuracy", "precision", "recall", "f1", "roc_auc",
                              "mse",      "mae",       "rmse",   "r2"};

bool append(const plx_tensor &tensor, std::vector<double> &out) {
  return forEachNumber(tensor, [&](double number) { out.push_back(number); });
}

/// Of one class: hits, false alarms and misses.
struct Counts {
  double hits = 0, alarms = 0, misses = 0;
  double precision() const { return hits > 0 ? hits / (hits + alarms) : 0; }
  double recall() const { return hits > 0 ? hits / (hits + misses) : 0; }
  double f1() const { return hits > 0 ? 2 * hits / (2 * hits + alarms + misses) : 0; }
};

/// Mann and Whitney's statistic; equal scores share their ranks.
double areaUnderRoc(const std::vector<double> &scores, const std::vector<double> &targets) {
  std::vector<size_t> order(scores.size());
  std::iota(order.begin(), order.end(), 0);
  std::sort(order.begin(), order.end(), [&](size_t a, size_t b) { return scores[a] < scores[b]; });
  double positives = 0, ranks = 0;
  for (size_t begin = 0, end; begin < order.size(); begin = end) {
    double here = 0;
    for (end = begin; end < order.size() && scores[order[end]] == scores[order[begin]]; ++end)
      here += targets[order[end]] > 0.5;
    positives += here;
    ranks += here * (static_cast<double>(begin + end) + 1) / 2;
  }
  double negatives = static_cast<double>(scores.size()) - positives;
  return (ranks - positives * (positives + 1) / 2) / (positives * negatives);
}

}  // namespace

std::vector<std::string> Metrics::known() { return {std::begin(kNames), std::end(kNames)}; }

absl::StatusOr<Metrics> Metrics::create(const std::vector<std::string> &names) {
  std::vector<std::string> all = known();
  for (const std::string &name : names)
    if (std::find(all.begin(), all.end(), name) == all.end())
      return absl::InvalidArgumentError(
          absl::StrCat("there is no metric '", name, "'; there are ", absl::StrJoin(all, ", ")));
  Metrics out;
  out.names_ = names;
  return out;
}

absl::Status Metrics::add(const plx_tensor &prediction, const plx_tensor &target) {
  int64_t rows = prediction.rank > 0 ? prediction.dims[0] : 1;
  if (target.rank > 0 && target.dims[0] != rows)
    return absl::InvalidArgumentError(
        absl::StrCat(rows, " predictions for ", target.dims[0], " targets"));
  if (!append(prediction, scores_) || !append(target, targets_))
    return absl::UnimplementedError(
        absl::StrCat("no metric takes predictions of ", plx_element_name(prediction.element_type),
                     " and targets of ", plx_element_name(target.element_type)));
  rows_ += rows;
  width_ = rows_ ? static_cast<int64_t>(scores_.size()) / rows_ : 0;
  bool isOneTargetARow = static_cast<int64_t>(targets_.size()) == rows_;
  classes_ = isOneTargetARow ? std::max<int64_t>(width_, 2) : 0;
  return absl::OkStatus();
}

absl::StatusOr<std::vector<double>> Metrics::results() const {
  std::vector<double> out;
  for (const std::string &name : names_) {
    absl::StatusOr<double> value = result(name);
    if (!value.ok()) return value.status();
    out.push_back(*value);
  }
  return out;
}

absl::StatusOr<double> Metrics::result(const std::string &name) const {
  auto undefined = [&](const char *why) {
    return absl::InvalidArgumentError(absl::StrCat("metric '", name, "' ", why));
  };
  if (rows_ == 0) return undefined("has nothing to be of: there are no rows");
  auto count = static_cast<double>(scores_.size());
  if (name == "mse" || name == "mae" || name == "rmse" || name == "r2") {
    if (scores_.size() != targets_.size())
      return undefined("compares values one by one; predictions and targets have different sizes");
    double squares = 0, absolute = 0, total = 0, spread = 0;
    for (double target : targets_) total += target;
    for (size_t i = 0; i < scores_.size(); ++i) {
      double error = scores_[i] - targets_[i], off = targets_[i] - total / count;
      squares += error * error;
      absolute += std::abs(error);
      spread += off * off;
    }
    if (name == "mae") return absolute / count;
    if (name == "r2") return spread > 0 ? 1 - squares / spread : (squares > 0 ? 0.0 : 1.0);
    return name == "mse" ? squares / count : std::sqrt(squares / count);
  }
  if (!isOfClasses()) return undefined("is of classes; targets have more than one value a row");
  auto width = static_cast<size_t>(width_);
  std::vector<Counts> counts(static_cast<size_t>(classes_));
  std::vector<double> positive;
  double right = 0;
  for (size_t row = 0; row < static_cast<size_t>(rows_); ++row) {
    const double *scores = &scores_[row * width];
    auto told = width == 1 ? static_cast<size_t>(scores[0] >= 0.5)
                           : static_cast<size_t>(std::max_element(scores, scores + width) - scores);
    if (targets_[row] < 0 || targets_[row] >= static_cast<double>(classes_))
      return undefined("met a target that is no class of the prediction");
    auto is = static_cast<size_t>(targets_[row]);
    positive.push_back(scores[width - 1]);
    right += told == is;
    if (told == is) {
      ++counts[is].hits;
    } else {
      ++counts[told].alarms;
      ++counts[is].misses;
    }
  }
  if (name == "accuracy") return right / static_cast<double>(rows_);
  if (name == "roc_auc") {
    if (classes_ != 2) return undefined("is of two classes");
    double area = areaUnderRoc(positive, targets_);
    if (!std::isfinite(area)) return undefined("needs targets of both classes");
    return area;
  }
  auto of = [&](const Counts &c) {
    return name == "f1" ? c.f1() : name == "precision" ? c.precision() : c.recall();
  };
  if (classes_ == 2) return of(counts[1]);
  double sum = 0, occurring = 0;
  for (const Counts &c : counts) {
    bool occurs = c.hits + c.alarms + c.misses > 0;
    occurring += occurs;
    sum += occurs ? of(c) : 0;
  }
  return sum / occurring;
}

}  // namespace plx::train
