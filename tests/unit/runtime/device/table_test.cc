// Which device is found under a name, and what is said where there is none.
#include "runtime/device/table.h"

#include "tests/unit/runtime/device/fake_test.h"

namespace plx_test {
namespace {

class Table : public FakeTest {
 protected:
  plx_status find(const char *name) { return plx::find_device_api(name, &api_, &error_); }
  bool says(const char *words) const { return strstr(error_.message, words) != nullptr; }

  const plx_device_api *api_ = nullptr;
};

TEST_F(Table, FindsThePlugin) {
  ASSERT_EQ(find("cuda-emulated"), PLX_OK) << error_.message;
  EXPECT_STREQ(api_->name, "fake");
}

TEST_F(Table, RefusesNamesItDoesNotKnow) {
  EXPECT_EQ(find("tpu"), PLX_UNSUPPORTED);
  EXPECT_STREQ(error_.message,
               "the program's kernels are for device 'tpu', which this runtime does not know; it "
               "knows cuda and cuda-emulated");
}

TEST_F(Table, SaysThatThePluginIsMissing) {
  setenv("PLEXUS_EMULATOR", "/nowhere/libplexus_emulator.so", 1);
  EXPECT_EQ(find("cuda-emulated"), PLX_NOT_FOUND);
  EXPECT_TRUE(says("device 'cuda-emulated' needs libplexus_emulator.so")) << error_.message;
  EXPECT_TRUE(says("/nowhere/libplexus_emulator.so: cannot open")) << error_.message;
  EXPECT_TRUE(says("Set PLEXUS_EMULATOR to its path, or use --device cpu")) << error_.message;
}

TEST_F(Table, RefusesAPluginOfAnotherVersion) {
  fake()->is_of_another_version = true;
  EXPECT_EQ(find("cuda-emulated"), PLX_UNSUPPORTED);
  EXPECT_STREQ(error_.message,
               "libplexus_emulator.so is of another version of Plexus: expected device version 1");
  setenv("PLEXUS_EMULATOR", "libm.so.6", 1);  // no plugin at all
  EXPECT_EQ(find("cuda-emulated"), PLX_UNSUPPORTED);
}

TEST_F(Table, DescribesADevice) {
  char text[64];
  ASSERT_EQ(plx_device_describe("cuda-emulated", 1, text, sizeof text, &error_), PLX_OK);
  EXPECT_STREQ(text, "fake device 1");
  EXPECT_EQ(plx_device_describe("cuda-emulated", 2, text, sizeof text, &error_), PLX_NOT_FOUND);
  EXPECT_STREQ(error_.message, "fake: there is no device 2");
  EXPECT_EQ(plx_device_describe("cuda-emulated", 0, nullptr, 0, &error_), PLX_INVALID_ARGUMENT);
  EXPECT_EQ(plx_device_describe(nullptr, 0, text, sizeof text, nullptr), PLX_INVALID_ARGUMENT);
}

}  // namespace
}  // namespace plx_test
