#include "tools/api/Reference.h"

#include <cstring>
#include <unordered_map>

#include "absl/strings/str_cat.h"
#include "ir/types/Types.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace plx {
namespace {

/// Which evaluator a run's module belongs to. The C ABI gives a host program nothing but the run.
struct Registry {
  std::mutex mutex;
  std::unordered_map<const plx_module *, Reference *> references;
};
Registry &registry() {
  static Registry instance;
  return instance;
}

}  // namespace

Reference::Reference(std::shared_ptr<const Model> model)
    : model_(std::move(model)), evaluator_(model_->module()) {
  evaluator_.setParameterSource(
      [this](llvm::StringRef name, mlir::Operation *op) -> mlir::FailureOr<eval::Tensor> {
        absl::StatusOr<WeightBytes> bytes = model_->weight(name.str());
        if (!bytes.ok()) return mlir::failure();
        auto type = mlir::cast<mlir::RankedTensorType>(op->getResult(0).getType());
        return eval::Tensor::fromBytes(type.getElementType(), type.getShape(),
                                       {bytes->data, bytes->bytes});
      });
}

Reference::~Reference() {
  if (!session_) return;
  std::lock_guard<std::mutex> lock(registry().mutex);
  registry().references.erase(plx_program_module(session_->program()));
}

absl::StatusOr<std::unique_ptr<Reference>> Reference::create(std::shared_ptr<const Model> model) {
  CompiledProgram program;
  absl::StatusOr<ProgramInfo> info = signatureOf(*model);
  if (!info.ok()) return info.status();
  program.info = *std::move(info);
  program.info.targetCpu = "reference";
  program.info.imports = {{"plexus:evaluate", ""}};
  program.info.sites = {{"", "reference evaluator", ""}};
  std::unique_ptr<Reference> reference(new Reference(std::move(model)));
  plx_host_function function = {"plexus:evaluate", &Reference::sayMessage, reference.get()};
  plx_load_options options = {};
  options.struct_bytes = sizeof options;
  options.host_functions = &function;
  options.num_host_functions = 1;
  absl::StatusOr<std::unique_ptr<Session>> session =
      Session::create(program, &Reference::run, options);
  if (!session.ok()) return session.status();
  reference->session_ = *std::move(session);
  std::lock_guard<std::mutex> lock(registry().mutex);
  registry().references[plx_program_module(reference->program())] = reference.get();
  return reference;
}

int32_t Reference::run(plx_run *run) {
  Reference *reference = nullptr;
  {
    std::lock_guard<std::mutex> lock(registry().mutex);
    reference = registry().references.at(run->module);
  }
  std::lock_guard<std::mutex> lock(reference->mutex_);
  return reference->evaluate(run);
}

/// A fault's text is fixed when code is emitted, but a host function says why it failed: so the
/// evaluator's message comes to the caller by way of one.
int32_t Reference::fail(plx_run *run, const std::string &message) {
  message_ = message;
  return plx_rt_host_call(run, 0, 0, nullptr, 0, nullptr, 0);
}

int32_t Reference::sayMessage(void *reference, plx_host_frame *frame, const plx_tensor *, int32_t,
                              plx_tensor *, int32_t) {
  plx_host_error(frame, static_cast<Reference *>(reference)->message_.c_str());
  return 1;
}

mlir::FailureOr<eval::Tensor> Reference::input(const plx_run &run, int32_t index) const {
  const plx_value &value = run.module->inputs[index];
  const plx_view &view = run.inputs[index];
  mlir::Type element = elementTypeFromCode(model_->module().getContext(), value.element_type);
  llvm::ArrayRef<int64_t> shape(view.dims, static_cast<size_t>(value.rank));
  if (value.element_type != PLX_STRING) {
    plx_tensor tensor = {view.data, view.dims, value.rank, value.element_type};
    return eval::Tensor::fromBytes(
        element, shape,
        {static_cast<const char *>(view.data), static_cast<size_t>(plx_tensor_bytes(&tensor))});
  }
  eval::Tensor strings(element, shape);
  auto *from = static_cast<const plx_string *>(view.data);
  for (int64_t i = 0; i < strings.numElements(); ++i)
    strings.strings()[static_cast<size_t>(i)].assign(from[i].data,
                                                     static_cast<size_t>(from[i].bytes));
  return strings;
}

bool Reference::output(plx_run *run, int32_t index, const eval::Tensor &tensor) {
  void *data =
      plx_rt_output(run, index, static_cast<int32_t>(tensor.rank()), tensor.shape().data());
  if (!data) return false;
  if (!mlir::isa<StringType>(tensor.elementType())) {
    std::vector<char> bytes = tensor.toBytes();
    if (!bytes.empty()) memcpy(data, bytes.data(), bytes.size());
    return true;
  }
  auto *to = static_cast<plx_string *>(data);
  for (const std::string &text : tensor.strings()) {
    strings_.push_back(text);
    *to++ = {strings_.back().data(), static_cast<int64_t>(text.size())};
  }
  return true;
}

int32_t Reference::evaluate(plx_run *run) {
  strings_.clear();
  llvm::SmallVector<eval::Value> inputs;
  for (int32_t i = 0; i < run->module->num_inputs; ++i) {
    mlir::FailureOr<eval::Tensor> tensor = input(*run, i);
    if (mlir::failed(tensor))
      return fail(run, absl::StrCat("input '", run->module->inputs[i].name, "' cannot be read"));
    inputs.emplace_back(*std::move(tensor));
  }
  mlir::FailureOr<llvm::SmallVector<eval::Value>> results = evaluator_.run("main", inputs);
  if (mlir::failed(results)) return fail(run, evaluator_.error());
  for (int32_t i = 0; i < run->module->num_outputs; ++i)
    if (!output(run, i, (*results)[static_cast<size_t>(i)].tensor())) return run->fault.code;
  return 0;
}

}  // namespace plx
