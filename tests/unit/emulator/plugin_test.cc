// Errors and odds of the plugin's functions, and what it writes on request.
#include <cstdlib>
#include <fstream>
#include <iterator>

#include "tests/unit/emulator/device.h"

namespace emulator_test {
namespace {

// An environment variable for the length of a scope.
class Setting {
 public:
  Setting(const char *name, const std::string &value) : name_(name) {
    if (const char *old = getenv(name)) old_ = old;
    setenv(name, value.c_str(), 1);
  }
  ~Setting() {
    if (old_.empty()) {
      unsetenv(name_);
    } else {
      setenv(name_, old_.c_str(), 1);
    }
  }

 private:
  const char *name_;
  std::string old_;
};

class Plugin : public Emulator {
 protected:
  bool says(const char *words) const { return strstr(error_.message, words) != nullptr; }
};

const std::string kCopy = std::string(kPrelude) + R"(
/* not a __global__ void comment(int) */
extern "C" __global__ void __launch_bounds__(32) copy(const float *x, float *y,
                                                      plx_launch_place place) {
  y[threadIdx.x] = x[threadIdx.x];
}
__global__ void other(float *y, plx_launch_place place) { y[0] = 1; }
)";

TEST_F(Plugin, OpensItsOneDevice) {
  EXPECT_EQ(1u, plugin()->version);
  EXPECT_STREQ("cuda-emulated", plugin()->name);
  plx_device *device = nullptr;
  EXPECT_EQ(PLX_NOT_FOUND, plugin()->open(1, &device, &error_));
  EXPECT_TRUE(says("device 1")) << error_.message;
  char description[256];
  plugin()->describe(device_, description, sizeof description);
  EXPECT_NE(nullptr, strstr(description, "emulated")) << description;
}

TEST_F(Plugin, SaysThatClangIsMissing) {
  Setting setting("PLEXUS_EMULATOR_CLANG", "/nowhere/clang");
  plx_device *device = nullptr;
  EXPECT_EQ(PLX_UNSUPPORTED, plugin()->open(0, &device, &error_));
  EXPECT_TRUE(says("'/nowhere/clang', which compiles kernels for the emulator, was not found"))
      << error_.message;
  EXPECT_TRUE(says("PLEXUS_EMULATOR_CLANG")) << error_.message;
}

TEST_F(Plugin, TakesSourceAlone) {
  plx_image source = {PLX_IMAGE_SOURCE, 0, "", 1}, cubin = {PLX_IMAGE_CUBIN, 90, "", 1};
  EXPECT_GT(plugin()->suits(device_, &source), 0);
  EXPECT_EQ(0, plugin()->suits(device_, &cubin));
  plx_code *code = nullptr;
  EXPECT_EQ(PLX_UNSUPPORTED, plugin()->load(device_, &cubin, &code, &error_));
}

TEST_F(Plugin, ShowsWhatDoesNotCompile) {
  plx_code *code = nullptr;
  EXPECT_EQ(PLX_BAD_FORMAT, load("\n\n__global__ void k(int *y) { y[0] = missing; }\n", &code));
  EXPECT_TRUE(says("kernel.cu:3:")) << error_.message;
  EXPECT_TRUE(says("use of undeclared identifier 'missing'")) << error_.message;
}

TEST_F(Plugin, ShowsWhatDoesNotLink) {
  plx_code *code = nullptr;
  EXPECT_EQ(PLX_BAD_FORMAT,
            load("int absent();\n__global__ void k(int *y) { y[0] = absent(); }", &code));
  EXPECT_TRUE(says("undefined reference to `absent()'")) << error_.message;
}

// The prelude is parsed once for all texts that share it; lines count from its begin all the same.
TEST_F(Plugin, PrecompilesThePrelude) {
  std::string prelude = std::string(kPrelude) +
                        "template <class T> __device__ T twice(T x) { return 2 * x; }\n"
                        "// ---- end of prelude\n";
  std::string source = prelude + R"(
extern "C" __global__ void doubled(const float *x, float *y, plx_launch_place place) {
  y[threadIdx.x] = twice(x[threadIdx.x + 1]); //@
})";
  std::vector<float> values = {1, 2, 3, 4};
  std::vector<Buffer> buffers = {Buffer::of(PLX_READ, values), Buffer::of(PLX_WRITE, values)};
  ASSERT_EQ(PLX_OK, launch(source, "doubled", {1, 3}, buffers)) << error_.message;
  EXPECT_EQ((std::vector<float>{4, 6, 8, 4}), buffers[1].as<float>());
  EXPECT_EQ(PLX_INTERNAL, launch(source, "doubled", {1, 4}, buffers));
  EXPECT_TRUE(says(line_of(source, "//@").c_str())) << error_.message;
  plx_code *code = nullptr;
  EXPECT_EQ(PLX_BAD_FORMAT, load(prelude + "\nint x = missing;\n", &code));
  EXPECT_TRUE(says("kernel.cu:5:9: error: use of undeclared")) << error_.message;
  EXPECT_EQ(PLX_BAD_FORMAT, load("int x = absent;\n// ---- end of prelude\n", &code));
  EXPECT_TRUE(says("kernel.cu:1:9: error: use of undeclared")) << error_.message;
}

