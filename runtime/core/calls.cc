#include "runtime/core/calls.h"

#include "runtime/core/context.h"

namespace plx {

const plx_rt_calls kCalls = {parallel,     run_arena,         run_scratch,   run_output, run_state,
                             record_fault, host_call,         run_cancelled, run_view,   run_mark,
                             run_keep,     run_output_object, nullptr,       nullptr,    nullptr};

}  // namespace plx

extern "C" {

int32_t plx_rt_parallel(plx_run *run, int32_t kernel_index, plx_kernel_fn kernel,
                        void *const *buffers, const int64_t *sizes, int64_t units, int64_t grain) {
  return run->calls->parallel(run, kernel_index, kernel, buffers, sizes, units, grain);
}

void *plx_rt_arena(plx_run *run, int64_t bytes) { return run->calls->arena(run, bytes); }

int32_t plx_rt_scratch(plx_run *run, int64_t bytes) { return run->calls->scratch(run, bytes); }

void *plx_rt_output(plx_run *run, int32_t index, int32_t rank, const int64_t *dims) {
  return run->calls->output(run, index, rank, dims);
}

void *plx_rt_state(plx_run *run, int32_t slot, int64_t bytes) {
  return run->calls->state(run, slot, bytes);
}

int32_t plx_rt_fail(plx_run *run, int32_t code, int32_t node, int64_t v0, int64_t v1, int64_t v2) {
  return run->calls->fail(run, code, node, v0, v1, v2);
}

int32_t plx_rt_host_call(plx_run *run, int32_t import, int32_t node, const plx_tensor *args,
                         int32_t num_args, plx_tensor *results, int32_t num_results) {
  return run->calls->host_call(run, import, node, args, num_args, results, num_results);
}

int32_t plx_rt_cancelled(plx_run *run) { return run->calls->cancelled(run); }

void *plx_rt_view(plx_run *run, int32_t node, plx_object *object, int32_t element_type,
                  int32_t rank, int64_t *out_dims) {
  return run->calls->view(run, node, object, element_type, rank, out_dims);
}

int64_t plx_rt_mark(plx_run *run) { return run->calls->mark(run); }

void plx_rt_keep(plx_run *run, int64_t mark, plx_object *const *objects, int32_t num_objects) {
  run->calls->keep(run, mark, objects, num_objects);
}

int32_t plx_rt_output_object(plx_run *run, int32_t index, plx_object *object, int32_t rank,
                             const int64_t *dims) {
  return run->calls->output_object(run, index, object, rank, dims);
}

int64_t plx_rt_load(plx_run *run, const void *buffer, int64_t bytes) {
  return run->calls->load(run, buffer, bytes);
}

void plx_rt_store(plx_run *run, void *buffer, int64_t value, int64_t bytes) {
  run->calls->store(run, buffer, value, bytes);
}

void plx_rt_copy(plx_run *run, void *to, const void *from, int64_t bytes) {
  run->calls->copy(run, to, from, bytes);
}

}  // extern "C"
