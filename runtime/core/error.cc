#include "runtime/core/error.h"

#include <stdarg.h>
#include <stdio.h>

namespace plx {

plx_status fail(plx_error *error, plx_status status, const char *format, ...) {
  if (error == nullptr) return status;
  error->status = status;
  error->reserved = 0;
  va_list args;
  va_start(args, format);
  vsnprintf(error->message, sizeof error->message, format, args);
  va_end(args);
  return status;
}

plx_status succeed(plx_error *error) {
  if (error == nullptr) return PLX_OK;
  error->status = PLX_OK;
  error->reserved = 0;
  error->message[0] = 0;
  return PLX_OK;
}

void Text::add(const char *format, ...) {
  if (cut_ || capacity_ == 0) {
    cut_ = true;
    return;
  }
  va_list args;
  va_start(args, format);
  int written = vsnprintf(buffer_ + length_, capacity_ - length_, format, args);
  va_end(args);
  if (written < 0) return;
  if (static_cast<uint64_t>(written) >= capacity_ - length_) {
    cut_ = true;
    length_ = capacity_ - 1;
  } else {
    length_ += static_cast<uint64_t>(written);
  }
}

}  // namespace plx

extern "C" {

const char *plx_status_name(int32_t status) {
  static const char *const names[] = {
      "ok",        "invalid argument",   "not found",     "out of memory",
      "io error",  "bad format",         "unsupported",   "mismatch",
      "cancelled", "fault in the model", "internal error"};
  if (status < 0 || status > PLX_INTERNAL) return "unknown status";
  return names[status];
}

const char *plx_version(void) { return PLX_RT_VERSION; }

}  // extern "C"
