// plexus train: an ONNX model and data in, the model with trained weights out.
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <optional>

#include "runtime/train/batches.h"
#include "runtime/train/checkpoint.h"
#include "runtime/train/schedule.h"
#include "tools/plexus/Commands.h"
#include "tools/plexus/StepProfile.h"
#include "tools/plexus/StepRunner.h"
#include "tools/plexus/training/Accumulator.h"
#include "tools/plexus/training/Best.h"
#include "tools/plexus/training/Evaluation.h"
#include "tools/plexus/training/NonFinite.h"
#include "tools/plexus/training/Progress.h"
#include "tools/plexus/training/Record.h"
#include "tools/plexus/training/TrainModel.h"
#include "tools/plexus/training/TrainingData.h"

namespace plx {
namespace {

constexpr int kCheckpointsKept = 3;

long long printed(int64_t number) { return number; }

class Training {
 public:
  explicit Training(const TrainCommand &options)
      : options_(options),
        program_(TrainingProgram::load(
            options, options.accumulate > 1 ? PLEXUS_TRAIN_FINISH : PLEXUS_TRAIN_STEP)),
        runner_(program_, options.common, options.opProfile),
        data_(readTrainingData(options, runner_, program_.step.target)) {}

  void run();

 private:
  void introduce() const;
  void prepare();
  int64_t resume();
  std::vector<std::vector<int64_t>> partsOf(int64_t step);
  StepRunner::Figures step(int64_t number);
  [[noreturn]] void explain(int64_t step, const StepRunner::Figures &figures);
  bool isTimeFor(int64_t every, int64_t done) const;
  std::vector<double> evaluate(int64_t done);
  void keep(int64_t done);
  void finish(int64_t done, double loss, double seconds);
  const char *evaluationOf() const {
    return options_.validation.empty() ? "training" : "validation";
  }
  bool isTimeToStop() { return best_ && best_->monitor().isTimeToStop(); }
  bool hasBest() const { return options_.patience > 0 || !options_.monitor.empty(); }
  std::vector<train::NamedTensor> states();

