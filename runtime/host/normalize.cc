// ONNX StringNormalizer: case changed and stop words left out, without any locale.
#include <algorithm>
#include <iterator>
#include <set>

#include "runtime/host/case_ranges.h"
#include "runtime/host/functions.h"

namespace plx::host {
namespace {

// One code point of UTF-8 from the front of `text`; a byte that begins none is passed on as it is
// (as a number beyond Unicode).
constexpr uint32_t kRawByte = 0x200000;

uint32_t take_code_point(std::string_view &text) {
  auto lead = static_cast<unsigned char>(text[0]);
  size_t length = lead < 0x80       ? 1
                  : lead >> 5 == 6  ? 2
                  : lead >> 4 == 14 ? 3
                  : lead >> 3 == 30 ? 4
                                    : 0;
  bool good = length > 0 && length <= text.size();
  uint32_t code = length < 2 ? lead : lead & (0x7fu >> length);
  for (size_t i = 1; good && i < length; ++i) {
    auto next = static_cast<unsigned char>(text[i]);
    good = next >> 6 == 2;
    code = code << 6 | (next & 0x3f);
  }
  text.remove_prefix(good ? length : 1);
  return good ? code : kRawByte + lead;
}

void append(std::string &out, uint32_t code) {
  if (code >= kRawByte || code < 0x80) {
    out += static_cast<char>(code);
  } else if (code < 0x800) {
    out += static_cast<char>(0xc0 | code >> 6);
    out += static_cast<char>(0x80 | (code & 0x3f));
  } else if (code < 0x10000) {
    out += static_cast<char>(0xe0 | code >> 12);
    out += static_cast<char>(0x80 | (code >> 6 & 0x3f));
    out += static_cast<char>(0x80 | (code & 0x3f));
  } else {
    out += static_cast<char>(0xf0 | code >> 18);
    out += static_cast<char>(0x80 | (code >> 12 & 0x3f));
    out += static_cast<char>(0x80 | (code >> 6 & 0x3f));
    out += static_cast<char>(0x80 | (code & 0x3f));
  }
}

template <size_t N>
uint32_t mapped(const CaseRange (&ranges)[N], uint32_t code) {
  // The last range that begins at or before it.
  auto after = std::upper_bound(std::begin(ranges), std::end(ranges), code,
                                [](uint32_t c, const CaseRange &range) { return c < range.first; });
  if (after == std::begin(ranges)) return code;
  const CaseRange &range = *std::prev(after);
  if (code > range.last || (code - range.first) % static_cast<uint32_t>(range.step) != 0)
    return code;
  return code + static_cast<uint32_t>(range.delta);
}

enum class Case { Same, Lower, Upper };

std::string with_case(std::string_view text, Case wanted) {
  std::string out;
  while (!text.empty()) {
    uint32_t code = take_code_point(text);
    if (wanted == Case::Lower) code = mapped(kToLower, code);
    if (wanted == Case::Upper) code = mapped(kToUpper, code);
    append(out, code);
  }
  return out;
}

Case case_of(const std::string &action) {
  if (action == "NONE") return Case::Same;
  if (action == "LOWER") return Case::Lower;
  if (action == "UPPER") return Case::Upper;
  throw Failure("case_change_action is '" + action + "'; expected NONE, LOWER or UPPER");
}

}  // namespace

void string_normalize(Call &call) {
  auto x = call.strings(0);
  Case wanted = case_of(call.string_of("case_change_action", "NONE"));
  bool is_sensitive = call.int_of("is_case_sensitive", 0) != 0;
  Dims dims = call.dims(0);
  if (dims.empty() || dims.size() > 2 || (dims.size() == 2 && dims[0] != 1))
    throw Failure("the operand must be a list of strings, or one row of them");
  // Where case does not count, both sides are compared in one.
  Case compared = is_sensitive ? Case::Same : Case::Lower;
  std::set<std::string> stop_words;
  for (const std::string &word : call.strings_of("stopwords"))
    stop_words.insert(with_case(word, compared));
  std::vector<std::string> kept;
  for (const plx_string &text : x)
    if (stop_words.empty() || !stop_words.contains(with_case(view(text), compared)))
      kept.push_back(with_case(view(text), wanted));
  if (kept.empty()) kept.emplace_back();  // never nothing: one empty string
  dims.back() = static_cast<int64_t>(kept.size());
  auto out = call.result<plx_string>(0, PLX_STRING, dims);
  for (size_t i = 0; i < kept.size(); ++i) out[i] = call.keep(kept[i]);
}

}  // namespace plx::host
