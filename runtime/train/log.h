// The log of a run: CSV, a row a step. Figures read back to the same bits. Further columns hold
// what evaluations found, and are empty in the rows of other steps.
#ifndef PLEXUS_RUNTIME_TRAIN_LOG_H
#define PLEXUS_RUNTIME_TRAIN_LOG_H

#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace plx::train {

struct LogRow {
  int64_t step, epoch;
  double loss, learningRate, gradientNorm;
  std::vector<double> further = {};  // empty: none
};

class Log {
 public:
  /// Starts anew, or keeps the header and the first `keptRows` rows of what is there. Fewer rows
  /// than that, or another header, are DataLoss: the file is another run's. `further`: names of
  /// further columns.
  static absl::StatusOr<Log> open(const std::string &path, int64_t keptRows,
                                  const std::vector<std::string> &further = {});
  absl::Status add(const LogRow &row);
  /// On the disk, so that a checkpoint written afterwards finds its rows also after a power cut.
  absl::Status sync();

 private:
  Log(std::string path, FILE *file, size_t further)
      : path_(std::move(path)), further_(further), file_(file, fclose) {}
  absl::Status failure() const;
  std::string path_;
  size_t further_;
  std::unique_ptr<FILE, int (*)(FILE *)> file_;
};

/// The first `rows` rows of a log. DataLoss: they are not there, or no rows of a log.
absl::StatusOr<std::vector<LogRow>> readLog(const std::string &path, int64_t rows);

}  // namespace plx::train

#endif  // PLEXUS_RUNTIME_TRAIN_LOG_H
