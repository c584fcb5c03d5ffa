// The table of functions that the plugin exports.
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "tests/emulator/compile.h"
#include "tests/emulator/error.h"
#include "tests/emulator/launch.h"

using plx_emulator::Code;
using plx_emulator::fail;
using plx_emulator::Heap;
using plx_emulator::Kernel;
using plx_emulator::succeed;
using plx_emulator::text;

struct plx_device {
  int opened;  // times
};
struct plx_entry {
  const Code *code;
  const Kernel *kernel;
  std::string name;
};
struct plx_code {
  std::unique_ptr<Code> code;
  std::map<std::string, plx_entry> entries;
};
struct plx_stream {
  std::map<int32_t, uint64_t> marks;  // event -> ns
};

namespace {

plx_device the_device;

// State of launches, and marks of streams.
std::mutex &launch_lock() {
  static std::mutex lock;
  return lock;
}

Heap &heap() {
  static Heap *the_heap = new Heap;  // lives as long as the process: addresses may outlive closing
  return *the_heap;
}

plx_status open(int32_t ordinal, plx_device **out_device, plx_error *out_error) {
  *out_device = nullptr;
  if (ordinal != 0) {
    return fail(out_error, PLX_NOT_FOUND,
                text("cuda-emulated: there is device 0 alone, device %d was asked for", ordinal));
  }
  std::string clang;
  if (plx_status status = plx_emulator::find_clang(&clang, out_error)) return status;
  std::lock_guard lock(launch_lock());
  ++the_device.opened;
  *out_device = &the_device;
  return succeed(out_error);
}

void close(plx_device *device) {
  if (device == nullptr) return;
  std::lock_guard lock(launch_lock());
  --device->opened;
}

void describe(const plx_device *, char *out_text, uint64_t capacity) {
  std::string clang;
  plx_emulator::find_clang(&clang, nullptr);
  if (capacity > 0) snprintf(out_text, capacity, "CUDA emulated on the CPU, by %s", clang.c_str());
}

int32_t suits(const plx_device *, const plx_image *image) {
  return image->kind == PLX_IMAGE_SOURCE ? 1 : 0;
}

plx_status load(plx_device *, const plx_image *image, plx_code **out_code, plx_error *out_error) {
  *out_code = nullptr;
  if (image->kind != PLX_IMAGE_SOURCE) {
    return fail(out_error, PLX_UNSUPPORTED,
                text("cuda-emulated: runs source text alone, not images of kind %d", image->kind));
  }
  const char *data = static_cast<const char *>(image->data);
  std::string source(data, strnlen(data, image->bytes)), path;
  if (plx_status status = plx_emulator::compile(source, &path, out_error)) return status;
  auto result = std::make_unique<plx_code>();
  if (plx_status status = Code::open(path, source, &result->code, out_error)) return status;
  *out_code = result.release();
  return succeed(out_error);
}

void unload(plx_device *, plx_code *code) { delete code; }

plx_status find(plx_device *, plx_code *code, const char *entry, int32_t, int32_t,
                plx_entry **out_entry, plx_error *out_error) {
  const Kernel *kernel = code->code->find(entry);
  *out_entry = nullptr;
  if (kernel == nullptr) {
    return fail(out_error, PLX_NOT_FOUND,
                text("cuda-emulated: the text has no kernel '%s'", entry));
  }
  plx_entry found = {code->code.get(), kernel, entry};
  *out_entry = &code->entries.try_emplace(entry, found).first->second;
  return succeed(out_error);
}

plx_status allocate(plx_device *, uint64_t bytes, uint64_t *out_address, plx_error *out_error) {
  return heap().allocate(bytes, out_address, out_error);
}

void release(plx_device *, uint64_t address) {
  if (address != 0) heap().release(address);
}

plx_status open_stream(plx_device *, plx_stream **out_stream, plx_error *out_error) {
  *out_stream = new plx_stream;
  return succeed(out_error);
}

void close_stream(plx_stream *stream) { delete stream; }

// `what` names the operation in the message.
plx_status must_hold(const char *what, uint64_t address, uint64_t bytes, plx_error *out_error) {
  std::string why;
  if (bytes == 0 || heap().holds(address, bytes, &why)) return PLX_OK;
  return fail(out_error, PLX_INVALID_ARGUMENT, text("cuda-emulated: %s: %s", what, why.c_str()));
}

plx_status moved(bool done, const char *what, plx_error *out_error) {
  if (done) return succeed(out_error);
  return fail(out_error, PLX_OUT_OF_MEMORY, text("cuda-emulated: %s: out of memory", what));
}

plx_status upload(plx_stream *, uint64_t to, const void *from, uint64_t bytes,
                  plx_error *out_error) {
  if (plx_status status = must_hold("upload", to, bytes, out_error)) return status;
  return moved(heap().write(to, from, bytes), "upload", out_error);
}

plx_status download(plx_stream *, void *to, uint64_t from, uint64_t bytes, plx_error *out_error) {
  if (plx_status status = must_hold("download", from, bytes, out_error)) return status;
  return moved(heap().read(to, from, bytes), "download", out_error);
}

plx_status copy(plx_stream *, uint64_t to, uint64_t from, uint64_t bytes, plx_error *out_error) {
  if (plx_status status = must_hold("copy from", from, bytes, out_error)) return status;
  if (plx_status status = must_hold("copy to", to, bytes, out_error)) return status;
  std::string between(bytes, '\0');
  return moved(heap().read(between.data(), from, bytes) && heap().write(to, between.data(), bytes),
               "copy", out_error);
}

plx_status clear(plx_stream *, uint64_t address, uint64_t bytes, plx_error *out_error) {
  if (plx_status status = must_hold("clear", address, bytes, out_error)) return status;
  std::string zeros(bytes, '\0');
  return moved(heap().write(address, zeros.data(), bytes), "clear", out_error);
}

plx_status launch(plx_stream *, const plx_device_launch *launch, plx_error *out_error) {
  std::lock_guard lock(launch_lock());
  return plx_emulator::run_launch(heap(), *launch->entry->code, *launch->entry->kernel, *launch,
                                  out_error);
}

plx_status synchronize(plx_stream *, plx_error *out_error) { return succeed(out_error); }

plx_status mark(plx_stream *stream, int32_t event, plx_error *out_error) {
  timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  stream->marks[event] =
      static_cast<uint64_t>(time.tv_sec) * 1'000'000'000 + static_cast<uint64_t>(time.tv_nsec);
  return succeed(out_error);
}

plx_status elapsed(plx_stream *stream, int32_t first, int32_t second, uint64_t *out_ns,
                   plx_error *out_error) {
  auto begin = stream->marks.find(first), end = stream->marks.find(second);
  if (begin == stream->marks.end() || end == stream->marks.end()) {
    return fail(
        out_error, PLX_INVALID_ARGUMENT,
        text("cuda-emulated: time between events %d and %d: not both were marked", first, second));
  }
  *out_ns = end->second - begin->second;
  return succeed(out_error);
}

constexpr plx_device_api kApi = {PLX_DEVICE_VERSION,
                                 sizeof(plx_device_api),
                                 "cuda-emulated",
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

extern "C" __attribute__((visibility("default"))) const plx_device_api *plx_device_plugin() {
  return &kApi;
}
