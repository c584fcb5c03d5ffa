// Built twice: PLX_FAKE_CUDA_OLD leaves a function out, as a driver of before CUDA 12.
#include "tests/unit/runtime/device/fakes/fake_cuda.h"

#include <stdio.h>
#include <stdlib.h>

#include <algorithm>

#include "runtime/device/cuda/driver.h"
#include "tests/unit/runtime/device/fakes/kernels.h"

namespace plx::cuda {

struct CUctx_st {};
struct CUmod_st {};
struct CUfunc_st {
  std::string name;
};
struct CUstream_st {};
struct CUevent_st {
  float at_ms;
};

}  // namespace plx::cuda

namespace {

using namespace plx::cuda;  // the types of the functions below
using fakes::FakeCuda;

constexpr Result kInvalidValue = 1, kNotFound = 500;

FakeCuda the_driver;
CUctx_st contexts[8];
CUfunc_st functions[] = {{"k_scale"}, {"k_copy"}};
CUctx_st *current = nullptr;
float now_ms = 0;

// Notes the call; what it is to return.
Result call(const char *name) {
  the_driver.calls.push_back(name);
  return the_driver.failing == name && the_driver.passing-- <= 0 ? the_driver.result : 0;
}

Result wrong(const std::string &what) {
  the_driver.errors.push_back(the_driver.calls.back() + ": " + what);
  return kInvalidValue;
}

// What all that needs a context begins with.
Result call_in_context(const char *name) {
  Result result = call(name);
  return result == 0 && current == nullptr ? wrong("no context is current") : result;
}

Result within(DevicePointer address, size_t bytes) {
  auto block = the_driver.blocks.upper_bound(address);
  bool good = block != the_driver.blocks.begin() && (--block, true) && bytes <= block->second &&
              address - block->first <= block->second - bytes;
  return good ? 0 : wrong("bytes outside of what was allocated");
}

void set_from(const char *variable, int *value) {
  if (const char *text = getenv(variable)) *value = atoi(text);
}

}  // namespace

