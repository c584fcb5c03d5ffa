#include "runtime/train/log.h"

#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstring>
#include <fstream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"

namespace plx::train {
namespace {

constexpr char kHeader[] = "step,epoch,loss,learning_rate,gradient_norm";

/// The shortest text that reads back to the same double.
std::string exact(double value) {
  char text[40];
  auto [end, error] = std::to_chars(text, text + sizeof text, value);
  return {text, end};
}

/// The header's line; as much of the file's first line as it is long, or less.
std::string lineOf(FILE *file, size_t length) {
  std::string line;
  rewind(file);
  for (int c; line.size() < length && (c = getc(file)) != EOF;) line += static_cast<char>(c);
  return line;
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

absl::StatusOr<Log> Log::open(const std::string &path, int64_t keptRows,
                              const std::vector<std::string> &further) {
  std::string header = kHeader;
  for (const std::string &name : further) header += "," + name;
  header += "\n";
  Log log(path, fopen(path.c_str(), keptRows > 0 ? "r+" : "w"), further.size());
  if (!log.file_) return log.failure();
  FILE *file = log.file_.get();
  if (keptRows == 0) {
    if (fputs(header.c_str(), file) < 0) return log.failure();
    return log;
  }
  if (lineOf(file, header.size()) != header)
    return absl::DataLossError(absl::StrCat("the log '", path, "' does not begin with '",
                                            header.substr(0, header.size() - 1),
                                            "': it is another run's"));
  long end = endOf(file, keptRows);
  if (end < 0)
    return absl::DataLossError(absl::StrCat("the log '", path, "' has fewer than the ", keptRows,
                                            " rows of the steps done: it is another run's"));
  if (ftruncate(fileno(file), end) || fseek(file, end, SEEK_SET)) return log.failure();
  return log;
}

absl::Status Log::add(const LogRow &row) {
  std::string line = absl::StrCat(row.step, ",", row.epoch, ",", exact(row.loss), ",",
                                  exact(row.learningRate), ",", exact(row.gradientNorm));
  for (size_t i = 0; i < further_; ++i)
    line += "," + (i < row.further.size() ? exact(row.further[i]) : "");
  line += "\n";
  return fwrite(line.data(), 1, line.size(), file_.get()) == line.size() ? absl::OkStatus()
                                                                         : failure();
}

absl::Status Log::sync() {
  // What is no file (a pipe, a terminal) cannot be synced, and need not.
  bool isDone = fflush(file_.get()) == 0 && (fsync(fileno(file_.get())) == 0 || errno == EINVAL);
  return isDone ? absl::OkStatus() : failure();
}

absl::StatusOr<std::vector<LogRow>> readLog(const std::string &path, int64_t rows) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  std::vector<LogRow> out;
  while (static_cast<int64_t>(out.size()) < rows && std::getline(file, line)) {
    std::vector<double> fields;
    for (absl::string_view text : absl::StrSplit(line, ',', absl::SkipEmpty())) {
      double value = 0;
      if (std::from_chars(text.data(), text.data() + text.size(), value).ec != std::errc()) break;
      fields.push_back(value);
    }
    if (fields.size() < 5) break;
    out.push_back({static_cast<int64_t>(fields[0]),
                   static_cast<int64_t>(fields[1]),
                   fields[2],
                   fields[3],
                   fields[4],
                   {fields.begin() + 5, fields.end()}});
  }
  if (static_cast<int64_t>(out.size()) < rows)
    return absl::DataLossError(
        absl::StrCat("the log '", path, "' does not have the ", rows, " rows of the steps done"));
  return out;
}

}  // namespace plx::train
