#include "runtime/train/stepper.h"

#include <cstring>
#include <set>

#include "absl/strings/str_cat.h"

namespace plx::train {
namespace {

constexpr char kLoss[] = "$loss", kNorm[] = "$gradient_norm", kRate[] = "$learning_rate",
               kStep[] = "$step", kShare[] = "$share", kUpdate[] = "$update";

uint64_t bytesOf(const plx_tensor &tensor) {
  return static_cast<uint64_t>(plx_tensor_bytes(&tensor));
}

absl::StatusCode codeOf(plx_status status) {
  switch (status) {
    case PLX_OK:
      return absl::StatusCode::kOk;
    case PLX_INVALID_ARGUMENT:
    case PLX_MISMATCH:
      return absl::StatusCode::kInvalidArgument;
    case PLX_NOT_FOUND:
      return absl::StatusCode::kNotFound;
    case PLX_OUT_OF_MEMORY:
      return absl::StatusCode::kResourceExhausted;
    case PLX_IO:
      return absl::StatusCode::kPermissionDenied;
    case PLX_BAD_FORMAT:
      return absl::StatusCode::kDataLoss;
    case PLX_UNSUPPORTED:
      return absl::StatusCode::kUnimplemented;
    case PLX_CANCELLED:
      return absl::StatusCode::kCancelled;
    case PLX_FAULT:
      return absl::StatusCode::kAborted;
    case PLX_INTERNAL:
      break;
  }
  return absl::StatusCode::kInternal;
}

}  // namespace

absl::Status statusOf(plx_status status, const plx_error &error) {
  return status == PLX_OK ? absl::OkStatus() : absl::Status(codeOf(status), error.message);
}

absl::StatusOr<Stepper> Stepper::create(plx_program *program, const StepDescription &description,
                                        const plx_context_options &options) {
  plx_error error;
  plx_context *context = nullptr;
  absl::Status status = statusOf(plx_context_create(program, &options, &context, &error), error);
  if (!status.ok()) return status;
  Stepper out(plx_program_module(program), description);
  out.context_.reset(context);
  const plx_module &module = *out.module_;
  for (int32_t i = 0; i < module.num_inputs; ++i) out.inputs_[module.inputs[i].name] = i;
  for (int32_t i = 0; i < module.num_outputs; ++i) out.outputs_[module.outputs[i].name] = i;
  for (const std::string &name : {std::string(kLoss), std::string(kNorm), out.prediction_})
    if (!out.outputs_.count(name))
      return absl::InvalidArgumentError(absl::StrCat("model '", module.name, "' has no output '",
                                                     name, "': it is no step of training"));
  if (status = out.addStates(description); !status.ok()) return status;
  return out;
}

absl::Status Stepper::addStates(const StepDescription &description) {
  std::set<std::string> others{kRate, kStep, kShare, kUpdate};
  plx_error error;
  for (const StepState &state : description.states) {
    others.insert(state.name);
    if (state.kind == StateKind::Sum) continue;  // of other parts
    if (!inputs_.count(state.name) || !outputs_.count(state.name))
      return absl::InvalidArgumentError(absl::StrCat("model '", module_->name, "' has no state '",
                                                     state.name, "' as its description says"));
    plx_array *array = nullptr;
    absl::Status status =
        statusOf(plx_array_create(state.elementType, static_cast<int32_t>(state.dims.size()),
                                  state.dims.data(), &array, &error),
                 error);
    if (!status.ok()) return status;
    arrays_.emplace_back(array, plx_array_destroy);
    states_.push_back({state.name, state.kind, state.initial, plx_array_view(array)});
    status = statusOf(plx_context_carry(context(), outputs_.at(state.name), &error), error);
    if (!status.ok()) return status;
  }
  for (int32_t i = 0; i < module_->num_inputs; ++i)
    if (!others.count(module_->inputs[i].name)) batch_.push_back(&module_->inputs[i]);
  return reset();
}

int64_t Stepper::ownBatch() const {
  for (const plx_value *input : batch_)
    if (input->rank > 0 && input->dims[0].constant > 0) return input->dims[0].constant;
  return 0;
}

absl::Status Stepper::checkTarget(const std::string &input, const Column &column) const {
  const plx_value &output = module_->outputs[outputs_.at(prediction_)];
  if (input != target_ || column.elementType() != PLX_I64 || output.rank < 2)
    return absl::OkStatus();
  // Classes are indices of the prediction's axis 1.
  auto [low, high] = column.range();
  int64_t classes = output.dims[1].constant;
  if (low >= 0 && (classes < 0 || high < classes)) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("the target holds classes from ", low, " to ",
                                                 high, "; output '", output.name, "' has ", classes,
                                                 ", from 0 on"));
}

absl::Status Stepper::setInput(const std::string &name, const plx_tensor &tensor) {
  auto found = inputs_.find(name);
  if (found == inputs_.end())
    return absl::NotFoundError(absl::StrCat("the model has no input '", name, "'"));
  plx_error error;
  return statusOf(plx_context_set_input_at(context(), found->second, &tensor, &error), error);
}

absl::StatusOr<double> Stepper::scalar(const char *output) const {
  plx_error error;
  plx_tensor out;
  absl::Status status =
      statusOf(plx_context_output(context(), outputs_.at(output), &out, &error), error);
  if (!status.ok()) return status;
  return *static_cast<const double *>(out.data);
}

absl::StatusOr<Stepper::Figures> Stepper::run(double learningRate, int64_t step, int64_t part,
                                              double share) {
  const plx_tensor scalars[] = {{&learningRate, nullptr, 0, PLX_F64},
                                {&part, nullptr, 0, PLX_I64},
                                {&share, nullptr, 0, PLX_F64},
                                {&step, nullptr, 0, PLX_I64}};
  const char *const names[] = {kRate, kStep, kShare, kUpdate};
  // A step that nothing in the model asks for is no input.
  for (size_t i = 0; i < std::size(names); ++i)
    if (inputs_.count(names[i]))
      if (absl::Status status = setInput(names[i], scalars[i]); !status.ok()) return status;
  plx_error error;
  absl::Status status = statusOf(plx_context_run(context(), &error), error);
  if (!status.ok()) return status;
  absl::StatusOr<double> loss = scalar(kLoss), norm = scalar(kNorm);
  if (!loss.ok()) return loss.status();
  if (!norm.ok()) return norm.status();
  return Figures{*loss, *norm};
}

absl::StatusOr<plx_tensor> Stepper::prediction() const {
  plx_error error;
  plx_tensor out;
  absl::Status status =
      statusOf(plx_context_output(context(), outputs_.at(prediction_), &out, &error), error);
  if (!status.ok()) return status;
  return out;
}

absl::StatusOr<const std::vector<Stepper::State> *> Stepper::states() const {
  plx_error error;
  absl::Status status = statusOf(plx_context_fetch(context(), &error), error);
  if (!status.ok()) return status;
  return &states_;
}

absl::Status Stepper::takeStates() {
  for (const State &state : states_)
    if (absl::Status status = setInput(state.name, state.value); !status.ok()) return status;
  return absl::OkStatus();
}

absl::Status Stepper::reset() {
  for (State &state : states_) {
    uint64_t bytes = bytesOf(state.value);
    if (bytes == 0) continue;
    if (state.initial)
      memcpy(state.value.data, state.initial, bytes);
    else
      memset(state.value.data, 0, bytes);
  }
  return takeStates();
}

uint64_t Stepper::stateBytes() const {
  uint64_t bytes = 0;
  for (const State &state : states_) bytes += bytesOf(state.value);
  return bytes;
}

}  // namespace plx::train