#pragma GCC visibility push(default)
extern "C" {

FakeCuda *plx_fake_cuda() { return &the_driver; }

Result cuInit(unsigned) {
  set_from("PLEXUS_FAKE_CUDA_VERSION", &the_driver.version);
  set_from("PLEXUS_FAKE_CUDA_INIT", &the_driver.init);
  set_from("PLEXUS_FAKE_CUDA_DEVICES", &the_driver.devices);
  call("cuInit");
  return the_driver.init;
}
Result cuDriverGetVersion(int *version) {
  *version = the_driver.version;
  return call("cuDriverGetVersion");
}
Result cuDeviceGetCount(int *count) {
  *count = the_driver.devices;
  return call("cuDeviceGetCount");
}
Result cuDeviceGet(Device *device, int ordinal) {
  *device = ordinal;
  return call("cuDeviceGet");
}
Result cuDeviceGetName(char *name, int capacity, Device device) {
  snprintf(name, static_cast<size_t>(capacity), "Fake GPU %d", device);
  return call("cuDeviceGetName");
}
Result cuDeviceGetAttribute(int *value, int attribute, Device) {
  Result result = call("cuDeviceGetAttribute");
  if (attribute != kComputeMajor && attribute != kComputeMinor) return wrong("which attribute?");
  *value = attribute == kComputeMajor ? the_driver.major : the_driver.minor;
  return result;
}
Result cuDevicePrimaryCtxRetain(Context *context, Device device) {
  if (Result result = call("cuDevicePrimaryCtxRetain")) return result;
  *context = &contexts[device];
  ++the_driver.contexts;
  return 0;
}
Result cuDevicePrimaryCtxRelease_v2(Device) {
  --the_driver.contexts;
  return call("cuDevicePrimaryCtxRelease_v2");
}
Result cuCtxSetCurrent(Context context) {
  current = context;
  return call("cuCtxSetCurrent");
}

Result cuModuleLoadDataEx(Module *module, const void *, unsigned, int *, void **) {
  if (Result result = call_in_context("cuModuleLoadDataEx")) return result;
  *module = new CUmod_st;
  ++the_driver.modules;
  return 0;
}
Result cuModuleUnload(Module module) {
  --the_driver.modules;
  delete module;
  return call_in_context("cuModuleUnload");
}
Result cuModuleGetFunction(Function *function, Module, const char *name) {
  if (Result result = call_in_context("cuModuleGetFunction")) return result;
  for (CUfunc_st &known : functions) {
    if (known.name == name) return *function = &known, 0;
  }
  return kNotFound;
}
#ifndef PLX_FAKE_CUDA_OLD
Result cuFuncSetAttribute(Function, int attribute, int) {
  Result result = call_in_context("cuFuncSetAttribute");
  return attribute == kMaxDynamicShared ? result : wrong("which attribute?");
}
#endif

Result cuMemAlloc_v2(DevicePointer *address, size_t bytes) {
  if (Result result = call_in_context("cuMemAlloc_v2")) return result;
  if (bytes == 0) return wrong("0 bytes");
  if (bytes > the_driver.memory || the_driver.bytes > the_driver.memory - bytes) {
    return kOutOfMemory;
  }
  *address = fakes::device(aligned_alloc(256, (bytes / 256 + 1) * 256));
  the_driver.blocks[*address] = bytes;
  the_driver.bytes += bytes;
  return 0;
}
Result cuMemFree_v2(DevicePointer address) {
  Result result = call_in_context("cuMemFree_v2");
  auto block = the_driver.blocks.find(address);
  if (block == the_driver.blocks.end()) return wrong("memory that was not allocated");
  the_driver.bytes -= block->second;
  the_driver.blocks.erase(block);
  free(fakes::host(address));
  return result;
}
Result cuMemAllocHost_v2(void **memory, size_t bytes) {
  if (Result result = call_in_context("cuMemAllocHost_v2")) return result;
  *memory = malloc(bytes);
  ++the_driver.pinned;
  return 0;
}
Result cuMemFreeHost(void *memory) {
  free(memory);
  --the_driver.pinned;
  return call_in_context("cuMemFreeHost");
}
Result cuMemcpyHtoDAsync_v2(DevicePointer to, const void *from, size_t bytes, Stream) {
  Result result = call_in_context("cuMemcpyHtoDAsync_v2");
  if (result == 0) result = within(to, bytes);
  if (result == 0) memcpy(fakes::host(to), from, bytes);
  return result;
}
Result cuMemcpyDtoHAsync_v2(void *to, DevicePointer from, size_t bytes, Stream) {
  Result result = call_in_context("cuMemcpyDtoHAsync_v2");
  if (result == 0) result = within(from, bytes);
  if (result == 0) memcpy(to, fakes::host(from), bytes);
  return result;
}
Result cuMemcpyDtoDAsync_v2(DevicePointer to, DevicePointer from, size_t bytes, Stream) {
  Result result = call_in_context("cuMemcpyDtoDAsync_v2");
  if (result == 0) result = within(to, bytes);
  if (result == 0) result = within(from, bytes);
  if (result == 0 && to < from + bytes && from < to + bytes) return wrong("the ranges overlap");
  if (result == 0) memcpy(fakes::host(to), fakes::host(from), bytes);
  return result;
}
Result cuMemsetD8Async(DevicePointer to, unsigned char byte, size_t bytes, Stream) {
  Result result = call_in_context("cuMemsetD8Async");
  if (result == 0) result = within(to, bytes);
  if (result == 0) memset(fakes::host(to), byte, bytes);
  return result;
}

Result cuStreamCreate(Stream *stream, unsigned flags) {
  if (Result result = call_in_context("cuStreamCreate")) return result;
  if (flags != kNonBlocking) return wrong("a stream that waits for the default one");
  *stream = new CUstream_st;
  ++the_driver.streams;
  return 0;
}
Result cuStreamDestroy_v2(Stream stream) {
  delete stream;
  --the_driver.streams;
  return call_in_context("cuStreamDestroy_v2");
}
Result cuStreamSynchronize(Stream) { return call_in_context("cuStreamSynchronize"); }

Result cuEventCreate(Event *event, unsigned) {
  if (Result result = call_in_context("cuEventCreate")) return result;
  *event = new CUevent_st{-1};
  ++the_driver.events;
  return 0;
}
Result cuEventRecord(Event event, Stream) {
  event->at_ms = now_ms;
  return call_in_context("cuEventRecord");
}
Result cuEventElapsedTime(float *milliseconds, Event begin, Event end) {
  if (begin->at_ms < 0 || end->at_ms < 0) return wrong("an event that was not recorded");
  *milliseconds = end->at_ms - begin->at_ms;
  return call_in_context("cuEventElapsedTime");
}
Result cuEventDestroy_v2(Event event) {
  delete event;
  --the_driver.events;
  return call_in_context("cuEventDestroy_v2");
}

// A launch takes half a millisecond.
Result cuLaunchKernel(Function function, unsigned grid_x, unsigned grid_y, unsigned grid_z,
                      unsigned block_x, unsigned block_y, unsigned block_z, unsigned, Stream,
                      void **arguments, void **extra) {
  if (Result result = call_in_context("cuLaunchKernel")) return result;
  if (grid_y * grid_z * block_y * block_z != 1 || block_x > 1024 || extra != nullptr) {
    return wrong("a grid of this shape");
  }
  fakes::run_kernel(function->name, arguments, grid_x);
  now_ms += 0.5f;
  return 0;
}

Result cuGetErrorName(Result, const char **text) { return *text = "CUDA_ERROR_FAKE", 0; }
Result cuGetErrorString(Result result, const char **text) {
  *text = result == kNoDevice ? "no CUDA-capable device is detected" : "a fake error";
  return 0;
}

}  // extern "C"
#pragma GCC visibility pop
