// Setting inputs, binding outputs, reading outputs: what happens between runs.
#include <string.h>

#include "runtime/core/context.h"
#include "runtime/core/error.h"
#include "runtime/core/program.h"
#include "runtime/core/tensor.h"
#include "runtime/device/device_context.h"

namespace plx {
namespace {

plx_status mismatch(const plx_module &module, const plx_value &input, const plx_tensor &tensor,
                    const char *what, plx_error *out_error) {
  char found[256];
  char expected[256];
  plx_format_type(&tensor, found, sizeof found);
  plx_format_value_type(&input, expected, sizeof expected);
  return fail(out_error, PLX_MISMATCH, "model '%s', input '%s': %s; expected %s, found %s",
              module.name, input.name, what, expected, found);
}

plx_status check_tensor(const plx_module &module, const plx_value &input, const plx_tensor &tensor,
                        plx_error *out_error) {
  if (tensor.rank < 0 || tensor.rank > PLX_MAX_RANK ||
      (tensor.rank > 0 && tensor.dims == nullptr)) {
    return fail(out_error, PLX_INVALID_ARGUMENT,
                "model '%s', input '%s': the tensor's rank is %d%s", module.name, input.name,
                tensor.rank, tensor.dims == nullptr ? " without dims" : "");
  }
  if (tensor.element_type != input.element_type) {
    return mismatch(module, input, tensor, "wrong element type", out_error);
  }
  if (tensor.rank != input.rank) return mismatch(module, input, tensor, "wrong rank", out_error);
  for (int32_t i = 0; i < tensor.rank; ++i) {
    int64_t expected = input.dims[i].constant;
    if (tensor.dims[i] < 0 || (expected >= 0 && tensor.dims[i] != expected)) {
      char what[64];
      Text text(what, sizeof what);
      text.add("dim %d is %lld", i, static_cast<long long>(tensor.dims[i]));
      return mismatch(module, input, tensor, what, out_error);
    }
  }
  int64_t bytes = plx_tensor_bytes(&tensor);
  if (bytes < 0) return mismatch(module, input, tensor, "its size does not fit 63 bits", out_error);
  if (bytes > 0 && tensor.data == nullptr) {
    return fail(out_error, PLX_INVALID_ARGUMENT, "model '%s', input '%s': the tensor has no data",
                module.name, input.name);
  }
  return PLX_OK;
}

plx_status wrong_kind(const plx_module &module, const plx_value &value, const char *what,
                      const char *instead, plx_error *out_error) {
  return fail(out_error, PLX_MISMATCH, "model '%s': %s '%s' is %s; use %s", module.name, what,
              value.name, kind_name(value.kind), instead);
}

plx_status check_index(const plx_module &module, const char *what, int32_t index, int32_t count,
                       const void *given, plx_error *out_error) {
  if (index >= 0 && index < count && given != nullptr) return PLX_OK;
  return fail(out_error, PLX_INVALID_ARGUMENT, "model '%s': %s %d%s; the model has %d %ss",
              module.name, what, index, given == nullptr ? " is set to NULL" : " does not exist",
              count, what);
}

// What the host has of an input counts, not what a device has of the output carried over to it.
void forget_device(plx_context *context, InputSlot *slot) {
  if (context->device == nullptr) return;
  context->device->is_there[slot - context->inputs] = false;
  if (slot->carrier != nullptr) context->device->is_ahead[slot->carrier - context->outputs] = false;
}

// The output that is carried over to an input lies where the input does.
void bind_carrier(plx_context *context, InputSlot *slot) {
  forget_device(context, slot);
  if (slot->carrier == nullptr || !slot->set) return;
  slot->carrier->bound = slot->tensor.data;
  slot->carrier->bound_bytes = slot->bytes;
}

void take_tensor(plx_context *context, int32_t index, const plx_tensor &tensor) {
  plx_view *view = &context->input_views[index];
  InputSlot *slot = &context->inputs[index];
  bool is_same = view->data == tensor.data;
  for (int32_t i = 0; i < tensor.rank; ++i) {
    is_same = is_same && view->dims[i] == tensor.dims[i];
    view->dims[i] = tensor.dims[i];
  }
  if (!is_same) context->apart = false;
  view->data = tensor.data;
  slot->tensor.data = tensor.data;
  slot->bytes = static_cast<uint64_t>(plx_tensor_bytes(&tensor));
  slot->set = true;
  plx_object_release(slot->object);
  slot->object = nullptr;
  bind_carrier(context, slot);
}

plx_status unknown_input(const plx_module &module, const char *name, plx_error *out_error) {
  char names[512];
  Text text(names, sizeof names);
  for (int32_t i = 0; i < module.num_inputs; ++i) {
    text.add("%s'%s'", i == 0 ? "" : ", ", module.inputs[i].name);
  }
  return fail(out_error, PLX_NOT_FOUND, "model '%s' has no input '%s'; it has %s%s", module.name,
              name, module.num_inputs == 0 ? "none" : names, text.cut() ? "..." : "");
}

}  // namespace
}  // namespace plx

