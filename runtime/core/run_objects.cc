// Objects of a run: what emitted code asks of them beside calling host functions.
#include <string.h>

#include "runtime/core/calls.h"
#include "runtime/core/context.h"
#include "runtime/core/fault.h"
#include "runtime/core/host_frame.h"
#include "runtime/core/tensor.h"

namespace plx {
namespace {

bool is_tensor_of(const plx_object &object, int32_t element_type, int32_t rank) {
  return object.kind == PLX_KIND_TENSOR && object.tensor.element_type == element_type &&
         object.tensor.rank == rank;
}

// Outputs of rank -1 take any; the program has checked sizes that are symbols.
bool fits(const plx_value &value, const plx_tensor &tensor) {
  if (value.element_type != tensor.element_type) return false;
  if (value.rank >= 0 && value.rank != tensor.rank) return false;
  for (int32_t i = 0; i < value.rank; ++i) {
    if (value.dims[i].constant >= 0 && value.dims[i].constant != tensor.dims[i]) return false;
  }
  return true;
}

}  // namespace

void *run_view(plx_run *run, int32_t node, plx_object *object, int32_t element_type, int32_t rank,
               int64_t *out_dims) {
  if (!is_tensor_of(*object, element_type, rank)) {
    Text text(run->context->host_message, sizeof run->context->host_message);
    text.add("expected a tensor of %s and rank %d, found ", plx_element_name(element_type), rank);
    add_object(&text, *object);
    record_fault(run, PLX_FAULT_HOST_FUNCTION, node, -1, 0, 0);
    return nullptr;
  }
  for (int32_t i = 0; i < rank; ++i) out_dims[i] = object->tensor.dims[i];
  return object->tensor.data;
}

int64_t run_mark(plx_run *run) { return run->context->objects.count; }

void run_keep(plx_run *run, int64_t mark, plx_object *const *objects, int32_t num_objects) {
  run->context->objects.keep(mark, objects, num_objects);
}

int32_t run_output_object(plx_run *run, int32_t index, plx_object *object, int32_t rank,
                          const int64_t *dims) {
  plx_context *context = run->context;
  const plx_module *module = run->module;
  if (run_cancelled(run) != 0) return fault_code(*run);
  if (index < 0 || index >= module->num_outputs) {
    return record_fault(run, PLX_FAULT_INTERNAL, -1, index, module->num_outputs, 0);
  }
  const plx_value &value = module->outputs[index];
  OutputSlot *slot = &context->outputs[index];
  plx_tensor tensor = object->tensor;
  bool good = value.kind == object->kind;
  if (good && value.kind == PLX_KIND_TENSOR) {
    good = with_dims(&tensor, rank, dims) && fits(value, tensor);
  }
  if (!good) return record_fault(run, PLX_FAULT_INTERNAL, -1, index, object->kind, 4);
  plx_object_hold(object);
  release_output_object(slot);
  slot->object = object;
  slot->written = true;
  if (value.kind != PLX_KIND_TENSOR) return 0;
  slot->tensor.rank = tensor.rank;
  for (int32_t i = 0; i < tensor.rank; ++i) run->outputs[index].dims[i] = tensor.dims[i];
  slot->tensor.data = tensor.data;
  // Of strings the caller's memory takes where they are; their bytes stay the context's.
  int64_t bytes = plx_tensor_bytes(&tensor);
  if (slot->bound != nullptr && bytes > 0 && slot->bound_bytes >= static_cast<uint64_t>(bytes)) {
    memcpy(slot->bound, tensor.data, static_cast<size_t>(bytes));
    slot->tensor.data = slot->bound;
  }
  run->outputs[index].data = slot->tensor.data;
  return 0;
}

}  // namespace plx
