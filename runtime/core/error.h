// Filling plx_error. Internal to the runtime.
#ifndef PLEXUS_RUNTIME_CORE_ERROR_H
#define PLEXUS_RUNTIME_CORE_ERROR_H

#include "plexus_rt.h"

namespace plx {

// Writes the message (printf form) into *error, where there is one, and returns `status`: `return
// fail(e, ...)`.
__attribute__((format(printf, 3, 4))) plx_status fail(plx_error *error, plx_status status,
                                                      const char *format, ...);

// Marks *error, where there is one, as "nothing wrong".
plx_status succeed(plx_error *error);

// A growing message in a fixed buffer; what does not fit is cut. Terminated at all times.
class Text {
 public:
  Text(char *buffer, uint64_t capacity) : buffer_(buffer), capacity_(capacity) {
    if (capacity_ > 0) buffer_[0] = 0;
  }
  __attribute__((format(printf, 2, 3))) void add(const char *format, ...);
  uint64_t length() const { return length_; }
  bool cut() const { return cut_; }

 private:
  char *buffer_;
  uint64_t capacity_;
  uint64_t length_ = 0;
  bool cut_ = false;
};

}  // namespace plx
#endif  // PLEXUS_RUNTIME_CORE_ERROR_H
