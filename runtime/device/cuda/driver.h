// The functions of the CUDA driver that are used, by dlopen of libcuda.so.1 (never libcuda.so:
// toolkits carry a stub of that name).
//
// Own declarations, after the CUDA Driver API reference (docs.nvidia.com/cuda/cuda-driver-api), so
// that the runtime builds without a toolkit.
#ifndef PLEXUS_RUNTIME_DEVICE_CUDA_DRIVER_H
#define PLEXUS_RUNTIME_DEVICE_CUDA_DRIVER_H

#include "plexus_rt.h"

namespace plx::cuda {

using Result = int;  // CUresult: 0 is success
using Device = int;
using DevicePointer = unsigned long long;
using Context = struct CUctx_st *;
using Module = struct CUmod_st *;
using Function = struct CUfunc_st *;
using Stream = struct CUstream_st *;
using Event = struct CUevent_st *;

constexpr Result kOutOfMemory = 2;
constexpr Result kNoDevice = 100;
constexpr Result kUnsupportedPtxVersion = 222;
constexpr int kComputeMajor = 75;  // CUdevice_attribute
constexpr int kComputeMinor = 76;
constexpr int kMaxDynamicShared = 8;  // CUfunction_attribute
constexpr unsigned kNonBlocking = 1;  // CUstream_flags

#define PLX_CUDA_FUNCTIONS(F)                                                                     \
  F(cuInit, (unsigned flags))                                                                     \
  F(cuDriverGetVersion, (int *version))                                                           \
  F(cuDeviceGetCount, (int *count))                                                               \
  F(cuDeviceGet, (Device * device, int ordinal))                                                  \
  F(cuDeviceGetName, (char *name, int capacity, Device device))                                   \
  F(cuDeviceGetAttribute, (int *value, int attribute, Device device))                             \
  F(cuDevicePrimaryCtxRetain, (Context * context, Device device))                                 \
  F(cuDevicePrimaryCtxRelease_v2, (Device device))                                                \
  F(cuCtxSetCurrent, (Context context))                                                           \
  F(cuModuleLoadDataEx,                                                                           \
    (Module * module, const void *image, unsigned num_options, int *options, void **values))      \
  F(cuModuleUnload, (Module module))                                                              \
  F(cuModuleGetFunction, (Function * function, Module module, const char *name))                  \
  F(cuFuncSetAttribute, (Function function, int attribute, int value))                            \
  F(cuMemAlloc_v2, (DevicePointer * address, size_t bytes))                                       \
  F(cuMemFree_v2, (DevicePointer address))                                                        \
  F(cuMemAllocHost_v2, (void **memory, size_t bytes))                                             \
  F(cuMemFreeHost, (void *memory))                                                                \
  F(cuMemcpyHtoDAsync_v2, (DevicePointer to, const void *from, size_t bytes, Stream stream))      \
  F(cuMemcpyDtoHAsync_v2, (void *to, DevicePointer from, size_t bytes, Stream stream))            \
  F(cuMemcpyDtoDAsync_v2, (DevicePointer to, DevicePointer from, size_t bytes, Stream stream))    \
  F(cuMemsetD8Async, (DevicePointer to, unsigned char byte, size_t bytes, Stream stream))         \
  F(cuStreamCreate, (Stream * stream, unsigned flags))                                            \
  F(cuStreamDestroy_v2, (Stream stream))                                                          \
  F(cuStreamSynchronize, (Stream stream))                                                         \
  F(cuEventCreate, (Event * event, unsigned flags))                                               \
  F(cuEventRecord, (Event event, Stream stream))                                                  \
  F(cuEventElapsedTime, (float *milliseconds, Event begin, Event end))                            \
  F(cuEventDestroy_v2, (Event event))                                                             \
  F(cuLaunchKernel, (Function function, unsigned grid_x, unsigned grid_y, unsigned grid_z,        \
                     unsigned block_x, unsigned block_y, unsigned block_z, unsigned shared_bytes, \
                     Stream stream, void **arguments, void **extra))                              \
  F(cuGetErrorName, (Result result, const char **text))                                           \
  F(cuGetErrorString, (Result result, const char **text))

struct Driver {
#define PLX_CUDA_MEMBER(name, arguments) Result(*name) arguments;
  PLX_CUDA_FUNCTIONS(PLX_CUDA_MEMBER)
#undef PLX_CUDA_MEMBER
  int version;  // 13000 for 13.0
  int devices;
};

// The driver, opened and initialised once. Errors: PLX_NOT_FOUND (no library, no device),
// PLX_UNSUPPORTED (too old). Any thread.
plx_status open_driver(const Driver **out_driver, plx_error *out_error);

}  // namespace plx::cuda
#endif  // PLEXUS_RUNTIME_DEVICE_CUDA_DRIVER_H