TEST_F(Plugin, FindsKernelsByName) {
  EXPECT_NE(nullptr, find(kCopy, "copy", {}));
  EXPECT_NE(nullptr, find(kCopy, "other", {}));
  plx_entry *entry = nullptr;
  EXPECT_EQ(PLX_NOT_FOUND,
            plugin()->find(device_, loaded_.back(), "comment", 32, 0, &entry, &error_));
  EXPECT_TRUE(says("no kernel 'comment'")) << error_.message;
}

TEST_F(Plugin, ChecksALaunch) {
  std::vector<Buffer> buffers = {Buffer::of(PLX_READ, std::vector<float>(32))};
  EXPECT_EQ(PLX_INVALID_ARGUMENT, launch(kCopy, "copy", {1, 32}, buffers));
  EXPECT_TRUE(says("launch of 'copy': 2 arguments, the kernel takes 3")) << error_.message;
  buffers.push_back(buffers[0]);
  EXPECT_EQ(PLX_INVALID_ARGUMENT, launch(kCopy, "copy", {1, 1025}, buffers));
  EXPECT_TRUE(says("blocks of 1025 threads")) << error_.message;
  EXPECT_EQ(PLX_INVALID_ARGUMENT, launch(kCopy, "copy", {0, 32}, buffers));
  EXPECT_TRUE(says("0 blocks")) << error_.message;
  EXPECT_EQ(PLX_INVALID_ARGUMENT, launch(kCopy, "copy", {1, 32, 300000}, buffers));
  EXPECT_TRUE(says("300000 bytes of dynamic shared memory")) << error_.message;
  buffers[1].bytes = 132;
  EXPECT_EQ(PLX_INVALID_ARGUMENT, launch(kCopy, "copy", {1, 32}, buffers));
  EXPECT_TRUE(says("range 1: 132 bytes at 0x")) << error_.message;
}

