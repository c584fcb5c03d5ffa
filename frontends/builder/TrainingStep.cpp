#include "frontends/builder/TrainingStep.h"

#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "frontends/builder/Errors.h"
#include "frontends/builder/Losses.h"
#include "ir/autodiff/Gradient.h"
#include "ir/ops/Parameter.h"
#include "ir/types/Types.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/SetVector.h"

namespace plx::builder {
namespace {

using mlir::RankedTensorType;
using mlir::Value;

std::string dimsText(llvm::ArrayRef<Dim> dims) {
  std::string text;
  for (Dim dim : dims) text += (text.empty() ? "" : ", ") + dim.str();
  return "[" + text + "]";
}

class Builder {
 public:
  Builder(mlir::func::FuncOp main, const TrainingOptions &options)
      : main_(main),
        options_(options),
        body_(main.getBody().front()),
        end_(body_.getTerminator()),
        scope_(mlir::OpBuilder(end_),
               mlir::NameLoc::get(mlir::StringAttr::get(main.getContext(), "training step"))) {}

  absl::StatusOr<TrainingStep> run();

 private:
  absl::Status chooseResults();
  void takeParameters();
  absl::StatusOr<Tensor> lossOf();
  void addScalars();
  absl::Status differentiate(const Tensor &loss);
  void addUp();
  absl::Status update();
  absl::Status afterForward(const Tensor &loss);
  Tensor addInput(const std::string &name, RankedTensorType type);
  Tensor findInput(llvm::StringRef name);
  /// A result of the model as it is now: differentiating replaces loops by others.
  Tensor result(unsigned place) { return scope_.tensor(end_->getOperand(place)); }
  void addOutput(const std::string &name, const Tensor &value);
  void finish();
  std::string resultName(unsigned i);

