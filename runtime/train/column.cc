#include "runtime/train/column.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <type_traits>

#include "absl/strings/str_cat.h"

namespace plx::train {
namespace {

/// Calls `use` with a value of the C++ type of an element type; false where a column cannot have
/// it.
template <typename Use>
bool withType(int32_t type, Use use) {
  switch (type) {
    case PLX_F32:
      return use(float{}), true;
    case PLX_F64:
      return use(double{}), true;
    case PLX_I8:
      return use(int8_t{}), true;
    case PLX_I16:
      return use(int16_t{}), true;
    case PLX_I32:
      return use(int32_t{}), true;
    case PLX_I64:
      return use(int64_t{}), true;
    case PLX_BOOL:
    case PLX_U8:
      return use(uint8_t{}), true;
    case PLX_U16:
      return use(uint16_t{}), true;
    case PLX_U32:
      return use(uint32_t{}), true;
    case PLX_U64:
      return use(uint64_t{}), true;
    default:
      return false;
  }
}

/// Whether `value` becomes a `To` without being another number (floats are rounded).
template <typename To, typename From>
bool fits(From value) {
  if constexpr (std::is_floating_point_v<To>) {
    return !(std::is_floating_point_v<From> && std::isnan(static_cast<double>(value)));
  } else if constexpr (std::is_floating_point_v<From>) {
    // 2^digits is the first double that is too large.
    double end = std::ldexp(1.0, std::numeric_limits<To>::digits);
    return value == std::floor(value) && value < end &&
           value >= (std::is_signed_v<To> ? -end : 0.0);
  } else {
    return std::in_range<To>(value);
  }
}

/// Index of the first element that does not fit, -1 where all do.
template <typename To, typename From>
int64_t convert(const From *from, int64_t count, To *to) {
  for (int64_t i = 0; i < count; ++i) {
    if (!fits<To>(from[i])) return i;
    to[i] = static_cast<To>(from[i]);
  }
  return -1;
}

int64_t convertAll(const plx_tensor &from, int64_t count, int32_t type, char *to, bool &isKnown) {
  int64_t misfit = -1;
  isKnown = withType(from.element_type,
                     [&](auto source) {
                       using From = decltype(source);
                       isKnown = withType(type, [&](auto target) {
                         using To = decltype(target);
                         misfit = convert(static_cast<const From *>(from.data), count,
                                          reinterpret_cast<To *>(to));
                       });
                     }) &&
            isKnown;
  return misfit;
}

std::string textOf(const plx_tensor &tensor, int64_t i) {
  std::string text;
  withType(tensor.element_type, [&](auto source) {
    text = absl::StrCat(+static_cast<const decltype(source) *>(tensor.data)[i]);
  });
  return text;
}

}  // namespace

absl::StatusOr<Column> Column::create(const std::string &what, const plx_tensor &tensor,
                                      int32_t elementType) {
  if (tensor.rank < 1 || tensor.dims[0] < 1)
    return absl::InvalidArgumentError(absl::StrCat(
        "column '", what, "' has no rows: it must have a first dim, of 1 row or more"));
  Column out;
  out.name_ = what;
  out.type_ = elementType;
  out.rows_ = tensor.dims[0];
  out.dims_.assign(tensor.dims + 1, tensor.dims + tensor.rank);
  int64_t count = plx_num_elements(tensor.rank, tensor.dims);
  uint64_t bytes =
      static_cast<uint64_t>(count) * static_cast<uint64_t>(plx_element_bytes(elementType));
  out.rowBytes_ = bytes / static_cast<uint64_t>(out.rows_);
  out.bytes_.resize(bytes);
  bool isKnown = true;
  int64_t misfit = convertAll(tensor, count, elementType, out.bytes_.data(), isKnown);
  if (!isKnown)
    return absl::UnimplementedError(
        absl::StrCat("column '", what, "' of type ", plx_element_name(tensor.element_type),
                     " cannot be taken as ", plx_element_name(elementType)));
  if (misfit >= 0)
    return absl::InvalidArgumentError(absl::StrCat(
        "column '", what, "', row ", misfit / (count / out.rows_), ": ", textOf(tensor, misfit),
        " is no value of type ", plx_element_name(elementType)));
  return out;
}

plx_tensor Column::take(const std::vector<int64_t> &rows) {
  taken_.resize(rows.size() * rowBytes_);
  for (size_t i = 0; i < rows.size(); ++i)
    memcpy(taken_.data() + i * rowBytes_,
           bytes_.data() + static_cast<uint64_t>(rows[i]) * rowBytes_, rowBytes_);
  takenDims_ = dims_;
  takenDims_.insert(takenDims_.begin(), static_cast<int64_t>(rows.size()));
  return {taken_.data(), takenDims_.data(), static_cast<int32_t>(takenDims_.size()), type_};
}

std::pair<int64_t, int64_t> Column::range() const {
  std::pair<int64_t, int64_t> range{0, -1};
  withType(type_, [&](auto element) {
    using Element = decltype(element);
    if constexpr (std::is_integral_v<Element>) {
      auto *begin = reinterpret_cast<const Element *>(bytes_.data());
      auto [low, high] = std::minmax_element(begin, begin + bytes_.size() / sizeof(Element));
      if (!bytes_.empty()) range = {static_cast<int64_t>(*low), static_cast<int64_t>(*high)};
    }
  });
  return range;
}

}  // namespace plx::train
