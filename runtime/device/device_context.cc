#include "runtime/device/device_context.h"

#include <stdlib.h>

#include "runtime/core/context.h"
#include "runtime/core/error.h"
#include "runtime/core/program.h"

namespace plx {
namespace {

constexpr int32_t kMostMarked = 32768;  // events are numbered to 65535

template <typename T>
bool allocate(T **out, int64_t count) {
  *out = static_cast<T *>(calloc(static_cast<size_t>(count) + 1, sizeof(T)));
  return *out != nullptr;
}

bool allocate_tables(DeviceContext *context, const plx_module &module, bool traces) {
  int32_t operands = 0, sizes = 0;
  for (int32_t i = 0; i < module.num_kernels; ++i) {
    const plx_device_kernel &kernel = module.device_code->kernels[i];
    if (kernel.num_operands > operands) operands = kernel.num_operands;
    if (kernel.num_sizes > sizes) sizes = kernel.num_sizes;
  }
  // Beside operands and sizes: scratch and the launch's place.
  return allocate(&context->inputs, module.num_inputs) &&
         allocate(&context->outputs, module.num_outputs) &&
         allocate(&context->states, module.num_states) &&
         allocate(&context->is_there, module.num_inputs) &&
         allocate(&context->is_ahead, module.num_outputs) &&
         allocate(&context->arguments, operands + sizes + 2) &&
         allocate(&context->ranges, operands + 2) &&
         (!traces || allocate(&context->marked, kMostMarked));
}

void release(const DeviceContext &context, DeviceBlock *block) {
  context.program->api->release(context.program->device, block->address);
  *block = {};
}

}  // namespace

plx_status make_device_context(const DeviceProgram *program, bool traces,
                               DeviceContext **out_context, plx_error *out_error) {
  auto *context = static_cast<DeviceContext *>(calloc(1, sizeof(DeviceContext)));
  if (context == nullptr) return fail(out_error, PLX_OUT_OF_MEMORY, "no memory for a context");
  context->program = program;
  const plx_device_api &api = *program->api;
  plx_status status = PLX_OK;
  if (!allocate_tables(context, *program->module, traces)) {
    status = fail(out_error, PLX_OUT_OF_MEMORY, "no memory for a context");
  }
  if (status == PLX_OK) status = api.open_stream(program->device, &context->stream, out_error);
  if (status == PLX_OK) {
    status = api.allocate(program->device, sizeof(plx_fault_cell), &context->fault, out_error);
  }
  if (status != PLX_OK) {
    destroy_device_context(context);
    return status;
  }
  *out_context = context;
  return PLX_OK;
}

void trim_device_context(DeviceContext *context) {
  const plx_module &module = *context->program->module;
  release(*context, &context->arena);
  release(*context, &context->scratch);
  for (int32_t i = 0; context->inputs != nullptr && i < module.num_inputs; ++i) {
    release(*context, &context->inputs[i]);
    if (context->is_there != nullptr) context->is_there[i] = false;
  }
  for (int32_t i = 0; context->outputs != nullptr && i < module.num_outputs; ++i) {
    release(*context, &context->outputs[i]);
    if (context->is_ahead != nullptr) context->is_ahead[i] = false;
  }
  for (int32_t i = 0; context->states != nullptr && i < module.num_states; ++i) {
    release(*context, &context->states[i]);
  }
  for (int32_t i = 0; i < context->num_copies; ++i) release(*context, &context->copies[i]);
  context->num_copies = 0;
  free(context->host);
  context->host = nullptr;
  context->host_bytes = 0;
}

void destroy_device_context(DeviceContext *context) {
  if (context == nullptr) return;
  const plx_device_api &api = *context->program->api;
  api.close_stream(context->stream);
  trim_device_context(context);
  api.release(context->program->device, context->fault);
  free(context->inputs);
  free(context->outputs);
  free(context->states);
  free(context->is_there);
  free(context->is_ahead);
  free(context->copies);
  free(context->arguments);
  free(context->ranges);
  free(context->marked);
  free(context);
}

uint64_t device_bytes(const DeviceContext &context) {
  const plx_module &module = *context.program->module;
  uint64_t bytes = context.arena.bytes + context.scratch.bytes;
  for (int32_t i = 0; i < module.num_inputs; ++i) bytes += context.inputs[i].bytes;
  for (int32_t i = 0; i < module.num_outputs; ++i) bytes += context.outputs[i].bytes;
  for (int32_t i = 0; i < module.num_states; ++i) bytes += context.states[i].bytes;
  return bytes;
}

}  // namespace plx
