// What a context has on a device: a stream, memory, and its own functions behind plx_rt_*.
//
// Inputs are uploaded at the start of a run, outputs downloaded at its end, but for those that are
// carried from run to run: they have one block, their input's. Between the two all
// buffers are the device's, and work goes down one stream without waiting. It waits where the host
// program reads a number that kernels computed, and around host functions.
#ifndef PLEXUS_RUNTIME_DEVICE_DEVICE_CONTEXT_H
#define PLEXUS_RUNTIME_DEVICE_DEVICE_CONTEXT_H

#include "runtime/core/calls.h"
#include "runtime/device/device_program.h"

namespace plx {

// Memory on a device. Growing gives up the old block once the stream has passed it.
struct DeviceBlock {
  uint64_t address;
  uint64_t bytes;
};

struct DeviceContext {
  const DeviceProgram *program;
  plx_stream *stream;
  DeviceBlock arena, scratch;
  DeviceBlock *inputs;   // [num_inputs]
  DeviceBlock *outputs;  // [num_outputs]
  DeviceBlock *states;   // [num_states]
  bool *is_there;        // [num_inputs] of carried ones: the block holds what the next run reads
  bool *is_ahead;        // [num_outputs] of carried ones: newer than what lies on the host
  DeviceBlock *copies;   // blocks alive until the end of the run: host values', outgrown arenas
  int32_t num_copies, most_copies;
  uint64_t fault;   // address of the plx_fault_cell
  uint64_t launch;  // number of the last launch of this run
  int32_t *marked;  // kernels of the launches marked for the trace, two events each
  int32_t num_marked;
  void **arguments;  // room for the most arguments a launch has
  plx_range *ranges;
  void *host;  // memory for values of host functions, grown as needed
  uint64_t host_bytes;
  uint64_t allocations;
};

extern const plx_rt_calls kDeviceCalls;

plx_status make_device_context(const DeviceProgram *program, bool traces,
                               DeviceContext **out_context, plx_error *out_error);
void destroy_device_context(DeviceContext *context);  // NULL is allowed
void trim_device_context(DeviceContext *context);
uint64_t device_bytes(const DeviceContext &context);

// Around the host program; a failure is a fault of the run.
void begin_device_run(plx_run *run);
void end_device_run(plx_run *run);
// Downloads what carried outputs hold, where that is newer.
plx_status fetch_carried(plx_context *context, plx_error *out_error);

}  // namespace plx
#endif  // PLEXUS_RUNTIME_DEVICE_DEVICE_CONTEXT_H
