// plexus train: an ONNX model and data in, the model with trained weights out.
#include <unistd.h>

#include <chrono>
#include <cmath>
#include <cstdio>
#include <optional>

#include "runtime/train/batches.h"
#include "runtime/train/checkpoint.h"
#include "runtime/train/log.h"
#include "runtime/train/schedule.h"
#include "tools/plexus/Cache.h"
#include "tools/plexus/Columns.h"
#include "tools/plexus/Commands.h"
#include "tools/plexus/StepProfile.h"
#include "tools/plexus/StepRunner.h"

namespace plx {
namespace {

constexpr int kCheckpointsKept = 3;

ModelHandle openForTraining(const TrainCommand &options) {
  std::string output = splitAtEquals(options.target).first;
  std::vector<const char *> frozen;
  for (const std::string &pattern : options.frozen) frozen.push_back(pattern.c_str());
  plexus_training_options given = {};
  given.struct_bytes = sizeof given;
  given.flags = (options.trainMode == "as-is" ? PLEXUS_TRAIN_AS_IS : 0) |
                (options.keepTied ? PLEXUS_TRAIN_KEEP_TIED : 0);
  given.loss = options.loss.c_str();
  given.output = output.empty() ? nullptr : output.c_str();
  given.optimizer = options.optimizer.c_str();
  given.momentum = options.momentum;
  given.beta1 = options.beta1;
  given.beta2 = options.beta2;
  given.alpha = options.alpha;
  given.epsilon = options.epsilon;
  given.weight_decay = options.weightDecay;
  given.l1 = options.l1;
  given.clip_norm = options.clipNorm;
  given.clip_value = options.clipValue;
  given.seed = options.common.seed;
  given.num_frozen = static_cast<int32_t>(frozen.size());
  given.frozen = frozen.data();
  ModelOptions how = ModelOptions::of(options.common);
  how.dims = parseDims(options.common.dims);
  how.memoryLimit = options.memoryLimit;
  return openModel(how, [&](const plexus_options &o, plexus_model **model, char **message) {
    return Compiler::get().modelOpenTraining(options.model.c_str(), &o, &given, model, message);
  });
}

/// Options that make a run another run, for checkpoints; how long it runs is not among them.
std::string identity(const TrainCommand &o) {
  std::string text = "train";
  auto add = [&](const auto &...parts) { ((text += "\n" + parts), ...); };
  add(o.data, o.target, o.loss, o.optimizer, o.trainMode, o.schedule);
  for (const auto &list : {o.inputs, o.frozen})
    for (const std::string &item : list) add(item);
  for (double number : {o.rate, o.momentum, o.beta1, o.beta2, o.alpha, o.epsilon, o.weightDecay,
                        o.l1, o.clipNorm, o.clipValue, o.scheduleFactor})
    add(std::to_string(number));
  for (int64_t number : {o.batch, o.warmup, o.scheduleEvery, int64_t{o.noShuffle},
                         int64_t{o.keepTied}, static_cast<int64_t>(o.common.seed)})
    add(std::to_string(number));
  return cacheKey(o.model, text, compilerPath());
}

class Training {
 public:
  explicit Training(const TrainCommand &options)
      : options_(options),
        model_(openForTraining(options)),
        program_(Program::session(model_.get(), options.common.device)),
        runner_(model_.get(), program_, options.common, options.opProfile) {}

  void run();

 private:
  void introduce() const;
  void readData();
  void checkClasses() const;
  void plan();
  int64_t resume();
  StepRunner::Figures step(int64_t number);
  void report(int64_t done, double loss);
  std::vector<train::NamedTensor> states() const;

