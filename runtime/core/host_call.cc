// Calls from programs to functions of the host.
#include <string.h>

#include "runtime/core/calls.h"
#include "runtime/core/checked.h"
#include "runtime/core/context.h"
#include "runtime/core/error.h"
#include "runtime/core/fault.h"
#include "runtime/core/program.h"

struct plx_host_frame {
  plx_context *context;
  int32_t import;
};

namespace plx {
namespace {

// Memory until the end of the run, aligned to PLX_ALIGNMENT; null: none.
void *take_host_memory(plx_context *context, int64_t bytes) {
  uint64_t rounded = 0;
  uint64_t end = 0;
  if (bytes < 0 ||
      !checked_round_up(bytes == 0 ? 1 : static_cast<uint64_t>(bytes), PLX_ALIGNMENT, &rounded) ||
      !checked_add(context->host_used_bytes, rounded, &end) || !context->host_memory.grow(end)) {
    return nullptr;
  }
  char *at = context->host_memory.base + context->host_used_bytes;
  context->host_used_bytes = end;
  return at;
}

// The first result that a function left without data, -1 none.
int32_t first_missing(const plx_tensor *results, int32_t num_results) {
  for (int32_t i = 0; i < num_results; ++i) {
    if (results[i].data == nullptr) return i;
  }
  return -1;
}

}  // namespace

int32_t host_call(plx_run *run, int32_t import, int32_t node, const plx_tensor *args,
                  int32_t num_args, plx_tensor *results, int32_t num_results) {
  plx_context *context = run->context;
  if (run_cancelled(run) != 0) return fault_code(*run);
  if (import < 0 || import >= run->module->num_imports) {
    return record_fault(run, PLX_FAULT_INTERNAL, node, import, run->module->num_imports, 3);
  }
  const plx_host_function &function = context->program->imports[import];
  plx_host_frame frame = {context, import};
  context->host_message[0] = 0;
  int32_t failed =
      function.function(function.function_data, &frame, args, num_args, results, num_results);
  int32_t missing = failed == 0 ? first_missing(results, num_results) : -1;
  if (missing >= 0) {
    Text text(context->host_message, sizeof context->host_message);
    text.add("it left result %d without data", missing);
  }
  if (failed != 0 || missing >= 0) {
    return record_fault(run, PLX_FAULT_HOST_FUNCTION, node, import, failed, 0);
  }
  return fault_code(*run);
}

}  // namespace plx

extern "C" {

plx_status plx_host_result(plx_host_frame *frame, plx_tensor *result, int32_t element_type,
                           int32_t rank, const int64_t *dims) {
  plx_tensor fresh = {nullptr, dims, rank, element_type};
  int64_t bytes = plx_tensor_bytes(&fresh);
  if (bytes < 0) return PLX_INVALID_ARGUMENT;
  void *own_dims = plx::take_host_memory(frame->context, rank * int64_t{sizeof(int64_t)});
  fresh.data = own_dims == nullptr ? nullptr : plx::take_host_memory(frame->context, bytes);
  if (fresh.data == nullptr) {
    plx::Text text(frame->context->host_message, sizeof frame->context->host_message);
    text.add("no memory for a result of %lld bytes", static_cast<long long>(bytes));
    return PLX_OUT_OF_MEMORY;
  }
  if (rank > 0) memcpy(own_dims, dims, static_cast<size_t>(rank) * sizeof(int64_t));
  fresh.dims = static_cast<const int64_t *>(own_dims);
  *result = fresh;
  return PLX_OK;
}

void *plx_host_bytes(plx_host_frame *frame, int64_t bytes) {
  return plx::take_host_memory(frame->context, bytes);
}

void plx_host_error(plx_host_frame *frame, const char *message) {
  plx::Text text(frame->context->host_message, sizeof frame->context->host_message);
  text.add("%s", message);
}

const char *plx_host_attributes(const plx_host_frame *frame) {
  return frame->context->program->module->imports[frame->import].attributes;
}

void *plx_host_user_data(const plx_host_frame *frame) { return frame->context->run.user_data; }

}  // extern "C"
