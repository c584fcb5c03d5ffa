#include "runtime/train/csv.h"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <fstream>
#include <sstream>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace plx::train {
namespace {

/// Reads fields one after another.
class Fields {
 public:
  Fields(const std::string &text, const std::string &what) : text_(text), what_(what) {
    if (text_.compare(0, 3, "\xef\xbb\xbf") == 0) at_ = 3;  // a byte order mark
  }
  bool isAtEnd() const { return at_ >= text_.size(); }
  int64_t line() const { return line_; }

  /// The fields of a line.
  absl::Status next(std::vector<std::string> &fields) {
    fields.clear();
    ++line_;
    do {
      fields.emplace_back();
      if (absl::Status status = field(fields.back()); !status.ok()) return status;
    } while (take(','));
    take('\r');
    if (!isAtEnd() && !take('\n'))
      return absl::InvalidArgumentError(absl::StrCat(
          what_, ":", line_, ": a quoted field ends before '", text_.substr(at_, 1), "'"));
    return absl::OkStatus();
  }

 private:
  bool take(char c) {
    bool is = !isAtEnd() && text_[at_] == c;
    at_ += is;
    return is;
  }
  absl::Status field(std::string &out) {
    if (!take('"')) {
      size_t end = std::min(text_.find_first_of(",\r\n", at_), text_.size());
      out = text_.substr(at_, end - at_);
      at_ = end;
      return absl::OkStatus();
    }
    for (;;) {
      size_t end = text_.find('"', at_);
      if (end == std::string::npos)
        return absl::InvalidArgumentError(absl::StrCat(what_, ":", line_, ": a quote has no end"));
      out += text_.substr(at_, end - at_);
      at_ = end + 1;
      if (!take('"')) return absl::OkStatus();
      out += '"';
    }
  }
  const std::string &text_;
  std::string what_;
  size_t at_ = 0;
  int64_t line_ = 0;
};

bool parseNumber(const std::string &field, double &value) {
  absl::string_view text = absl::StripAsciiWhitespace(field);
  if (!text.empty() && text[0] == '+') text.remove_prefix(1);
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size();
}

}  // namespace

absl::StatusOr<Csv> Csv::read(const std::string &path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  if (file) text << file.rdbuf();
  if (!file)
    return absl::NotFoundError(absl::StrCat("'", path, "' cannot be read: ", strerror(errno)));
  return parse(text.str(), path);
}

absl::StatusOr<Csv> Csv::parse(const std::string &text, const std::string &what) {
  Csv out;
  out.what_ = what;
  Fields fields(text, what);
  std::vector<std::string> line;
  if (fields.isAtEnd()) return absl::InvalidArgumentError(absl::StrCat("'", what, "' is empty"));
  if (absl::Status status = fields.next(out.names_); !status.ok()) return status;
  for (std::string &name : out.names_) name = std::string(absl::StripAsciiWhitespace(name));
  while (!fields.isAtEnd()) {
    if (absl::Status status = fields.next(line); !status.ok()) return status;
    if (line.size() == 1 && line[0].empty()) continue;
    if (line.size() != out.names_.size())
      return absl::InvalidArgumentError(absl::StrCat(what, ":", fields.line(), ": ", line.size(),
                                                     " fields; the header has ",
                                                     out.names_.size()));
    for (size_t i = 0; i < line.size(); ++i) {
      double value = 0;
      if (!parseNumber(line[i], value))
        return absl::InvalidArgumentError(absl::StrCat(what, ":", fields.line(), ": column '",
                                                       out.names_[i], "': '", line[i],
                                                       "' is no number"));
      out.values_.push_back(value);
    }
    ++out.rows_;
  }
  return out;
}

absl::StatusOr<std::vector<size_t>> Csv::find(const std::string &columns) const {
  std::vector<size_t> found;
  auto placeOf = [&](const std::string &name) {
    return static_cast<size_t>(std::find(names_.begin(), names_.end(), name) - names_.begin());
  };
  size_t colon = columns.find(':');
  if (size_t one = placeOf(columns); one < names_.size()) return std::vector<size_t>{one};
  if (colon != std::string::npos) {
    size_t first = placeOf(columns.substr(0, colon)), last = placeOf(columns.substr(colon + 1));
    for (size_t i = first; last < names_.size() && i <= last; ++i) found.push_back(i);
  } else if (!columns.empty() && columns.back() == '*') {
    for (size_t i = 0; i < names_.size(); ++i)
      if (names_[i].compare(0, columns.size() - 1, columns, 0, columns.size() - 1) == 0)
        found.push_back(i);
  }
  if (found.empty())
    return absl::NotFoundError(absl::StrCat("'", what_, "' has no column '", columns, "'; it has '",
                                            absl::StrJoin(names_, "', '"), "'"));
  return found;
}

std::vector<double> Csv::values(const std::vector<size_t> &columns) const {
  std::vector<double> out;
  out.reserve(columns.size() * static_cast<size_t>(rows_));
  for (size_t row = 0; row < static_cast<size_t>(rows_); ++row)
    for (size_t column : columns) out.push_back(values_[row * names_.size() + column]);
  return out;
}

}  // namespace plx::train
