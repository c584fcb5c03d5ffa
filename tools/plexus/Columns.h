// Columns of a data file as a model's inputs want them.
#ifndef PLEXUS_TOOLS_PLEXUS_COLUMNS_H
#define PLEXUS_TOOLS_PLEXUS_COLUMNS_H

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "runtime/train/column.h"
#include "runtime/train/csv.h"
#include "runtime/train/image_file.h"
#include "tools/plexus/Failure.h"
#include "tools/plexus/Program.h"

namespace plx {

/// Throws Failure of a status that is not OK.
inline void checkStatus(const absl::Status &status) {
  if (!status.ok()) throw Failure(std::string(status.message()));
}
template <typename T>
T valueOf(absl::StatusOr<T> value) {
  checkStatus(value.status());
  return *std::move(value);
}

/// "NAME=COLUMN" in two; NAME "" where there is no "=".
std::pair<std::string, std::string> splitAtEquals(const std::string &text);
/// The same for a list, all of which must have a name. Throws Failure (wrong usage).
std::map<std::string, std::string> columnsOf(const std::vector<std::string> &items);

/// A file of named columns: .csv, IDX, CIFAR-10, or what Inputs.h reads by name.
class DataFile {
 public:
  explicit DataFile(std::string path) : path_(std::move(path)) {}
  /// A column, or a group of a table's columns (csv.h): a vector a row, and where the input has
  /// more dims, its elements in order. Throws Failure.
  train::Column read(const std::string &name, const plx_value &input);
  /// The same without an input: [rows] or [rows, columns of the group].
  train::Column read(const std::string &name, int32_t elementType);
  /// Whether a file of IDX holds another column than this.
  bool lacks(const std::string &name);
  const std::string &path() const { return path_; }

 private:
  bool isTable() const { return path_.ends_with(".csv"); }
  const train::Csv &table();
  std::vector<train::ImageColumn> &images();
  std::pair<std::string, double> split(const std::string &name);
  train::Column make(const std::string &name, const std::vector<size_t> &places,
                     std::vector<int64_t> rowDims, int32_t elementType, double divisor);
  std::string path_;
  std::optional<train::Csv> table_;
  std::optional<std::vector<train::ImageColumn>> images_;  // empty: it is no file of images
};

/// Data in files: a column that several of them have is the rows of one after those of another.
///
/// "COLUMN/NUMBER" is a column divided by a number: images/255.
class DataFiles {
 public:
  explicit DataFiles(const std::vector<std::string> &paths);
  /// As DataFile's. Throws Failure.
  train::Column read(const std::string &name, int32_t elementType);
  /// One column for each input, all of the same number of rows: by `columns`, else of the input's
  /// own name. Names of `columns` that are no input are refused. Throws Failure.
  std::vector<std::pair<std::string, train::Column>> readAll(
      const std::vector<const plx_value *> &inputs, std::map<std::string, std::string> columns);

 private:
  template <typename As>
  train::Column readFrom(const std::string &name, const As &as);
  std::vector<DataFile> files_;
};

}  // namespace plx

#endif  // PLEXUS_TOOLS_PLEXUS_COLUMNS_H
