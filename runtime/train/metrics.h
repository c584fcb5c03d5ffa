// How good predictions are. Definitions are scikit-learn's (sklearn.metrics); sums are f64.
#ifndef PLEXUS_RUNTIME_TRAIN_METRICS_H
#define PLEXUS_RUNTIME_TRAIN_METRICS_H

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "plexus_rt.h"

namespace plx::train {

/// Collects predictions and targets batch by batch.
///   of classes: accuracy, precision, recall, f1 (of two classes: of class 1; of more: the mean
///   over
///     classes that occur), roc_auc (two classes, or one column of scores)
///   of values: mse, mae, rmse, r2 (over all elements)
/// A prediction [rows, classes] with targets of rank 1 is of classes; the largest score is the
/// class. One score a row is of class 1, from a half on.
class Metrics {
 public:
  /// InvalidArgument lists the names there are.
  static absl::StatusOr<Metrics> create(const std::vector<std::string> &names);
  static std::vector<std::string> known();

  /// Both floats or ints, of the same number of rows.
  absl::Status add(const plx_tensor &prediction, const plx_tensor &target);
  const std::vector<std::string> &names() const { return names_; }
  /// In the order of the names. InvalidArgument where a metric is not defined for what was added.
  absl::StatusOr<std::vector<double>> results() const;

 private:
  absl::StatusOr<double> result(const std::string &name) const;
  bool isOfClasses() const { return classes_ > 1; }

  std::vector<std::string> names_;
  int64_t rows_ = 0, classes_ = 0, width_ = 0;  // width: scores a row
  std::vector<double> scores_, targets_;        // row-major
};

}  // namespace plx::train

#endif  // PLEXUS_RUNTIME_TRAIN_METRICS_H
