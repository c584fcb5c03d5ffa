// A column of a data set: for each row a tensor of the same dims.
#ifndef PLEXUS_RUNTIME_TRAIN_COLUMN_H
#define PLEXUS_RUNTIME_TRAIN_COLUMN_H

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "plexus_rt.h"

namespace plx::train {

class Column {
 public:
  /// Takes the elements of `tensor` [rows, dims...], divided by `divisor`, as `elementType`: floats
  /// of 16 bits and more, ints and bool. Ints must hold whole numbers that fit, floats no NaN and
  /// no number beyond their range: InvalidArgument names column and row. `what` is the column's
  /// name in messages.
  static absl::StatusOr<Column> create(const std::string &what, const plx_tensor &tensor,
                                       int32_t elementType, double divisor = 1);

  int64_t rows() const { return rows_; }
  const std::vector<int64_t> &rowDims() const { return dims_; }
  int32_t elementType() const { return type_; }
  /// These rows as one tensor [rows.size(), dims...], in memory that the next call takes again.
  plx_tensor take(const std::vector<int64_t> &rows);
  /// Adds the rows of another column. InvalidArgument where its rows have other dims.
  absl::Status append(const Column &other);
  /// Gives the rows other dims. InvalidArgument where they have other numbers of elements.
  absl::Status reshape(const std::vector<int64_t> &dims);
  /// Smallest and largest element of an integer column; 0 and -1 of an empty one.
  std::pair<int64_t, int64_t> range() const;

 private:
  Column() = default;
  std::string name_;
  int32_t type_ = 0;
  int64_t rows_ = 0;
  uint64_t rowBytes_ = 0;
  std::vector<int64_t> dims_, takenDims_;
  std::vector<char> bytes_, taken_;
};

}  // namespace plx::train

#endif  // PLEXUS_RUNTIME_TRAIN_COLUMN_H
