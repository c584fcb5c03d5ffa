// What a host function is called with. Functions of another copy of the runtime, or of a library of
// its own (libplexus_host), reach the copy that calls them through `calls`.
#ifndef PLEXUS_RUNTIME_CORE_HOST_FRAME_H
#define PLEXUS_RUNTIME_CORE_HOST_FRAME_H

#include "plexus_rt.h"
#include "runtime/core/arena.h"

namespace plx {

// Bytes of the message that a failing function leaves.
constexpr uint64_t kHostMessageBytes = 256;

// The order is part of the ABI version.
struct HostCalls {
  decltype(&plx_host_result) result;
  decltype(&plx_host_object) object;
  decltype(&plx_host_bytes) bytes;
  decltype(&plx_host_error) error;
  decltype(&plx_host_ints) ints;
  decltype(&plx_host_floats) floats;
  decltype(&plx_host_strings) strings;
};

}  // namespace plx

struct plx_host_frame {
  const plx::HostCalls *calls;
  const char *attributes;  // or null
  void *user_data;
  plx::Arena *memory;
  uint64_t *used_bytes;  // of memory
  char *message;         // [kHostMessageBytes]
};

namespace plx {

// Calls a function with a frame on `args`, in which objects that are tensors become views, and
// makes objects of the results that had no place. What it used of the frame's memory is given back.
// Returns 0, what the function returned, or -1 for what the message says.
int32_t call_host_function(const plx_host_function &function, plx_host_frame *frame,
                           const plx_tensor *args, int32_t num_args, plx_tensor *results,
                           int32_t num_results);

// Memory of a frame, aligned to PLX_ALIGNMENT; null: none, and the message says so.
void *take_host_memory(plx_host_frame *frame, int64_t bytes);

extern const HostCalls kHostCalls;

}  // namespace plx
#endif  // PLEXUS_RUNTIME_CORE_HOST_FRAME_H
