// Calls to functions of the host: from programs, and outside of them.
#include <string.h>

#include "runtime/core/attributes.h"
#include "runtime/core/calls.h"
#include "runtime/core/checked.h"
#include "runtime/core/context.h"
#include "runtime/core/error.h"
#include "runtime/core/fault.h"
#include "runtime/core/host_frame.h"
#include "runtime/core/host_table.h"
#include "runtime/core/program.h"
#include "runtime/core/tensor.h"

namespace plx {
namespace {

void add_type(Text *text, int32_t element_type, int32_t rank, const int64_t *dims) {
  text->add("%s", plx_element_name(element_type));
  add_dims(text, rank, dims);
}

// Whether a result that has its place is what the function wants to write there.
bool fits_place(const plx_tensor &place, int32_t element_type, int32_t rank, const int64_t *dims) {
  if (place.element_type != element_type || place.rank != rank) return false;
  for (int32_t i = 0; i < rank; ++i) {
    if (place.dims[i] != dims[i]) return false;
  }
  return true;
}

plx_status misfit(plx_host_frame *frame, const plx_tensor &place, int32_t element_type,
                  int32_t rank, const int64_t *dims) {
  Text text(frame->message, kHostMessageBytes);
  text.add("its result is ");
  add_type(&text, element_type, rank, dims);
  text.add("; expected ");
  add_type(&text, place.element_type, place.rank, place.dims);
  return PLX_MISMATCH;
}

plx_status give_result(plx_host_frame *frame, plx_tensor *result, int32_t element_type,
                       int32_t rank, const int64_t *dims) {
  plx_tensor fresh = {nullptr, dims, rank, element_type};
  int64_t bytes = plx_tensor_bytes(&fresh);
  if (bytes < 0) {
    Text text(frame->message, kHostMessageBytes);
    text.add("its result of type %d and rank %d is not valid", element_type, rank);
    return PLX_INVALID_ARGUMENT;
  }
  if (result->data != nullptr) {
    if (!fits_place(*result, element_type, rank, dims)) {
      return misfit(frame, *result, element_type, rank, dims);
    }
    memset(result->data, 0, static_cast<size_t>(bytes));
    return PLX_OK;
  }
  void *own_dims = take_host_memory(frame, rank * int64_t{sizeof(int64_t)});
  fresh.data = own_dims == nullptr ? nullptr : take_host_memory(frame, bytes);
  if (fresh.data == nullptr) return PLX_OUT_OF_MEMORY;
  memset(fresh.data, 0, static_cast<size_t>(bytes));
  if (rank > 0) memcpy(own_dims, dims, static_cast<size_t>(rank) * sizeof(int64_t));
  fresh.dims = static_cast<const int64_t *>(own_dims);
  *result = fresh;
  return PLX_OK;
}

void give_object(plx_host_frame *, plx_tensor *result, plx_object *object) {
  *result = {object, nullptr, 0, PLX_OBJECT};
}

void give_error(plx_host_frame *frame, const char *message) {
  Text text(frame->message, kHostMessageBytes);
  text.add("%s", message);
}

// Brings *args to what the function sees: objects that are tensors as tensors. False: the message
// says why.
bool make_visible(plx_host_frame *frame, int32_t num_args, const plx_tensor **in_out_args) {
  const plx_tensor *args = *in_out_args;
  bool any = false;
  for (int32_t i = 0; i < num_args; ++i) any = any || args[i].element_type == PLX_OBJECT;
  if (!any) return true;
  auto *seen =
      static_cast<plx_tensor *>(take_host_memory(frame, num_args * int64_t{sizeof(plx_tensor)}));
  for (int32_t i = 0; seen != nullptr && i < num_args; ++i) {
    seen[i] = args[i];
    if (args[i].element_type != PLX_OBJECT) continue;
    const auto *object = static_cast<const plx_object *>(args[i].data);
    if (object->kind != PLX_KIND_TENSOR) continue;
    seen[i] = object->tensor;
    if (with_dims(&seen[i], args[i].rank, args[i].dims)) continue;
    Text text(frame->message, kHostMessageBytes);
    text.add("argument %d is ", i);
    add_object(&text, *object);
    text.add("; expected as many elements as ");
    add_dims(&text, args[i].rank, args[i].dims);
    return false;
  }
  *in_out_args = seen;
  return seen != nullptr;
}

// Makes objects of the tensors that a function gave where it had the choice.
bool wrap_result(plx_host_frame *frame, int32_t index, plx_tensor *result) {
  if (result->data == nullptr) {
    Text text(frame->message, kHostMessageBytes);
    text.add("it left result %d without data", index);
    return false;
  }
  if (result->element_type == PLX_OBJECT) return true;
  plx_object *object = nullptr;
  plx_error error;
  if (plx_object_of_tensor(result, &object, &error) != PLX_OK) {
    give_error(frame, error.message);
    return false;
  }
  *result = {object, nullptr, 0, PLX_OBJECT};
  return true;
}

// Whether a result is given as an object, is a bit each: of those that had no place.
constexpr int32_t kMaxResults = 64;

void release_results(uint64_t open, plx_tensor *results, int32_t num_results) {
  for (int32_t i = 0; i < num_results; ++i) {
    if ((open >> i & 1) == 0 || results[i].element_type != PLX_OBJECT) continue;
    plx_object_release(static_cast<plx_object *>(results[i].data));
    results[i] = {};
  }
}

}  // namespace

const HostCalls kHostCalls = {give_result,    give_object,      take_host_memory, give_error,
                              attribute_ints, attribute_floats, attribute_strings};

void *take_host_memory(plx_host_frame *frame, int64_t bytes) {
  uint64_t rounded = 0;
  uint64_t end = 0;
  if (bytes < 0 ||
      !checked_round_up(bytes == 0 ? 1 : static_cast<uint64_t>(bytes), PLX_ALIGNMENT, &rounded) ||
      !checked_add(*frame->used_bytes, rounded, &end) || !frame->memory->grow(end)) {
    Text text(frame->message, kHostMessageBytes);
    text.add("no memory for %lld bytes", static_cast<long long>(bytes));
    return nullptr;
  }
  char *at = frame->memory->base + *frame->used_bytes;
  *frame->used_bytes = end;
  return at;
}

int32_t call_host_function(const plx_host_function &function, plx_host_frame *frame,
                           const plx_tensor *args, int32_t num_args, plx_tensor *results,
                           int32_t num_results) {
  uint64_t used_before = *frame->used_bytes;
  frame->message[0] = 0;
  if (num_results > kMaxResults) {
    Text text(frame->message, kHostMessageBytes);
    text.add("it has %d results, more than %d", num_results, kMaxResults);
    return -1;
  }
  uint64_t open = 0;
  for (int32_t i = 0; i < num_results; ++i) {
    if (results[i].data == nullptr) open |= uint64_t{1} << i;
  }
  int32_t failed = -1;
  if (make_visible(frame, num_args, &args)) {
    failed = function.function(function.function_data, frame, args, num_args, results, num_results);
  }
  for (int32_t i = 0; failed == 0 && i < num_results; ++i) {
    if ((open >> i & 1) != 0 && !wrap_result(frame, i, &results[i])) failed = -1;
  }
  if (failed != 0) release_results(open, results, num_results);
  *frame->used_bytes = used_before;
  return failed;
}

int32_t host_call(plx_run *run, int32_t import, int32_t node, const plx_tensor *args,
                  int32_t num_args, plx_tensor *results, int32_t num_results) {
  plx_context *context = run->context;
  if (run_cancelled(run) != 0) return fault_code(*run);
  if (import < 0 || import >= run->module->num_imports) {
    return record_fault(run, PLX_FAULT_INTERNAL, node, import, run->module->num_imports, 3);
  }
  uint64_t open = 0;
  for (int32_t i = 0; i < num_results && i < kMaxResults; ++i) {
    if (results[i].data == nullptr) open |= uint64_t{1} << i;
  }
  plx_host_frame frame = {&kHostCalls,
                          run->module->imports[import].attributes,
                          run->user_data,
                          &context->host_memory,
                          &context->host_used_bytes,
                          context->host_message};
  int32_t failed = call_host_function(context->program->imports[import], &frame, args, num_args,
                                      results, num_results);
  if (failed != 0) {
    return record_fault(run, PLX_FAULT_HOST_FUNCTION, node, import, failed, 0);
  }
  bool kept = true;
  for (int32_t i = 0; i < num_results; ++i) {
    if ((open >> i & 1) == 0) continue;
    kept = context->objects.add(static_cast<plx_object *>(results[i].data)) && kept;
  }
  if (!kept) return record_fault(run, PLX_FAULT_OUT_OF_MEMORY, node, sizeof(void *), 0, 0);
  return fault_code(*run);
}

}  // namespace plx