extern "C" {

plx_status plx_context_set_input_at(plx_context *context, int32_t index, const plx_tensor *tensor,
                                    plx_error *out_error) {
  const plx_module &module = *context->program->module;
  plx_status status =
      plx::check_index(module, "input", index, module.num_inputs, tensor, out_error);
  if (status != PLX_OK) return status;
  if (module.inputs[index].kind != PLX_KIND_TENSOR) {
    return plx::wrong_kind(module, module.inputs[index], "input", "plx_context_set_input_object",
                           out_error);
  }
  status = plx::check_tensor(module, module.inputs[index], *tensor, out_error);
  if (status != PLX_OK) return status;
  plx::take_tensor(context, index, *tensor);
  return plx::succeed(out_error);
}

plx_status plx_context_set_input_object(plx_context *context, int32_t index, plx_object *object,
                                        plx_error *out_error) {
  const plx_module &module = *context->program->module;
  plx_status status =
      plx::check_index(module, "input", index, module.num_inputs, object, out_error);
  if (status != PLX_OK) return status;
  const plx_value &input = module.inputs[index];
  if (input.kind != object->kind) {
    return plx::fail(out_error, PLX_MISMATCH, "model '%s', input '%s': expected %s, found %s",
                     module.name, input.name, plx::kind_name(input.kind),
                     plx::kind_name(object->kind));
  }
  if (input.kind == PLX_KIND_TENSOR) {
    status = plx::check_tensor(module, input, object->tensor, out_error);
    if (status != PLX_OK) return status;
  }
  plx_object_hold(object);
  plx::take_tensor(context, index, object->tensor);
  context->inputs[index].object = object;
  if (input.kind != PLX_KIND_TENSOR) context->input_views[index].data = object;
  return plx::succeed(out_error);
}

plx_status plx_context_set_input(plx_context *context, const char *name, const plx_tensor *tensor,
                                 plx_error *out_error) {
  int32_t index = name == nullptr ? -1 : plx_program_find_input(context->program, name);
  if (index < 0) {
    return plx::unknown_input(*context->program->module, name == nullptr ? "" : name, out_error);
  }
  return plx_context_set_input_at(context, index, tensor, out_error);
}

plx_status plx_context_bind_output(plx_context *context, int32_t index, void *data, uint64_t bytes,
                                   plx_error *out_error) {
  const plx_module &module = *context->program->module;
  if (index < 0 || index >= module.num_outputs) {
    return plx::fail(out_error, PLX_INVALID_ARGUMENT,
                     "model '%s': output %d does not exist; the model has %d outputs", module.name,
                     index, module.num_outputs);
  }
  context->apart = false;
  if (int32_t input = module.outputs[index].donated; input >= 0) {
    plx::forget_device(context, &context->inputs[input]);
    context->inputs[input].carrier = nullptr;
  }
  context->outputs[index].bound = data;
  context->outputs[index].bound_bytes = data == nullptr ? 0 : bytes;
  return plx::succeed(out_error);
}

plx_status plx_context_carry(plx_context *context, int32_t index, plx_error *out_error) {
  plx_status status = plx_context_bind_output(context, index, nullptr, 0, out_error);
  if (status != PLX_OK) return status;
  const plx_module &module = *context->program->module;
  int32_t input = module.outputs[index].donated;
  if (input < 0) {
    return plx::fail(out_error, PLX_INVALID_ARGUMENT,
                     "model '%s': no input is donated to output '%s', so that it cannot be carried",
                     module.name, module.outputs[index].name);
  }
  context->inputs[input].carrier = &context->outputs[index];
  plx::bind_carrier(context, &context->inputs[input]);
  return plx::succeed(out_error);
}

plx_status plx_context_fetch(plx_context *context, plx_error *out_error) {
  if (context->device == nullptr) return plx::succeed(out_error);
  return plx::fetch_carried(context, out_error);
}

plx_status plx_context_output(plx_context *context, int32_t index, plx_tensor *out_tensor,
                              plx_error *out_error) {
  const plx_module &module = *context->program->module;
  if (index < 0 || index >= module.num_outputs || out_tensor == nullptr) {
    return plx::fail(out_error, PLX_INVALID_ARGUMENT,
                     "model '%s': output %d does not exist; the model has %d outputs", module.name,
                     index, module.num_outputs);
  }
  if (module.outputs[index].kind != PLX_KIND_TENSOR) {
    return plx::wrong_kind(module, module.outputs[index], "output", "plx_context_output_object",
                           out_error);
  }
  if (!context->has_run || !context->outputs[index].written) {
    return plx::fail(out_error, PLX_INVALID_ARGUMENT,
                     "model '%s': output '%s' has no value; run the model first", module.name,
                     module.outputs[index].name);
  }
  *out_tensor = context->outputs[index].tensor;
  return plx::succeed(out_error);
}

plx_status plx_context_output_object(plx_context *context, int32_t index, plx_object **out_object,
                                     plx_error *out_error) {
  const plx_module &module = *context->program->module;
  plx_status status =
      plx::check_index(module, "output", index, module.num_outputs, out_object, out_error);
  if (status != PLX_OK) return status;
  if (module.outputs[index].kind == PLX_KIND_TENSOR) {
    return plx::wrong_kind(module, module.outputs[index], "output", "plx_context_output",
                           out_error);
  }
  if (!context->has_run || context->outputs[index].object == nullptr) {
    return plx::fail(out_error, PLX_INVALID_ARGUMENT,
                     "model '%s': output '%s' has no value; run the model first", module.name,
                     module.outputs[index].name);
  }
  *out_object = context->outputs[index].object;
  return plx::succeed(out_error);
}

}  // extern "C"
