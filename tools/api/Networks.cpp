#include "tools/api/Networks.h"

#include <cstring>

#include "absl/strings/str_cat.h"
#include "compiler/Compile.h"
#include "compiler/package/Session.h"
#include "frontends/onnx/Export.h"
#include "ir/types/Types.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

namespace plx {
namespace {

absl::Status statusOf(plx_status status, const plx_error &error) {
  if (status == PLX_OK) return absl::OkStatus();
  return absl::InvalidArgumentError(error.message);
}

WeightLookup weightsOf(const builder::Network &network) {
  return [&network](const std::string &name) -> absl::StatusOr<WeightBytes> {
    auto found = network.weights().find(name);
    if (found == network.weights().end())
      return absl::NotFoundError(absl::StrCat("the network has no parameter '", name, "'"));
    return WeightBytes{found->second.bytes.data(), found->second.bytes.size()};
  };
}

/// An aligned buffer of a state.
using Buffer = std::unique_ptr<plx_array, void (*)(plx_array *)>;

absl::StatusOr<Buffer> makeBuffer(mlir::RankedTensorType type) {
  plx_error error;
  plx_array *array = nullptr;
  absl::Status status = statusOf(
      plx_array_create(elementTypeCode(type.getElementType()), static_cast<int32_t>(type.getRank()),
                       type.getShape().data(), &array, &error),
      error);
  if (!status.ok()) return status;
  return Buffer(array, plx_array_destroy);
}

}  // namespace

TensorView::TensorView(const float *data, std::vector<int64_t> dims)
    : data(data), dims(std::move(dims)), elementType(PLX_F32) {}
TensorView::TensorView(const double *data, std::vector<int64_t> dims)
    : data(data), dims(std::move(dims)), elementType(PLX_F64) {}
TensorView::TensorView(const int64_t *data, std::vector<int64_t> dims)
    : data(data), dims(std::move(dims)), elementType(PLX_I64) {}

// ---- Runner

struct Runner::Running {
  ~Running() { plx_context_destroy(context); }

  absl::Status set(int32_t input, const void *data, int32_t elementType,
                   llvm::ArrayRef<int64_t> dims) {
    plx_tensor tensor{const_cast<void *>(data), dims.data(), static_cast<int32_t>(dims.size()),
                      elementType};
    plx_error error;
    return statusOf(plx_context_set_input_at(context, input, &tensor, &error), error);
  }
  absl::Status set(const TensorViews &inputs) {
    for (const auto &[name, view] : inputs) {
      int32_t index = plx_program_find_input(session->program(), name.c_str());
      if (index < 0)
        return absl::InvalidArgumentError(absl::StrCat("the network has no input '", name, "'"));
      if (absl::Status status = set(index, view.data, view.elementType, view.dims); !status.ok())
        return status;
    }
    return absl::OkStatus();
  }
  absl::StatusOr<int32_t> outputIndex(const std::string &name) const {
    int32_t index = plx_program_find_output(session->program(), name.c_str());
    if (index >= 0) return index;
    return absl::InvalidArgumentError(absl::StrCat("the network has no output '", name, "'"));
  }
  absl::StatusOr<plx_tensor> outputAt(int32_t index) const {
    plx_error error;
    plx_tensor tensor;
    absl::Status status = statusOf(plx_context_output(context, index, &tensor, &error), error);
    if (!status.ok()) return status;
    return tensor;
  }
  absl::Status run() {
    plx_error error;
    return statusOf(plx_context_run(context, &error), error);
  }

  std::unique_ptr<Session> session;
  plx_context *context = nullptr;
};

Runner::Runner() : running_(std::make_unique<Running>()) {}
Runner::~Runner() = default;

absl::StatusOr<std::unique_ptr<Runner>> Runner::create(builder::Network &network,
                                                       const RunOptions &options) {
  absl::StatusOr<mlir::ModuleOp> module = network.finish();
  if (!module.ok()) return module.status();
  // What the program becomes on its way down.
  (*module)->getContext()->loadDialect<mlir::arith::ArithDialect, mlir::scf::SCFDialect>();
  absl::StatusOr<CompiledProgram> program =
      compileModule(mlir::OwningOpRef<mlir::ModuleOp>(module->clone()), weightsOf(network), {});
  if (!program.ok()) return program.status();
  absl::StatusOr<std::unique_ptr<Session>> session = Session::create(*program);
  if (!session.ok()) return session.status();
  std::unique_ptr<Runner> runner(new Runner);
  runner->running_->session = *std::move(session);
  plx_context_options given = {};
  given.struct_bytes = sizeof given;
  given.threads = options.threads;
  plx_error error;
  absl::Status status = statusOf(plx_context_create(runner->running_->session->program(), &given,
                                                    &runner->running_->context, &error),
                                 error);
  if (!status.ok()) return status;
  return runner;
}

absl::Status Runner::run(const TensorViews &inputs) {
  if (absl::Status status = running_->set(inputs); !status.ok()) return status;
  return running_->run();
}

absl::StatusOr<plx_tensor> Runner::output(const std::string &name) const {
  absl::StatusOr<int32_t> index = running_->outputIndex(name);
  if (!index.ok()) return index.status();
  return running_->outputAt(*index);
}

// ---- Trainer

/// Each state has two buffers: a step reads one and writes the other, and then they change places.
struct Trainer::State {
  struct Held {
    std::string name;
    int32_t input, output;
    Buffer front{nullptr, plx_array_destroy}, back{nullptr, plx_array_destroy};
    bool isSlot;
  };
  absl::Status add(const builder::StateTensor &tensor, bool isSlot, const std::string *initial);
  absl::Status bind(const Held &held);

