// One run: check the inputs, bind the symbols, call the host program, say what went wrong.
#include "runtime/core/calls.h"
#include "runtime/core/checked.h"
#include "runtime/core/context.h"
#include "runtime/core/dim_expression.h"
#include "runtime/core/error.h"
#include "runtime/core/fault.h"
#include "runtime/core/program.h"
#include "runtime/device/device_context.h"
#include "runtime/profile/profile.h"

namespace plx {
namespace {

plx_status check_all_set(const plx_context &context, plx_error *out_error) {
  const plx_module &module = *context.program->module;
  char names[512];
  Text text(names, sizeof names);
  int32_t missing = 0;
  for (int32_t i = 0; i < module.num_inputs; ++i) {
    if (!context.inputs[i].set)
      text.add("%s'%s'", missing++ == 0 ? "" : ", ", module.inputs[i].name);
  }
  if (missing == 0) return PLX_OK;
  return fail(out_error, PLX_INVALID_ARGUMENT, "model '%s': %d of %d inputs %s not set: %s%s",
              module.name, missing, module.num_inputs, missing == 1 ? "is" : "are", names,
              text.cut() ? "..." : "");
}

plx_status conflict(const plx_context &context, int32_t input, int32_t dim, int32_t symbol,
                    plx_error *out_error) {
  const plx_module &module = *context.program->module;
  const plx_value &first = module.inputs[context.bound_by[symbol]];
  return fail(
      out_error, PLX_MISMATCH,
      "model '%s': dim '%s' is %lld by input '%s' but %lld by dim %d of input '%s'", module.name,
      module.symbols[symbol].name, static_cast<long long>(context.symbols[symbol]), first.name,
      static_cast<long long>(context.input_views[input].dims[dim]), dim, module.inputs[input].name);
}

plx_status bind_symbol(plx_context *context, int32_t input, int32_t dim, plx_error *out_error) {
  const plx_module &module = *context->program->module;
  int32_t symbol = module.inputs[input].dims[dim].symbol;
  int64_t value = context->input_views[input].dims[dim];
  if (context->bound_by[symbol] >= 0) {
    if (context->symbols[symbol] == value) return PLX_OK;
    return conflict(*context, input, dim, symbol, out_error);
  }
  if (value < module.symbols[symbol].lower_bound) {
    return fail(out_error, PLX_MISMATCH,
                "model '%s', input '%s': dim %d, '%s', is %lld; expected at least %lld",
                module.name, module.inputs[input].name, dim, module.symbols[symbol].name,
                static_cast<long long>(value),
                static_cast<long long>(module.symbols[symbol].lower_bound));
  }
  context->symbols[symbol] = value;
  context->bound_by[symbol] = input;
  return PLX_OK;
}

plx_status bind_symbols(plx_context *context, plx_error *out_error) {
  const plx_module &module = *context->program->module;
  for (int32_t i = 0; i < module.num_symbols; ++i) {
    context->symbols[i] = 0;
    context->bound_by[i] = -1;
  }
  for (int32_t i = 0; i < module.num_inputs; ++i) {
    for (int32_t d = 0; d < module.inputs[i].rank; ++d) {
      if (module.inputs[i].dims[d].symbol < 0) continue;
      plx_status status = bind_symbol(context, i, d, out_error);
      if (status != PLX_OK) return status;
    }
  }
  return PLX_OK;
}

// Dims that are expressions, once all symbols have their values.
plx_status check_expressions(const plx_context &context, plx_error *out_error) {
  const plx_program &program = *context.program;
  const plx_module &module = *program.module;
  if (program.dim_expressions == nullptr) return PLX_OK;
  for (int32_t i = 0; i < module.num_inputs; ++i) {
    for (int32_t d = 0; d < module.inputs[i].rank; ++d) {
      if (program.dim_expressions[program.first_dim[i] + d] == nullptr) continue;
      int64_t found = context.input_views[i].dims[d];
      int64_t expected = -1;
      if (evaluate_input_dim(program, i, d, context.symbols, &expected) && expected == found)
        continue;
      return fail(out_error, PLX_MISMATCH,
                  "model '%s', input '%s': dim %d is %lld; expected %s, which is %lld", module.name,
                  module.inputs[i].name, d, static_cast<long long>(found),
                  module.inputs[i].dims[d].text, static_cast<long long>(expected));
    }
  }
  return PLX_OK;
}

bool overlaps_input(const plx_context &context, int32_t output, int32_t input) {
  const plx_module &module = *context.program->module;
  if (module.inputs[input].kind != PLX_KIND_TENSOR) return false;
  const OutputSlot &slot = context.outputs[output];
  const plx_tensor &tensor = context.inputs[input].tensor;
  if (module.outputs[output].donated == input && slot.bound == tensor.data) return false;
  return ranges_overlap(slot.bound, slot.bound_bytes, tensor.data, context.inputs[input].bytes);
}

// Quadratic in inputs and outputs, a step of training has hundreds: once for what is bound.
plx_status check_overlaps(plx_context *context, plx_error *out_error) {
  if (context->apart) return PLX_OK;
  const plx_module &module = *context->program->module;
  for (int32_t o = 0; o < module.num_outputs; ++o) {
    const OutputSlot &output = context->outputs[o];
    if (output.bound == nullptr) continue;
    for (int32_t i = 0; i < module.num_inputs; ++i) {
      if (!overlaps_input(*context, o, i)) continue;
      return fail(out_error, PLX_INVALID_ARGUMENT,
                  "model '%s': the memory bound to output '%s' overlaps input '%s'", module.name,
                  module.outputs[o].name, module.inputs[i].name);
    }
    for (int32_t i = 0; i < o; ++i) {
      const OutputSlot &other = context->outputs[i];
      if (other.bound == nullptr ||
          !ranges_overlap(output.bound, output.bound_bytes, other.bound, other.bound_bytes)) {
        continue;
      }
      return fail(out_error, PLX_INVALID_ARGUMENT,
                  "model '%s': the memory bound to output '%s' overlaps that of output '%s'",
                  module.name, module.outputs[o].name, module.outputs[i].name);
    }
  }
  context->apart = true;
  return PLX_OK;
}

void reset_run(plx_context *context) {
  context->run.fault = {};
  context->run.fault.node = -1;
  context->host_message[0] = 0;
  context->host_used_bytes = 0;
  context->has_run = false;
  for (int32_t i = 0; i < context->program->module->num_outputs; ++i) {
    context->outputs[i].written = false;
    release_output_object(&context->outputs[i]);
    context->output_views[i].data = nullptr;
  }
}

plx_status check_outputs(const plx_context &context, plx_error *out_error) {
  const plx_module &module = *context.program->module;
  for (int32_t i = 0; i < module.num_outputs; ++i) {
    if (context.outputs[i].written) continue;
    return fail(out_error, PLX_INTERNAL, "model '%s': the compiled code did not write output '%s'",
                module.name, module.outputs[i].name);
  }
  return PLX_OK;
}

// Calls the module's code. A request to cancel that comes after its last look is used up with it.
plx_status execute(plx_context *context, plx_run_fn code, plx_error *out_error) {
  plx_run *run = &context->run;
  uint64_t begin_ns = context->profile != nullptr ? now_ns() : 0;
  // After a trim the scratch that the module states is gone.
  int32_t result = run_scratch(run, static_cast<int64_t>(run->module->scratch_bytes));
  if (context->device != nullptr && result == 0) {
    begin_device_run(run);
    result = fault_code(*run) == PLX_FAULT_NONE ? code(run) : fault_code(*run);
    end_device_run(run);
    result = fault_code(*run);
  } else if (result == 0) {
    result = code(run);
  }
  if (context->profile != nullptr)
    record_run(context->profile, run->run_number, begin_ns, now_ns());
  context->objects.clear();  // outputs hold theirs themselves
  context->cancelled.store(0, std::memory_order_relaxed);
  if (fault_code(*run) != PLX_FAULT_NONE) return describe_fault(*context, out_error);
  if (result == 0) return PLX_OK;
  return fail(out_error, PLX_INTERNAL, "model '%s': the compiled code returned %d without a fault",
              context->program->module->name, result);
}

}  // namespace

plx_status prepare_program(plx_context *context, plx_error *out_error) {
  plx_program *program = context->program;
  pthread_mutex_lock(&program->prepare_lock);
  plx_status status = PLX_OK;
  context->run.packed = program->packed;
  if (!program->prepared && program->module->prepare != nullptr) {
    reset_run(context);
    status = execute(context, program->module->prepare, out_error);
    context->arena.trim();  // packing may need far more than runs do
    context->run.arena = nullptr;
  }
  if (status == PLX_OK) program->prepared = true;
  pthread_mutex_unlock(&program->prepare_lock);
  return status;
}

}  // namespace plx

extern "C" plx_status plx_context_run(plx_context *context, plx_error *out_error) {
  plx::reset_run(context);
  plx_status status = plx::check_all_set(*context, out_error);
  if (status == PLX_OK) status = plx::bind_symbols(context, out_error);
  if (status == PLX_OK) status = plx::check_expressions(*context, out_error);
  if (status == PLX_OK) status = plx::check_overlaps(context, out_error);
  if (status != PLX_OK) return status;
  status = plx::execute(context, context->program->module->run, out_error);
  ++context->run.run_number;
  if (status == PLX_OK) status = plx::check_outputs(*context, out_error);
  if (status != PLX_OK) return status;
  context->has_run = true;
  return plx::succeed(out_error);
}
