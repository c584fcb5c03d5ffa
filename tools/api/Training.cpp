// Models opened for training.
#include <fnmatch.h>

#include <cmath>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "frontends/builder/TrainingStep.h"
#include "frontends/onnx/Retrain.h"
#include "ir/types/Types.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "tools/api/Model.h"

namespace plx {
namespace {

bool matches(const char *pattern, const std::string &name) {
  return fnmatch(pattern, name.c_str(), 0) == 0;
}

builder::OptimizerOptions optimizerOptions(const plexus_training_options &given) {
  builder::OptimizerOptions optimizer;
  if (given.optimizer) optimizer.name = given.optimizer;
  optimizer.momentum = given.momentum;
  if (given.beta1 > 0) optimizer.beta1 = given.beta1;
  if (given.beta2 > 0) optimizer.beta2 = given.beta2;
  if (given.alpha > 0) optimizer.alpha = given.alpha;
  if (given.epsilon > 0) optimizer.epsilon = given.epsilon;
  optimizer.weightDecay = given.weight_decay;
  optimizer.l1 = given.l1;
  optimizer.l2 = given.l2;
  return optimizer;
}

builder::OptimizerOptions withGroup(builder::OptimizerOptions optimizer,
                                    const plexus_training_group &group) {
  auto set = [](auto &field, double value) {
    if (!std::isnan(value)) field = value;
  };
  set(optimizer.rateScale, group.rate_scale);
  set(optimizer.momentum, group.momentum);
  set(optimizer.beta1, group.beta1);
  set(optimizer.beta2, group.beta2);
  set(optimizer.alpha, group.alpha);
  set(optimizer.epsilon, group.epsilon);
  set(optimizer.weightDecay, group.weight_decay);
  set(optimizer.l1, group.l1);
  set(optimizer.l2, group.l2);
  return optimizer;
}

/// `given` outlives what is returned.
builder::TrainingOptions stepOptions(const plexus_training_options &given,
                                     const TrainingInfo &info) {
  builder::TrainingOptions out;
  out.part = static_cast<builder::StepPart>(given.part);
  if (given.loss) out.loss = given.loss;
  if (given.output) out.prediction = given.output;
  out.optimizer = optimizerOptions(given);
  out.optimizerOf = [&given, common = out.optimizer](const std::string &name) {
    for (int32_t i = 0; i < given.num_groups; ++i)
      if (matches(given.groups[i].pattern, name)) return withGroup(common, given.groups[i]);
    return common;
  };
  out.clipNorm = given.clip_norm;
  out.clipValue = given.clip_value;
  out.isTrained = [&given, weights = std::set<std::string>(
                               info.weights.begin(), info.weights.end())](const std::string &name) {
    for (int32_t i = 0; i < given.num_frozen; ++i)
      if (matches(given.frozen[i], name)) return false;
    return weights.count(name) > 0;
  };
  out.isStatistic = [statistics =
                         std::set<std::string>(info.statistics.begin(), info.statistics.end())](
                        const std::string &name) { return statistics.count(name) > 0; };
  return out;
}

/// A pattern that no weight has is a slip of the pen.
absl::Status checkPatterns(const plexus_training_options &given, const TrainingInfo &info) {
  auto check = [&](const char *what, const char *pattern) {
    for (const std::string &name : info.weights)
      if (matches(pattern, name)) return absl::OkStatus();
    return absl::InvalidArgumentError(absl::StrCat(what, " '", pattern,
                                                   "' matches no parameter; they are '",
                                                   absl::StrJoin(info.weights, "', '"), "'"));
  };
  for (int32_t i = 0; i < given.num_frozen; ++i)
    if (absl::Status status = check("frozen", given.frozen[i]); !status.ok()) return status;
  for (int32_t i = 0; i < given.num_groups; ++i)
    if (absl::Status status = check("group", given.groups[i].pattern); !status.ok()) return status;
  return absl::OkStatus();
}

TrainingImport importOf(const plexus_training_options &given) {
  if (given.part == PLEXUS_TRAIN_FORWARD) return TrainingImport::Inference;
  return given.flags & PLEXUS_TRAIN_AS_IS ? TrainingImport::AsIs : TrainingImport::Auto;
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
  import.training = importOf(training);
  import.keepTied = training.flags & PLEXUS_TRAIN_KEEP_TIED;
  import.seed = training.seed;
  absl::Status status = model->importOnnx(nullptr, 0, path, options.flags, std::move(import));
  if (status.ok()) status = model->finish(options.flags & ~uint32_t{PLEXUS_ALL_VALUES});
  if (!status.ok()) return status;

  const TrainingInfo &info = model->trainingInfo_;
  auto named = [&](const absl::Status &wrong) {
    return absl::Status(wrong.code(), absl::StrCat(path, ": ", wrong.message()));
  };
  if (status = checkPatterns(training, info); !status.ok()) return named(status);
  absl::StatusOr<builder::TrainingStep> step =
      builder::makeTrainingStep(*model->module_, stepOptions(training, info));
  if (!step.ok()) return named(step.status());
  if (options.flags & PLEXUS_ALL_VALUES) exposeAllValues(*model->module_, true);
  auto trained = std::make_unique<TrainedModel>();
  trained->target = step->target;
  trained->prediction = step->prediction;
  trained->notes = step->notes;
  if (info.normalizations)
    trained->notes.push_back(plural(info.normalizations, "BatchNormalization node") +
                             " of inference train: by the batch's own moments");
  if (info.dropouts)
    trained->notes.push_back(plural(info.dropouts, "Dropout node") + " of inference train");
  for (const std::string &scale : info.scales)
    trained->notes.push_back(absl::StrCat("'", scale, "' has one element and scales: not trained"));
  auto add = [&](const std::vector<builder::StateTensor> &tensors, plexus_state_kind kind) {
    for (const builder::StateTensor &tensor : tensors) {
      mlir::Type element = tensor.type.getElementType();
      WeightBytes initial{
          nullptr, static_cast<uint64_t>(tensor.type.getNumElements()) * bytesOfElement(element)};
      if (kind == PLEXUS_STATE_PARAMETER || kind == PLEXUS_STATE_STATISTIC)
        initial = model->weights_[tensor.name];
      trained->states.push_back(
          {tensor.name, kind, elementTypeCode(element), tensor.type.getShape().vec(), initial});
    }
  };
  add(step->parameters, PLEXUS_STATE_PARAMETER);
  add(step->sums, PLEXUS_STATE_SUM);
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

absl::Status saveTrained(const std::string &modelPath, llvm::ArrayRef<plexus_weight> weights,
                         const std::string &path) {
  std::map<std::string, llvm::StringRef> bytes;
  std::set<std::string> names;
  for (const plexus_weight &weight : weights) {
    bytes[weight.name] = {static_cast<const char *>(weight.data), weight.bytes};
    names.insert(weight.name);
  }
  return writeRetrainedOnnx(
      modelPath, path, names,
      [&](const std::string &name) -> absl::StatusOr<llvm::StringRef> { return bytes[name]; });
}

}  // namespace plx
