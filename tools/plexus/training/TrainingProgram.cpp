#include "tools/plexus/training/TrainingProgram.h"

#include "tools/plexus/Columns.h"
#include "tools/plexus/training/TrainModel.h"

namespace plx {
namespace {

constexpr char kBeside[] = ".training";  // Cache.h

static_assert(int{PLEXUS_STATE_PARAMETER} == int(train::StateKind::Parameter) &&
              int{PLEXUS_STATE_SLOT} == int(train::StateKind::Slot) &&
              int{PLEXUS_STATE_STATISTIC} == int(train::StateKind::Statistic) &&
              int{PLEXUS_STATE_SUM} == int(train::StateKind::Sum));

/// Initial elements are the model's.
train::StepDescription describe(const plexus_model *model) {
  const Compiler &compiler = Compiler::get();
  train::StepDescription step{
      compiler.trainingTarget(model), compiler.trainingPrediction(model), {}, {}, nullptr};
  for (int32_t i = 0; i < compiler.trainingNumNotes(model); ++i)
    step.notes.emplace_back(compiler.trainingNote(model, i));
  for (int32_t i = 0; i < compiler.trainingNumStates(model); ++i) {
    plexus_state state;
    compiler.trainingState(model, i, &state);
    step.states.push_back({state.name,
                           static_cast<train::StateKind>(state.kind),
                           state.element_type,
                           {state.dims, state.dims + state.rank},
                           state.initial,
                           state.bytes});
  }
  return step;
}

TrainingProgram openEntry(const std::string &entry, bool isOfCache) {
  return {Program::open(entry, isOfCache), valueOf(train::readStepFile(entry + kBeside))};
}

}  // namespace

void emitStep(const TrainCommand &options, const std::string &path) {
  if (options.accumulate > 1)
    throw Failure("--emit-step writes whole steps: --accumulate does not go with it", kWrongUsage);
  ModelHandle model = TrainModel(options, PLEXUS_TRAIN_STEP, 0).open();
  char *message = nullptr;
  checkStatus(
      Compiler::get().modelWrite(model.get(), PLEXUS_EMIT_LIBRARY,
                                 PLEXUS_SHARED_RUNTIME | PLEXUS_NO_HEADER, path.c_str(), &message),
      message);
  checkStatus(train::writeStepFile(path + kBeside, describe(model.get())));
}

TrainingProgram TrainingProgram::load(const TrainCommand &options, plexus_training_part part,
                                      uint32_t flags) {
  TrainModel wanted(options, part, flags);
  Cache cache = cacheOf(options.common);
  std::string key = cache.isThere() ? wanted.key() : "";
  if (std::optional<std::string> entry = cache.lookup(key)) {
    try {
      return openEntry(*entry, true);
    } catch (const Failure &) {
      cache.remove(key);  // removed by another process, or of no use: compile anew
    }
  }
  ModelHandle model = wanted.open();
  train::StepDescription step = describe(model.get());
  std::optional<std::string> entry =
      storeCompiled(cache, key, model.get(), [&](const std::string &library) {
        checkStatus(train::writeStepFile(library + kBeside, step));
      });
  if (entry) return openEntry(*entry, false);
  Program program = Program::session(model.get(), options.common.device);
  step.storage = std::shared_ptr<const plexus_model>(std::move(model));
  return {std::move(program), std::move(step)};
}

}  // namespace plx
