// The device's functions over the driver, and runs of a model by them, on a fake driver.
// Covers: runtime/device/cuda/cuda_device.cc
#include "runtime/device/table.h"
#include "tests/unit/runtime/device/cuda/cuda_test.h"

namespace plx_test {
namespace {

struct CudaDeviceModel : DeviceModel {
  CudaDeviceModel() {
    code.device = "cuda";
    for (plx_device_kernel &kernel : device_kernels) kernel.num_images = 3;
  }
};

class CudaDevice : public CudaTest {
 protected:
  void SetUp() override {
    CudaTest::SetUp();
    ASSERT_EQ(plx::cuda_device_api(&api_, &error_), PLX_OK) << error_.message;
    ASSERT_EQ(api_->open(0, &device_, &error_), PLX_OK) << error_.message;
    ASSERT_EQ(api_->open_stream(device_, &stream_, &error_), PLX_OK) << error_.message;
  }
  void TearDown() override {
    api_->close_stream(stream_);
    api_->close(device_);
    CudaTest::TearDown();
  }
  uint64_t allocate(uint64_t bytes) {
    uint64_t address = 0;
    EXPECT_EQ(api_->allocate(device_, bytes, &address, &error_), PLX_OK) << error_.message;
    return address;
  }
  int32_t suits(int32_t kind, int32_t architecture) {
    plx_image image = {kind, architecture, "", 1};
    return api_->suits(device_, &image);
  }
  static std::vector<char> numbered(size_t count) {
    std::vector<char> bytes(count);
    for (size_t i = 0; i < count; ++i) bytes[i] = static_cast<char>(i * 7 + i / 251);
    return bytes;
  }

