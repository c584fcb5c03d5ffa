// A test on the fake device of fakes/: all that it opens and allocates has to be given back.
#ifndef PLEXUS_TESTS_UNIT_RUNTIME_DEVICE_FAKE_TEST_H
#define PLEXUS_TESTS_UNIT_RUNTIME_DEVICE_FAKE_TEST_H

#include "tests/unit/runtime/device/device_model.h"
#include "tests/unit/runtime/device/fakes/fake_device.h"

namespace plx_test {

inline fakes::FakeDevice *fake() {
  static fakes::FakeDevice *device = []() -> fakes::FakeDevice * {
    void *library = dlopen(PLX_FAKE_DEVICE, RTLD_NOW);
    void *get = library == nullptr ? nullptr : dlsym(library, "plx_fake_device");
    return get == nullptr ? nullptr : reinterpret_cast<decltype(&plx_fake_device)>(get)();
  }();
  return device;
}

class FakeTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_NE(fake(), nullptr) << dlerror();
    setenv("PLEXUS_EMULATOR", PLX_FAKE_DEVICE, 1);
    fake()->is_of_another_version = false;
    fake()->memory = UINT64_MAX;
    fake()->loads = fake()->allocations = fake()->uploads = 0;
    fake()->loaded.clear();
    fake()->launches.clear();
    fail("");
  }
  void TearDown() override { expect_nothing_open(); }

  void fail(const char *function, int32_t passing = 0) {
    fake()->failing = function;
    fake()->passing = passing;
  }
  void expect_nothing_open() {
    EXPECT_EQ(fake()->devices, 0);
    EXPECT_EQ(fake()->streams, 0);
    EXPECT_EQ(fake()->codes, 0);
    EXPECT_EQ(fake()->blocks.size(), 0u);
  }

  DeviceModel model_;
  plx_error error_ = {};
};

}  // namespace plx_test
#endif  // PLEXUS_TESTS_UNIT_RUNTIME_DEVICE_FAKE_TEST_H