TEST_F(Plugin, MovesBytes) {
  uint64_t address = allocate(64), nothing = allocate(0);
  EXPECT_NE(0u, nothing);
  EXPECT_EQ(0u, address % PLX_DEVICE_ALIGNMENT);
  std::vector<char> bytes(64), found(64);
  for (size_t i = 0; i < 64; ++i) bytes[i] = static_cast<char>(i);
  ASSERT_EQ(PLX_OK, plugin()->upload(stream_, address, bytes.data(), 64, &error_));
  ASSERT_EQ(PLX_OK, plugin()->copy(stream_, address + 8, address, 32, &error_));
  ASSERT_EQ(PLX_OK, plugin()->clear(stream_, address + 60, 4, &error_));
  ASSERT_EQ(PLX_OK, plugin()->download(stream_, found.data(), address, 64, &error_));
  memmove(bytes.data() + 8, bytes.data(), 32);
  memset(bytes.data() + 60, 0, 4);
  EXPECT_EQ(bytes, found);
  EXPECT_EQ(PLX_INVALID_ARGUMENT,
            plugin()->upload(stream_, address + 1, bytes.data(), 64, &error_));
  EXPECT_TRUE(says("upload: 64 bytes at 0x")) << error_.message;
  EXPECT_EQ(
      PLX_INVALID_ARGUMENT,
      plugin()->download(stream_, found.data(), reinterpret_cast<uint64_t>(&found), 8, &error_));
  EXPECT_TRUE(says("is no address of the device")) << error_.message;
  plugin()->release(device_, address);
  EXPECT_EQ(PLX_INVALID_ARGUMENT, plugin()->clear(stream_, address, 64, &error_));
}

TEST_F(Plugin, MeasuresTheTimeBetweenMarks) {
  uint64_t ns = 0;
  ASSERT_EQ(PLX_OK, plugin()->mark(stream_, 3, &error_));
  EXPECT_EQ(PLX_INVALID_ARGUMENT, plugin()->elapsed(stream_, 3, 4, &ns, &error_));
  ASSERT_EQ(PLX_OK, plugin()->mark(stream_, 4, &error_));
  ASSERT_EQ(PLX_OK, plugin()->synchronize(stream_, &error_));
  ASSERT_EQ(PLX_OK, plugin()->elapsed(stream_, 3, 4, &ns, &error_));
  EXPECT_LT(ns, 1'000'000'000u);
}

// Reads a 32 x 32 matrix by columns, through a tile whose rows have `kWidth` floats.
std::string transpose(const char *width) {
  return std::string(kPrelude) + "constexpr int kWidth = " + width + R"(;
extern "C" __global__ void transpose(const float *x, float *y, plx_launch_place place) {
  __shared__ float tile[32][kWidth];
  for (int i = 0; i < 32; ++i) tile[i][threadIdx.x] = x[threadIdx.x * 32 + i]; //sectors
  __syncthreads();
  for (int i = 0; i < 32; ++i) y[i * 32 + threadIdx.x] = tile[threadIdx.x][i]; //banks
})";
}

TEST_F(Plugin, ReportsSectorsAndBankConflicts) {
  std::string path = testing::TempDir() + "/emulator-report";
  std::remove(path.c_str());
  Setting setting("PLEXUS_EMULATOR_REPORT", path);
  std::vector<float> values(32 * 32, 1.0f);
  for (const char *width : {"32", "33"}) {
    std::vector<Buffer> buffers = {Buffer::of(PLX_READ, values), Buffer::of(PLX_WRITE, values)};
    ASSERT_EQ(PLX_OK, launch(transpose(width), "transpose", {1, 32}, buffers)) << error_.message;
  }
  std::ifstream file(path);
  std::string report((std::istreambuf_iterator<char>(file)), {});
  std::string source = transpose("32"), line = line_of(source, "//banks");
  // 32 reads of 32 sectors where 4 would do; 32 writes of 4. Rows of 32 floats put a column into
  // one bank: 32 wavefronts for each of 32 reads, and 32 writes of one.
  std::string expected =
      "transpose: 1 blocks of 32 threads | global: 64 requests, 1152 sectors, 4.50x of the least; "
      "most at " +
      line_of(source, "//sectors") +
      " `for (int i = 0; i < 32; ++i) tile[i][threadIdx.x] = x[thread...`: 8.00x | shared: 64 "
      "requests, ";
  EXPECT_EQ(expected + "1056 wavefronts, 16.50x of the least; most at " + line +
                " `for (int i = 0; i < 32; ++i) y[i * 32 + threadIdx.x] = tile[...`: 32.00x\n" +
                expected + "64 wavefronts, 1.00x of the least\n",
            report);
  std::remove(path.c_str());
}

}  // namespace
}  // namespace emulator_test
