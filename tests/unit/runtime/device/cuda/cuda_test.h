// A test on the fake driver of fakes/: all that it opens and allocates has to be given back.
#ifndef PLEXUS_TESTS_UNIT_RUNTIME_DEVICE_CUDA_CUDA_TEST_H
#define PLEXUS_TESTS_UNIT_RUNTIME_DEVICE_CUDA_CUDA_TEST_H

#include <algorithm>

#include "tests/unit/runtime/device/device_model.h"
#include "tests/unit/runtime/device/fakes/fake_cuda.h"

namespace plx_test {

// Opens the file, so that a later dlopen of libcuda.so.1 finds this library.
inline fakes::FakeCuda *open_fake_cuda(const char *path) {
  void *library = dlopen(path, RTLD_NOW);
  void *get = library == nullptr ? nullptr : dlsym(library, "plx_fake_cuda");
  return get == nullptr ? nullptr : reinterpret_cast<decltype(&plx_fake_cuda)>(get)();
}

class CudaTest : public testing::Test {
 protected:
  static fakes::FakeCuda *fake() {
    static fakes::FakeCuda *driver = open_fake_cuda(PLX_FAKE_CUDA);
    return driver;
  }

  void SetUp() override {
    ASSERT_NE(fake(), nullptr) << dlerror();
    *fake() = {};
  }
  void TearDown() override { expect_nothing_open(); }

  void fail(const char *function, int result, int passing = 0) {
    fake()->failing = function;
    fake()->result = result;
    fake()->passing = passing;
  }
  int count(const char *function) {
    return static_cast<int>(std::count(fake()->calls.begin(), fake()->calls.end(), function));
  }
  void expect_nothing_open() {
    EXPECT_EQ(fake()->errors, std::vector<std::string>());
    EXPECT_EQ(fake()->contexts, 0);
    EXPECT_EQ(fake()->modules, 0);
    EXPECT_EQ(fake()->streams, 0);
    EXPECT_EQ(fake()->events, 0);
    EXPECT_EQ(fake()->pinned, 0);
    EXPECT_EQ(fake()->blocks.size(), 0u);
  }

  plx_error error_ = {};
};

}  // namespace plx_test
#endif  // PLEXUS_TESTS_UNIT_RUNTIME_DEVICE_CUDA_CUDA_TEST_H
