#include "runtime/train/column.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <type_traits>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "runtime/train/half.h"

namespace plx::train {
namespace {

template <typename T>
constexpr bool kIsNarrow = std::is_same_v<T, Half> || std::is_same_v<T, BFloat16>;
template <typename T>
constexpr bool kIsFloat = std::is_floating_point_v<T> || kIsNarrow<T>;

/// An element as something that C++ computes with.
template <typename T>
auto number(T element) {
  if constexpr (kIsNarrow<T>)
    return static_cast<double>(element);
  else
    return element;
}

/// Calls `use` with a value of the C++ type of an element type; false where a column cannot have
/// it.
template <typename Use>
bool withType(int32_t type, Use use) {
  switch (type) {
    case PLX_F32:
      return use(float{}), true;
    case PLX_F64:
      return use(double{}), true;
    case PLX_F16:
      return use(Half{}), true;
    case PLX_BF16:
      return use(BFloat16{}), true;
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
  if constexpr (kIsFloat<To>) {
    auto wide = static_cast<double>(value);
    return !std::isnan(wide) &&
           (std::isinf(wide) || !std::isinf(static_cast<double>(number(static_cast<To>(wide)))));
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
template <typename To, typename From, typename Map>
int64_t convert(const From *from, int64_t count, Map map, To *to) {
  for (int64_t i = 0; i < count; ++i) {
    auto value = map(number(from[i]));
    if (!fits<To>(value)) return i;
    to[i] = static_cast<To>(value);
  }
  return -1;
}

int64_t convertAll(const plx_tensor &from, int64_t count, int32_t type, double divisor, char *out,
                   bool &isKnown) {
  int64_t misfit = -1;
  bool isTargetKnown = true;
  isKnown = withType(from.element_type, [&](auto source) {
    isTargetKnown = withType(type, [&](auto target) {
      auto *in = static_cast<const decltype(source) *>(from.data);
      auto *to = reinterpret_cast<decltype(target) *>(out);
      auto divided = [&](auto value) { return static_cast<double>(value) / divisor; };
      auto same = [](auto value) { return value; };
      misfit = divisor == 1 ? convert(in, count, same, to) : convert(in, count, divided, to);
    });
  });
  isKnown = isKnown && isTargetKnown;
  return misfit;
}

std::string textOf(const plx_tensor &tensor, int64_t i) {
  std::string text;
  withType(tensor.element_type, [&](auto source) {
    text = absl::StrCat(+number(static_cast<const decltype(source) *>(tensor.data)[i]));
  });
  return text;
}

std::string dimsText(const std::vector<int64_t> &dims) {
  return absl::StrCat("[", absl::StrJoin(dims, ", "), "]");
}

int64_t product(const std::vector<int64_t> &dims) {
  return plx_num_elements(static_cast<int32_t>(dims.size()), dims.data());
}

}  // namespace

absl::StatusOr<Column> Column::create(const std::string &what, const plx_tensor &tensor,
                                      int32_t elementType, double divisor) {
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
  int64_t misfit = convertAll(tensor, count, elementType, divisor, out.bytes_.data(), isKnown);
  if (!isKnown)
    return absl::UnimplementedError(
        absl::StrCat("column '", what, "' of type ", plx_element_name(tensor.element_type),
                     " cannot be taken as ", plx_element_name(elementType)));
  if (misfit >= 0)
    return absl::InvalidArgumentError(
        absl::StrCat("column '", what, "', row ", misfit / (count / out.rows_), ": ",
                     textOf(tensor, misfit), divisor == 1 ? "" : absl::StrCat(" / ", divisor),
                     " is no value of type ", plx_element_name(elementType)));
  return out;
}

absl::Status Column::append(const Column &other) {
  if (other.dims_ != dims_ || other.type_ != type_)
    return absl::InvalidArgumentError(absl::StrCat("column '", name_, "' has rows of ",
                                                   dimsText(dims_), " in one file, of ",
                                                   dimsText(other.dims_), " in another"));
  rows_ += other.rows_;
  bytes_.insert(bytes_.end(), other.bytes_.begin(), other.bytes_.end());
  return absl::OkStatus();
}

absl::Status Column::reshape(const std::vector<int64_t> &dims) {
  if (product(dims) != product(dims_))
    return absl::InvalidArgumentError(absl::StrCat("column '", name_, "' has rows of ",
                                                   dimsText(dims_), "; ", dimsText(dims),
                                                   " was expected"));
  dims_ = dims;
  return absl::OkStatus();
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
