#include "tools/plexus/training/Accumulator.h"

#include <cstring>

namespace plx {

Accumulator::Accumulator(TrainingProgram program, StepRunner &runner, const CommonOptions &common)
    : runner_(runner), context_(std::move(program), common) {
  for (const train::StepState &state : context_.step().states)
    if (state.kind == train::StateKind::Sum) sums_.push_back({state.name, makeArray(state)});
}

void Accumulator::clear() {
  for (Sum &sum : sums_) {
    plx_tensor tensor = plx_array_view(sum.array.get());
    memset(tensor.data, 0, static_cast<size_t>(plx_tensor_bytes(&tensor)));
  }
}

double Accumulator::run(double share, int64_t part) {
  context_.setScalar("$share", share);
  context_.setScalar("$step", part);
  for (const StepRunner::State &state : runner_.states())
    if (context_.hasInput(state.name)) context_.setInput(state.name, state.value);
  for (Sum &sum : sums_) {
    context_.setInput(sum.name, plx_array_view(sum.array.get()));
    context_.bindOutput(sum.name, plx_array_view(sum.array.get()));
  }
  context_.run();
  for (const StepRunner::State &state : runner_.states())
    if (state.kind == train::StateKind::Statistic) {
      plx_tensor renewed = context_.output(state.name);
      memcpy(state.value.data, renewed.data, static_cast<size_t>(plx_tensor_bytes(&renewed)));
      runner_.setInput(state.name, state.value);
    }
  return context_.scalar("$loss");
}

void Accumulator::handOver() {
  for (const Sum &sum : sums_) runner_.setInput(sum.name, plx_array_view(sum.array.get()));
}

}  // namespace plx
