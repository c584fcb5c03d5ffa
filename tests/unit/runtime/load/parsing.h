// What tests of the readers of tensor files share.
#ifndef PLEXUS_TESTS_RUNTIME_PARSING_H
#define PLEXUS_TESTS_RUNTIME_PARSING_H

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "plexus_rt.h"

namespace plx_test {

/// plx_array_parse_npy or plx_array_parse_pb.
using ParseFunction = plx_status (*)(const void *, uint64_t, const char *, plx_array **,
                                     plx_error *);

/// Parses a copy of exactly these bytes, so that ASan sees each read beyond the end. Null: refused.
inline plx_array *parse_exactly(ParseFunction parse, const char *place, const std::string &text,
                                plx_error *error) {
  std::vector<char> exact(text.begin(), text.end());
  plx_array *array = nullptr;
  plx_status status = parse(exact.data(), exact.size(), place, &array, error);
  EXPECT_EQ(status == PLX_OK, array != nullptr);
  return array;
}

/// The elements of an array, which is destroyed; none of null.
template <typename T>
std::vector<T> take_values(plx_array *array) {
  if (array == nullptr) return {};
  plx_tensor view = plx_array_view(array);
  const auto *data = static_cast<const T *>(view.data);
  std::vector<T> copy(data, data + plx_tensor_bytes(&view) / static_cast<int64_t>(sizeof(T)));
  plx_array_destroy(array);
  return copy;
}

/// Every prefix of `good`, and bytes of it changed at random: refused or read, never a crash (ASan
/// and UBSan watch).
inline void parse_damaged(ParseFunction parse, const std::string &good) {
  plx_error error;
  for (size_t bytes = 0; bytes < good.size(); ++bytes)
    plx_array_destroy(parse_exactly(parse, "'damaged'", good.substr(0, bytes), &error));
  std::mt19937 random(1);
  for (int i = 0; i < 20000; ++i) {
    std::string damaged = good;
    for (int n = 0; n < 1 + i % 4; ++n)
      damaged[random() % damaged.size()] = static_cast<char>(random());
    plx_array_destroy(parse_exactly(parse, "'damaged'", damaged, &error));
  }
}

}  // namespace plx_test
#endif  // PLEXUS_TESTS_RUNTIME_PARSING_H
