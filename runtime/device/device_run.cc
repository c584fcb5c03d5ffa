// What emitted code asks of a run whose kernels are a device's.
#include <stdlib.h>
#include <string.h>

#include "runtime/core/checked.h"
#include "runtime/core/context.h"
#include "runtime/core/error.h"
#include "runtime/core/fault.h"
#include "runtime/core/program.h"
#include "runtime/core/tensor.h"
#include "runtime/device/device_context.h"
#include "runtime/profile/profile.h"

namespace plx {
namespace {

uint64_t address_of(const void *pointer) { return reinterpret_cast<uint64_t>(pointer); }
void *pointer_to(uint64_t address) { return reinterpret_cast<void *>(address); }

// A failure of the device as a fault of the run, with its message.
int32_t device_fault(plx_run *run, const plx_error &error) {
  plx_context *context = run->context;
  if (fault_code(*run) != PLX_FAULT_NONE) return fault_code(*run);
  Text text(context->host_message, sizeof context->host_message);
  text.add("%s", error.message);
  bool memory = error.status == PLX_OUT_OF_MEMORY;
  return record_fault(run, PLX_FAULT_DEVICE, -1, memory ? 1 : 0, 0, 0);
}

struct Device {
  explicit Device(plx_run *run)
      : run(run),
        context(run->context->device),
        api(*context->program->api),
        device(context->program->device),
        stream(context->stream) {}

  // True where the call succeeded; else the fault is set.
  bool good(plx_status status) {
    if (status != PLX_OK) device_fault(run, error);
    return status == PLX_OK;
  }
  bool ensure(DeviceBlock *block, uint64_t bytes) {
    if (block->address != 0 && block->bytes >= bytes) return true;
    uint64_t wish = bytes < 256 ? 256 : bytes;
    api.release(device, block->address);
    *block = {};
    ++run->context->allocations;
    if (!good(api.allocate(device, wish, &block->address, &error))) return false;
    block->bytes = wish;
    return true;
  }
  // Grows by doubling and keeps the contents; what is new is zero.
  bool ensure_keeping(DeviceBlock *block, uint64_t bytes) {
    if (block->address != 0 && block->bytes >= bytes) return true;
    DeviceBlock larger = {};
    uint64_t wish = bytes > 2 * block->bytes ? bytes : 2 * block->bytes;
    if (!ensure(&larger, wish)) return false;
    if (!good(api.clear(stream, larger.address + block->bytes, larger.bytes - block->bytes,
                        &error))) {
      return false;
    }
    if (block->address != 0 &&
        (!good(api.copy(stream, larger.address, block->address, block->bytes, &error)) ||
         !good(api.synchronize(stream, &error)))) {
      return false;
    }
    api.release(device, block->address);
    *block = larger;
    return true;
  }
  void *host_memory(uint64_t bytes) {
    if (context->host_bytes >= bytes && context->host != nullptr) return context->host;
    free(context->host);
    ++run->context->allocations;
    context->host = aligned_alloc(PLX_ALIGNMENT, (bytes / PLX_ALIGNMENT + 1) * PLX_ALIGNMENT);
    context->host_bytes = context->host == nullptr ? 0 : bytes;
    if (context->host == nullptr) {
      record_fault(run, PLX_FAULT_OUT_OF_MEMORY, -1, static_cast<int64_t>(bytes), 0, 0);
    }
    return context->host;
  }
  // Waits, and takes over the kernels' fault.
  void collect() {
    plx_fault_cell cell = {};
    if (!good(api.download(stream, &cell, context->fault, sizeof cell, &error))) return;
    if (cell.order == 0 || fault_code(*run) != PLX_FAULT_NONE) return;
    record_fault(run, cell.code, cell.site, cell.values[0], cell.values[1], cell.values[2]);
  }

