// A context: what runs of a program need for themselves. One thread at a time, but for `cancelled`.
#ifndef PLEXUS_RUNTIME_CORE_CONTEXT_H
#define PLEXUS_RUNTIME_CORE_CONTEXT_H

#include <atomic>

#include "plexus_rt.h"
#include "runtime/core/arena.h"
#include "runtime/core/host_frame.h"
#include "runtime/core/object.h"

namespace plx {

struct DeviceContext;
struct Pool;
struct Profile;

// Tables of the functions that emitted code calls, reached through plx_run.calls.
extern const plx_rt_calls kCalls;

struct OutputSlot {
  void *bound;  // the caller's memory, or null
  uint64_t bound_bytes;
  Block block;  // the context's
  plx_tensor tensor;
  plx_object *object;  // held: what the output is, or what the tensor views; or null
  bool written;        // in the last run
};

struct InputSlot {
  plx_tensor tensor;    // dims point into the context
  uint64_t bytes;       // of the tensor
  plx_object *object;   // held, or null
  OutputSlot *carrier;  // the output that is carried over to this input, or null
  bool set;
};

}  // namespace plx

struct plx_context {
  plx_program *program;
  plx_run run;
  bool has_run;  // the last run succeeded: outputs may be read
  bool apart;    // what inputs and outputs are bound to now has been found not to overlap
  std::atomic<int32_t> cancelled;

  plx::InputSlot *inputs;    // [num_inputs]
  plx::OutputSlot *outputs;  // [num_outputs]
  plx_view *input_views;
  plx_view *output_views;
  int64_t *dims;     // what the views' and tensors' dims point to: each input's, then each output's
  int64_t *symbols;  // [num_symbols]
  int32_t *bound_by;  // [num_symbols]: input that binds it in this run, -1 none

  plx::Arena arena;
  plx::Arena host_memory;  // what host functions work in
  uint64_t host_used_bytes;
  plx::ObjectList objects;  // of this run
  plx::Block scratch;
  uint64_t scratch_stride;  // bytes of one thread
  void **scratch_by_thread;
  plx::Block *states;  // [num_states]; Block::bytes is what is committed
  plx::Pool *pool;     // null: one thread, or the caller's
  plx_parallel_fn parallel;
  void *pool_data;
  plx::Profile *profile;       // null when not tracing
  plx::DeviceContext *device;  // null: kernels run on the CPU

  // The fault among the parts of one launch is that of the lowest part.
  std::atomic<int32_t> fault_lock;
  int32_t fault_part;
  uint64_t fault_launch;
  uint64_t launch;                            // number of the launch in progress
  char host_message[plx::kHostMessageBytes];  // of the host function that failed

  uint64_t allocations;
};

namespace plx {

// Writes the values of symbols that inputs set so far bind; leaves the others.
void read_set_symbols(const plx_context &context, int64_t *values);

void release_output_object(OutputSlot *slot);

// Describes the run's fault. Returns the status that goes with it.
plx_status describe_fault(const plx_context &context, plx_error *out_error);

// Computes the program's packed parameters, if nobody has.
plx_status prepare_program(plx_context *context, plx_error *out_error);

}  // namespace plx
#endif  // PLEXUS_RUNTIME_CORE_CONTEXT_H
