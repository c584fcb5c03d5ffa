#include "tests/unit/runtime/device/fakes/fake_device.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/unit/runtime/device/fakes/kernels.h"

struct plx_device {
  int32_t ordinal;
};
struct plx_code {};
struct plx_entry {
  std::string name;
};
struct plx_stream {
  std::map<int32_t, uint64_t> marks;  // of events, ns
  uint64_t now_ns = 1000;
};

namespace {

using fakes::FakeDevice;
using fakes::host;

FakeDevice the_device;
plx_entry entries[] = {{"k_scale"}, {"k_copy"}};

using Guard = std::lock_guard<std::mutex>;

__attribute__((format(printf, 3, 4))) plx_status fail(plx_error *error, plx_status status,
                                                      const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  if (error != nullptr) {
    error->status = status;
    vsnprintf(error->message, sizeof error->message, format, arguments);
  }
  va_end(arguments);
  return status;
}

// Whether this call of `name` is the one that fails. Under the lock.
bool is_failing(const char *name) {
  return the_device.failing == name && the_device.passing-- <= 0;
}
plx_status call(const char *name, plx_error *error) {
  if (!is_failing(name)) return PLX_OK;
  return fail(error, PLX_INTERNAL, "fake: %s fails", name);
}

// Whether the bytes lie in one block. Under the lock.
plx_status within(uint64_t address, uint64_t bytes, const char *what, plx_error *error) {
  auto block = the_device.blocks.upper_bound(address);
  bool good = block != the_device.blocks.begin() && (--block, address >= block->first) &&
              bytes <= block->second && address - block->first <= block->second - bytes;
  if (good || bytes == 0) return PLX_OK;
  return fail(error, PLX_INVALID_ARGUMENT, "fake: %s touches %llu bytes outside of memory", what,
              static_cast<unsigned long long>(bytes));
}

plx_status open(int32_t ordinal, plx_device **out_device, plx_error *error) {
  Guard guard(the_device.lock);
  if (plx_status status = call("open", error)) return status;
  if (ordinal >= the_device.num_devices) {
    return fail(error, PLX_NOT_FOUND, "fake: there is no device %d", ordinal);
  }
  *out_device = new plx_device{ordinal};
  ++the_device.devices;
  return PLX_OK;
}
void close(plx_device *device) {
  Guard guard(the_device.lock);
  --the_device.devices;
  delete device;
}
void describe(const plx_device *device, char *out_text, uint64_t capacity) {
  snprintf(out_text, capacity, "fake device %d", device->ordinal);
}

// As of an sm_90.
int32_t suits(const plx_device *, const plx_image *image) {
  if (image->kind == PLX_IMAGE_SOURCE) return 1;
  if (image->architecture > 90) return 0;
  if (image->kind == PLX_IMAGE_PTX) return image->architecture;
  return image->architecture == 90 ? 1000 : 0;
}

plx_status load(plx_device *, const plx_image *image, plx_code **out_code, plx_error *error) {
  Guard guard(the_device.lock);
  if (plx_status status = call("load", error)) return status;
  const char *kind = image->kind == PLX_IMAGE_SOURCE ? "source"
                     : image->kind == PLX_IMAGE_PTX  ? "ptx"
                                                     : "cubin";
  the_device.loaded.push_back(std::string(kind) + " " + std::to_string(image->architecture));
  ++the_device.loads;
  ++the_device.codes;
  *out_code = new plx_code{};
  return PLX_OK;
}
void unload(plx_device *, plx_code *code) {
  Guard guard(the_device.lock);
  --the_device.codes;
  delete code;
}
plx_status find(plx_device *, plx_code *, const char *name, int32_t, int32_t, plx_entry **out_entry,
                plx_error *error) {
  Guard guard(the_device.lock);
  if (plx_status status = call("find", error)) return status;
  for (plx_entry &entry : entries) {
    if (entry.name == name) *out_entry = &entry;
  }
  return PLX_OK;
}

plx_status allocate(plx_device *, uint64_t bytes, uint64_t *out_address, plx_error *error) {
  Guard guard(the_device.lock);
  ++the_device.allocations;
  if (plx_status status = call("allocate", error)) return status;
  if (bytes > the_device.memory || the_device.bytes > the_device.memory - bytes) {
    return fail(error, PLX_OUT_OF_MEMORY, "fake: no memory for %llu bytes",
                static_cast<unsigned long long>(bytes));
  }
  void *memory = aligned_alloc(PLX_DEVICE_ALIGNMENT,
                               (bytes / PLX_DEVICE_ALIGNMENT + 1) * PLX_DEVICE_ALIGNMENT);
  memset(memory, 0xff, bytes);
  *out_address = fakes::device(memory);
  the_device.blocks[*out_address] = bytes;
  the_device.bytes += bytes;
  return PLX_OK;
}
void release(plx_device *, uint64_t address) {
  Guard guard(the_device.lock);
  auto block = the_device.blocks.find(address);
  if (address == 0) return;
  if (block == the_device.blocks.end()) abort();  // given back twice, or never given
  the_device.bytes -= block->second;
  the_device.blocks.erase(block);
  free(host(address));
}

plx_status open_stream(plx_device *, plx_stream **out_stream, plx_error *error) {
  Guard guard(the_device.lock);
  if (plx_status status = call("open_stream", error)) return status;
  ++the_device.streams;
  *out_stream = new plx_stream;
  return PLX_OK;
}
void close_stream(plx_stream *stream) {
  Guard guard(the_device.lock);
  if (stream != nullptr) --the_device.streams;
  delete stream;
}

plx_status upload(plx_stream *, uint64_t to, const void *from, uint64_t bytes, plx_error *error) {
  Guard guard(the_device.lock);
  ++the_device.uploads;
  if (plx_status status = call("upload", error)) return status;
  if (plx_status status = within(to, bytes, "upload", error)) return status;
  memcpy(host(to), from, bytes);
  return PLX_OK;
}
plx_status download(plx_stream *, void *to, uint64_t from, uint64_t bytes, plx_error *error) {
  Guard guard(the_device.lock);
  if (plx_status status = call("download", error)) return status;
  if (plx_status status = within(from, bytes, "download", error)) return status;
  memcpy(to, host(from), bytes);
  return PLX_OK;
}
plx_status copy(plx_stream *, uint64_t to, uint64_t from, uint64_t bytes, plx_error *error) {
  Guard guard(the_device.lock);
  if (plx_status status = call("copy", error)) return status;
  if (plx_status status = within(to, bytes, "copy", error)) return status;
  if (plx_status status = within(from, bytes, "copy", error)) return status;
  memmove(host(to), host(from), bytes);
  return PLX_OK;
}
plx_status clear(plx_stream *, uint64_t address, uint64_t bytes, plx_error *error) {
  Guard guard(the_device.lock);
  if (plx_status status = call("clear", error)) return status;
  if (plx_status status = within(address, bytes, "clear", error)) return status;
  memset(host(address), 0, bytes);
  return PLX_OK;
}

plx_status launch(plx_stream *stream, const plx_device_launch *launch, plx_error *error) {
  Guard guard(the_device.lock);
  if (plx_status status = call("launch", error)) return status;
  if (is_failing(launch->name)) {
    return fail(error, PLX_INTERNAL, "fake: launching kernel '%s' fails", launch->name);
  }
  the_device.launches.push_back({launch->name,
                                 launch->blocks,
                                 launch->threads,
                                 {launch->ranges, launch->ranges + launch->num_ranges}});
  for (const plx_range &range : the_device.launches.back().ranges) {
    uint64_t bytes = range.bytes == INT64_MAX ? 0 : range.bytes;  // not known
    if (plx_status status = within(range.address, bytes, launch->name, error)) return status;
  }
  fakes::run_kernel(launch->entry->name, launch->arguments, launch->blocks);
  stream->now_ns += 500;
  return PLX_OK;
}
plx_status synchronize(plx_stream *, plx_error *error) {
  Guard guard(the_device.lock);
  return call("synchronize", error);
}
plx_status mark(plx_stream *stream, int32_t event, plx_error *error) {
  Guard guard(the_device.lock);
  stream->marks[event] = stream->now_ns;
  return call("mark", error);
}
plx_status elapsed(plx_stream *stream, int32_t first, int32_t second, uint64_t *out_ns,
                   plx_error *error) {
  Guard guard(the_device.lock);
  *out_ns = stream->marks.at(second) - stream->marks.at(first);
  return call("elapsed", error);
}

constexpr plx_device_api api = {PLX_DEVICE_VERSION,
                                sizeof(plx_device_api),
                                "fake",
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

extern "C" __attribute__((visibility("default"))) FakeDevice *plx_fake_device() {
  return &the_device;
}

extern "C" __attribute__((visibility("default"))) const plx_device_api *plx_device_plugin() {
  static const plx_device_api other = [] {
    plx_device_api copy = api;
    ++copy.version;
    return copy;
  }();
  return the_device.is_of_another_version ? &other : &api;
}
