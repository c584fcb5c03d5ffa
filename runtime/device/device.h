// What a device is to the runtime: a table of functions. runtime/device/cuda fills it from the
// CUDA driver; a plugin (the emulator of tests/emulator) exports it as `plx_device_plugin`.
//
// Addresses of device memory are uint64_t: the host never dereferences them. All that takes a
// stream happens in that stream's order. Functions return plx_status and describe a failure in
// *out_error (plexus_rt.h); nothing throws, aborts or prints. One device may be used by several
// threads, one stream by one at a time.
#ifndef PLEXUS_RUNTIME_DEVICE_DEVICE_H
#define PLEXUS_RUNTIME_DEVICE_DEVICE_H

#include "plexus_rt.h"

#ifdef __cplusplus
extern "C" {
#endif

#define PLX_DEVICE_VERSION 1
#define PLX_DEVICE_PLUGIN_SYMBOL "plx_device_plugin"
#define PLX_DEVICE_ALIGNMENT 256  // bytes, of what `allocate` gives

typedef struct plx_device plx_device;  // an open device
typedef struct plx_stream plx_stream;  // an order of work on it
typedef struct plx_code plx_code;      // a loaded image
typedef struct plx_entry plx_entry;    // a kernel in it

// The bytes that a launch may touch through one of its operands.
typedef struct plx_range {
  uint64_t address;
  uint64_t bytes;
  int32_t access;         // enum plx_access
  int32_t element_bytes;  // of one element
} plx_range;

// One launch: a line of `blocks` blocks, each a line of `threads` threads.
typedef struct plx_device_launch {
  plx_entry *entry;
  const char *name;  // for messages
  int64_t blocks;    // 1 .. 2^31 - 1
  int32_t threads;
  int32_t shared_bytes;     // dynamic shared memory of a block
  void *const *arguments;   // [num_arguments]: where each argument lies, in the kernel's order
  const plx_range *ranges;  // [num_ranges], for those that check; the rest of memory is forbidden
  int32_t num_arguments;
  int32_t num_ranges;
} plx_device_launch;

// How a kernel reports an index out of range and the like; in device memory, zeroed before a run.
// Kernels get its address in a plx_launch_place. Of several faults the first in program order
// (launch, then unit) stays.
typedef struct plx_fault_cell {
  uint64_t order;  // 0: no fault; else launch << 32 | unit + 1
  int32_t code;    // enum plx_fault_code
  int32_t site;
  int64_t values[3];
  int32_t lock;
  int32_t reserved;
} plx_fault_cell;

// The last argument of every kernel, by value.
typedef struct plx_launch_place {
  uint64_t fault;  // address of the plx_fault_cell
  uint64_t launch;  // number of the launch in its run, from 1
  int64_t site;     // of the launch, into plx_module.sites
} plx_launch_place;

typedef struct plx_device_api {
  uint32_t version;  // PLX_DEVICE_VERSION
  uint32_t bytes;    // sizeof(plx_device_api)
  const char *name;  // "cuda", "cuda-emulated"

  // Opens device `ordinal`, from 0. Errors name what is missing (driver, device, plugin's tools)
  // and what to do. Opening the same ordinal again is allowed.
  plx_status (*open)(int32_t ordinal, plx_device **out_device, plx_error *out_error);
  void (*close)(plx_device *device);
  // "NVIDIA H100, sm_90, driver 13.0": at most `capacity` bytes, terminated.
  void (*describe)(const plx_device *device, char *out_text, uint64_t capacity);
  // How well an image suits the device: 0 not at all; the best of several is loaded.
  int32_t (*suits)(const plx_device *device, const plx_image *image);

  // The image's bytes need not outlive the call.
  plx_status (*load)(plx_device *device, const plx_image *image, plx_code **out_code,
                     plx_error *out_error);
  void (*unload)(plx_device *device, plx_code *code);
  // `threads` and `shared_bytes` are those it will be launched with. The entry lives as its code.
  plx_status (*find)(plx_device *device, plx_code *code, const char *entry, int32_t threads,
                     int32_t shared_bytes, plx_entry **out_entry, plx_error *out_error);

  // Device memory, aligned to PLX_DEVICE_ALIGNMENT; contents undefined. 0 bytes give an address too.
  plx_status (*allocate)(plx_device *device, uint64_t bytes, uint64_t *out_address,
                         plx_error *out_error);
  void (*release)(plx_device *device, uint64_t address);  // 0 is allowed

  plx_status (*open_stream)(plx_device *device, plx_stream **out_stream, plx_error *out_error);
  void (*close_stream)(plx_stream *stream);  // waits; NULL is allowed
  // `from` may be changed once it returns.
  plx_status (*upload)(plx_stream *stream, uint64_t to, const void *from, uint64_t bytes,
                       plx_error *out_error);
  // Waits for all of the stream before.
  plx_status (*download)(plx_stream *stream, void *to, uint64_t from, uint64_t bytes,
                         plx_error *out_error);
  plx_status (*copy)(plx_stream *stream, uint64_t to, uint64_t from, uint64_t bytes,
                     plx_error *out_error);  // may overlap, as memmove
  plx_status (*clear)(plx_stream *stream, uint64_t address, uint64_t bytes, plx_error *out_error);
  plx_status (*launch)(plx_stream *stream, const plx_device_launch *launch, plx_error *out_error);
  plx_status (*synchronize)(plx_stream *stream, plx_error *out_error);

  // Marks this point of the stream with event `event` (0 .. 65535), and the time between two marks
  // that the stream has passed (synchronize first), in nanoseconds.
  plx_status (*mark)(plx_stream *stream, int32_t event, plx_error *out_error);
  plx_status (*elapsed)(plx_stream *stream, int32_t first, int32_t second, uint64_t *out_ns,
                        plx_error *out_error);
} plx_device_api;

// What a plugin exports.
typedef const plx_device_api *(*plx_device_plugin_fn)(void);

#ifdef __cplusplus
}
#endif
#endif  // PLEXUS_RUNTIME_DEVICE_DEVICE_H
