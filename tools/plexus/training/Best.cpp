#include "tools/plexus/training/Best.h"

#include <cstring>

#include "tools/plexus/Columns.h"

namespace plx {
namespace {

bool isKept(const StepRunner::State &state) {
  return state.kind == train::StateKind::Parameter || state.kind == train::StateKind::Statistic;
}

}  // namespace

Best::Best(const std::string &figure, int64_t patience, const StepRunner &runner)
    : monitor_(figure, patience), runner_(runner) {
  for (const StepRunner::State &state : runner.states())
    if (isKept(state)) copies_.emplace_back(plx_tensor_bytes(&state.value));
}

bool Best::add(double value, int64_t step) {
  if (!monitor_.add(value, step)) return false;
  size_t k = 0;
  for (const StepRunner::State &state : runner_.states())
    if (isKept(state)) {
      std::vector<char> &copy = copies_[k++];
      if (!copy.empty()) memcpy(copy.data(), state.value.data, copy.size());
    }
  return true;
}

std::vector<train::NamedTensor> Best::tensors() {
  std::vector<train::NamedTensor> out;
  for (const StepRunner::State &state : runner_.states())
    if (isKept(state)) {
      out.push_back({state.name, state.value});
      out.back().tensor.data = copies_[out.size() - 1].data();
    }
  return out;
}

void Best::open(const std::string &folder, const std::string &run, int kept) {
  checkpoints_ = valueOf(train::Checkpoints::open(folder, run, kept, "best"));
}

void Best::write() {
  int64_t step = monitor_.bestStep();
  if (!checkpoints_ || step < 0 || step == written_) return;
  checkStatus(checkpoints_->write(step, tensors()));
  written_ = step;
}

std::string Best::restore() {
  written_ = monitor_.bestStep();
  if (!checkpoints_ || written_ < 0) return "";
  absl::Status status = checkpoints_->read(written_, tensors());
  if (status.ok()) return "";
  monitor_.clear();
  written_ = -1;
  return std::string(status.message()) + "; what is the best counts from here on";
}

void Best::putBack() const {
  size_t k = 0;
  for (const StepRunner::State &state : runner_.states())
    if (isKept(state)) {
      const std::vector<char> &copy = copies_[k++];
      if (!copy.empty()) memcpy(state.value.data, copy.data(), copy.size());
    }
}

}  // namespace plx