  const TrainCommand &options_;
  TrainingProgram program_;
  StepRunner runner_;
  StepProfile profile_;
  TrainingData data_;
  std::optional<Accumulator> accumulator_;
  std::optional<Evaluation> evaluation_;
  std::optional<Best> best_;  // where there is an evaluation
  std::optional<train::Batches> batches_;
  std::optional<train::Checkpoints> checkpoints_;
  std::optional<Record> record_;
  std::optional<Progress> progress_;
  train::Schedule schedule_;
  int64_t first_ = 0;
};

void Training::introduce() const {
  int64_t count = 0, elements = 0;
  for (const StepRunner::State &state : runner_.states()) {
    if (state.kind != train::StateKind::Parameter) continue;
    ++count;
    elements += plx_num_elements(state.value.rank, state.value.dims);
    char type[256];
    plx_format_type(&state.value, type, sizeof type);
    printf("  %s: %s\n", state.name.c_str(), type);
  }
  printf("trains %lld parameters of %lld elements\n", printed(count), printed(elements));
  StepRunner::Memory memory = runner_.memory();
  if (program_.program.module().arena_bytes >= 0)
    printf(
        "a step takes %lld bytes: %lld of parameters and slots, %lld of other weights, %lld of "
        "values\n",
        printed(memory.stateBytes + memory.weightsBytes + memory.arenaBytes),
        printed(memory.stateBytes), printed(memory.weightsBytes), printed(memory.arenaBytes));
  for (const std::string &note : program_.step.notes) printf("%s\n", note.c_str());
  for (const std::string &note : data_.notes) printf("%s\n", note.c_str());
}

/// The other programs, and which step does what.
void Training::prepare() {
  const CommonOptions &common = options_.common;
  if (options_.accumulate > 1)
    accumulator_.emplace(TrainingProgram::load(options_, PLEXUS_TRAIN_ACCUMULATE), runner_, common);
  if (!options_.validation.empty() || !options_.metrics.empty()) {
    evaluation_.emplace(TrainingProgram::load(options_, PLEXUS_TRAIN_FORWARD),
                        data_.validationColumns(), data_.validation, data_.batch, options_.metrics,
                        common);
    best_.emplace(options_.monitor.empty() ? "loss" : options_.monitor, options_.patience, runner_);
  }
  batches_.emplace(static_cast<int64_t>(data_.rows.size()), data_.batch * options_.accumulate,
                   !options_.noShuffle, common.seed);
  batches_->use(data_.used);
  schedule_.kind = *train::scheduleOf(options_.schedule);
  schedule_.rate = options_.rate;
  schedule_.warmup = options_.warmup;
  schedule_.every = options_.scheduleEvery;
  schedule_.factor = options_.scheduleFactor;
  schedule_.steps = options_.steps > 0
                        ? options_.steps
                        : std::max<int64_t>(options_.epochs, 1) * batches_->perEpoch();
}

std::vector<train::NamedTensor> Training::states() {
  std::vector<train::NamedTensor> out;
  for (const StepRunner::State &state : runner_.states()) out.push_back({state.name, state.value});
  if (best_) out.push_back(best_->monitor().tensor());
  return out;
}

int64_t Training::resume() {
  if (options_.checkpoint.empty()) return 0;
  std::string run = identityOf(options_);
  checkpoints_ = valueOf(train::Checkpoints::open(options_.checkpoint, run, kCheckpointsKept));
  if (best_) best_->open(options_.checkpoint, run, kCheckpointsKept);
  if (!options_.resume) return 0;
  std::vector<std::string> notes;
  int64_t step = valueOf(checkpoints_->restore(states(), notes));
  runner_.takeStates();
  if (best_)
    if (std::string note = best_->restore(); !note.empty()) notes.push_back(note);
  for (const std::string &note : notes) fprintf(stderr, "%s\n", note.c_str());
  if (step > 0) fprintf(stderr, "resumed at step %lld\n", printed(step));
  return step;
}

/// The rows of each part of a step.
std::vector<std::vector<int64_t>> Training::partsOf(int64_t step) {
  std::vector<std::vector<int64_t>> parts;
  for (int64_t row : batches_->at(step)) {
    if (parts.empty() || static_cast<int64_t>(parts.back().size()) == data_.batch)
      parts.emplace_back();
    parts.back().push_back(data_.rows[static_cast<size_t>(row)]);
  }
  return parts;
}

StepRunner::Figures Training::step(int64_t number) {
  std::vector<std::vector<int64_t>> parts = partsOf(number);
  double rows = 0, loss = 0;
  for (const auto &part : parts) rows += static_cast<double>(part.size());
  int64_t part = number * options_.accumulate;
  if (accumulator_) accumulator_->clear();
  for (size_t i = 0; i + 1 < parts.size(); ++i, ++part) {
    double share = static_cast<double>(parts[i].size()) / rows;
    for (auto &[name, column] : data_.columns) accumulator_->setInput(name, column.take(parts[i]));
    loss += share * accumulator_->run(share, part);
  }
  if (accumulator_) accumulator_->handOver();
  for (auto &[name, column] : data_.columns) runner_.setInput(name, column.take(parts.back()));
  double share = static_cast<double>(parts.back().size()) / rows;
  StepRunner::Figures figures = runner_.run(schedule_.at(number), number, part, share);
  figures.loss = loss + share * figures.loss;
  return figures;
}

/// Throws a Failure that says where a loss that is not finite comes from: the steps since the last
/// checkpoint are run again, as their states have been written over, and the last one is looked at.
void Training::explain(int64_t number, const StepRunner::Figures &figures) {
  bool isLoss = !std::isfinite(figures.loss);
  std::string found = "step " + std::to_string(number) + ": the " +
                      (isLoss ? "loss" : "gradients' norm") + " is " +
                      std::to_string(isLoss ? figures.loss : figures.gradientNorm);
  progress_->clear();
  runner_.reset();
  std::vector<std::string> notes;
  int64_t from = checkpoints_ ? valueOf(checkpoints_->restore(states(), notes)) : 0;
  runner_.takeStates();
  if (number > from)
    fprintf(stderr, "%s; running steps %lld to %lld again to see why\n", found.c_str(),
            printed(from), printed(number - 1));
  for (int64_t s = from; s < number; ++s) step(s);
  NonFinite search(options_, runner_);
  std::optional<std::string> why;
  int64_t part = number * options_.accumulate;
  for (const std::vector<int64_t> &rows : partsOf(number))
    if (!why) why = search.find(data_.columns, rows, schedule_.at(number), part++);
  throw Failure(found + (why ? "; " + *why : "") +
                ". A smaller --lr or --clip-norm may help. Earlier checkpoints are as they were");
}

bool Training::isTimeFor(int64_t every, int64_t done) const {
  return done % (every > 0 ? every : batches_->perEpoch()) == 0 || done == schedule_.steps;
}

/// What evaluations find after `done` steps; empty where it is not yet time.
std::vector<double> Training::evaluate(int64_t done) {
  if (!evaluation_ || !isTimeFor(options_.validateEvery, done)) return {};
  std::vector<double> found = evaluation_->run(runner_, done);
  const std::vector<std::string> &names = evaluation_->names();
  bool isBest = false;
  for (size_t i = 0; i < names.size() && done > 0; ++i)
    if (names[i] == (options_.monitor.empty() ? "loss" : options_.monitor))
      isBest = best_->add(found[i], done);
  if (progress_) progress_->clear();
  printf("step %lld, epoch %lld: %s ", printed(done),
         printed((done + batches_->perEpoch() - 1) / batches_->perEpoch()), evaluationOf());
  for (size_t i = 0; i < names.size(); ++i)
    printf("%s%s %.6g", i ? ", " : "", names[i].c_str(), found[i]);
  printf("%s\n", isBest ? " (best)" : "");
  return found;
}

/// Writes a checkpoint where it is time.
void Training::keep(int64_t done) {
  if (!checkpoints_ || (!isTimeFor(options_.checkpointEvery, done) && !isTimeToStop())) return;
  // The record first: a checkpoint's steps are then in it.
  record_->sync();
  if (best_) best_->write();
  checkStatus(checkpoints_->write(done, states()));
}

void Training::run() {
  introduce();
  prepare();
  first_ = resume();
  record_.emplace(options_, first_, evaluation_ ? evaluation_->names() : std::vector<std::string>(),
                  evaluationOf());
  // What does not fit a metric is thus found before hours of training.
  if (first_ == 0) evaluate(0);
  progress_.emplace(first_, schedule_.steps);
  StepRunner::Figures figures{};
  int64_t s = first_;
  for (; s < schedule_.steps && !isTimeToStop(); ++s) {
    profile_.beginStep();
    figures = step(s);
    profile_.endStep();
    if (!std::isfinite(figures.loss) || !std::isfinite(figures.gradientNorm)) explain(s, figures);
    std::vector<double> found = evaluate(s + 1);
    record_->add(
        {s, batches_->epochOf(s), figures.loss, schedule_.at(s), figures.gradientNorm, found});
    if (isTimeFor(options_.validateEvery, s + 1)) record_->addWeights(s, runner_);
    keep(s + 1);
    progress_->show(s + 1, figures.loss);
  }
  finish(s, figures.loss, progress_->seconds());
}

void Training::finish(int64_t done, double loss, double seconds) {
  progress_.reset();
  if (!options_.profile.empty()) profile_.write(options_.profile, runner_);
  record_->sync();
  record_->finish();
  if (isTimeToStop())
    printf("stopped: no better for %lld evaluations\n", printed(options_.patience));
  printf("%lld steps in %.3f s", printed(done - first_), seconds);
  if (done > first_) printf(", last loss %.6g", loss);
  printf("\n");
  if (hasBest() && best_->monitor().bestStep() >= 0) {
    best_->putBack();
    printf("the weights are those of step %lld, the best\n", printed(best_->monitor().bestStep()));
  }
  if (!options_.out.empty()) runner_.save(options_.model, options_.out);
}

/// Files that are written at the end: that they cannot be is better known at the beginning.
void checkFolderOf(const std::string &path) {
  if (path.empty() || path == "-") return;
  size_t slash = path.rfind('/');
  std::string folder = slash == std::string::npos ? "." : path.substr(0, slash + 1);
  if (access(folder.c_str(), W_OK) != 0)
    throw Failure("'" + path + "' cannot be written: " + strerror(errno));
}

/// What can be said before anything is read.
void check(const TrainCommand &options) {
  auto misused = [](const std::string &what) { throw Failure(what, kWrongUsage); };
  if (options.data.empty()) misused("--data is required");
  if (options.target.empty()) misused("--target is required");
  if (options.resume && options.checkpoint.empty()) misused("--resume needs --checkpoint DIR");
  if (auto metrics = train::Metrics::create(options.metrics); !metrics.ok())
    misused("--metrics: " + std::string(metrics.status().message()));
  validationShare(options.validation);
  checkFolderOf(options.out);
  checkFolderOf(options.plot);
  bool isEvaluated = !options.validation.empty() || !options.metrics.empty();
  for (auto [isGiven, name] : {std::pair(options.patience > 0, "--patience"),
                               std::pair(!options.monitor.empty(), "--monitor"),
                               std::pair(options.validateEvery > 0, "--validate-every")})
    if (isGiven && !isEvaluated)
      misused(std::string(name) + " needs something to go by: --validation or --metrics");
  bool isKnown = options.monitor.empty() || options.monitor == "loss" ||
                 std::count(options.metrics.begin(), options.metrics.end(), options.monitor) > 0;
  if (!isKnown)
    misused("--monitor " + options.monitor + ": it is neither loss nor among --metrics");
}

}  // namespace

int trainCommand(const TrainCommand &options) {
  if (!options.emitStep.empty()) {
    checkFolderOf(options.emitStep);
    emitStep(options, options.emitStep);
    return 0;
  }
  check(options);
  Training(options).run();
  return 0;
}

}  // namespace plx
