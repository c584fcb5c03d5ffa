#include "runtime/train/trainer.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace plx::train {
namespace {

constexpr int kCheckpointsKept = 3;

absl::StatusOr<Schedule> scheduleFrom(const plx_trainer_options &options) {
  std::string name = options.schedule ? options.schedule : "constant";
  std::optional<ScheduleKind> kind = scheduleOf(name);
  if (!kind)
    return absl::InvalidArgumentError(
        absl::StrCat("there is no schedule '", name,
                     "'; there are constant, step, exponential, cosine, linear"));
  if (*kind != ScheduleKind::Constant && options.steps < 1)
    return absl::InvalidArgumentError(
        absl::StrCat("schedule '", name, "' needs `steps`, over which it goes"));
  Schedule out;
  out.kind = *kind;
  if (options.rate != 0) out.rate = options.rate;
  out.steps = std::max<int64_t>(options.steps, 1);
  out.warmup = options.warmup;
  out.every = options.schedule_every;
  if (options.schedule_factor != 0) out.factor = options.schedule_factor;
  if (!std::isfinite(out.rate) || out.rate < 0 || out.warmup < 0 || out.every < 0 ||
      options.batch < 0)
    return absl::InvalidArgumentError(
        "rate, warmup, schedule_every and batch must not be negative, nor the rate infinite");
  return out;
}

/// Hash of a file's bytes in hexadecimal.
absl::StatusOr<std::string> hashOf(const std::string &path) {
  plx_mapping mapping;
  plx_error error;
  absl::Status status =
      statusOf(plx_map_file(path.c_str(), PLX_MAP_FOLLOW, &mapping, &error), error);
  if (!status.ok()) return status;
  std::string out = absl::StrCat(absl::Hex(plx_hash64(mapping.data, mapping.bytes, 0)));
  plx_unmap_file(&mapping);
  return out;
}

std::string typeOf(const plx_tensor &tensor) {
  char text[256];
  plx_format_type(&tensor, text, sizeof text);
  return text;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Trainer>> Trainer::open(const std::string &stepPath,
                                                       const plx_trainer_options &options) {
  absl::StatusOr<Schedule> schedule = scheduleFrom(options);
  if (!schedule.ok()) return schedule.status();
  std::unique_ptr<Trainer> out(new Trainer(options, *schedule));
  if (absl::Status status = out->load(stepPath, options); !status.ok()) return status;
  if (options.checkpoints)
    if (absl::Status status = out->openCheckpoints(stepPath, options); !status.ok()) return status;
  return out;
}

absl::Status Trainer::load(const std::string &stepPath, const plx_trainer_options &options) {
  plx_program *program = nullptr;
  plx_error error;
  absl::Status status =
      statusOf(plx_program_open(stepPath.c_str(), nullptr, &program, &error), error);
  if (!status.ok()) return status;
  program_.reset(program);
  absl::StatusOr<StepDescription> step = readStepFile(stepPath + ".training");
  if (!step.ok()) return step.status();
  step_ = *std::move(step);
  plx_context_options how = {};
  how.struct_bytes = sizeof how;
  how.threads = options.threads;
  how.device = options.device;
  absl::StatusOr<Stepper> stepper = Stepper::create(program, step_, how);
  if (!stepper.ok()) return stepper.status();
  stepper_.emplace(*std::move(stepper));
  int64_t own = stepper_->ownBatch();
  if (batch_ > 0 && own > 0 && batch_ != own)
    return absl::InvalidArgumentError(
        absl::StrCat("batch ", batch_, ": the model takes batches of ", own));
  if (batch_ == 0) batch_ = own > 0 ? own : 32;
  return absl::OkStatus();
}

absl::Status Trainer::openCheckpoints(const std::string &stepPath,
                                      const plx_trainer_options &options) {
  absl::StatusOr<std::string> code = hashOf(stepPath), states = hashOf(stepPath + ".training");
  if (!code.ok()) return code.status();
  if (!states.ok()) return states.status();
  std::string run = absl::StrJoin(
      {*code, *states, absl::StrCat(static_cast<int>(schedule_.kind)), absl::StrCat(batch_),
       absl::StrCat(keepsOrder_), absl::StrCat(seed_), absl::StrCat(schedule_.warmup),
       absl::StrCat(schedule_.every), absl::StrCat(schedule_.rate), absl::StrCat(schedule_.factor),
       absl::StrCat(schedule_.steps)},
      " ");
  absl::StatusOr<Checkpoints> opened =
      Checkpoints::open(options.checkpoints, run,
                        options.checkpoints_kept > 0 ? options.checkpoints_kept : kCheckpointsKept);
  if (!opened.ok()) return opened.status();
  checkpoints_.emplace(*std::move(opened));
  return absl::OkStatus();
}

absl::Status Trainer::setData(const std::string &input, const plx_tensor &rows) {
  const plx_value *value = nullptr;
  std::vector<std::string> names;
  for (const plx_value *each : stepper_->batchInputs()) {
    names.push_back(absl::StrCat("'", each->name, "'"));
    if (each->name == input) value = each;
  }
  if (!value)
    return absl::NotFoundError(
        absl::StrCat("the step has no input '", input, "'; it has ", absl::StrJoin(names, ", ")));
  if (rows.rank < 1 || !rows.dims || plx_tensor_bytes(&rows) < 0 ||
      (plx_tensor_bytes(&rows) > 0 && !rows.data))
    return absl::InvalidArgumentError(absl::StrCat(
        "the data of input '", input, "': expected a tensor [rows, ...] with elements"));
  absl::StatusOr<Column> column = Column::create(input, rows, value->element_type);
  if (!column.ok()) return column.status();
  if (absl::Status status = stepper_->checkTarget(input, *column); !status.ok()) return status;
  data_.insert_or_assign(input, *std::move(column));
  batches_.reset();
  return absl::OkStatus();
}

/// Before the first step on these data.
absl::Status Trainer::prepare() {
  int64_t rows = -1;
  for (const plx_value *input : stepper_->batchInputs()) {
    auto found = data_.find(input->name);
    if (found == data_.end())
      return absl::InvalidArgumentError(absl::StrCat("input '", input->name, "' has no data"));
    if (rows >= 0 && found->second.rows() != rows)
      return absl::InvalidArgumentError(absl::StrCat("the data of input '", input->name, "' have ",
                                                     found->second.rows(), " rows, others ", rows));
    rows = found->second.rows();
  }
  int64_t used = stepper_->ownBatch() > 0 ? rows - rows % batch_ : rows;
  if (used < 1)
    return absl::InvalidArgumentError(
        absl::StrCat("the data have ", rows, " rows; the model takes batches of ", batch_));
  batches_.emplace(rows, batch_, !keepsOrder_, seed_);
  batches_->use(used);
  return absl::OkStatus();
}

absl::StatusOr<plx_trainer_figures> Trainer::step() {
  if (!batches_)
    if (absl::Status status = prepare(); !status.ok()) return status;
  const std::vector<int64_t> &rows = batches_->at(done_);
  for (auto &[name, column] : data_)
    if (absl::Status status = stepper_->setInput(name, column.take(rows)); !status.ok())
      return status;
  double rate = schedule_.at(done_);
  absl::StatusOr<Stepper::Figures> found = stepper_->run(rate, done_, done_, 1);
  if (!found.ok()) return found.status();
  plx_trainer_figures out = {done_ + 1, batches_->epochOf(done_), found->loss, found->gradientNorm,
                             rate};
  ++done_;
  return out;
}

absl::Status Trainer::setState(const std::string &name, const plx_tensor &tensor) {
  absl::StatusOr<const std::vector<Stepper::State> *> states = stepper_->states();
  if (!states.ok()) return states.status();
  for (const Stepper::State &state : **states) {
    if (state.name != name) continue;
    const plx_tensor &own = state.value;
    bool fits = tensor.element_type == own.element_type && tensor.rank == own.rank &&
                std::equal(own.dims, own.dims + own.rank, tensor.dims);
    if (!fits)
      return absl::FailedPreconditionError(
          absl::StrCat("state '", name, "': expected ", typeOf(own), ", found ", typeOf(tensor)));
    if (int64_t bytes = plx_tensor_bytes(&own); bytes > 0)
      memcpy(own.data, tensor.data, static_cast<size_t>(bytes));
    return stepper_->setInput(name, own);
  }
  return absl::NotFoundError(absl::StrCat("the step has no state '", name, "'"));
}

absl::StatusOr<std::vector<NamedTensor>> Trainer::states() const {
  if (!checkpoints_)
    return absl::InvalidArgumentError("plx_trainer_options.checkpoints names no folder");
  absl::StatusOr<const std::vector<Stepper::State> *> states = stepper_->states();
  if (!states.ok()) return states.status();
  std::vector<NamedTensor> out;
  for (const Stepper::State &state : **states) out.push_back({state.name, state.value});
  return out;
}

absl::Status Trainer::checkpoint() {
  absl::StatusOr<std::vector<NamedTensor>> tensors = states();
  return tensors.ok() ? checkpoints_->write(done_, *tensors) : tensors.status();
}

absl::StatusOr<int64_t> Trainer::resume() {
  absl::StatusOr<std::vector<NamedTensor>> tensors = states();
  if (!tensors.ok()) return tensors.status();
  std::vector<std::string> notes;  // damaged ones, which the one before stands in for
  absl::StatusOr<int64_t> done = checkpoints_->restore(*tensors, notes);
  if (!done.ok()) return done.status();
  if (absl::Status status = stepper_->takeStates(); !status.ok()) return status;
  return done_ = *done;
}

}  // namespace plx::train