  mlir::func::FuncOp main_;
  const TrainingOptions &options_;
  mlir::Block &body_;
  mlir::Operation *end_;
  Scope scope_;
  TrainingStep step_;
  Tensor rate_, number_, share_;   // number_: of the update
  std::optional<unsigned> place_;  // of the prediction among the results of @main
  std::vector<Tensor> parameters_, gradients_;
  std::vector<size_t> moved_;                               // index of each gradient's parameter
  llvm::MapVector<mlir::StringAttr, unsigned> statistics_;  // parameter, place of its new value
  std::vector<std::pair<std::string, Value>> outputs_;
};

std::string Builder::resultName(unsigned i) {
  auto name = main_.getResultAttrOfType<mlir::StringAttr>(i, "plx.name");
  return name ? name.str() : absl::StrCat("output_", i);
}

/// Finds what the loss is of, and takes the statistics out of the results.
absl::Status Builder::chooseResults() {
  std::vector<std::string> names;
  for (auto [i, value] : llvm::enumerate(end_->getOperands())) {
    if (auto updated = main_.getResultAttrOfType<mlir::StringAttr>(i, "plx.updates")) {
      statistics_[updated] = static_cast<unsigned>(i);
      continue;
    }
    names.push_back(resultName(i));
    bool isWanted =
        options_.prediction.empty() ? names.size() == 1 : names.back() == options_.prediction;
    if (!isWanted) continue;
    place_ = static_cast<unsigned>(i);
    step_.prediction = names.back();
  }
  if (!place_)
    return absl::InvalidArgumentError(absl::StrCat("the model has no output '", options_.prediction,
                                                   "'; its outputs are '",
                                                   absl::StrJoin(names, "', '"), "'"));
  auto type = mlir::dyn_cast<RankedTensorType>(end_->getOperand(*place_).getType());
  if (!type || !mlir::isa<mlir::FloatType>(type.getElementType()))
    return absl::InvalidArgumentError(absl::StrCat(
        "output '", step_.prediction, "' is no tensor of floats: a loss cannot be of it"));
  return absl::OkStatus();
}

Tensor Builder::addInput(const std::string &name, RankedTensorType type) {
  unsigned place = main_.getNumArguments();
  auto attributes = scope_.builder().getDictionaryAttr(
      scope_.builder().getNamedAttr("plx.name", scope_.builder().getStringAttr(name)));
  (void)main_.insertArgument(place, type, attributes, scope_.loc());
  return scope_.tensor(main_.getArgument(place));
}

Tensor Builder::findInput(llvm::StringRef name) {
  for (unsigned i = 0; i < main_.getNumArguments(); ++i) {
    auto given = main_.getArgAttrOfType<mlir::StringAttr>(i, "plx.name");
    if (given && given.getValue() == name) return scope_.tensor(main_.getArgument(i));
  }
  return {};
}

void Builder::addOutput(const std::string &name, const Tensor &value) {
  outputs_.emplace_back(name, value.value());
}

/// Weights that change become inputs: those that are trained, and the statistics.
void Builder::takeParameters() {
  for (auto &[name, values] : parametersOf(main_)) {
    auto type = mlir::cast<RankedTensorType>(values[0].getType());
    bool isStatistic =
        statistics_.contains(name) || (options_.part == StepPart::Forward && options_.isStatistic &&
                                       options_.isStatistic(name.str()));
    bool isTrained = !isStatistic && type.getRank() > 0 &&
                     mlir::isa<mlir::FloatType>(type.getElementType()) &&
                     (!options_.isTrained || options_.isTrained(name.str()));
    if (!isStatistic && !isTrained) continue;
    Tensor input = addInput(name.str(), type);
    for (Value value : values) {
      value.replaceAllUsesWith(input.value());
      value.getDefiningOp()->erase();
    }
    (isStatistic ? step_.statistics : step_.parameters).push_back({name.str(), type});
    if (isTrained) parameters_.push_back(input);
  }
}

/// What goes into the ONNX Softmax that `value` comes from; null where it comes from another node.
/// All that an importer makes of a node carries the node's location.
Value beforeSoftmax(Value value) {
  mlir::Operation *op = value.getDefiningOp();
  auto place = op ? mlir::dyn_cast<mlir::NameLoc>(op->getLoc()) : mlir::NameLoc();
  if (!place || !place.getName().getValue().ends_with("(Softmax)")) return {};
  llvm::SetVector<Value> inputs, inside;
  inside.insert(value);
  for (size_t i = 0; i < inside.size(); ++i)
    for (Value operand : inside[i].getDefiningOp()->getOperands()) {
      mlir::Operation *source = operand.getDefiningOp();
      bool isOfNode = source && source->getLoc() == op->getLoc();
      if (isOfNode || operand.getType() == value.getType())
        (isOfNode ? inside : inputs).insert(operand);
    }
  return inputs.size() == 1 ? inputs.front() : Value();
}

absl::StatusOr<Tensor> Builder::lossOf() {
  const Loss *loss = findLoss(options_.loss);
  if (!loss)
    return absl::InvalidArgumentError(absl::StrCat(
        "there is no loss '", options_.loss, "'; there are ", absl::StrJoin(lossNames(), ", ")));
  Tensor prediction = result(*place_);
  if (Value logits = beforeSoftmax(prediction.value());
      logits && loss->name == llvm::StringRef("cross_entropy")) {
    prediction = scope_.tensor(logits);
    step_.notes.push_back("cross_entropy takes what goes into the Softmax that gives '" +
                          step_.prediction + "'");
  }
  llvm::SmallVector<Dim> dims = prediction.dims();
  mlir::Type element = prediction.element();
  if (loss->target == TargetKind::Classes) {
    if (dims.size() < 2)
      return absl::InvalidArgumentError(absl::StrCat(options_.loss, ": output '", step_.prediction,
                                                     "' has dims ", dimsText(dims),
                                                     "; [batch, classes, ...] was expected"));
    dims.erase(dims.begin() + 1);
    element = scope_.builder().getI64Type();
  }
  step_.target = "target";
  while (findInput(step_.target)) step_.target = "$" + step_.target;
  Tensor target = addInput(step_.target, tensorType(element, dims));
  return loss->build(prediction, target);
}

/// Gradients of the loss, and which parameter each is of.
absl::Status Builder::differentiate(const Tensor &loss) {
  if (parameters_.empty())
    return absl::InvalidArgumentError("there is nothing to train: no parameter of floats is left");
  llvm::SmallVector<Value> with;
  for (const Tensor &parameter : parameters_) with.push_back(parameter.value());
  Value seed = scope_.scalar(1, loss.element()).value(), of = loss.value();
  mlir::FailureOr<llvm::SmallVector<Value>> found = gradient(scope_.builder(), of, seed, with);
  if (failed(found)) return absl::InvalidArgumentError("the loss cannot be differentiated");
  for (auto [i, value] : llvm::enumerate(*found)) {
    if (!value) continue;
    gradients_.push_back(scope_.tensor(value));
    moved_.push_back(i);
  }
  if (gradients_.empty())
    return absl::InvalidArgumentError("the loss does not depend on any parameter that is trained");
  return absl::OkStatus();
}

/// Adds the gradients, weighted, to those of the parts before.
void Builder::addUp() {
  for (auto [k, i] : llvm::enumerate(moved_)) {
    const StateTensor &parameter = step_.parameters[i];
    std::string name = parameter.name + ".sum";
    Tensor sum = addInput(name, parameter.type);
    step_.sums.push_back({name, parameter.type});
    gradients_[k] = sum + share_.cast(gradients_[k].element()) * gradients_[k];
    if (options_.part == StepPart::Accumulate) addOutput(name, gradients_[k]);
  }
}

absl::Status Builder::update() {
  Tensor norm = globalNorm(gradients_);
  addOutput(kNormName, norm);
  addOutput(step_.prediction, result(*place_));
  if (options_.clipNorm > 0) gradients_ = clipByGlobalNorm(gradients_, norm, options_.clipNorm);
  if (options_.clipValue > 0) gradients_ = clipByValue(gradients_, options_.clipValue);

  StepScalars scalars{rate_, number_.cast(scope_.builder().getF64Type()) + 1};
  std::vector<std::pair<std::string, Tensor>> slots;
  std::vector<Tensor> next = parameters_;
  for (auto [k, i] : llvm::enumerate(moved_)) {
    const StateTensor &parameter = step_.parameters[i];
    std::optional<Optimizer> optimizer = Optimizer::create(
        options_.optimizerOf ? options_.optimizerOf(parameter.name) : options_.optimizer);
    if (!optimizer)
      return absl::InvalidArgumentError(absl::StrCat("there is no optimizer '",
                                                     options_.optimizer.name, "'; there are ",
                                                     absl::StrJoin(Optimizer::names(), ", ")));
    std::vector<Tensor> before;
    for (const std::string &slot : optimizer->slots()) {
      std::string name = parameter.name + "." + slot;
      before.push_back(addInput(name, parameter.type));
      step_.slots.push_back({name, parameter.type});
    }
    Updated updated = optimizer->update(parameters_[i], gradients_[k], before, scalars);
    next[i] = updated.parameter;
    for (const Tensor &slot : updated.slots)
      slots.emplace_back(step_.slots[slots.size()].name, slot);
  }
  for (auto [parameter, value] : llvm::zip(step_.parameters, next))
    addOutput(parameter.name, value);
  for (const auto &[name, value] : slots) addOutput(name, value);
  if (size_t still = parameters_.size() - moved_.size())
    step_.notes.push_back(
        absl::StrCat(still, " of ", parameters_.size(),
                     " parameters have no part in the loss and stay as they are"));
  return absl::OkStatus();
}

/// Statistics, then the results in place of the model's own.
void Builder::finish() {
  for (const StateTensor &statistic : step_.statistics)
    if (options_.part != StepPart::Forward)
      addOutput(statistic.name,
                result(statistics_[scope_.builder().getStringAttr(statistic.name)]));
  llvm::SmallVector<Value> values;
  llvm::SmallVector<mlir::Type> types;
  llvm::SmallVector<mlir::DictionaryAttr> attributes;
  mlir::Builder &b = scope_.builder();
  std::set<std::string> states;
  for (const auto *group : {&step_.parameters, &step_.sums, &step_.slots, &step_.statistics})
    for (const StateTensor &state : *group) states.insert(state.name);
  for (const auto &[name, value] : outputs_) {
    values.push_back(value);
    types.push_back(value.getType());
    mlir::NamedAttrList list;
    list.append("plx.name", b.getStringAttr(name));
    if (states.count(name)) list.append("plx.updates", b.getStringAttr(name));
    attributes.push_back(list.getDictionary(b.getContext()));
  }
  end_->setOperands(values);
  main_.setType(b.getFunctionType(main_.getArgumentTypes(), types));
  main_.setAllResultAttrs(attributes);
}

/// Inputs that a step's caller counts with.
void Builder::addScalars() {
  mlir::Builder &b = scope_.builder();
  StepPart part = options_.part;
  auto scalar = [&](const char *name, mlir::Type type) {
    return addInput(name, RankedTensorType::get({}, type));
  };
  bool hasUpdate = part == StepPart::Whole || part == StepPart::Finish;
  if (hasUpdate) rate_ = scalar(kRateName, b.getF64Type());
  number_ = findInput(kStepName);
  if (!number_) number_ = scalar(kStepName, b.getI64Type());
  if (part == StepPart::Accumulate || part == StepPart::Finish)
    share_ = scalar(kShareName, b.getF64Type());
  if (part == StepPart::Finish) number_ = scalar(kUpdateName, b.getI64Type());
}

absl::Status Builder::afterForward(const Tensor &loss) {
  if (options_.part == StepPart::Forward) {
    addOutput(step_.prediction, result(*place_));
    return absl::OkStatus();
  }
  if (absl::Status status = differentiate(loss); !status.ok()) return status;
  if (options_.part != StepPart::Whole) addUp();
  return options_.part == StepPart::Accumulate ? absl::OkStatus() : update();
}

absl::StatusOr<TrainingStep> Builder::run() {
  Errors errors(main_.getContext());
  if (absl::Status status = chooseResults(); !status.ok()) return status;
  absl::StatusOr<Tensor> loss = lossOf();
  if (!loss.ok()) return loss.status();
  if (!*loss) return errors.status("the loss does not fit the model's output");
  addScalars();
  takeParameters();
  addOutput(kLossName, loss->cast(scope_.builder().getF64Type()));
  if (absl::Status status = afterForward(*loss); !status.ok())
    return errors.status(std::string(status.message()));
  for (const auto &[name, value] : outputs_)
    if (!value) return errors.status(absl::StrCat("'", name, "' could not be built"));
  finish();
  return std::move(step_);
}

}  // namespace

absl::StatusOr<TrainingStep> makeTrainingStep(mlir::ModuleOp module,
                                              const TrainingOptions &options) {
  auto main = module.lookupSymbol<mlir::func::FuncOp>("main");
  if (!main || main.isExternal())
    return absl::InvalidArgumentError("the model has no function @main");
  return Builder(main, options).run();
}

}  // namespace plx::builder