  plx_run *run;
  DeviceContext *context;
  const plx_device_api &api;
  plx_device *device;
  plx_stream *stream;
  plx_error error;
};

int32_t device_parallel(plx_run *run, int32_t kernel_index, plx_kernel_fn, void *const *buffers,
                        const int64_t *sizes, int64_t units, int64_t) {
  if (run_cancelled(run) != 0 || units <= 0) return fault_code(*run);
  Device d(run);
  DeviceContext *context = d.context;
  const DeviceProgram &program = *context->program;
  const plx_device_kernel &kernel = run->module->device_code->kernels[kernel_index];
  int32_t n = 0;
  for (int32_t i = 0; i < kernel.num_operands; ++i) {
    context->arguments[n++] = const_cast<void **>(&buffers[i]);
  }
  for (int32_t i = 0; i < kernel.num_sizes; ++i) {
    context->arguments[n++] = const_cast<int64_t *>(&sizes[i]);
  }
  if (kernel.wants_scratch != 0) context->arguments[n++] = &context->scratch.address;
  plx_launch_place place = {context->fault, ++context->launch, sizes[kernel.num_sizes]};
  context->arguments[n++] = &place;

  plx_device_launch launch = {};
  launch.entry = program.entries[kernel_index];
  launch.name = kernel.entry;
  launch.blocks = units < INT32_MAX ? units : INT32_MAX;
  launch.threads = kernel.threads;
  launch.shared_bytes = kernel.shared_bytes;
  launch.arguments = context->arguments;
  launch.num_arguments = n;
  if (program.checks_ranges) {
    launch.ranges = context->ranges;
    for (int32_t i = 0; i < kernel.num_operands; ++i) {
      const DimExpression *bytes = program.ranges[program.first_range[kernel_index] + i];
      int64_t count = INT64_MAX;
      if (bytes != nullptr && !evaluate_dim(*bytes, sizes, &count)) count = INT64_MAX;
      context->ranges[launch.num_ranges++] = {
          address_of(buffers[i]), count < 0 ? 0 : static_cast<uint64_t>(count),
          kernel.operands[i].access, kernel.operands[i].element_bytes};
    }
    if (kernel.wants_scratch != 0) {
      context->ranges[launch.num_ranges++] = {context->scratch.address, context->scratch.bytes,
                                              PLX_READ_WRITE, 8};
    }
  }
  bool marks = context->marked != nullptr && context->num_marked < 32767;
  if (marks) d.good(d.api.mark(d.stream, 2 * context->num_marked, &d.error));
  d.good(d.api.launch(d.stream, &launch, &d.error));
  if (marks) {
    d.good(d.api.mark(d.stream, 2 * context->num_marked + 1, &d.error));
    context->marked[context->num_marked++] = kernel_index;
  }
  return fault_code(*run);
}

// An entry in the list of blocks that live until the end of the run.
DeviceBlock *new_copy(Device *d) {
  DeviceContext *context = d->context;
  if (context->num_copies == context->most_copies) {
    int32_t most = context->most_copies == 0 ? 16 : 2 * context->most_copies;
    void *grown = realloc(context->copies, static_cast<size_t>(most) * sizeof(DeviceBlock));
    if (grown == nullptr) {
      record_fault(d->run, PLX_FAULT_OUT_OF_MEMORY, -1, most, 0, 0);
      return nullptr;
    }
    context->copies = static_cast<DeviceBlock *>(grown);
    context->most_copies = most;
  }
  DeviceBlock *block = &context->copies[context->num_copies++];
  *block = {};
  return block;
}

void *device_arena(plx_run *run, int64_t bytes) {
  Device d(run);
  if (bytes < 0) {
    record_fault(run, PLX_FAULT_OUT_OF_MEMORY, -1, bytes, 0, 0);
    return nullptr;
  }
  auto wish = static_cast<uint64_t>(bytes);
  DeviceBlock *arena = &d.context->arena;
  if (arena->address == 0 || arena->bytes < wish) {
    // Contents stay: kernels of this run have written them. The old block does too, until the end
    // of the run: the host program may hold addresses in it, of buffers that are only read from now
    // on.
    DeviceBlock larger = {};
    DeviceBlock *old = new_copy(&d);
    if (old == nullptr || !d.ensure(&larger, wish)) return nullptr;
    if (arena->address != 0 &&
        (!d.good(d.api.copy(d.stream, larger.address, arena->address, arena->bytes, &d.error)) ||
         !d.good(d.api.synchronize(d.stream, &d.error)))) {
      d.api.release(d.device, larger.address);
      return nullptr;
    }
    *old = *arena;
    *arena = larger;
  }
  run->arena = pointer_to(arena->address);
  return run->arena;
}

int32_t device_scratch(plx_run *run, int64_t bytes) {
  Device d(run);
  if (bytes < 0) return record_fault(run, PLX_FAULT_OUT_OF_MEMORY, -1, bytes, 0, 0);
  d.ensure(&d.context->scratch, static_cast<uint64_t>(bytes));
  return fault_code(*run);
}

// The input that an output is carried over to; -1: none.
int32_t carried_input(const plx_context &context, int32_t output) {
  int32_t input = context.program->module->outputs[output].donated;
  bool is_carried = input >= 0 && context.inputs[input].carrier == &context.outputs[output];
  return is_carried ? input : -1;
}

void *device_output(plx_run *run, int32_t index, int32_t rank, const int64_t *dims) {
  // The place on the host first: it checks the dims.
  if (run_output(run, index, rank, dims) == nullptr) return nullptr;
  Device d(run);
  auto bytes = static_cast<uint64_t>(plx_tensor_bytes(&run->context->outputs[index].tensor));
  DeviceBlock *block = &d.context->outputs[index];
  if (int32_t input = carried_input(*run->context, index); input >= 0) {
    block = &d.context->inputs[input];
    if (block->bytes < bytes) {
      record_fault(run, PLX_FAULT_INTERNAL, -1, index, static_cast<int64_t>(bytes), 5);
      return nullptr;
    }
    d.context->is_ahead[index] = true;
  } else if (!d.ensure(block, bytes)) {
    return nullptr;
  }
  run->outputs[index].data = pointer_to(block->address);
  return run->outputs[index].data;
}

void *device_state(plx_run *run, int32_t slot, int64_t bytes) {
  if (slot < 0 || slot >= run->module->num_states || bytes < 0) {
    record_fault(run, PLX_FAULT_INTERNAL, -1, slot, run->module->num_states, 2);
    return nullptr;
  }
  Device d(run);
  DeviceBlock *state = &d.context->states[slot];
  if (!d.ensure_keeping(state, static_cast<uint64_t>(bytes))) return nullptr;
  return pointer_to(state->address);
}

int32_t device_fail(plx_run *run, int32_t code, int32_t node, int64_t v0, int64_t v1, int64_t v2) {
  Device(run).collect();  // what kernels found before comes first
  return record_fault(run, code, node, v0, v1, v2);
}

bool is_on_device(const plx_tensor &tensor) {
  return tensor.element_type != PLX_OBJECT && tensor.element_type != PLX_STRING &&
         tensor.data != nullptr;
}

int32_t device_host_call(plx_run *run, int32_t import, int32_t node, const plx_tensor *args,
                         int32_t num_args, plx_tensor *results, int32_t num_results) {
  constexpr int32_t kMost = 256;
  if (num_args > kMost || num_results > kMost) {
    return record_fault(run, PLX_FAULT_INTERNAL, node, num_args, num_results, 4);
  }
  Device d(run);
  d.collect();
  if (run_cancelled(run) != 0) return fault_code(*run);
  plx_tensor here_args[kMost];
  plx_tensor here_results[kMost];
  uint64_t places[2 * kMost];
  uint64_t total = 0;
  for (int32_t i = 0; i < num_args + num_results; ++i) {
    const plx_tensor &tensor = i < num_args ? args[i] : results[i - num_args];
    (i < num_args ? here_args[i] : here_results[i - num_args]) = tensor;
    places[i] = total;
    if (!is_on_device(tensor)) continue;
    int64_t bytes = plx_tensor_bytes(&tensor);
    uint64_t rounded = 0;
    if (bytes < 0 || !checked_round_up(static_cast<uint64_t>(bytes), PLX_ALIGNMENT, &rounded) ||
        !checked_add(total, rounded, &total)) {
      return record_fault(run, PLX_FAULT_OUT_OF_MEMORY, node, bytes, 0, 0);
    }
  }
  auto *memory = static_cast<char *>(d.host_memory(total + PLX_ALIGNMENT));
  if (memory == nullptr) return fault_code(*run);
  for (int32_t i = 0; i < num_args; ++i) {
    if (!is_on_device(args[i])) continue;
    here_args[i].data = memory + places[i];
    if (!d.good(d.api.download(d.stream, here_args[i].data, address_of(args[i].data),
                               static_cast<uint64_t>(plx_tensor_bytes(&args[i])), &d.error))) {
      return fault_code(*run);
    }
  }
  for (int32_t i = 0; i < num_results; ++i) {
    if (is_on_device(results[i])) here_results[i].data = memory + places[num_args + i];
  }
  if (host_call(run, import, node, here_args, num_args, here_results, num_results) != 0) {
    return fault_code(*run);
  }
  for (int32_t i = 0; i < num_results; ++i) {
    if (!is_on_device(results[i])) {
      results[i] = here_results[i];
    } else if (!d.good(d.api.upload(d.stream, address_of(results[i].data), here_results[i].data,
                                    static_cast<uint64_t>(plx_tensor_bytes(&results[i])),
                                    &d.error))) {
      return fault_code(*run);
    }
  }
  return fault_code(*run);
}

void *device_view(plx_run *run, int32_t node, plx_object *object, int32_t element_type,
                  int32_t rank, int64_t *out_dims) {
  void *data = run_view(run, node, object, element_type, rank, out_dims);
  if (data == nullptr || element_type == PLX_STRING) return data;
  Device d(run);
  plx_tensor tensor = plx_object_tensor(object);
  auto bytes = static_cast<uint64_t>(plx_tensor_bytes(&tensor));
  DeviceBlock *block = new_copy(&d);
  if (block == nullptr || !d.ensure(block, bytes) ||
      !d.good(d.api.upload(d.stream, block->address, data, bytes, &d.error))) {
    return nullptr;
  }
  return pointer_to(block->address);
}

int64_t device_load(plx_run *run, const void *buffer, int64_t bytes) {
  Device d(run);
  d.collect();
  if (fault_code(*run) != PLX_FAULT_NONE) return 0;
  uint64_t value = 0;
  d.good(
      d.api.download(d.stream, &value, address_of(buffer), static_cast<uint64_t>(bytes), &d.error));
  return static_cast<int64_t>(value);
}

void device_store(plx_run *run, void *buffer, int64_t value, int64_t bytes) {
  Device d(run);
  d.good(
      d.api.upload(d.stream, address_of(buffer), &value, static_cast<uint64_t>(bytes), &d.error));
}

void device_copy(plx_run *run, void *to, const void *from, int64_t bytes) {
  if (bytes <= 0) return;
  Device d(run);
  d.good(d.api.copy(d.stream, address_of(to), address_of(from), static_cast<uint64_t>(bytes),
                    &d.error));
}

// Times of the marked launches into the profile, counted from `begin_ns`.
void record_marks(Device *d, uint64_t begin_ns) {
  Profile *profile = d->run->context->profile;
  for (int32_t i = 0; i < d->context->num_marked; ++i) {
    uint64_t from = 0, to = 0;
    if (!d->good(d->api.elapsed(d->stream, 0, 2 * i, &from, &d->error)) ||
        !d->good(d->api.elapsed(d->stream, 0, 2 * i + 1, &to, &d->error))) {
      return;
    }
    profile->times[0] = {begin_ns + from, begin_ns + to};
    record_launch(profile, d->context->marked[i], 1, 1);
  }
}

}  // namespace

const plx_rt_calls kDeviceCalls = {
    device_parallel, device_arena,      device_scratch, device_output, device_state,
    device_fail,     device_host_call,  run_cancelled,  device_view,   run_mark,
    run_keep,        run_output_object, device_load,    device_store,  device_copy};

void begin_device_run(plx_run *run) {
  Device d(run);
  d.context->launch = 0;
  d.context->num_marked = 0;
  run->arena = pointer_to(d.context->arena.address);
  if (!d.good(d.api.clear(d.stream, d.context->fault, sizeof(plx_fault_cell), &d.error))) return;
  device_scratch(run, static_cast<int64_t>(run->module->scratch_bytes));
  plx_context *context = run->context;
  for (int32_t i = 0; i < run->module->num_inputs; ++i) {
    if (run->module->inputs[i].kind != PLX_KIND_TENSOR ||
        run->module->inputs[i].element_type == PLX_STRING) {
      continue;
    }
    const plx_tensor &tensor = context->inputs[i].tensor;
    auto bytes = static_cast<uint64_t>(plx_tensor_bytes(&tensor));
    DeviceBlock *block = &d.context->inputs[i];
    if (!d.ensure(block, bytes)) return;
    if (bytes > 0 && !d.context->is_there[i] &&
        !d.good(d.api.upload(d.stream, block->address, tensor.data, bytes, &d.error))) {
      return;
    }
    d.context->is_there[i] = context->inputs[i].carrier != nullptr;
    context->input_views[i].data = pointer_to(block->address);
  }
}

void end_device_run(plx_run *run) {
  Device d(run);
  plx_context *context = run->context;
  uint64_t begin_ns = d.context->num_marked > 0 ? now_ns() : 0;
  d.collect();
  for (int32_t i = 0; i < run->module->num_outputs; ++i) {
    OutputSlot *slot = &context->outputs[i];
    if (fault_code(*run) != PLX_FAULT_NONE) break;
    if (!slot->written || slot->object != nullptr || d.context->is_ahead[i]) continue;
    int64_t bytes = plx_tensor_bytes(&slot->tensor);
    if (bytes > 0) {
      d.good(d.api.download(d.stream, slot->tensor.data, address_of(run->outputs[i].data),
                            static_cast<uint64_t>(bytes), &d.error));
    }
  }
  if (d.context->num_marked > 0) record_marks(&d, begin_ns);
  for (int32_t i = 0; i < d.context->num_copies; ++i) {
    d.api.release(d.device, d.context->copies[i].address);
  }
  d.context->num_copies = 0;
}

plx_status fetch_carried(plx_context *context, plx_error *out_error) {
  Device d(&context->run);
  for (int32_t i = 0; i < context->program->module->num_outputs; ++i) {
    if (!d.context->is_ahead[i]) continue;
    const plx_tensor &tensor = context->outputs[i].tensor;
    auto bytes = static_cast<uint64_t>(plx_tensor_bytes(&tensor));
    uint64_t address = d.context->inputs[carried_input(*context, i)].address;
    plx_status status = PLX_OK;
    if (bytes > 0) status = d.api.download(d.stream, tensor.data, address, bytes, out_error);
    if (status != PLX_OK) return status;
    d.context->is_ahead[i] = false;
  }
  return succeed(out_error);
}

}  // namespace plx
