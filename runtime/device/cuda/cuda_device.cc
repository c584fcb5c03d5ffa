// plx_device_api over the CUDA driver.
#include <stdlib.h>
#include <string.h>

#include "runtime/core/error.h"
#include "runtime/device/cuda/driver.h"
#include "runtime/device/table.h"

struct plx_device {
  const plx::cuda::Driver *driver;
  plx::cuda::Context context;
  int ordinal;
  int architecture;  // 90 for compute capability 9.0
  char name[96];
};

// A Module and a Function of the driver under the API's names.
struct plx_code;
struct plx_entry;

struct plx_stream {
  plx_device *device;
  plx::cuda::Stream stream;
  char *staging;  // pinned; uploads take it from the front until the stream has been waited for
  uint64_t staged;
  const char *launched;  // the last kernel since the stream has been waited for, or null
  plx::cuda::Event *events;
  int32_t num_events;
};

namespace plx::cuda {
namespace {

// Copies up to this size go through pinned memory, so that the host does not wait for them.
constexpr uint64_t kStagingBytes = 1 << 20;

plx_status failure(const Driver &driver, Result result, plx_error *out_error, const char *what,
                   const char *name) {
  const char *code = nullptr, *text = nullptr;
  driver.cuGetErrorName(result, &code);
  driver.cuGetErrorString(result, &text);
  return fail(out_error, result == kOutOfMemory ? PLX_OUT_OF_MEMORY : PLX_INTERNAL,
              "CUDA: %s%s%s%s fails: %s (%s)", what, name[0] == 0 ? "" : " '", name,
              name[0] == 0 ? "" : "'", text == nullptr ? "unknown error" : text,
              code == nullptr ? "no name" : code);
}

plx_status check(const plx_device *device, Result result, plx_error *out_error, const char *what) {
  return result == 0 ? PLX_OK : failure(*device->driver, result, out_error, what, "");
}

void use(const plx_device *device) { device->driver->cuCtxSetCurrent(device->context); }

plx_status open(int32_t ordinal, plx_device **out_device, plx_error *out_error) {
  const Driver *driver = nullptr;
  plx_status status = open_driver(&driver, out_error);
  if (status != PLX_OK) return status;
  if (ordinal < 0 || ordinal >= driver->devices) {
    return fail(out_error, PLX_NOT_FOUND, "there is no CUDA device %d; this machine has %d",
                ordinal, driver->devices);
  }
  auto *device = static_cast<plx_device *>(calloc(1, sizeof(plx_device)));
  if (device == nullptr) return fail(out_error, PLX_OUT_OF_MEMORY, "no memory for a device");
  device->driver = driver;
  Device handle = 0;
  int major = 0, minor = 0;
  Result result = driver->cuDeviceGet(&handle, ordinal);
  device->ordinal = handle;
  if (result == 0) result = driver->cuDeviceGetAttribute(&major, kComputeMajor, handle);
  if (result == 0) result = driver->cuDeviceGetAttribute(&minor, kComputeMinor, handle);
  if (result == 0) result = driver->cuDeviceGetName(device->name, sizeof device->name, handle);
  if (result == 0) result = driver->cuDevicePrimaryCtxRetain(&device->context, handle);
  device->architecture = major * 10 + minor;
  if (result != 0) {
    free(device);
    return failure(*driver, result, out_error, "opening the device", "");
  }
  *out_device = device;
  return PLX_OK;
}

void close(plx_device *device) {
  device->driver->cuDevicePrimaryCtxRelease_v2(device->ordinal);
  free(device);
}

void describe(const plx_device *device, char *out_text, uint64_t capacity) {
  Text text(out_text, capacity);
  int version = device->driver->version;
  text.add("%s, sm_%d, driver %d.%d", device->name, device->architecture, version / 1000,
           version % 1000 / 10);
}

int32_t suits(const plx_device *device, const plx_image *image) {
  int32_t architecture = device->architecture;
  if (image->architecture > architecture) return 0;
  // A cubin runs on its major version alone; of several the newest is best.
  if (image->kind == PLX_IMAGE_CUBIN) {
    return image->architecture / 10 == architecture / 10 ? 10000 + image->architecture : 0;
  }
  return image->kind == PLX_IMAGE_PTX ? image->architecture : 0;
}

plx_status load(plx_device *device, const plx_image *image, plx_code **out_code,
                plx_error *out_error) {
  use(device);
  Module module = nullptr;
  Result result = device->driver->cuModuleLoadDataEx(&module, image->data, 0, nullptr, nullptr);
  if (result == kUnsupportedPtxVersion) {
    int version = device->driver->version;
    return fail(out_error, PLX_UNSUPPORTED,
                "the model's PTX is newer than the NVIDIA driver (CUDA %d.%d): compile it with "
                "--cpu sm_%d, or update the driver",
                version / 1000, version % 1000 / 10, device->architecture);
  }
  if (result != 0) return failure(*device->driver, result, out_error, "loading kernels", "");
  *out_code = reinterpret_cast<plx_code *>(module);
  return PLX_OK;
}

void unload(plx_device *device, plx_code *code) {
  use(device);
  device->driver->cuModuleUnload(reinterpret_cast<Module>(code));
}

plx_status find(plx_device *device, plx_code *code, const char *entry, int32_t,
                int32_t shared_bytes, plx_entry **out_entry, plx_error *out_error) {
  use(device);
  Function function = nullptr;
  Result result =
      device->driver->cuModuleGetFunction(&function, reinterpret_cast<Module>(code), entry);
  if (result == 0 && shared_bytes > 0) {
    result = device->driver->cuFuncSetAttribute(function, kMaxDynamicShared, shared_bytes);
  }
  if (result != 0) return failure(*device->driver, result, out_error, "looking up kernel", entry);
  *out_entry = reinterpret_cast<plx_entry *>(function);
  return PLX_OK;
}

plx_status allocate(plx_device *device, uint64_t bytes, uint64_t *out_address,
                    plx_error *out_error) {
  use(device);
  DevicePointer address = 0;
  Result result = device->driver->cuMemAlloc_v2(&address, bytes == 0 ? 1 : bytes);
  if (result == kOutOfMemory) {
    return fail(out_error, PLX_OUT_OF_MEMORY, "the GPU (%s) has no memory for %llu bytes",
                device->name, static_cast<unsigned long long>(bytes));
  }
  if (result != 0) return failure(*device->driver, result, out_error, "allocating memory", "");
  *out_address = address;
  return PLX_OK;
}

void release(plx_device *device, uint64_t address) {
  if (address == 0) return;
  use(device);
  device->driver->cuMemFree_v2(address);
}

void close_stream(plx_stream *stream) {
  if (stream == nullptr) return;
  const Driver &driver = *stream->device->driver;
  use(stream->device);
  if (stream->stream != nullptr) {
    driver.cuStreamSynchronize(stream->stream);
    driver.cuStreamDestroy_v2(stream->stream);
  }
  for (int32_t i = 0; i < stream->num_events; ++i) {
    if (stream->events[i] != nullptr) driver.cuEventDestroy_v2(stream->events[i]);
  }
  if (stream->staging != nullptr) driver.cuMemFreeHost(stream->staging);
  free(stream->events);
  free(stream);
}

plx_status open_stream(plx_device *device, plx_stream **out_stream, plx_error *out_error) {
  use(device);
  auto *stream = static_cast<plx_stream *>(calloc(1, sizeof(plx_stream)));
  if (stream == nullptr) return fail(out_error, PLX_OUT_OF_MEMORY, "no memory for a stream");
  stream->device = device;
  void *staging = nullptr;
  Result result = device->driver->cuStreamCreate(&stream->stream, kNonBlocking);
  if (result == 0) result = device->driver->cuMemAllocHost_v2(&staging, kStagingBytes);
  stream->staging = static_cast<char *>(staging);
  if (result != 0) {
    close_stream(stream);
    return failure(*device->driver, result, out_error, "opening a stream", "");
  }
  *out_stream = stream;
  return PLX_OK;
}

plx_status synchronize(plx_stream *stream, plx_error *out_error) {
  const Driver &driver = *stream->device->driver;
  use(stream->device);
  Result result = driver.cuStreamSynchronize(stream->stream);
  const char *launched = stream->launched;
  stream->staged = 0;
  stream->launched = nullptr;
  if (result == 0) return PLX_OK;
  if (launched == nullptr) return failure(driver, result, out_error, "the stream", "");
  return failure(driver, result, out_error, "running the kernels up to", launched);
}

plx_status upload(plx_stream *stream, uint64_t to, const void *from, uint64_t bytes,
                  plx_error *out_error) {
  if (bytes == 0) return PLX_OK;
  const Driver &driver = *stream->device->driver;
  use(stream->device);
  if (bytes > kStagingBytes) {
    // From pageable memory the driver returns once it has read it.
    Result result = driver.cuMemcpyHtoDAsync_v2(to, from, bytes, stream->stream);
    return check(stream->device, result, out_error, "an upload");
  }
  if (stream->staged + bytes > kStagingBytes) {
    plx_status status = synchronize(stream, out_error);
    if (status != PLX_OK) return status;
  }
  char *place = stream->staging + stream->staged;
  memcpy(place, from, bytes);
  stream->staged += (bytes + 63) / 64 * 64;
  return check(stream->device, driver.cuMemcpyHtoDAsync_v2(to, place, bytes, stream->stream),
               out_error, "an upload");
}

plx_status download(plx_stream *stream, void *to, uint64_t from, uint64_t bytes,
                    plx_error *out_error) {
  const Driver &driver = *stream->device->driver;
  use(stream->device);
  // Uploads in the staging memory are done before the download is.
  bool stages = bytes + stream->staged <= kStagingBytes;
  char *place = stages ? stream->staging + stream->staged : static_cast<char *>(to);
  if (bytes > 0) {
    Result result = driver.cuMemcpyDtoHAsync_v2(place, from, bytes, stream->stream);
    if (result != 0) return check(stream->device, result, out_error, "a download");
  }
  plx_status status = synchronize(stream, out_error);
  if (status == PLX_OK && stages && bytes > 0) memcpy(to, place, bytes);
  return status;
}

plx_status copy(plx_stream *stream, uint64_t to, uint64_t from, uint64_t bytes,
                plx_error *out_error) {
  if (bytes == 0 || to == from) return PLX_OK;
  const Driver &driver = *stream->device->driver;
  use(stream->device);
  bool overlap = to < from + bytes && from < to + bytes;
  uint64_t between = from;
  plx_status status = PLX_OK;
  if (overlap) {
    status = allocate(stream->device, bytes, &between, out_error);
    if (status == PLX_OK) {
      status =
          check(stream->device, driver.cuMemcpyDtoDAsync_v2(between, from, bytes, stream->stream),
                out_error, "a copy");
    }
  }
  if (status == PLX_OK) {
    status = check(stream->device, driver.cuMemcpyDtoDAsync_v2(to, between, bytes, stream->stream),
                   out_error, "a copy");
  }
  if (overlap && between != from) {
    plx_error ignored;
    synchronize(stream, status == PLX_OK ? out_error : &ignored);
    release(stream->device, between);
  }
  return status;
}

plx_status clear(plx_stream *stream, uint64_t address, uint64_t bytes, plx_error *out_error) {
  if (bytes == 0) return PLX_OK;
  use(stream->device);
  return check(stream->device,
               stream->device->driver->cuMemsetD8Async(address, 0, bytes, stream->stream),
               out_error, "clearing memory");
}

plx_status launch(plx_stream *stream, const plx_device_launch *launch, plx_error *out_error) {
  const Driver &driver = *stream->device->driver;
  use(stream->device);
  Result result = driver.cuLaunchKernel(
      reinterpret_cast<Function>(launch->entry), static_cast<unsigned>(launch->blocks), 1, 1,
      static_cast<unsigned>(launch->threads), 1, 1, static_cast<unsigned>(launch->shared_bytes),
      stream->stream, const_cast<void **>(launch->arguments), nullptr);
  stream->launched = launch->name;
  return result == 0 ? PLX_OK
                     : failure(driver, result, out_error, "launching kernel", launch->name);
}

plx_status mark(plx_stream *stream, int32_t event, plx_error *out_error) {
  use(stream->device);
  const Driver &driver = *stream->device->driver;
  if (event >= stream->num_events) {
    int32_t count = event < 128 ? 128 : 2 * event;
    void *grown = realloc(stream->events, static_cast<size_t>(count) * sizeof(Event));
    if (grown == nullptr) return fail(out_error, PLX_OUT_OF_MEMORY, "no memory for events");
    stream->events = static_cast<Event *>(grown);
    for (int32_t i = stream->num_events; i < count; ++i) stream->events[i] = nullptr;
    stream->num_events = count;
  }
  Result result = 0;
  if (stream->events[event] == nullptr) result = driver.cuEventCreate(&stream->events[event], 0);
  if (result == 0) result = driver.cuEventRecord(stream->events[event], stream->stream);
  return check(stream->device, result, out_error, "recording an event");
}

plx_status elapsed(plx_stream *stream, int32_t first, int32_t second, uint64_t *out_ns,
                   plx_error *out_error) {
  use(stream->device);
  float milliseconds = 0;
  Result result = stream->device->driver->cuEventElapsedTime(&milliseconds, stream->events[first],
                                                             stream->events[second]);
  *out_ns = static_cast<uint64_t>(static_cast<double>(milliseconds) * 1e6);
  return check(stream->device, result, out_error, "reading an event");
}

constexpr plx_device_api kApi = {PLX_DEVICE_VERSION,
                                 sizeof(plx_device_api),
                                 "cuda",
                                 open,
                                 close,
                                 describe,
                                 suits,
                                 load,
                                 unload,
                                 find,
                                 allocate,
                                 release,
                                 open_stream,
                                 close_stream,
                                 upload,
                                 download,
                                 copy,
                                 clear,
                                 launch,
                                 synchronize,
                                 mark,
                                 elapsed};

}  // namespace
}  // namespace plx::cuda

plx_status plx::cuda_device_api(const plx_device_api **out_api, plx_error *out_error) {
  const cuda::Driver *driver = nullptr;
  plx_status status = cuda::open_driver(&driver, out_error);
  if (status == PLX_OK) *out_api = &cuda::kApi;
  return status;
}
