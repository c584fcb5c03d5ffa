// Files for tests, removed at the end.
#ifndef PLEXUS_TESTS_RUNTIME_FILES_H
#define PLEXUS_TESTS_RUNTIME_FILES_H

#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>
#include <iterator>
#include <string>

namespace plx_test {

struct TempFile {
  std::string path;

  explicit TempFile(const std::string &name, const std::string &bytes = "")
      : path(testing::TempDir() + "plx_" + name) {
    std::ofstream(path, std::ios::binary) << bytes;
  }
  ~TempFile() { std::remove(path.c_str()); }
  std::string read() const {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  }
};

}  // namespace plx_test
#endif  // PLEXUS_TESTS_RUNTIME_FILES_H
