#include <charconv>
#include <cmath>
#include <cstring>
#include <unordered_map>

#include "runtime/host/functions.h"

namespace plx::host {

void string_concat(Call &call) {
  auto x = call.strings(0), y = call.strings(1);
  Broadcast together(call.dims(0), call.dims(1));
  auto out = call.result<plx_string>(0, PLX_STRING, together.dims);
  std::string text;
  for (size_t i = 0; i < out.size(); ++i) {
    text = view(x[static_cast<size_t>(together.from_a[i])]);
    text += view(y[static_cast<size_t>(together.from_b[i])]);
    out[i] = call.keep(text);
  }
}

void string_equal(Call &call) {
  auto x = call.strings(0), y = call.strings(1);
  Broadcast together(call.dims(0), call.dims(1));
  auto out = call.result<uint8_t>(0, PLX_BOOL, together.dims);
  for (size_t i = 0; i < out.size(); ++i)
    out[i] = view(x[static_cast<size_t>(together.from_a[i])]) ==
             view(y[static_cast<size_t>(together.from_b[i])]);
}

// ---- splitting

namespace {

constexpr std::string_view kSpace = " \t\n\r\f\v";

// At runs of white space, which count neither at the start nor, where nothing is left, at the end.
std::vector<std::string_view> split_at_space(std::string_view text, int64_t max_splits) {
  std::vector<std::string_view> pieces;
  for (;;) {
    size_t begin = text.find_first_not_of(kSpace);
    if (begin == text.npos) return pieces;
    text.remove_prefix(begin);
    if (max_splits >= 0 && static_cast<int64_t>(pieces.size()) == max_splits) {
      pieces.push_back(text.substr(0, text.find_last_not_of(kSpace) + 1));
      return pieces;
    }
    size_t end = std::min(text.find_first_of(kSpace), text.size());
    pieces.push_back(text.substr(0, end));
    text.remove_prefix(end);
  }
}

std::vector<std::string_view> split_at(std::string_view text, std::string_view delimiter,
                                       int64_t max_splits) {
  std::vector<std::string_view> pieces;
  while (max_splits < 0 || static_cast<int64_t>(pieces.size()) < max_splits) {
    size_t at = text.find(delimiter);
    if (at == text.npos) break;
    pieces.push_back(text.substr(0, at));
    text.remove_prefix(at + delimiter.size());
  }
  pieces.push_back(text);
  return pieces;
}

}  // namespace

void string_split(Call &call) {
  auto x = call.strings(0);
  std::string delimiter = call.string_of("delimiter", "");
  int64_t max_splits = call.int_of("maxsplit", -1);
  std::vector<std::vector<std::string_view>> pieces;
  size_t longest = 0;
  for (const plx_string &text : x) {
    pieces.push_back(delimiter.empty() ? split_at_space(view(text), max_splits)
                                       : split_at(view(text), delimiter, max_splits));
    longest = std::max(longest, pieces.back().size());
  }
  Dims dims = call.dims(0);
  auto counts = call.result<int64_t>(1, PLX_I64, dims);
  dims.push_back(static_cast<int64_t>(longest));
  auto out = call.result<plx_string>(0, PLX_STRING, dims);
  for (size_t i = 0; i < x.size(); ++i) {
    counts[i] = static_cast<int64_t>(pieces[i].size());
    for (size_t k = 0; k < pieces[i].size(); ++k) out[i * longest + k] = call.keep(pieces[i][k]);
  }
}

// ---- tables

void take_strings(Call &call) {
  size_t last = call.num_args() - 1;
  std::vector<plx_string> table;
  for (size_t k = 0; k < last; ++k) {
    auto strings = call.strings(k);
    table.insert(table.end(), strings.begin(), strings.end());
  }
  auto index = call.numbers<int64_t>(last, PLX_I64);
  auto out = call.result<plx_string>(0, PLX_STRING, call.dims(last));
  for (size_t i = 0; i < out.size(); ++i) {
    if (index[i] < 0 || index[i] >= static_cast<int64_t>(table.size()))
      throw Failure("index " + std::to_string(index[i]) + " is out of range [0, " +
                    std::to_string(table.size()) + ")");
    out[i] = table[static_cast<size_t>(index[i])];
  }
}

void find_strings(Call &call) {
  auto x = call.strings(0), keys = call.strings(1);
  std::unordered_map<std::string_view, int64_t> places;
  // Of equal keys the last counts.
  for (size_t k = 0; k < keys.size(); ++k) places[view(keys[k])] = static_cast<int64_t>(k);
  auto out = call.result<int64_t>(0, PLX_I64, call.dims(0));
  for (size_t i = 0; i < out.size(); ++i) {
    auto found = places.find(view(x[i]));
    out[i] = found == places.end() ? static_cast<int64_t>(keys.size()) : found->second;
  }
}

// ---- numbers

namespace {

template <typename T>
T parsed(std::string_view text) {
  std::string_view left = text;
  size_t begin = left.find_first_not_of(kSpace);
  left = begin == left.npos ? std::string_view()
                            : left.substr(begin, left.find_last_not_of(kSpace) + 1 - begin);
  if (left.starts_with('+')) left.remove_prefix(1);
  T value = 0;
  const char *end = left.data() + left.size();
  auto [at, error] = std::from_chars(left.data(), end, value);
  if constexpr (std::is_floating_point_v<T>)
    if (error == std::errc::result_out_of_range && at == end) {
      // Too large or too small for the type: infinity or zero, with its sign.
      double wide = strtod(std::string(left).c_str(), nullptr);
      return static_cast<T>(wide);
    }
  if (error != std::errc() || at != end || left.empty())
    throw Failure("'" + std::string(text.substr(0, 80)) + "' is no number of this type");
  return value;
}

template <typename T>
void parse_as(Call &call, int32_t element_type) {
  auto x = call.strings(0);
  auto out = call.result<T>(0, element_type, call.dims(0));
  for (size_t i = 0; i < out.size(); ++i) out[i] = parsed<T>(view(x[i]));
}

// The shortest text that reads back as the same number.
template <typename T>
std::string text_of(T value) {
  char text[64];
  return std::string(text, std::to_chars(text, text + sizeof text, value).ptr);
}

template <typename T>
std::string number_text(T value) {
  if constexpr (std::is_floating_point_v<T>) {
    if (std::isnan(value)) return "NaN";
    if (std::isinf(value)) return value < 0 ? "-INF" : "INF";
  }
  return text_of(value);
}

template <typename T>
void format_as(Call &call, int32_t element_type) {
  auto x = call.numbers<T>(0, element_type);
  auto out = call.result<plx_string>(0, PLX_STRING, call.dims(0));
  for (size_t i = 0; i < out.size(); ++i) out[i] = call.keep(number_text(x[i]));
}

}  // namespace

void parse_numbers(Call &call) {
  switch (int64_t to = call.int_of("to", PLX_F64); to) {
    case PLX_F32:
      return parse_as<float>(call, PLX_F32);
    case PLX_F64:
      return parse_as<double>(call, PLX_F64);
    case PLX_I64:
      return parse_as<int64_t>(call, PLX_I64);
    case PLX_U64:
      return parse_as<uint64_t>(call, PLX_U64);
    default:
      throw Failure("strings are not read as element type " + std::to_string(to));
  }
}

void format_numbers(Call &call) {
  switch (int32_t from = call.arg(0).element_type; from) {
    case PLX_F32:
      return format_as<float>(call, PLX_F32);
    case PLX_F64:
      return format_as<double>(call, PLX_F64);
    case PLX_I64:
      return format_as<int64_t>(call, PLX_I64);
    case PLX_U64:
      return format_as<uint64_t>(call, PLX_U64);
    default:
      throw Failure("numbers of type " + std::string(plx_element_name(from)) +
                    " are not written as strings");
  }
}

}  // namespace plx::host
