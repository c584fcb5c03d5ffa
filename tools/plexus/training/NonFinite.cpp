#include "tools/plexus/training/NonFinite.h"

#include <cmath>

#include "runtime/train/numbers.h"

namespace plx {
namespace {

/// One look at one step of one run.
TrainCommand uncached(TrainCommand options) {
  options.common.noCache = true;
  return options;
}

/// What is no node of the model is of the step around it.
std::string placeOf(const plx_value &value) {
  std::string name = value.name;
  return name.starts_with("training step") ? "the loss, a gradient or the update (" + name + ")"
                                           : "'" + name + "'";
}

}  // namespace

std::string notFinite(const plx_tensor &tensor) {
  bool isNan = false, isInfinite = false;
  train::forEachNumber(tensor, [&](double x) {
    isNan |= std::isnan(x);
    isInfinite |= std::isinf(x);
  });
  return isNan ? "nan" : isInfinite ? "inf" : "";
}

NonFinite::NonFinite(const TrainCommand &options, const StepRunner &runner)
    : runner_(runner),
      context_(TrainingProgram::load(uncached(options), PLEXUS_TRAIN_STEP, PLEXUS_ALL_VALUES),
               options.common),
      // Loss, norm and prediction, then the states.
      first_(3 + static_cast<int32_t>(context_.step().states.size())) {}

std::optional<std::string> NonFinite::find(InputColumns &columns, const std::vector<int64_t> &rows,
                                           double learningRate, int64_t part) {
  for (const StepRunner::State &state : runner_.states()) {
    if (std::string what = notFinite(state.value); !what.empty())
      return "'" + state.name + "' was " + what + " before it: an update went too far";
    context_.setInput(state.name, state.value);
  }
  for (auto &[name, column] : columns) context_.setInput(name, column.take(rows));
  context_.setScalar("$learning_rate", learningRate);
  context_.setScalar("$step", part);
  context_.run();
  std::string infinite;
  for (int32_t i = first_; i < context_.module().num_outputs; ++i) {
    const plx_value &value = context_.module().outputs[i];
    if (value.kind != PLX_KIND_TENSOR) continue;
    std::string what = notFinite(context_.output(i));
    if (what == "nan")
      return "the first nan is what " + placeOf(value) + " gives" +
             (infinite.empty() ? "" : "; before it " + infinite + " gives inf");
    // An infinity may be meant, as in a mask: what makes nan of it is looked for.
    if (what == "inf" && infinite.empty()) infinite = placeOf(value);
  }
  if (infinite.empty()) return std::nullopt;
  return "the first inf is what " + infinite + " gives";
}

}  // namespace plx
