#include "runtime/core/context.h"

#include <stdlib.h>
#include <string.h>

#include <new>

#include "runtime/core/calls.h"
#include "runtime/core/error.h"
#include "runtime/core/fault.h"
#include "runtime/core/program.h"
#include "runtime/device/device_context.h"
#include "runtime/profile/profile.h"
#include "runtime/threads/pool.h"

namespace plx {
namespace {

constexpr int32_t kMaxThreads = 1024;
constexpr int32_t kDefaultEvents = 65536;

// Zeroed; `count` may be 0.
template <typename T>
bool allocate(plx_context *context, T **out, int64_t count) {
  *out = static_cast<T *>(calloc(static_cast<size_t>(count) + 1, sizeof(T)));
  ++context->allocations;
  return *out != nullptr;
}

// How many dims to keep for a value: outputs of unknown rank may have any.
int64_t kept_dims(const plx_value &value) {
  if (value.kind != PLX_KIND_TENSOR) return 0;
  return value.rank < 0 ? PLX_MAX_RANK : value.rank;
}

bool allocate_tables(plx_context *context, const plx_module &module) {
  int64_t dims = 0;
  for (int32_t i = 0; i < module.num_inputs; ++i) dims += kept_dims(module.inputs[i]);
  for (int32_t i = 0; i < module.num_outputs; ++i) dims += kept_dims(module.outputs[i]);
  return allocate(context, &context->inputs, module.num_inputs) &&
         allocate(context, &context->outputs, module.num_outputs) &&
         allocate(context, &context->input_views, module.num_inputs) &&
         allocate(context, &context->output_views, module.num_outputs) &&
         allocate(context, &context->dims, dims) &&
         allocate(context, &context->symbols, module.num_symbols) &&
         allocate(context, &context->bound_by, module.num_symbols) &&
         allocate(context, &context->states, module.num_states) &&
         allocate(context, &context->scratch_by_thread, context->run.threads);
}

void link_tables(plx_context *context, const plx_module &module) {
  int64_t *dims = context->dims;
  for (int32_t i = 0; i < module.num_inputs; ++i) {
    context->input_views[i].dims = dims;
    bool is_object = module.inputs[i].kind != PLX_KIND_TENSOR;
    context->inputs[i].tensor = {nullptr, dims, is_object ? 0 : module.inputs[i].rank,
                                 module.inputs[i].element_type};
    dims += kept_dims(module.inputs[i]);
  }
  for (int32_t i = 0; i < module.num_outputs; ++i) {
    context->output_views[i].dims = dims;
    context->outputs[i].tensor = {nullptr, dims, 0, module.outputs[i].element_type};
    context->outputs[i].block.allocations = &context->allocations;
    dims += kept_dims(module.outputs[i]);
  }
  for (int32_t i = 0; i < module.num_states; ++i) {
    context->states[i].allocations = &context->allocations;
  }
  context->arena.allocations = &context->allocations;
  context->host_memory.allocations = &context->allocations;
  context->objects.allocations = &context->allocations;
  context->scratch.allocations = &context->allocations;
}

void fill_run(plx_context *context, const plx_context_options &options) {
  plx_run *run = &context->run;
  run->module = context->program->module;
  run->inputs = context->input_views;
  run->outputs = context->output_views;
  run->parameters = context->program->parameters;
  run->symbols = context->symbols;
  run->scratch = context->scratch_by_thread;
  run->seed = options.seed;
  run->user_data = options.user_data;
  run->calls = &kCalls;
  run->context = context;
}

bool make_threads(plx_context *context, const plx_context_options &options) {
  context->parallel = options.parallel;
  context->pool_data = options.pool_data;
  if (context->run.threads == 1 || options.parallel != nullptr) return true;
  context->pool = create_pool(context->run.threads);
  return context->pool != nullptr;
}

bool make_profile(plx_context *context, const plx_context_options &options) {
  if (options.trace == 0) return true;
  int32_t events = options.trace_events > 0 ? options.trace_events : kDefaultEvents;
  context->profile = create_profile(context->program->module->num_kernels, context->run.threads,
                                    static_cast<uint64_t>(events));
  return context->profile != nullptr;
}

plx_status make_device(plx_context *context, const plx_context_options &options,
                       plx_error *out_error) {
  const DeviceProgram *device = nullptr;
  plx_status status = device_program(context->program, options.device, &device, out_error);
  if (status == PLX_OK) {
    status = make_device_context(device, context->profile != nullptr, &context->device, out_error);
  }
  if (status != PLX_OK) return status;
  context->run.parameters = device->parameters;
  context->run.calls = &kDeviceCalls;
  return PLX_OK;
}

plx_status check_options(const plx_context_options *options, plx_error *out_error) {
  if (options->struct_bytes != sizeof(plx_context_options)) {
    return fail(out_error, PLX_INVALID_ARGUMENT,
                "context options: struct_bytes is %u, expected %zu; set it to "
                "sizeof(plx_context_options)",
                options->struct_bytes, sizeof(plx_context_options));
  }
  if (options->threads < 0 || options->threads > kMaxThreads) {
    return fail(out_error, PLX_INVALID_ARGUMENT,
                "context options: threads is %d, expected 0 (all CPUs) to %d", options->threads,
                kMaxThreads);
  }
  if (options->trace < 0 || options->trace > 1 || options->trace_events < 0) {
    return fail(
        out_error, PLX_INVALID_ARGUMENT,
        "context options: trace is %d with %d events, expected 0 or 1 and no negative count",
        options->trace, options->trace_events);
  }
  return PLX_OK;
}

plx_status build_context(plx_context *context, const plx_context_options &options,
                         plx_error *out_error) {
  const plx_module &module = *context->program->module;
  int32_t cpus = available_cpus();
  context->run.threads = module.device_code != nullptr ? 1
                         : options.threads > 0         ? options.threads
                         : cpus > kMaxThreads          ? kMaxThreads
                                                       : cpus;
  if (!allocate_tables(context, module)) {
    return fail(out_error, PLX_OUT_OF_MEMORY, "no memory for a context of model '%s'", module.name);
  }
  link_tables(context, module);
  fill_run(context, options);
  if (run_scratch(&context->run, static_cast<int64_t>(module.scratch_bytes)) != 0) {
    return fail(out_error, PLX_OUT_OF_MEMORY, "no memory for %d x %llu bytes of scratch",
                context->run.threads, static_cast<unsigned long long>(module.scratch_bytes));
  }
  if (!make_threads(context, options)) {
    return fail(out_error, PLX_OUT_OF_MEMORY, "the system grants no %d threads",
                context->run.threads);
  }
  if (!make_profile(context, options)) {
    return fail(out_error, PLX_OUT_OF_MEMORY, "no memory for the profile");
  }
  if (module.device_code != nullptr) return make_device(context, options, out_error);
  return prepare_program(context, out_error);
}

}  // namespace

void release_output_object(OutputSlot *slot) {
  plx_object_release(slot->object);
  slot->object = nullptr;
}

void read_set_symbols(const plx_context &context, int64_t *values) {
  const plx_module &module = *context.program->module;
  for (int32_t i = 0; i < module.num_inputs; ++i) {
    if (!context.inputs[i].set) continue;
    const plx_value &input = module.inputs[i];
    for (int32_t d = 0; d < input.rank; ++d) {
      if (input.dims[d].symbol >= 0)
        values[input.dims[d].symbol] = context.inputs[i].tensor.dims[d];
    }
  }
}

}  // namespace plx

