#include "tests/emulator/error.h"

#include <stdarg.h>
#include <stdio.h>

namespace plx_emulator {

std::string text(const char *format, ...) {
  va_list args;
  va_start(args, format);
  va_list again;
  va_copy(again, args);
  std::string result(static_cast<size_t>(vsnprintf(nullptr, 0, format, args)), '\0');
  vsnprintf(result.data(), result.size() + 1, format, again);
  va_end(again);
  va_end(args);
  return result;
}

plx_status fail(plx_error *out_error, plx_status status, const std::string &message) {
  if (out_error == nullptr) return status;
  out_error->status = status;
  out_error->reserved = 0;
  snprintf(out_error->message, sizeof out_error->message, "%s", message.c_str());
  return status;
}

plx_status succeed(plx_error *out_error) { return fail(out_error, PLX_OK, ""); }

}  // namespace plx_emulator
