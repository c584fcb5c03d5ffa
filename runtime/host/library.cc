// The table of this library, by which the runtime finds its functions (core/host_table.cc).
#include "runtime/host/functions.h"

namespace plx::host {
namespace {

const plx_host_function kFunctions[] = {
    {"host:string_concat", guarded<string_concat>, nullptr},
    {"host:string_equal", guarded<string_equal>, nullptr},
    {"host:string_split", guarded<string_split>, nullptr},
    {"host:take_strings", guarded<take_strings>, nullptr},
    {"host:find_strings", guarded<find_strings>, nullptr},
    {"host:parse_numbers", guarded<parse_numbers>, nullptr},
    {"host:format_numbers", guarded<format_numbers>, nullptr},
    {"host:string_normalize", guarded<string_normalize>, nullptr},
    {"host:regex_full_match", guarded<regex_full_match>, nullptr},
    {"host:tfidf", guarded<tfidf>, nullptr},
    {"host:decode_image", guarded<decode_image>, nullptr},
};

}  // namespace
}  // namespace plx::host

extern "C" __attribute__((visibility("default"))) const plx_host_function *plx_host_library(
    int32_t *out_count) {
  *out_count = sizeof plx::host::kFunctions / sizeof plx::host::kFunctions[0];
  return plx::host::kFunctions;
}
