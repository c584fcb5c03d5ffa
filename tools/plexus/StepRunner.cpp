#include "tools/plexus/StepRunner.h"

#include <cstring>
#include <set>

#include "tools/plexus/Failure.h"
#include "tools/plexus/training/NamedContext.h"

namespace plx {
namespace {

constexpr char kLoss[] = "$loss", kNorm[] = "$gradient_norm", kRate[] = "$learning_rate",
               kStep[] = "$step", kShare[] = "$share", kUpdate[] = "$update";

uint64_t bytesOf(const plx_tensor &tensor) {
  return static_cast<uint64_t>(plx_tensor_bytes(&tensor));
}

}  // namespace

StepRunner::StepRunner(const TrainingProgram &program, const CommonOptions &common, bool traces)
    : program_(program),
      module_(program.program.module()),
      traces_(traces),
      context_(createContext(program.program, common, traces)) {
  const plx_module &module = module_;
  for (int32_t i = 0; i < module.num_inputs; ++i) inputs_[module.inputs[i].name] = i;
  for (int32_t i = 0; i < module.num_outputs; ++i) outputs_[module.outputs[i].name] = i;
  std::set<std::string> others{kRate, kStep, kShare, kUpdate};
  for (const train::StepState &state : program.step.states) {
    others.insert(state.name);
    if (state.kind == train::StateKind::Sum) continue;  // the accumulator's
    arrays_.push_back(makeArray(state));
    states_.push_back(
        {state.name, state.kind, state.initial, plx_array_view(arrays_.back().get())});
  }
  for (int32_t i = 0; i < module.num_inputs; ++i)
    if (!others.count(module.inputs[i].name)) batch_.push_back(&module.inputs[i]);
  plx_error error;
  for (const State &state : states_)
    checkStatus(plx_context_carry(context_.get(), outputs_.at(state.name), &error), error);
  reset();
}

void StepRunner::reset() {
  for (State &state : states_) {
    uint64_t bytes = bytesOf(state.value);
    if (bytes == 0) continue;
    if (state.initial)
      memcpy(state.value.data, state.initial, bytes);
    else
      memset(state.value.data, 0, bytes);
  }
  takeStates();
}

void StepRunner::takeStates() {
  for (const State &state : states_) setInput(state.name, state.value);
}

const std::vector<StepRunner::State> &StepRunner::states() const {
  plx_error error;
  checkStatus(plx_context_fetch(context_.get(), &error), error);
  return states_;
}

int32_t StepRunner::input(const std::string &name) const {
  auto found = inputs_.find(name);
  if (found == inputs_.end()) throw Failure("the model has no input '" + name + "'");
  return found->second;
}

void StepRunner::setInput(const std::string &name, const plx_tensor &tensor) {
  plx_error error;
  checkStatus(plx_context_set_input_at(context_.get(), input(name), &tensor, &error), error);
}

StepRunner::Figures StepRunner::run(double learningRate, int64_t step, int64_t part, double share) {
  const plx_tensor scalars[] = {{&learningRate, nullptr, 0, PLX_F64},
                                {&part, nullptr, 0, PLX_I64},
                                {&share, nullptr, 0, PLX_F64},
                                {&step, nullptr, 0, PLX_I64}};
  const char *const names[] = {kRate, kStep, kShare, kUpdate};
  // A step that nothing in the model asks for is no input.
  for (size_t i = 0; i < std::size(names); ++i)
    if (inputs_.count(names[i])) setInput(names[i], scalars[i]);
  plx_error error;
  checkStatus(plx_context_run(context_.get(), &error), error);
  ++numSteps_;
  auto scalar = [&](const char *name) {
    plx_tensor out;
    checkStatus(plx_context_output(context_.get(), outputs_.at(name), &out, &error), error);
    return *static_cast<const double *>(out.data);
  };
  return {scalar(kLoss), scalar(kNorm)};
}

plx_tensor StepRunner::prediction() const {
  plx_error error;
  plx_tensor out;
  int32_t index = outputs_.at(program_.step.prediction);
  checkStatus(plx_context_output(context_.get(), index, &out, &error), error);
  return out;
}

StepRunner::Memory StepRunner::memory() const {
  plx_memory memory;
  plx_context_memory(context_.get(), &memory);
  // The arena grows in large pieces: what it needs is known where sizes are.
  uint64_t arena = module_.arena_bytes >= 0 ? static_cast<uint64_t>(module_.arena_bytes)
                                            : memory.arena_peak_bytes;
  Memory out{0, arena, memory.weights_bytes, memory.device_bytes, memory.heap_allocations};
  for (const State &state : states_) out.stateBytes += bytesOf(state.value);
  return out;
}

std::vector<StepRunner::Kernel> StepRunner::kernels() const {
  std::vector<Kernel> out;
  plx_error error;
  for (int32_t i = 0; traces_ && i < module_.num_kernels; ++i) {
    plx_kernel_profile profile;
    checkStatus(plx_context_profile(context_.get(), i, &profile, &error), error);
    auto steps = static_cast<double>(numSteps_);
    out.push_back({&module_.kernels[i], static_cast<double>(profile.launches) / steps,
                   static_cast<double>(profile.total_ns) * 1e-6 / steps});
  }
  return out;
}

void StepRunner::save(const std::string &modelPath, const std::string &path) const {
  std::vector<plexus_weight> weights;
  for (const State &state : states())
    if (state.kind != train::StateKind::Slot)
      weights.push_back({state.name.c_str(), state.value.data, bytesOf(state.value)});
  char *message = nullptr;
  checkStatus(Compiler::get().trainingSave(modelPath.c_str(), static_cast<int32_t>(weights.size()),
                                           weights.data(), path.c_str(), &message),
              message);
}

}  // namespace plx
