// What is said where there is no driver that can be used. A driver that has been opened stays, so
// each case is a process of its own.
#include "runtime/device/cuda/driver.h"

#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/unit/runtime/device/cuda/cuda_test.h"

namespace plx_test {
namespace {

// Opens the driver, writes what it says and exits with the status.
[[noreturn]] void open_and_exit() {
  const plx::cuda::Driver *driver = nullptr;
  plx_error error = {};
  plx_status status = plx::cuda::open_driver(&driver, &error);
  if (status == PLX_OK) fprintf(stderr, "%d.%d", driver->version, driver->devices);
  fprintf(stderr, "%s", error.message);
  fflush(stderr);
  _exit(status);
}

[[noreturn]] void open_with(const fakes::FakeCuda &settings) {
  fakes::FakeCuda *driver = open_fake_cuda(PLX_FAKE_CUDA);
  if (driver == nullptr) _exit(99);
  *driver = settings;
  open_and_exit();
}

// Asks in a process of its own, as a driver that was opened may stay.
bool has_driver() {
  pid_t child = fork();
  if (child == 0) _exit(dlopen("libcuda.so.1", RTLD_NOW) != nullptr);
  int status = 0;
  return waitpid(child, &status, 0) != child || status != 0;
}

// Runs the statement in a new process and holds its status and words.
#define EXPECT_OPEN(statement, status, words) \
  EXPECT_EXIT(statement, testing::ExitedWithCode(status), words)

// GoogleTest runs suites of this name first: the process itself has not opened the fake yet.
class DriverDeathTest : public testing::Test {
 protected:
  void SetUp() override { testing::FLAGS_gtest_death_test_style = "threadsafe"; }
};

TEST_F(DriverDeathTest, Opens) {
  fakes::FakeCuda settings;
  settings.version = 12000;
  settings.devices = 3;
  EXPECT_OPEN(open_with(settings), PLX_OK, "12000\\.3");
}

TEST_F(DriverDeathTest, SaysThatThereIsNone) {
  if (has_driver()) GTEST_SKIP() << "this machine has a driver";
  EXPECT_OPEN(open_and_exit(), PLX_NOT_FOUND,
              "^device 'cuda' needs the NVIDIA driver, and libcuda\\.so\\.1 is not there "
              "\\(libcuda\\.so\\.1: cannot open shared object file: No such file or directory\\): "
              "install the driver, or use --device cpu$");
}

TEST_F(DriverDeathTest, RefusesOneThatLacksAFunction) {
  EXPECT_OPEN(
      {
        if (open_fake_cuda(PLX_FAKE_CUDA_OLD) == nullptr) _exit(99);
        open_and_exit();
      },
      PLX_UNSUPPORTED,
      "^the NVIDIA driver's libcuda\\.so\\.1 has no function cuFuncSetAttribute: it is older than "
      "CUDA 12\\.0; update the driver, or use --device cpu$");
}

TEST_F(DriverDeathTest, RefusesOneThatIsTooOld) {
  fakes::FakeCuda settings;
  settings.version = 11080;
  EXPECT_OPEN(open_with(settings), PLX_UNSUPPORTED,
              "^the NVIDIA driver is for CUDA 11\\.8; Plexus needs 12\\.0 or later: update the "
              "driver, or use --device cpu$");
}

TEST_F(DriverDeathTest, SaysWhyItDoesNotStart) {
  fakes::FakeCuda settings;
  settings.init = 803;
  EXPECT_OPEN(open_with(settings), PLX_NOT_FOUND,
              "^the NVIDIA driver \\(libcuda\\.so\\.1\\) does not start: a fake error\\. Use "
              "--device cpu$");
  settings.init = plx::cuda::kNoDevice;
  EXPECT_OPEN(open_with(settings), PLX_NOT_FOUND,
              "does not start: no CUDA-capable device is detected \\(this machine has no GPU, or "
              "it is hidden by CUDA_VISIBLE_DEVICES\\)\\. Use --device cpu$");
}

TEST_F(DriverDeathTest, SaysThatItSeesNoDevice) {
  fakes::FakeCuda settings;
  settings.devices = 0;
  EXPECT_OPEN(open_with(settings), PLX_NOT_FOUND,
              "^the NVIDIA driver \\(libcuda\\.so\\.1\\) sees no GPU on this machine: use --device "
              "cpu$");
}

// A driver that did not start is tried again: a GPU may have come back.
TEST_F(DriverDeathTest, IsTriedAgain) {
  EXPECT_OPEN(
      {
        fakes::FakeCuda *driver = open_fake_cuda(PLX_FAKE_CUDA);
        if (driver == nullptr) _exit(99);
        driver->devices = 0;
        const plx::cuda::Driver *opened = nullptr;
        if (plx::cuda::open_driver(&opened, nullptr) != PLX_NOT_FOUND) _exit(98);
        driver->devices = 1;
        open_and_exit();
      },
      PLX_OK, "13000\\.1");
}

}  // namespace
}  // namespace plx_test
