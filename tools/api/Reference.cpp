#include "tools/api/Reference.h"

#include <cstring>
#include <unordered_map>

#include "absl/strings/str_cat.h"
#include "compiler/graph/Passes.h"
#include "compiler/memory/Donations.h"
#include "ir/ops/Attention.h"
#include "ir/types/Types.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Pass/PassManager.h"
#include "tools/api/Objects.h"

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

bool hasNarrowAttention(mlir::ModuleOp module) {
  return module
      .walk([](AttentionOp op) {
        auto type = mlir::cast<mlir::RankedTensorType>(op->getResult(0).getType());
        bool isNarrow = type.getElementType().getIntOrFloatBitWidth() < 32;
        return isNarrow ? mlir::WalkResult::interrupt() : mlir::WalkResult::advance();
      })
      .wasInterrupted();
}

/// A copy of the program, as imported but where it holds attention of narrow floats: of that,
/// scores and weights rounded on their way are further from exact than ONNX's own cases allow, so
/// it is made whole, which rounds once.
mlir::OwningOpRef<mlir::ModuleOp> copyOf(mlir::ModuleOp module) {
  mlir::OwningOpRef<mlir::ModuleOp> formed(module.clone());
  mlir::PassManager passes(module.getContext());
  passes.addNestedPass<mlir::func::FuncOp>(createSimplifyPass());
  passes.addNestedPass<mlir::func::FuncOp>(createFormAttentionPass());
  if (succeeded(passes.run(*formed)) && hasNarrowAttention(*formed)) return formed;
  return mlir::OwningOpRef<mlir::ModuleOp>(module.clone());
}

}  // namespace

Reference::Reference(std::shared_ptr<const Model> model)
    : model_(std::move(model)), program_(copyOf(model_->module())), evaluator_(*program_) {
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
  useHostFunctionsOfRuntime();
  CompiledProgram program;
  absl::StatusOr<ProgramInfo> info = signatureOf(*model);
  if (!info.ok()) return info.status();
  program.info = *std::move(info);
  // The evaluator has its own values: outputs are written when all of them are known.
  llvm::SmallVector<int64_t> donated =
      donatedInputs(model->module().lookupSymbol<mlir::func::FuncOp>("main"));
  for (auto [output, input] : llvm::zip_equal(program.info.outputs, donated))
    output.donated = static_cast<int32_t>(input);
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

absl::StatusOr<eval::Value> Reference::input(const plx_run &run, int32_t index) const {
  const plx_value &value = run.module->inputs[index];
  const plx_view &view = run.inputs[index];
  mlir::MLIRContext *context = model_->module().getContext();
  if (value.kind != PLX_KIND_TENSOR)
    return valueOf(context, *static_cast<const plx_object *>(view.data));
  absl::StatusOr<eval::Tensor> tensor =
      tensorOf(context, {view.data, view.dims, value.rank, value.element_type});
  if (!tensor.ok()) return tensor.status();
  return eval::Value(*std::move(tensor));
}

absl::Status Reference::output(plx_run *run, int32_t index, const eval::Value &value) {
  if (run->module->outputs[index].kind != PLX_KIND_TENSOR ||
      run->module->outputs[index].element_type == PLX_STRING) {
    auto main = model_->module().lookupSymbol<mlir::func::FuncOp>("main");
    absl::StatusOr<ObjectHold> object =
        objectOf(value, main.getResultTypes()[static_cast<size_t>(index)]);
    if (!object.ok()) return object.status();
    plx_rt_output_object(run, index, object->get(), 0, nullptr);
    return absl::OkStatus();
  }
  const eval::Tensor &tensor = value.tensor();
  void *data =
      plx_rt_output(run, index, static_cast<int32_t>(tensor.rank()), tensor.shape().data());
  std::vector<char> bytes = tensor.toBytes();
  if (data && !bytes.empty()) memcpy(data, bytes.data(), bytes.size());
  return absl::OkStatus();
}

int32_t Reference::evaluate(plx_run *run) {
  llvm::SmallVector<eval::Value> inputs;
  for (int32_t i = 0; i < run->module->num_inputs; ++i) {
    absl::StatusOr<eval::Value> value = input(*run, i);
    if (!value.ok())
      return fail(run, absl::StrCat("input '", run->module->inputs[i].name,
                                    "': ", std::string(value.status().message())));
    inputs.push_back(*std::move(value));
  }
  mlir::FailureOr<llvm::SmallVector<eval::Value>> results = evaluator_.run("main", inputs);
  if (mlir::failed(results)) return fail(run, evaluator_.error());
  for (int32_t i = 0; i < run->module->num_outputs; ++i) {
    absl::Status status = output(run, i, (*results)[static_cast<size_t>(i)]);
    if (!status.ok()) return fail(run, std::string(status.message()));
    if (run->fault.code != 0) return run->fault.code;
  }
  return 0;
}

}  // namespace plx
