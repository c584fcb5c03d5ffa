#include "runtime/train/log.h"

#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstring>

#include "absl/strings/str_cat.h"

namespace plx::train {
namespace {

constexpr char kHeader[] = "step,epoch,loss,learning_rate,gradient_norm\n";

/// The shortest text that reads back to the same double.
std::string exact(double value) {
  char text[40];
  auto [end, error] = std::to_chars(text, text + sizeof text, value);
  return {text, end};
}

/// Offset behind the header and `rows` rows; -1 where there are not so many.
long endOf(FILE *file, int64_t rows) {
  rewind(file);
  int64_t lines = 0;
  for (int c; lines <= rows && (c = getc(file)) != EOF;) lines += c == '\n';
  return lines == rows + 1 ? ftell(file) : -1;
}

}  // namespace

absl::Status Log::failure() const {
  return absl::PermissionDeniedError(
      absl::StrCat("the log '", path_, "' cannot be written: ", strerror(errno)));
}

absl::StatusOr<Log> Log::open(const std::string &path, int64_t keptRows) {
  Log log(path, fopen(path.c_str(), keptRows > 0 ? "r+" : "w"));
  if (!log.file_) return log.failure();
  if (keptRows == 0) {
    if (fputs(kHeader, log.file_.get()) < 0) return log.failure();
    return log;
  }
  long end = endOf(log.file_.get(), keptRows);
  if (end < 0)
    return absl::DataLossError(absl::StrCat("the log '", path, "' has fewer than the ", keptRows,
                                            " rows of the steps done: it is another run's"));
  if (ftruncate(fileno(log.file_.get()), end) || fseek(log.file_.get(), end, SEEK_SET))
    return log.failure();
  return log;
}

absl::Status Log::add(const LogRow &row) {
  std::string line = absl::StrCat(row.step, ",", row.epoch, ",", exact(row.loss), ",",
                                  exact(row.learningRate), ",", exact(row.gradientNorm), "\n");
  return fwrite(line.data(), 1, line.size(), file_.get()) == line.size() ? absl::OkStatus()
                                                                         : failure();
}

absl::Status Log::flush() { return fflush(file_.get()) == 0 ? absl::OkStatus() : failure(); }

}  // namespace plx::train
