// Messages of protocol buffers made by hand, and what the readers make of them.
#ifndef PLEXUS_TESTS_RUNTIME_LOAD_PROTOS_H
#define PLEXUS_TESTS_RUNTIME_LOAD_PROTOS_H

#include <gtest/gtest.h>

#include <string>

#include "plexus_rt.h"

namespace plx_test {

inline std::string field(int number, const std::string &bytes) {
  return std::string(1, static_cast<char>(number << 3 | 2)) + static_cast<char>(bytes.size()) +
         bytes;
}

// i32[n] of zeros
inline std::string tensor(int n) {
  return std::string("\x08") + static_cast<char>(n) + "\x10\x06" +
         field(9, std::string(static_cast<size_t>(4 * n), '\0'));
}

inline plx_status parse(const std::string &bytes, int32_t kind, plx_object **out_object,
                        plx_error *error) {
  return plx_object_parse_pb(bytes.data(), bytes.size(), "these bytes", kind, out_object, error);
}

inline std::string parsed(const std::string &bytes, int32_t kind) {
  plx_object *object = nullptr;
  plx_error error;
  if (parse(bytes, kind, &object, &error) != PLX_OK) return error.message;
  char text[256];
  plx_format_object(object, text, sizeof text);
  std::string out = std::string(plx_object_name(object)) + "|" + text;
  plx_object_release(object);
  return out;
}

// f32 scalars of zero
inline std::string scalars(int n) {
  std::string bytes;
  for (int i = 0; i < n; ++i) bytes += field(3, "\x10\x01" + field(9, std::string(4, '\0')));
  return bytes;
}

}  // namespace plx_test
#endif  // PLEXUS_TESTS_RUNTIME_LOAD_PROTOS_H
