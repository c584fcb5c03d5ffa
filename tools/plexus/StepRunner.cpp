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

StepRunner::StepRunner(const plexus_model *model, const Program &program,
                       const CommonOptions &common)
    : model_(model), context_(createContext(program, common)) {
  const plx_module &module = program.module();
  for (int32_t i = 0; i < module.num_inputs; ++i) inputs_[module.inputs[i].name] = i;
  for (int32_t i = 0; i < module.num_outputs; ++i) outputs_[module.outputs[i].name] = i;
  const Compiler &compiler = Compiler::get();
  std::set<std::string> others{kRate, kStep, kShare, kUpdate};
  for (int32_t i = 0; i < compiler.trainingNumStates(model); ++i) {
    plexus_state state;
    compiler.trainingState(model, i, &state);
    others.insert(state.name);
    if (state.kind == PLEXUS_STATE_SUM) continue;  // the accumulator's
    for (std::vector<Array> *side : {&front_, &back_}) side->push_back(makeArray(state));
    states_.push_back({state.name, state.kind, i, plx_array_view(front_.back().get())});
  }
  reset();
  for (int32_t i = 0; i < module.num_inputs; ++i)
    if (!others.count(module.inputs[i].name)) batch_.push_back(&module.inputs[i]);
}

void StepRunner::reset() {
  for (State &state : states_) {
    plexus_state initial;
    Compiler::get().trainingState(model_, state.index, &initial);
    if (initial.bytes == 0) continue;
    if (initial.initial)
      memcpy(state.value.data, initial.initial, initial.bytes);
    else
      memset(state.value.data, 0, initial.bytes);
  }
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

void StepRunner::bindStates() {
  plx_error error;
  for (size_t i = 0; i < states_.size(); ++i) {
    plx_tensor next = plx_array_view(back_[i].get());
    checkStatus(
        plx_context_set_input_at(context_.get(), input(states_[i].name), &states_[i].value, &error),
        error);
    checkStatus(plx_context_bind_output(context_.get(), outputs_.at(states_[i].name), next.data,
                                        bytesOf(next), &error),
                error);
  }
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
  bindStates();
  plx_error error;
  checkStatus(plx_context_run(context_.get(), &error), error);
  for (size_t i = 0; i < states_.size(); ++i) {
    std::swap(front_[i], back_[i]);
    states_[i].value = plx_array_view(front_[i].get());
  }
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
  const char *name = Compiler::get().trainingPrediction(model_);
  checkStatus(plx_context_output(context_.get(), outputs_.at(name), &out, &error), error);
  return out;
}

void StepRunner::save(const std::string &path) const {
  std::vector<const void *> values(static_cast<size_t>(Compiler::get().trainingNumStates(model_)));
  for (const State &state : states_) values[static_cast<size_t>(state.index)] = state.value.data;
  char *message = nullptr;
  checkStatus(Compiler::get().trainingSave(model_, values.data(), path.c_str(), &message), message);
}

}  // namespace plx
