// Memory that a run asks for: arena, scratch, outputs, states.
#include "runtime/core/calls.h"
#include "runtime/core/checked.h"
#include "runtime/core/context.h"
#include "runtime/core/fault.h"

namespace plx {
namespace {

// Between the scratch of two threads, so that a store near an end and a prefetch across it stay
// apart.
constexpr uint64_t kScratchGap = 128;

void *out_of_memory(plx_run *run, int64_t bytes) {
  record_fault(run, PLX_FAULT_OUT_OF_MEMORY, -1, bytes, 0, 0);
  return nullptr;
}

void *broken_contract(plx_run *run, int64_t v0, int64_t v1, int64_t v2) {
  record_fault(run, PLX_FAULT_INTERNAL, -1, v0, v1, v2);
  return nullptr;
}

// Whether the dims fit the descriptor; symbols and expressions are the program's own business.
bool fits(const plx_value &value, int32_t rank, const int64_t *dims) {
  if (rank < 0 || rank > PLX_MAX_RANK || (value.rank >= 0 && value.rank != rank)) return false;
  for (int32_t i = 0; i < rank; ++i) {
    int64_t expected = value.rank >= 0 ? value.dims[i].constant : -1;
    if (dims[i] < 0 || (expected >= 0 && dims[i] != expected)) return false;
  }
  return true;
}

}  // namespace

void *run_arena(plx_run *run, int64_t bytes) {
  plx_context *context = run->context;
  if (bytes < 0 || !context->arena.grow(static_cast<uint64_t>(bytes))) {
    return out_of_memory(run, bytes);
  }
  run->arena = context->arena.base;
  return run->arena;
}

int32_t run_scratch(plx_run *run, int64_t bytes) {
  plx_context *context = run->context;
  uint64_t stride = 0;
  uint64_t total = 0;
  auto wish = static_cast<uint64_t>(bytes);
  if (bytes >= 0 && wish + kScratchGap <= context->scratch_stride) return fault_code(*run);
  if (bytes < 0 || !checked_round_up(wish, PLX_ALIGNMENT, &stride) ||
      !checked_add(stride, kScratchGap, &stride) ||
      !checked_mul(stride, static_cast<uint64_t>(run->threads), &total) ||
      !context->scratch.ensure(total)) {
    context->scratch_stride = 0;
    out_of_memory(run, bytes);
    return fault_code(*run);
  }
  context->scratch_stride = stride;
  for (int32_t i = 0; i < run->threads; ++i) {
    context->scratch_by_thread[i] =
        static_cast<char *>(context->scratch.data) + stride * static_cast<uint64_t>(i);
  }
  return fault_code(*run);
}

void *run_output(plx_run *run, int32_t index, int32_t rank, const int64_t *dims) {
  plx_context *context = run->context;
  const plx_module *module = run->module;
  if (index < 0 || index >= module->num_outputs) {
    return broken_contract(run, index, module->num_outputs, 0);
  }
  if (!fits(module->outputs[index], rank, dims)) return broken_contract(run, index, rank, 1);
  OutputSlot *slot = &context->outputs[index];
  for (int32_t i = 0; i < rank; ++i) run->outputs[index].dims[i] = dims[i];
  slot->tensor.rank = rank;
  int64_t bytes = plx_tensor_bytes(&slot->tensor);
  if (bytes < 0) return out_of_memory(run, INT64_MAX);
  if (slot->bound != nullptr && slot->bound_bytes >= static_cast<uint64_t>(bytes)) {
    slot->tensor.data = slot->bound;
  } else {
    if (!slot->block.ensure(static_cast<uint64_t>(bytes))) return out_of_memory(run, bytes);
    slot->tensor.data = slot->block.data;
  }
  slot->written = true;
  run->outputs[index].data = slot->tensor.data;
  return slot->tensor.data;
}

void *run_state(plx_run *run, int32_t slot, int64_t bytes) {
  plx_context *context = run->context;
  if (slot < 0 || slot >= run->module->num_states) {
    return broken_contract(run, slot, run->module->num_states, 2);
  }
  Block *state = &context->states[slot];
  if (bytes < 0 || !state->ensure_keeping(static_cast<uint64_t>(bytes))) {
    return out_of_memory(run, bytes);
  }
  return state->data;
}

}  // namespace plx
