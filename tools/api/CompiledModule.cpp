#include "tools/api/CompiledModule.h"

#include "tools/api/Objects.h"

namespace plx {

absl::StatusOr<std::unique_ptr<CompiledModule>> CompiledModule::create(
    const Model &model, mlir::OwningOpRef<mlir::ModuleOp> module) {
  std::unique_ptr<CompiledModule> out(new CompiledModule(model.module().getContext()));
  absl::StatusOr<CompiledProgram> program = model.compile(std::move(module), false);
  if (!program.ok()) return program.status();
  absl::StatusOr<std::unique_ptr<Session>> session = Session::create(*program);
  if (!session.ok()) return session.status();
  out->session_ = *std::move(session);
  plx_context_options options = {};
  options.struct_bytes = sizeof options;
  options.threads = 2;  // two, so that cutting a launch is tested too
  plx_error error;
  if (plx_context_create(out->session_->program(), &options, &out->context_, &error))
    return toStatus(error);
  return out;
}

CompiledModule::~CompiledModule() { plx_context_destroy(context_); }

absl::StatusOr<llvm::SmallVector<eval::Value>> CompiledModule::run(
    llvm::ArrayRef<eval::Value> values) {
  plx_error error;
  std::vector<AbiTensor> inputs;
  for (const eval::Value &value : values) inputs.emplace_back(value.tensor());
  for (size_t i = 0; i < inputs.size(); ++i) {
    plx_tensor tensor = inputs[i].view();
    if (plx_context_set_input_at(context_, static_cast<int32_t>(i), &tensor, &error))
      return toStatus(error);
  }
  if (plx_context_run(context_, &error)) return toStatus(error);
  llvm::SmallVector<eval::Value> results;
  int32_t numOutputs = plx_program_module(session_->program())->num_outputs;
  for (int32_t i = 0; i < numOutputs; ++i) {
    plx_tensor tensor;
    if (plx_context_output(context_, i, &tensor, &error)) return toStatus(error);
    absl::StatusOr<eval::Tensor> value = tensorOf(types_, tensor);
    if (!value.ok()) return value.status();
    results.emplace_back(*std::move(value));
  }
  return results;
}

}  // namespace plx
