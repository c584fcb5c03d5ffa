// The log of a run: CSV, a row a step. Figures read back to the same bits.
#ifndef PLEXUS_RUNTIME_TRAIN_LOG_H
#define PLEXUS_RUNTIME_TRAIN_LOG_H

#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>

#include "absl/status/statusor.h"

namespace plx::train {

struct LogRow {
  int64_t step, epoch;
  double loss, learningRate, gradientNorm;
};

class Log {
 public:
  /// Starts anew, or keeps the header and the first `keptRows` rows of what is there. Fewer rows
  /// than that are DataLoss: the file is another run's.
  static absl::StatusOr<Log> open(const std::string &path, int64_t keptRows);
  absl::Status add(const LogRow &row);
  absl::Status flush();

 private:
  explicit Log(std::string path, FILE *file) : path_(std::move(path)), file_(file, fclose) {}
  absl::Status failure() const;
  std::string path_;
  std::unique_ptr<FILE, int (*)(FILE *)> file_;
};

}  // namespace plx::train

#endif  // PLEXUS_RUNTIME_TRAIN_LOG_H
