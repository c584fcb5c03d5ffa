// File names of outputs.
#include <stdlib.h>
#include <string.h>

#include "plexus_rt.h"
#include "runtime/core/checked.h"
#include "runtime/core/error.h"

namespace {

constexpr uint64_t kSuffixBytes = 24;  // "_2147483647" + ".npy" + the end

char file_character(const char *name, size_t at) {
  char c = name[at];
  bool kept = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
              c == '_' || c == '-' || (c == '.' && at > 0);
  return kept ? c : '_';
}

void write_name(const char *name, int32_t number, const char *ending, char *out) {
  if (name[0] == 0) name = "output";
  size_t length = strlen(name);
  for (size_t i = 0; i < length; ++i) out[i] = file_character(name, i);
  plx::Text text(out + length, kSuffixBytes);
  if (number > 1) text.add("_%d", number);
  text.add("%s", ending);
}

bool taken(char *const *names, int32_t count, const char *name) {
  for (int32_t i = 0; i < count; ++i) {
    if (strcmp(names[i], name) == 0) return true;
  }
  return false;
}

}  // namespace

extern "C" plx_status plx_output_file_names(const char *const *names, const int32_t *element_types,
                                            int32_t count, char ***out_names,
                                            plx_error *out_error) {
  if (count < 0 || out_names == nullptr) {
    return plx::fail(out_error, PLX_INVALID_ARGUMENT, "output file names: count is %d", count);
  }
  uint64_t bytes = sizeof(char *) * (static_cast<uint64_t>(count) + 1);
  for (int32_t i = 0; i < count; ++i) bytes += strlen(names[i]) + sizeof "output" + kSuffixBytes;
  auto **result = static_cast<char **>(malloc(bytes));
  if (result == nullptr) {
    return plx::fail(out_error, PLX_OUT_OF_MEMORY, "no memory for the names of %d files", count);
  }
  char *at = reinterpret_cast<char *>(result + count + 1);
  for (int32_t i = 0; i < count; ++i) {
    const char *ending = plx_npy_can_hold(element_types[i]) ? ".npy" : ".pb";
    result[i] = at;
    for (int32_t number = 1; number == 1 || taken(result, i, at); ++number) {
      write_name(names[i], number, ending, at);
    }
    at += strlen(at) + 1;
  }
  result[count] = nullptr;
  *out_names = result;
  return plx::succeed(out_error);
}