  const plx_device_api *api_ = nullptr;
  plx_device *device_ = nullptr;
  plx_stream *stream_ = nullptr;
};

TEST_F(CudaDevice, DescribesItself) {
  char text[96];
  api_->describe(device_, text, sizeof text);
  EXPECT_STREQ(text, "Fake GPU 0, sm_90, driver 13.0");
  EXPECT_EQ(plx_device_describe("cuda", 1, text, sizeof text, &error_), PLX_OK);
  EXPECT_STREQ(text, "Fake GPU 1, sm_90, driver 13.0");
}

TEST_F(CudaDevice, RefusesOrdinalsThatAreNotThere) {
  plx_device *device = nullptr;
  for (int32_t ordinal : {2, -1}) {
    EXPECT_EQ(api_->open(ordinal, &device, &error_), PLX_NOT_FOUND);
    EXPECT_EQ(error_.message,
              "there is no CUDA device " + std::to_string(ordinal) + "; this machine has 2");
  }
}

TEST_F(CudaDevice, SaysWhatFailsWhereItDoesNotOpen) {
  plx_device *device = nullptr;
  for (const char *function :
       {"cuDeviceGet", "cuDeviceGetAttribute", "cuDeviceGetName", "cuDevicePrimaryCtxRetain"}) {
    fail(function, 999);
    EXPECT_EQ(api_->open(0, &device, &error_), PLX_INTERNAL) << function;
    EXPECT_STREQ(error_.message, "CUDA: opening the device fails: a fake error (CUDA_ERROR_FAKE)");
  }
  plx_stream *stream = nullptr;
  for (const char *function : {"cuStreamCreate", "cuMemAllocHost_v2"}) {
    fail(function, 999);
    EXPECT_EQ(api_->open_stream(device_, &stream, &error_), PLX_INTERNAL) << function;
    EXPECT_STREQ(error_.message, "CUDA: opening a stream fails: a fake error (CUDA_ERROR_FAKE)");
  }
}

// A cubin runs on its major version from its minor one on; PTX on all that is later.
TEST_F(CudaDevice, ChoosesImages) {
  EXPECT_GT(suits(PLX_IMAGE_CUBIN, 90), suits(PLX_IMAGE_PTX, 90));
  EXPECT_GT(suits(PLX_IMAGE_PTX, 90), suits(PLX_IMAGE_PTX, 80));
  EXPECT_GT(suits(PLX_IMAGE_PTX, 80), 0);
  EXPECT_EQ(suits(PLX_IMAGE_CUBIN, 80), 0);
  EXPECT_EQ(suits(PLX_IMAGE_PTX, 100), 0);
  EXPECT_EQ(suits(PLX_IMAGE_SOURCE, 0), 0);
  fake()->major = 8;
  fake()->minor = 6;
  plx_device *other = nullptr;
  ASSERT_EQ(api_->open(1, &other, &error_), PLX_OK);
  plx_image cubin = {PLX_IMAGE_CUBIN, 80, "", 1};
  EXPECT_GT(api_->suits(other, &cubin), 0);
  cubin.architecture = 89;
  EXPECT_EQ(api_->suits(other, &cubin), 0);
  api_->close(other);
}

TEST_F(CudaDevice, SaysThatPtxIsNewerThanTheDriver) {
  plx_image image = {PLX_IMAGE_PTX, 90, "", 1};
  plx_code *code = nullptr;
  fail("cuModuleLoadDataEx", 222);
  EXPECT_EQ(api_->load(device_, &image, &code, &error_), PLX_UNSUPPORTED);
  EXPECT_STREQ(error_.message,
               "the model's PTX is newer than the NVIDIA driver (CUDA 13.0): compile it with --cpu "
               "sm_90, or update the driver");
  fail("cuModuleLoadDataEx", 200);
  EXPECT_EQ(api_->load(device_, &image, &code, &error_), PLX_INTERNAL);
  EXPECT_STREQ(error_.message, "CUDA: loading kernels fails: a fake error (CUDA_ERROR_FAKE)");
}

TEST_F(CudaDevice, FindsKernels) {
  plx_image image = {PLX_IMAGE_CUBIN, 90, "", 1};
  plx_code *code = nullptr;
  plx_entry *entry = nullptr;
  ASSERT_EQ(api_->load(device_, &image, &code, &error_), PLX_OK);
  EXPECT_EQ(api_->find(device_, code, "k_scale", 256, 0, &entry, &error_), PLX_OK);
  EXPECT_EQ(count("cuFuncSetAttribute"), 0);
  EXPECT_EQ(api_->find(device_, code, "k_scale", 256, 100000, &entry, &error_), PLX_OK);
  EXPECT_EQ(count("cuFuncSetAttribute"), 1);  // more than 48 KB has to be asked for
  EXPECT_EQ(api_->find(device_, code, "k_absent", 256, 0, &entry, &error_), PLX_INTERNAL);
  EXPECT_STREQ(error_.message,
               "CUDA: looking up kernel 'k_absent' fails: a fake error (CUDA_ERROR_FAKE)");
  api_->unload(device_, code);
}

TEST_F(CudaDevice, SaysThatMemoryIsFull) {
  uint64_t address = allocate(0);
  EXPECT_NE(address, 0u);
  fake()->memory = 1000;
  uint64_t other = 0;
  EXPECT_EQ(api_->allocate(device_, 1000, &other, &error_), PLX_OUT_OF_MEMORY);
  EXPECT_STREQ(error_.message, "the GPU (Fake GPU 0) has no memory for 1000 bytes");
  fail("cuMemAlloc_v2", 700);
  EXPECT_EQ(api_->allocate(device_, 8, &other, &error_), PLX_INTERNAL);
  EXPECT_STREQ(error_.message, "CUDA: allocating memory fails: a fake error (CUDA_ERROR_FAKE)");
  api_->release(device_, address);
  api_->release(device_, 0);
}

// Small ones through pinned memory until it is full, large ones directly.
TEST_F(CudaDevice, MovesBytes) {
  constexpr size_t kBytes = 3 << 20;
  std::vector<char> bytes = numbered(kBytes), found(kBytes);
  uint64_t address = allocate(kBytes);
  ASSERT_EQ(api_->upload(stream_, address, bytes.data(), kBytes, &error_), PLX_OK);
  ASSERT_EQ(api_->download(stream_, found.data(), address, kBytes, &error_), PLX_OK);
  EXPECT_EQ(found, bytes);
  int waits = count("cuStreamSynchronize");
  for (size_t at = 0; at + 5000 <= kBytes; at += 5000) {
    std::vector<char> part(bytes.begin() + at, bytes.begin() + at + 5000);
    std::reverse(part.begin(), part.end());
    ASSERT_EQ(api_->upload(stream_, address + at, part.data(), 5000, &error_), PLX_OK);
    std::reverse(bytes.begin() + at, bytes.begin() + at + 5000);
  }
  EXPECT_EQ(count("cuStreamSynchronize"), waits + 3);  // 207 of 5056 bytes fill a mebibyte
  for (size_t part : {0, 1, 1000, 900000}) {
    ASSERT_EQ(api_->download(stream_, found.data(), address, part, &error_), PLX_OK);
    EXPECT_TRUE(std::equal(found.begin(), found.begin() + part, bytes.begin())) << part;
  }
  api_->release(device_, address);
}

TEST_F(CudaDevice, CopiesRangesThatOverlap) {
  std::vector<char> bytes = numbered(4096), found(4096);
  uint64_t address = allocate(4096);
  ASSERT_EQ(api_->upload(stream_, address, bytes.data(), 4096, &error_), PLX_OK);
  ASSERT_EQ(api_->copy(stream_, address + 100, address, 3000, &error_), PLX_OK);
  memmove(bytes.data() + 100, bytes.data(), 3000);
  ASSERT_EQ(api_->copy(stream_, address, address + 50, 2000, &error_), PLX_OK);
  memmove(bytes.data(), bytes.data() + 50, 2000);
  ASSERT_EQ(api_->copy(stream_, address, address + 3000, 1000, &error_), PLX_OK);
  memmove(bytes.data(), bytes.data() + 3000, 1000);
  ASSERT_EQ(api_->copy(stream_, address, address, 1000, &error_), PLX_OK);
  ASSERT_EQ(api_->clear(stream_, address + 4000, 96, &error_), PLX_OK);
  memset(bytes.data() + 4000, 0, 96);
  ASSERT_EQ(api_->download(stream_, found.data(), address, 4096, &error_), PLX_OK);
  EXPECT_EQ(found, bytes);
  EXPECT_EQ(fake()->blocks.size(), 1u);
  fail("cuMemcpyDtoDAsync_v2", 999, 1);  // its second half
  EXPECT_EQ(api_->copy(stream_, address + 100, address, 3000, &error_), PLX_INTERNAL);
  EXPECT_STREQ(error_.message, "CUDA: a copy fails: a fake error (CUDA_ERROR_FAKE)");
  EXPECT_EQ(fake()->blocks.size(), 1u);
  api_->release(device_, address);
}

// A failure of a kernel shows where the host waits for it; the last launch is named.
TEST_F(CudaDevice, NamesTheKernelBeforeAFailedWait) {
  fail("cuStreamSynchronize", 700);
  EXPECT_EQ(api_->synchronize(stream_, &error_), PLX_INTERNAL);
  EXPECT_STREQ(error_.message, "CUDA: the stream fails: a fake error (CUDA_ERROR_FAKE)");
  fail("", 0);
  CudaDeviceModel model;
  Loaded loaded(model.module);
  fail("cuStreamSynchronize", 700);
  EXPECT_EQ(run_model(&loaded, 2), std::vector<float>());
  EXPECT_STREQ(loaded.error.message,
               "model 'fake': CUDA: running the kernels up to 'k_copy' fails: a fake error "
               "(CUDA_ERROR_FAKE)");
}

class CudaModel : public CudaTest {
 protected:
  CudaDeviceModel model_;
};

TEST_F(CudaModel, Runs) {
  Loaded loaded(model_.module, 1, /*trace=*/1);
  for (int64_t batch : {1, 1000, 3}) EXPECT_EQ(run_model(&loaded, batch), expected_y(batch));
  EXPECT_EQ(count("cuLaunchKernel"), 6);
  plx_kernel_profile profile;
  ASSERT_EQ(plx_context_profile(loaded.context, 0, &profile, &error_), PLX_OK);
  EXPECT_EQ(profile.launches, 3u);
  EXPECT_NEAR(static_cast<double>(profile.total_ns), 1.5e6, 1e3);
}

TEST_F(CudaModel, WaitsOnceARun) {
  Loaded loaded(model_.module);
  run_model(&loaded, 2);
  int waits = count("cuStreamSynchronize");
  EXPECT_EQ(run_model(&loaded, 2), expected_y(2));
  EXPECT_EQ(count("cuStreamSynchronize"), waits + 2);  // for the faults, then for the output
}

TEST_F(CudaModel, RunsOnTheDeviceThatIsAskedFor) {
  plx_context_options options = {};
  options.struct_bytes = sizeof options;
  options.device = 1;
  Loaded loaded(model_.module, options);
  EXPECT_EQ(fake()->contexts, 1);
  EXPECT_EQ(run_model(&loaded, 2), expected_y(2));
}

TEST_F(CudaModel, NamesTheKernelWhoseLaunchFails) {
  Loaded loaded(model_.module);
  fail("cuLaunchKernel", 701, 1);
  EXPECT_EQ(run_model(&loaded, 2), std::vector<float>());
  EXPECT_EQ(loaded.error.status, PLX_INTERNAL);
  EXPECT_STREQ(loaded.error.message,
               "model 'fake': CUDA: launching kernel 'k_copy' fails: a fake error "
               "(CUDA_ERROR_FAKE)");
  fail("", 0);
  EXPECT_EQ(run_model(&loaded, 2), expected_y(2));
}

TEST_F(CudaModel, SaysThatMemoryIsFull) {
  Loaded loaded(model_.module);
  fake()->memory = 40000;
  EXPECT_EQ(run_model(&loaded, 2000), std::vector<float>());
  EXPECT_EQ(loaded.error.status, PLX_OUT_OF_MEMORY);
  EXPECT_STREQ(loaded.error.message,
               "model 'fake': the GPU (Fake GPU 0) has no memory for 32000 bytes");
  EXPECT_EQ(run_model(&loaded, 2), expected_y(2));
}

TEST_F(CudaModel, ReadsFaultsOfKernelsBack) {
  Loaded loaded(model_.module);
  EXPECT_EQ(run_model(&loaded, 300, -700), std::vector<float>());
  EXPECT_NE(strstr(loaded.error.message, "index 8 is out of range"), nullptr)
      << loaded.error.message;
}

}  // namespace
}  // namespace plx_test
