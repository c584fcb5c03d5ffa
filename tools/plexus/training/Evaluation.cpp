#include "tools/plexus/training/Evaluation.h"

#include <algorithm>
#include <set>

namespace plx {

Evaluation::Evaluation(TrainingProgram program, InputColumns &columns, std::vector<int64_t> rows,
                       int64_t batch, std::vector<std::string> metrics, const CommonOptions &common)
    : context_(std::move(program), common),
      columns_(columns),
      rows_(std::move(rows)),
      batch_(batch),
      metrics_(std::move(metrics)),
      names_{"loss"} {
  names_.insert(names_.end(), metrics_.begin(), metrics_.end());
}

/// The runner's; its own where the step has made a constant of a state.
void Evaluation::setStates(const StepRunner &runner) {
  std::set<std::string> set;
  for (const StepRunner::State &state : runner.states())
    if (context_.hasInput(state.name)) {
      context_.setInput(state.name, state.value);
      set.insert(state.name);
    }
  for (const train::StepState &state : context_.step().states)
    if (!set.count(state.name))
      context_.setInput(state.name, {const_cast<void *>(state.initial), state.dims.data(),
                                     static_cast<int32_t>(state.dims.size()), state.elementType});
}

std::vector<double> Evaluation::run(const StepRunner &runner, int64_t step) {
  train::Metrics metrics = valueOf(train::Metrics::create(metrics_));
  const std::string &target = context_.step().target, &prediction = context_.step().prediction;
  setStates(runner);
  context_.setScalar("$step", step);
  double loss = 0;
  auto batch = static_cast<size_t>(batch_);
  for (size_t begin = 0; begin < rows_.size(); begin += batch) {
    size_t end = std::min(begin + batch, rows_.size());
    std::vector<int64_t> taken(rows_.begin() + static_cast<int64_t>(begin),
                               rows_.begin() + static_cast<int64_t>(end));
    plx_tensor wanted{};
    for (auto &[name, column] : columns_) {
      plx_tensor tensor = column.take(taken);
      if (name == target) wanted = tensor;
      context_.setInput(name, tensor);
    }
    context_.run();
    loss += context_.scalar("$loss") * static_cast<double>(taken.size());
    if (!metrics_.empty()) checkStatus(metrics.add(context_.output(prediction), wanted));
  }
  std::vector<double> out{loss / static_cast<double>(rows_.size())};
  std::vector<double> others = valueOf(metrics.results());
  out.insert(out.end(), others.begin(), others.end());
  return out;
}

}  // namespace plx
