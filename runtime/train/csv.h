// Tables of numbers as text: RFC 4180, with a header that names the columns.
#ifndef PLEXUS_RUNTIME_TRAIN_CSV_H
#define PLEXUS_RUNTIME_TRAIN_CSV_H

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace plx::train {

class Csv {
 public:
  /// Reads a file. Fields may be quoted; every field is a number. Errors name file, line and
  /// column.
  static absl::StatusOr<Csv> read(const std::string &path);
  /// The same of text; `what` names it in messages.
  static absl::StatusOr<Csv> parse(const std::string &text, const std::string &what);

  const std::vector<std::string> &names() const { return names_; }
  int64_t rows() const { return rows_; }

  /// One or several columns: "a", "a:d" (from a to d), "pixel*" (all that begin so, in their
  /// order). NotFound lists what there is.
  absl::StatusOr<std::vector<size_t>> find(const std::string &columns) const;
  /// These columns, row-major.
  std::vector<double> values(const std::vector<size_t> &columns) const;

 private:
  std::string what_;
  std::vector<std::string> names_;
  int64_t rows_ = 0;
  std::vector<double> values_;  // row-major
};

}  // namespace plx::train

#endif  // PLEXUS_RUNTIME_TRAIN_CSV_H
