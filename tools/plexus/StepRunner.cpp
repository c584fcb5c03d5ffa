#include "tools/plexus/StepRunner.h"

#include "tools/plexus/Columns.h"

namespace plx {

StepRunner::StepRunner(const TrainingProgram &program, const CommonOptions &common, bool traces)
    : traces_(traces),
      stepper_(valueOf(train::Stepper::create(program.program.get(), program.step,
                                              contextOptions(common, traces)))) {}

void StepRunner::setInput(const std::string &name, const plx_tensor &tensor) {
  checkStatus(stepper_.setInput(name, tensor));
}

StepRunner::Figures StepRunner::run(double learningRate, int64_t step, int64_t part, double share) {
  Figures figures = valueOf(stepper_.run(learningRate, step, part, share));
  ++numSteps_;
  return figures;
}

const std::vector<StepRunner::State> &StepRunner::states() const {
  return *valueOf(stepper_.states());
}

void StepRunner::takeStates() { checkStatus(stepper_.takeStates()); }

void StepRunner::reset() { checkStatus(stepper_.reset()); }

StepRunner::Memory StepRunner::memory() const {
  plx_memory memory;
  plx_context_memory(stepper_.context(), &memory);
  // The arena grows in large pieces: what it needs is known where sizes are.
  const plx_module &module = stepper_.module();
  uint64_t arena =
      module.arena_bytes >= 0 ? static_cast<uint64_t>(module.arena_bytes) : memory.arena_peak_bytes;
  return {stepper_.stateBytes(), arena, memory.weights_bytes, memory.device_bytes,
          memory.heap_allocations};
}

std::vector<StepRunner::Kernel> StepRunner::kernels() const {
  std::vector<Kernel> out;
  plx_error error;
  const plx_module &module = stepper_.module();
  for (int32_t i = 0; traces_ && i < module.num_kernels; ++i) {
    plx_kernel_profile profile;
    checkStatus(plx_context_profile(stepper_.context(), i, &profile, &error), error);
    auto steps = static_cast<double>(numSteps_);
    out.push_back({&module.kernels[i], static_cast<double>(profile.launches) / steps,
                   static_cast<double>(profile.total_ns) * 1e-6 / steps});
  }
  return out;
}

void StepRunner::save(const std::string &modelPath, const std::string &path) const {
  std::vector<plexus_weight> weights;
  for (const State &state : states())
    if (state.kind != train::StateKind::Slot)
      weights.push_back({state.name.c_str(), state.value.data,
                         static_cast<uint64_t>(plx_tensor_bytes(&state.value))});
  char *message = nullptr;
  checkStatus(Compiler::get().trainingSave(modelPath.c_str(), static_cast<int32_t>(weights.size()),
                                           weights.data(), path.c_str(), &message),
              message);
}

}  // namespace plx