  std::unique_ptr<Runner> runner;
  std::vector<Held> states;
  std::string prediction;
  int32_t rate = -1, number = -1, loss = -1;
  int64_t steps = 0;
};

absl::Status Trainer::State::add(const builder::StateTensor &tensor, bool isSlot,
                                 const std::string *initial) {
  plx_program *program = runner->running_->session->program();
  Held held;
  held.name = tensor.name;
  held.isSlot = isSlot;
  held.input = plx_program_find_input(program, tensor.name.c_str());
  held.output = plx_program_find_output(program, tensor.name.c_str());
  for (Buffer *side : {&held.front, &held.back}) {
    absl::StatusOr<Buffer> buffer = makeBuffer(tensor.type);
    if (!buffer.ok()) return buffer.status();
    *side = *std::move(buffer);
  }
  if (initial) memcpy(plx_array_view(held.front.get()).data, initial->data(), initial->size());
  states.push_back(std::move(held));
  return absl::OkStatus();
}

absl::Status Trainer::State::bind(const Held &held) {
  plx_tensor now = plx_array_view(held.front.get()), next = plx_array_view(held.back.get());
  plx_context *context = runner->running_->context;
  plx_error error;
  absl::Status status =
      statusOf(plx_context_set_input_at(context, held.input, &now, &error), error);
  if (!status.ok()) return status;
  return statusOf(plx_context_bind_output(context, held.output, next.data,
                                          static_cast<uint64_t>(plx_tensor_bytes(&next)), &error),
                  error);
}

Trainer::Trainer() : state_(std::make_unique<State>()) {}
Trainer::~Trainer() = default;

absl::StatusOr<std::unique_ptr<Trainer>> Trainer::create(builder::Network &network,
                                                         const builder::TrainingOptions &training,
                                                         const RunOptions &options) {
  absl::StatusOr<mlir::ModuleOp> module = network.finish();
  if (!module.ok()) return module.status();
  absl::StatusOr<builder::TrainingStep> step = builder::makeTrainingStep(*module, training);
  if (!step.ok()) return step.status();
  absl::StatusOr<std::unique_ptr<Runner>> runner = Runner::create(network, options);
  if (!runner.ok()) return runner.status();
  std::unique_ptr<Trainer> trainer(new Trainer);
  State &state = *trainer->state_;
  state.runner = *std::move(runner);
  state.prediction = step->prediction;
  plx_program *program = state.runner->running_->session->program();
  state.rate = plx_program_find_input(program, builder::kRateName);
  state.number = plx_program_find_input(program, builder::kStepName);
  state.loss = plx_program_find_output(program, builder::kLossName);
  absl::Status status;
  for (const auto *group : {&step->parameters, &step->slots, &step->statistics})
    for (const builder::StateTensor &tensor : *group) {
      bool isSlot = group == &step->slots;
      status.Update(
          state.add(tensor, isSlot, isSlot ? nullptr : &network.weights().at(tensor.name).bytes));
    }
  if (!status.ok()) return status;
  return trainer;
}

absl::StatusOr<double> Trainer::step(const TensorViews &batch, double learningRate) {
  State &state = *state_;
  Runner::Running &running = *state.runner->running_;
  if (absl::Status status = running.set(batch); !status.ok()) return status;
  // What nothing in the program asks for is no input of it.
  absl::Status status;
  if (state.rate >= 0) status.Update(running.set(state.rate, &learningRate, PLX_F64, {}));
  if (state.number >= 0) status.Update(running.set(state.number, &state.steps, PLX_I64, {}));
  for (const State::Held &held : state.states) status.Update(state.bind(held));
  if (status.ok()) status = running.run();
  if (!status.ok()) return status;
  for (State::Held &held : state.states) std::swap(held.front, held.back);
  ++state.steps;
  absl::StatusOr<plx_tensor> loss = running.outputAt(state.loss);
  if (!loss.ok()) return loss.status();
  return *static_cast<const double *>(loss->data);
}

int64_t Trainer::stepsDone() const { return state_->steps; }

absl::StatusOr<plx_tensor> Trainer::prediction() const {
  return state_->runner->output(state_->prediction);
}

std::map<std::string, std::string> Trainer::weights() const {
  std::map<std::string, std::string> out;
  for (const State::Held &held : state_->states) {
    if (held.isSlot) continue;
    plx_tensor now = plx_array_view(held.front.get());
    out[held.name] = std::string(static_cast<const char *>(now.data),
                                 static_cast<size_t>(plx_tensor_bytes(&now)));
  }
  return out;
}

// ---- ONNX

absl::Status writeOnnx(builder::Network &network, const std::string &path,
                       const std::string &graphName) {
  absl::StatusOr<mlir::ModuleOp> module = network.finish();
  if (!module.ok()) return module.status();
  ExportOptions options;
  options.name = graphName;
  return exportOnnxFile(
      *module,
      [lookup = weightsOf(network)](const std::string &name) -> absl::StatusOr<llvm::StringRef> {
        absl::StatusOr<WeightBytes> bytes = lookup(name);
        if (!bytes.ok()) return bytes.status();
        return llvm::StringRef(bytes->data, bytes->bytes);
      },
      path, options);
}

}  // namespace plx