  const TrainCommand &options_;
  ModelHandle model_;
  Program program_;
  StepRunner runner_;
  std::vector<std::pair<std::string, train::Column>> columns_;  // by input
  std::optional<train::Batches> batches_;
  std::optional<train::Checkpoints> checkpoints_;
  train::Schedule schedule_;
  std::chrono::steady_clock::time_point begin_, told_;
  int64_t first_ = 0;
};

void Training::introduce() const {
  const Compiler &compiler = Compiler::get();
  int64_t count = 0, elements = 0;
  for (const StepRunner::State &state : runner_.states()) {
    if (state.kind != PLEXUS_STATE_PARAMETER) continue;
    ++count;
    elements += plx_num_elements(state.value.rank, state.value.dims);
    char type[256];
    plx_format_type(&state.value, type, sizeof type);
    printf("  %s: %s\n", state.name.c_str(), type);
  }
  printf("trains %lld parameters of %lld elements\n", static_cast<long long>(count),
         static_cast<long long>(elements));
  StepRunner::Memory memory = runner_.memory();
  if (program_.module().arena_bytes >= 0)
    printf(
        "a step takes %llu bytes: %llu of parameters and slots, %llu of other weights, %llu of "
        "values\n",
        static_cast<unsigned long long>(memory.stateBytes + memory.weightsBytes +
                                        memory.arenaBytes),
        static_cast<unsigned long long>(memory.stateBytes),
        static_cast<unsigned long long>(memory.weightsBytes),
        static_cast<unsigned long long>(memory.arenaBytes));
  for (int32_t i = 0; i < compiler.trainingNumNotes(model_.get()); ++i)
    printf("%s\n", compiler.trainingNote(model_.get(), i));
}

/// Classes are indices of the prediction's axis 1.
void Training::checkClasses() const {
  std::string target = Compiler::get().trainingTarget(model_.get());
  const plx_module &module = program_.module();
  for (int32_t i = 0; i < module.num_outputs; ++i) {
    const plx_value &output = module.outputs[i];
    if (output.name != std::string(Compiler::get().trainingPrediction(model_.get()))) continue;
    for (const auto &[name, column] : columns_) {
      if (name != target || column.elementType() != PLX_I64 || output.rank < 2) continue;
      auto [low, high] = column.range();
      int64_t classes = output.dims[1].constant;
      if (low < 0 || (classes >= 0 && high >= classes))
        throw Failure("the target holds classes from " + std::to_string(low) + " to " +
                      std::to_string(high) + "; output '" + output.name + "' has " +
                      std::to_string(classes) + ", from 0 on");
    }
  }
}

/// A column for each input: --input NAME=COLUMN, --target, else the column of the input's name.
void Training::readData() {
  std::map<std::string, std::string> columns = columnsOf(options_.inputs);
  columns[Compiler::get().trainingTarget(model_.get())] = splitAtEquals(options_.target).second;
  columns_ = DataFile(options_.data).readAll(runner_.batchInputs(), std::move(columns));
  checkClasses();
}

void Training::plan() {
  batches_.emplace(columns_.front().second.rows(), options_.batch, !options_.noShuffle,
                   options_.common.seed);
  schedule_.kind = *train::scheduleOf(options_.schedule);
  schedule_.rate = options_.rate;
  schedule_.warmup = options_.warmup;
  schedule_.every = options_.scheduleEvery;
  schedule_.factor = options_.scheduleFactor;
  schedule_.steps = options_.steps > 0
                        ? options_.steps
                        : std::max<int64_t>(options_.epochs, 1) * batches_->perEpoch();
}

std::vector<train::NamedTensor> Training::states() const {
  std::vector<train::NamedTensor> out;
  for (const StepRunner::State &state : runner_.states()) out.push_back({state.name, state.value});
  return out;
}

int64_t Training::resume() {
  if (options_.checkpoint.empty()) {
    if (options_.resume) throw Failure("--resume needs --checkpoint DIR", kWrongUsage);
    return 0;
  }
  checkpoints_ =
      valueOf(train::Checkpoints::open(options_.checkpoint, identity(options_), kCheckpointsKept));
  if (!options_.resume) return 0;
  std::vector<std::string> notes;
  int64_t step = valueOf(checkpoints_->restore(states(), notes));
  for (const std::string &note : notes) fprintf(stderr, "%s\n", note.c_str());
  if (step > 0) fprintf(stderr, "resumed at step %lld\n", static_cast<long long>(step));
  return step;
}

StepRunner::Figures Training::step(int64_t number) {
  const std::vector<int64_t> &rows = batches_->at(number);
  for (auto &[name, column] : columns_) runner_.setInput(name, column.take(rows));
  StepRunner::Figures figures = runner_.run(schedule_.at(number), number);
  if (!std::isfinite(figures.loss))
    throw Failure("step " + std::to_string(number) + ": the loss is " +
                  std::to_string(figures.loss) +
                  "; a smaller --lr or --clip-norm may help. Earlier checkpoints are as they were");
  return figures;
}

/// One line that is written over, where there is a terminal.
void Training::report(int64_t done, double loss) {
  auto now = std::chrono::steady_clock::now();
  bool isLast = done == schedule_.steps;
  if (!isatty(STDERR_FILENO) || (!isLast && now - told_ < std::chrono::milliseconds(100))) return;
  told_ = now;
  double seconds = std::chrono::duration<double>(now - begin_).count();
  double rate = static_cast<double>(done - first_) / seconds;
  double left = static_cast<double>(schedule_.steps - done) / rate;
  fprintf(stderr, "\r\033[K%lld of %lld steps  loss %.6g  %.1f steps/s  %.0f s left%s",
          static_cast<long long>(done), static_cast<long long>(schedule_.steps), loss, rate, left,
          isLast ? "\n" : "");
  fflush(stderr);
}

void Training::run() {
  readData();
  plan();
  introduce();
  first_ = resume();
  std::optional<train::Log> log;
  if (!options_.log.empty()) log = valueOf(train::Log::open(options_.log, first_));
  int64_t every = options_.checkpointEvery > 0 ? options_.checkpointEvery : batches_->perEpoch();
  begin_ = told_ = std::chrono::steady_clock::now();
  StepRunner::Figures figures{};
  StepProfile profile;
  for (int64_t s = first_; s < schedule_.steps; ++s) {
    profile.beginStep();
    figures = step(s);
    profile.endStep();
    if (log)
      checkStatus(
          log->add({s, batches_->epochOf(s), figures.loss, schedule_.at(s), figures.gradientNorm}));
    if (checkpoints_ && ((s + 1) % every == 0 || s + 1 == schedule_.steps)) {
      // The log first: a checkpoint's steps are then in it.
      if (log) checkStatus(log->flush());
      checkStatus(checkpoints_->write(s + 1, states()));
    }
    report(s + 1, figures.loss);
  }
  if (log) checkStatus(log->flush());
  double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin_).count();
  printf("%lld steps in %.3f s, last loss %.6g\n", static_cast<long long>(schedule_.steps - first_),
         seconds, figures.loss);
  if (!options_.profile.empty()) profile.write(options_.profile, runner_);
  if (!options_.out.empty()) runner_.save(options_.out);
}

}  // namespace

int trainCommand(const TrainCommand &options) {
  Training(options).run();
  return 0;
}

}  // namespace plx
