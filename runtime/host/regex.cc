#include <re2/re2.h>

#include "runtime/host/functions.h"

namespace plx::host {
namespace {
// Memory that a compiled pattern and its states may take; RE2's own default is 8 MiB as well.
constexpr int64_t kMaxBytes = int64_t{8} << 20;
}  // namespace

void regex_full_match(Call &call) {
  std::string pattern = call.string_of("pattern", "");
  RE2::Options options(RE2::Quiet);
  options.set_max_mem(kMaxBytes);
  RE2 compiled(pattern, options);
  if (!compiled.ok())
    throw Failure("pattern '" + pattern.substr(0, 100) + "' is not valid: " + compiled.error());
  auto x = call.strings(0);
  auto out = call.result<uint8_t>(0, PLX_BOOL, call.dims(0));
  for (size_t i = 0; i < out.size(); ++i) {
    std::string_view text = view(x[i]);
    out[i] = RE2::FullMatch(re2::StringPiece(text.data(), text.size()), compiled);
  }
}

}  // namespace plx::host
