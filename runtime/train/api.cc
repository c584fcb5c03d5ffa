// The C ABI of libplexus_train: statuses become codes and messages, exceptions end here.
#include <cstring>
#include <exception>
#include <new>

#include "runtime/train/trainer.h"

struct plx_trainer {
  std::unique_ptr<plx::train::Trainer> trainer;
};

namespace plx::train {
namespace {

plx_status codeOf(absl::StatusCode code) {
  switch (code) {
    case absl::StatusCode::kOk:
      return PLX_OK;
    case absl::StatusCode::kInvalidArgument:
      return PLX_INVALID_ARGUMENT;
    case absl::StatusCode::kNotFound:
      return PLX_NOT_FOUND;
    case absl::StatusCode::kResourceExhausted:
      return PLX_OUT_OF_MEMORY;
    case absl::StatusCode::kPermissionDenied:
      return PLX_IO;
    case absl::StatusCode::kDataLoss:
      return PLX_BAD_FORMAT;
    case absl::StatusCode::kUnimplemented:
      return PLX_UNSUPPORTED;
    case absl::StatusCode::kFailedPrecondition:
      return PLX_MISMATCH;
    case absl::StatusCode::kCancelled:
      return PLX_CANCELLED;
    case absl::StatusCode::kAborted:
      return PLX_FAULT;
    default:
      return PLX_INTERNAL;
  }
}

plx_status report(plx_status status, absl::string_view message, plx_error *error) {
  if (!error) return status;
  *error = {};
  error->status = status;
  size_t bytes = std::min(message.size(), sizeof error->message - 1);
  if (bytes > 0) memcpy(error->message, message.data(), bytes);
  return status;
}

/// Runs a function that gives an absl::Status.
template <typename Function>
plx_status guarded(plx_error *error, const Function &function) {
  try {
    absl::Status status = function();
    return report(codeOf(status.code()), status.message(), error);
  } catch (const std::bad_alloc &) {
    return report(PLX_OUT_OF_MEMORY, "no memory", error);
  } catch (const std::exception &exception) {
    return report(PLX_INTERNAL, exception.what(), error);
  }
}

absl::Status missing(const char *what) {
  return absl::InvalidArgumentError(std::string(what) + " is NULL");
}

}  // namespace
}  // namespace plx::train

using plx::train::guarded;
using plx::train::missing;
using plx::train::Stepper;
using plx::train::Trainer;

extern "C" {

plx_status plx_trainer_open(const char *step_path, const plx_trainer_options *options,
                            plx_trainer **out_trainer, plx_error *out_error) {
  return guarded(out_error, [&]() -> absl::Status {
    if (!step_path || !out_trainer) return missing(step_path ? "out_trainer" : "step_path");
    plx_trainer_options defaults = {};
    defaults.struct_bytes = sizeof defaults;
    if (!options) options = &defaults;
    if (options->struct_bytes != sizeof *options)
      return absl::InvalidArgumentError("plx_trainer_options: struct_bytes is not set");
    absl::StatusOr<std::unique_ptr<Trainer>> opened = Trainer::open(step_path, *options);
    if (!opened.ok()) return opened.status();
    *out_trainer = new plx_trainer{*std::move(opened)};
    return absl::OkStatus();
  });
}

void plx_trainer_close(plx_trainer *trainer) { delete trainer; }

int32_t plx_trainer_num_inputs(const plx_trainer *trainer) {
  return static_cast<int32_t>(trainer->trainer->stepper().batchInputs().size());
}

const plx_value *plx_trainer_input(const plx_trainer *trainer, int32_t index) {
  if (index < 0 || index >= plx_trainer_num_inputs(trainer)) return nullptr;
  return trainer->trainer->stepper().batchInputs()[static_cast<size_t>(index)];
}

const char *plx_trainer_target(const plx_trainer *trainer) {
  return trainer->trainer->target().c_str();
}

plx_status plx_trainer_set_data(plx_trainer *trainer, const char *input, const plx_tensor *rows,
                                plx_error *out_error) {
  return guarded(out_error, [&] {
    if (!input || !rows) return missing(input ? "rows" : "input");
    return trainer->trainer->setData(input, *rows);
  });
}

plx_status plx_trainer_step(plx_trainer *trainer, plx_trainer_figures *out_figures,
                            plx_error *out_error) {
  return guarded(out_error, [&]() -> absl::Status {
    absl::StatusOr<plx_trainer_figures> figures = trainer->trainer->step();
    if (figures.ok() && out_figures) *out_figures = *figures;
    return figures.status();
  });
}

plx_status plx_trainer_prediction(const plx_trainer *trainer, plx_tensor *out_tensor,
                                  plx_error *out_error) {
  return guarded(out_error, [&]() -> absl::Status {
    if (!out_tensor) return missing("out_tensor");
    absl::StatusOr<plx_tensor> prediction = trainer->trainer->stepper().prediction();
    if (prediction.ok()) *out_tensor = *prediction;
    return prediction.status();
  });
}

int32_t plx_trainer_num_states(const plx_trainer *trainer) {
  return static_cast<int32_t>(trainer->trainer->stepper().numStates());
}

plx_status plx_trainer_get_state(const plx_trainer *trainer, int32_t index,
                                 plx_trainer_state *out_state, plx_error *out_error) {
  return guarded(out_error, [&]() -> absl::Status {
    if (!out_state) return missing("out_state");
    if (index < 0 || index >= plx_trainer_num_states(trainer))
      return absl::NotFoundError("there is no state " + std::to_string(index) + ", but " +
                                 std::to_string(plx_trainer_num_states(trainer)));
    absl::StatusOr<const std::vector<Stepper::State> *> states =
        trainer->trainer->stepper().states();
    if (!states.ok()) return states.status();
    const Stepper::State &state = (**states)[static_cast<size_t>(index)];
    *out_state = {state.name.c_str(), static_cast<int32_t>(state.kind), 0, state.value};
    return absl::OkStatus();
  });
}

plx_status plx_trainer_set_state(plx_trainer *trainer, const char *name, const plx_tensor *tensor,
                                 plx_error *out_error) {
  return guarded(out_error, [&] {
    if (!name || !tensor) return missing(name ? "tensor" : "name");
    return trainer->trainer->setState(name, *tensor);
  });
}

plx_status plx_trainer_checkpoint(plx_trainer *trainer, plx_error *out_error) {
  return guarded(out_error, [&] { return trainer->trainer->checkpoint(); });
}

plx_status plx_trainer_resume(plx_trainer *trainer, int64_t *out_steps, plx_error *out_error) {
  return guarded(out_error, [&]() -> absl::Status {
    absl::StatusOr<int64_t> steps = trainer->trainer->resume();
    if (steps.ok() && out_steps) *out_steps = *steps;
    return steps.status();
  });
}

}  // extern "C"
