// The emulator as a test sees it: through the table of functions that its plugin exports.
#ifndef PLEXUS_TESTS_UNIT_EMULATOR_DEVICE_H
#define PLEXUS_TESTS_UNIT_EMULATOR_DEVICE_H

#include <dlfcn.h>
#include <gtest/gtest.h>
#include <string.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "runtime/device/device.h"

namespace emulator_test {

inline const plx_device_api *plugin() {
  static const plx_device_api *api = []() -> const plx_device_api * {
    auto folder = std::filesystem::read_symlink("/proc/self/exe").parent_path();
    void *library = dlopen((folder / "../lib/libplexus_emulator.so").c_str(), RTLD_NOW);
    if (library == nullptr) return nullptr;
    auto get = reinterpret_cast<plx_device_plugin_fn>(dlsym(library, PLX_DEVICE_PLUGIN_SYMBOL));
    return get == nullptr ? nullptr : get();
  }();
  return api;
}

// An operand of a launch: `bytes` of its buffer are its range; device memory holds `data`.
struct Buffer {
  int access;
  int element_bytes;
  std::vector<char> data;
  uint64_t address = 0;
  uint64_t bytes = 0;

  template <class T>
  static Buffer of(int access, const std::vector<T> &values) {
    Buffer buffer = {access, sizeof(T), {}};
    buffer.data.resize(values.size() * sizeof(T));
    memcpy(buffer.data.data(), values.data(), buffer.data.size());
    buffer.bytes = buffer.data.size();
    return buffer;
  }
  template <class T>
  std::vector<T> as() const {
    std::vector<T> values(data.size() / sizeof(T));
    memcpy(values.data(), data.data(), values.size() * sizeof(T));
    return values;
  }
};

struct Shape {
  int64_t blocks = 1;
  int32_t threads = 32;
  int32_t shared_bytes = 0;
};

class Emulator : public testing::Test {
 protected:
  void SetUp() override {
    if (plugin() == nullptr) GTEST_SKIP() << "libplexus_emulator.so is not built";
    if (plugin()->open(0, &device_, &error_) != PLX_OK) GTEST_SKIP() << error_.message;
    ASSERT_EQ(PLX_OK, plugin()->open_stream(device_, &stream_, &error_)) << error_.message;
  }

  void TearDown() override {
    if (device_ == nullptr) return;
    for (uint64_t address : allocated_) plugin()->release(device_, address);
    for (plx_code *code : loaded_) plugin()->unload(device_, code);
    plugin()->close_stream(stream_);
    plugin()->close(device_);
  }

  uint64_t allocate(uint64_t bytes) {
    uint64_t address = 0;
    EXPECT_EQ(PLX_OK, plugin()->allocate(device_, bytes, &address, &error_)) << error_.message;
    allocated_.push_back(address);
    return address;
  }

  plx_status load(const std::string &source, plx_code **out_code) {
    plx_image image = {PLX_IMAGE_SOURCE, 0, source.c_str(), source.size() + 1};
    plx_status status = plugin()->load(device_, &image, out_code, &error_);
    if (*out_code != nullptr) loaded_.push_back(*out_code);
    return status;
  }

  plx_entry *find(const std::string &source, const char *name, Shape shape) {
    plx_code *code = nullptr;
    plx_entry *entry = nullptr;
    EXPECT_EQ(PLX_OK, load(source, &code)) << error_.message;
    if (code == nullptr) return nullptr;
    EXPECT_EQ(PLX_OK, plugin()->find(device_, code, name, shape.threads, shape.shared_bytes, &entry,
                                     &error_))
        << error_.message;
    return entry;
  }

  // Launches `name`(a pointer a buffer, a long long a size, plx_launch_place). Buffers without an
  // address get memory of their own; all are read back.
  plx_status launch(const std::string &source, const char *name, Shape shape,
                    std::vector<Buffer> &buffers, std::vector<int64_t> sizes = {}) {
    plx_entry *entry = find(source, name, shape);
    if (entry == nullptr) return PLX_NOT_FOUND;
    std::vector<plx_range> ranges;
    for (Buffer &buffer : buffers) {
      if (buffer.address == 0) buffer.address = allocate(buffer.data.size());
      EXPECT_EQ(PLX_OK, plugin()->upload(stream_, buffer.address, buffer.data.data(),
                                         buffer.data.size(), &error_));
      ranges.push_back({buffer.address, buffer.bytes, buffer.access, buffer.element_bytes});
    }
    plx_fault_cell none = {};
    place_ = {allocate(sizeof none), 1, 0};
    EXPECT_EQ(PLX_OK, plugin()->upload(stream_, place_.fault, &none, sizeof none, &error_));
    std::vector<void *> arguments;
    for (Buffer &buffer : buffers) arguments.push_back(&buffer.address);
    for (int64_t &size : sizes) arguments.push_back(&size);
    arguments.push_back(&place_);
    plx_device_launch request = {entry,
                                 name,
                                 shape.blocks,
                                 shape.threads,
                                 shape.shared_bytes,
                                 arguments.data(),
                                 ranges.data(),
                                 static_cast<int32_t>(arguments.size()),
                                 static_cast<int32_t>(ranges.size())};
    plx_error error;
    plx_status status = plugin()->launch(stream_, &request, &error);
    for (Buffer &buffer : buffers) {
      EXPECT_EQ(PLX_OK, plugin()->download(stream_, buffer.data.data(), buffer.address,
                                           buffer.data.size(), &error_));
    }
    error_ = error;
    return status;
  }

  plx_fault_cell fault_cell() {
    plx_fault_cell cell = {};
    EXPECT_EQ(PLX_OK, plugin()->download(stream_, &cell, place_.fault, sizeof cell, &error_));
    return cell;
  }

  plx_device *device_ = nullptr;
  plx_stream *stream_ = nullptr;
  plx_launch_place place_ = {};
  plx_error error_ = {};
  std::vector<uint64_t> allocated_;
  std::vector<plx_code *> loaded_;
};

// Every text begins with what the compiler's prelude would bring.
inline const char kPrelude[] =
    "struct plx_launch_place { unsigned long long fault, launch; long long site; };\n";

// "kernel.cu:12", the line of `source` that holds `mark`.
inline std::string line_of(const std::string &source, const std::string &mark) {
  size_t at = source.find(mark);
  if (at == std::string::npos) return "no line has " + mark;
  return "kernel.cu:" +
         std::to_string(1 +
                        std::count(source.begin(), source.begin() + static_cast<long>(at), '\n'));
}

}  // namespace emulator_test

#endif  // PLEXUS_TESTS_UNIT_EMULATOR_DEVICE_H
