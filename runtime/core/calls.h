// What plx_rt_* of any copy of the runtime reaches through plx_run.calls: the functions of the copy
// that made the run.
#ifndef PLEXUS_RUNTIME_CORE_CALLS_H
#define PLEXUS_RUNTIME_CORE_CALLS_H

#include "plexus_rt.h"

// The order is part of the ABI version.
struct plx_rt_calls {
  decltype(&plx_rt_parallel) parallel;
  decltype(&plx_rt_arena) arena;
  decltype(&plx_rt_scratch) scratch;
  decltype(&plx_rt_output) output;
  decltype(&plx_rt_state) state;
  decltype(&plx_rt_fail) fail;
  decltype(&plx_rt_host_call) host_call;
  decltype(&plx_rt_cancelled) cancelled;
  decltype(&plx_rt_view) view;
  decltype(&plx_rt_mark) mark;
  decltype(&plx_rt_keep) keep;
  decltype(&plx_rt_output_object) output_object;
  // Of programs with device code alone.
  decltype(&plx_rt_load) load;
  decltype(&plx_rt_store) store;
  decltype(&plx_rt_copy) copy;
};

namespace plx {

// Each implements the function of plexus_abi.h of the same name, in the file of the name behind it.
int32_t parallel(plx_run *run, int32_t kernel_index, plx_kernel_fn kernel, void *const *buffers,
                 const int64_t *sizes, int64_t units, int64_t grain);  // threads/launch
void *run_arena(plx_run *run, int64_t bytes);                          // core/run_memory
int32_t run_scratch(plx_run *run, int64_t bytes);                      // core/run_memory
void *run_output(plx_run *run, int32_t index, int32_t rank,
                 const int64_t *dims);                       // core/run_memory
void *run_state(plx_run *run, int32_t slot, int64_t bytes);  // core/run_memory
int32_t record_fault(plx_run *run, int32_t code, int32_t node, int64_t v0, int64_t v1,
                     int64_t v2);     // core/fault
int32_t run_cancelled(plx_run *run);  // core/fault
int32_t host_call(plx_run *run, int32_t import, int32_t node, const plx_tensor *args,
                  int32_t num_args, plx_tensor *results, int32_t num_results);  // core/host_call
void *run_view(plx_run *run, int32_t node, plx_object *object, int32_t element_type, int32_t rank,
               int64_t *out_dims);  // core/run_objects
int64_t run_mark(plx_run *run);     // core/run_objects
void run_keep(plx_run *run, int64_t mark, plx_object *const *objects,
              int32_t num_objects);  // core/run_objects
int32_t run_output_object(plx_run *run, int32_t index, plx_object *object, int32_t rank,
                          const int64_t *dims);  // core/run_objects

}  // namespace plx
#endif  // PLEXUS_RUNTIME_CORE_CALLS_H
