// Models opened for training.
#include <fnmatch.h>

#include "absl/strings/str_cat.h"
#include "frontends/builder/TrainingStep.h"
#include "frontends/onnx/Retrain.h"
#include "ir/types/Types.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "tools/api/Model.h"

namespace plx {
namespace {

builder::TrainingOptions stepOptions(const plexus_training_options &given,
                                     const std::set<std::string> &weights) {
  builder::TrainingOptions out;
  if (given.loss) out.loss = given.loss;
  if (given.output) out.prediction = given.output;
  builder::OptimizerOptions &optimizer = out.optimizer;
  if (given.optimizer) optimizer.name = given.optimizer;
  optimizer.momentum = given.momentum;

  if (given.beta1 > 0) optimizer.beta1 = given.beta1;
  if (given.beta2 > 0) optimizer.beta2 = given.beta2;
  if (given.alpha > 0) optimizer.alpha = given.alpha;
  if (given.epsilon > 0) optimizer.epsilon = given.epsilon;
  optimizer.weightDecay = given.weight_decay;
  optimizer.l1 = given.l1;
  out.clipNorm = given.clip_norm;
  out.clipValue = given.clip_value;
  std::vector<std::string> frozen;
  for (int32_t i = 0; i < given.num_frozen; ++i) frozen.emplace_back(given.frozen[i]);
  out.isTrained = [weights, frozen](const std::string &name) {
    return weights.count(name) && llvm::none_of(frozen, [&](const std::string &pattern) {
             return fnmatch(pattern.c_str(), name.c_str(), 0) == 0;
           });
  };
  return out;
}

/// A gradient graph has the model's own inputs and outputs: no statistics, and no number of the
/// step where nothing is drawn by it.
void dropTrainingValues(mlir::ModuleOp module) {
  auto main = module.lookupSymbol<mlir::func::FuncOp>("main");
  mlir::Operation *end = main.getBody().front().getTerminator();
  llvm::BitVector updates(end->getNumOperands());
  for (unsigned i = 0; i < updates.size(); ++i)
    if (main.getResultAttr(i, "plx.updates")) updates.set(i);
  end->eraseOperands(updates);
  (void)main.eraseResults(updates);
  for (unsigned i = main.getNumArguments(); i-- > 0;) {
    auto name = main.getArgAttrOfType<mlir::StringAttr>(i, "plx.name");
    if (name && name.getValue() == builder::kStepName && main.getArgument(i).use_empty())
      (void)main.eraseArgument(i);
  }
}

std::string plural(int count, const char *what) {
  return absl::StrCat(count, " ", what, count == 1 ? "" : "s");
}

}  // namespace

absl::StatusOr<std::unique_ptr<Model>> Model::openTraining(
    const std::string &path, const plexus_options &options,
    const plexus_training_options &training) {
  std::unique_ptr<Model> model(new Model(path, options));
  ImportOptions import;
  import.training =
      training.flags & PLEXUS_TRAIN_AS_IS ? TrainingImport::AsIs : TrainingImport::Auto;
  import.keepTied = training.flags & PLEXUS_TRAIN_KEEP_TIED;
  import.seed = training.seed;
  absl::Status status = model->importOnnx(nullptr, 0, path, options.flags, std::move(import));
  if (status.ok()) status = model->finish(options.flags);
  if (!status.ok()) return status;

  const TrainingInfo &info = model->trainingInfo_;
  absl::StatusOr<builder::TrainingStep> step = builder::makeTrainingStep(
      *model->module_, stepOptions(training, {info.weights.begin(), info.weights.end()}));
  if (!step.ok())
    return absl::Status(step.status().code(), absl::StrCat(path, ": ", step.status().message()));
  auto trained = std::make_unique<TrainedModel>();
  trained->path = path;
  trained->target = step->target;
  trained->prediction = step->prediction;
  trained->notes = step->notes;
  if (info.normalizations)
    trained->notes.push_back(plural(info.normalizations, "BatchNormalization node") +
                             " of inference train: by the batch's own moments");
  if (info.dropouts)
    trained->notes.push_back(plural(info.dropouts, "Dropout node") + " of inference train");
  auto add = [&](const std::vector<builder::StateTensor> &tensors, plexus_state_kind kind) {
    for (const builder::StateTensor &tensor : tensors) {
      mlir::Type element = tensor.type.getElementType();
      WeightBytes initial{
          nullptr, static_cast<uint64_t>(tensor.type.getNumElements()) * bytesOfElement(element)};
      if (kind != PLEXUS_STATE_SLOT) initial = model->weights_[tensor.name];
      trained->states.push_back(
          {tensor.name, kind, elementTypeCode(element), tensor.type.getShape().vec(), initial});
    }
  };
  add(step->parameters, PLEXUS_STATE_PARAMETER);
  add(step->slots, PLEXUS_STATE_SLOT);
  add(step->statistics, PLEXUS_STATE_STATISTIC);
  model->training_ = std::move(trained);
  return model;
}

absl::StatusOr<std::unique_ptr<Model>> Model::openGradient(
    const std::string &path, const plexus_options &options,
    const builder::GradientOptions &gradient) {
  std::unique_ptr<Model> model(new Model(path, options));
  ImportOptions import;
  import.training = TrainingImport::AsIs;
  import.keepTied = true;
  absl::Status status = model->importOnnx(nullptr, 0, path, options.flags, std::move(import));
  if (status.ok()) status = model->finish(options.flags);
  if (!status.ok()) return status;
  builder::GradientOptions wanted = gradient;
  if (wanted.withRespectTo.empty()) wanted.withRespectTo = model->trainingInfo_.weights;
  dropTrainingValues(*model->module_);
  status = builder::makeGradientGraph(*model->module_, wanted);
  if (!status.ok()) return absl::Status(status.code(), absl::StrCat(path, ": ", status.message()));
  return model;
}

absl::Status saveTrained(const TrainedModel &trained, const void *const *values,
                         const std::string &path) {
  std::map<std::string, llvm::StringRef> bytes;
  std::set<std::string> names;
  for (auto [i, state] : llvm::enumerate(trained.states)) {
    if (state.kind == PLEXUS_STATE_SLOT) continue;
    bytes[state.name] = {static_cast<const char *>(values[i]), state.initial.bytes};
    names.insert(state.name);
  }
  return writeRetrainedOnnx(
      trained.path, path, names,
      [&](const std::string &name) -> absl::StatusOr<llvm::StringRef> { return bytes[name]; });
}

}  // namespace plx