extern "C" {

plx_status plx_context_create(plx_program *program, const plx_context_options *options,
                              plx_context **out_context, plx_error *out_error) {
  plx_context_options defaults = {};
  defaults.struct_bytes = sizeof defaults;
  if (options == nullptr) options = &defaults;
  if (program == nullptr || out_context == nullptr) {
    return plx::fail(out_error, PLX_INVALID_ARGUMENT,
                     "plx_context_create: program or out_context is NULL");
  }
  plx_status status = plx::check_options(options, out_error);
  if (status != PLX_OK) return status;
  void *memory = calloc(1, sizeof(plx_context));
  if (memory == nullptr) return plx::fail(out_error, PLX_OUT_OF_MEMORY, "no memory for a context");
  auto *context = new (memory) plx_context{};
  context->program = program;
  plx::hold_program(program);
  status = plx::build_context(context, *options, out_error);
  if (status != PLX_OK) {
    plx_context_destroy(context);
    return status;
  }
  *out_context = context;
  return plx::succeed(out_error);
}

void plx_context_destroy(plx_context *context) {
  if (context == nullptr) return;
  plx::destroy_pool(context->pool);
  plx::destroy_device_context(context->device);
  plx::destroy_profile(context->profile);
  const plx_module &module = *context->program->module;
  for (int32_t i = 0; context->inputs != nullptr && i < module.num_inputs; ++i) {
    plx_object_release(context->inputs[i].object);
  }
  for (int32_t i = 0; context->outputs != nullptr && i < module.num_outputs; ++i) {
    context->outputs[i].block.release();
    plx_object_release(context->outputs[i].object);
  }
  context->objects.destroy();
  for (int32_t i = 0; context->states != nullptr && i < module.num_states; ++i) {
    context->states[i].release();
  }
  context->scratch.release();
  context->arena.destroy();
  context->host_memory.destroy();
  void *tables[] = {context->inputs,       context->outputs, context->input_views,
                    context->output_views, context->dims,    context->symbols,
                    context->bound_by,     context->states,  context->scratch_by_thread};
  for (void *table : tables) free(table);
  plx_program_release(context->program);
  free(context);
}

void plx_cancel(plx_context *context) { context->cancelled.store(1, std::memory_order_relaxed); }

void plx_trim(plx_context *context) {
  const plx_module &module = *context->program->module;
  for (int32_t i = 0; i < module.num_outputs; ++i) {
    context->outputs[i].block.release();
    plx::release_output_object(&context->outputs[i]);
    context->outputs[i].written = false;
  }
  context->objects.destroy();
  for (int32_t i = 0; i < module.num_states; ++i) context->states[i].release();
  context->scratch.release();
  context->scratch_stride = 0;
  context->arena.trim();
  context->host_memory.trim();
  if (context->device != nullptr) plx::trim_device_context(context->device);
}

void plx_context_memory(const plx_context *context, plx_memory *out_memory) {
  const plx_module &module = *context->program->module;
  *out_memory = {};
  out_memory->arena_bytes = context->arena.committed_bytes;
  out_memory->arena_peak_bytes = context->arena.peak_bytes;
  out_memory->scratch_bytes = context->scratch.bytes;
  for (int32_t i = 0; i < module.num_states; ++i)
    out_memory->state_bytes += context->states[i].bytes;
  for (int32_t i = 0; i < module.num_outputs; ++i) {
    out_memory->output_bytes += context->outputs[i].block.bytes;
  }
  out_memory->host_bytes = context->host_memory.committed_bytes;
  out_memory->weights_bytes = module.weights_bytes;
  out_memory->packed_bytes = module.packed_bytes;
  if (context->device != nullptr) out_memory->device_bytes = plx::device_bytes(*context->device);
  out_memory->heap_allocations = context->allocations;
}

int32_t plx_context_threads(const plx_context *context) { return context->run.threads; }

}  // extern "C"
