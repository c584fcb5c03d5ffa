#include "tools/plexus/training/NamedContext.h"

#include "tools/plexus/Failure.h"

namespace plx {

Array makeArray(const train::StepState &state) {
  plx_error error;
  plx_array *array = nullptr;
  checkStatus(plx_array_create(state.elementType, static_cast<int32_t>(state.dims.size()),
                               state.dims.data(), &array, &error),
              error);
  return {array, plx_array_destroy};
}

NamedContext::NamedContext(TrainingProgram program, const CommonOptions &common)
    : program_(std::move(program)), context_(createContext(program_.program, common)) {
  for (int32_t i = 0; i < module().num_inputs; ++i) inputs_[module().inputs[i].name] = i;
  for (int32_t i = 0; i < module().num_outputs; ++i) outputs_[module().outputs[i].name] = i;
}

void NamedContext::setInput(const std::string &name, const plx_tensor &tensor) {
  plx_error error;
  auto found = inputs_.find(name);
  if (found == inputs_.end()) throw Failure("the model has no input '" + name + "'");
  checkStatus(plx_context_set_input_at(context_.get(), found->second, &tensor, &error), error);
}

void NamedContext::setScalar(const std::string &name, const double &value) {
  plx_tensor tensor{const_cast<double *>(&value), nullptr, 0, PLX_F64};
  if (hasInput(name)) setInput(name, tensor);
}

void NamedContext::setScalar(const std::string &name, const int64_t &value) {
  plx_tensor tensor{const_cast<int64_t *>(&value), nullptr, 0, PLX_I64};
  if (hasInput(name)) setInput(name, tensor);
}

void NamedContext::bindOutput(const std::string &name, const plx_tensor &tensor) {
  plx_error error;
  checkStatus(plx_context_bind_output(context_.get(), outputs_.at(name), tensor.data,
                                      static_cast<uint64_t>(plx_tensor_bytes(&tensor)), &error),
              error);
}

void NamedContext::run() {
  plx_error error;
  checkStatus(plx_context_run(context_.get(), &error), error);
}

plx_tensor NamedContext::output(int32_t index) const {
  plx_error error;
  plx_tensor out;
  checkStatus(plx_context_output(context_.get(), index, &out, &error), error);
  return out;
}

}  // namespace plx