extern "C" plx_status plx_call_host_function(const char *name, const char *attributes,
                                             const plx_tensor *args, int32_t num_args,
                                             plx_object **out_results, int32_t num_results,
                                             plx_error *out_error) {
  plx_host_function function = {};
  if (name == nullptr || num_results < 0 || num_results > plx::kMaxResults) {
    return plx::fail(out_error, PLX_INVALID_ARGUMENT,
                     "a host function is called without a name or for %d results; expected at most "
                     "%d",
                     num_results, plx::kMaxResults);
  }
  if (!plx::find_host_function(name, &function)) {
    return plx::fail(out_error, PLX_NOT_FOUND, "there is no host function '%s'", name);
  }
  plx::Arena memory;
  uint64_t allocations = 0;
  uint64_t used_bytes = 0;
  memory.allocations = &allocations;
  char message[plx::kHostMessageBytes];
  plx_host_frame frame = {&plx::kHostCalls, attributes, nullptr, &memory, &used_bytes, message};
  plx_tensor results[plx::kMaxResults] = {};
  int32_t failed = plx::call_host_function(function, &frame, args, num_args, results, num_results);
  memory.destroy();
  if (failed != 0) {
    return plx::fail(out_error, PLX_FAULT, "%s",
                     message[0] != 0 ? message : "the host function gave no reason");
  }
  for (int32_t i = 0; i < num_results; ++i) {
    out_results[i] = static_cast<plx_object *>(results[i].data);
  }
  return plx::succeed(out_error);
}
