#include "frontends/builder/GradientGraph.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "frontends/builder/Errors.h"
#include "frontends/builder/Tensor.h"
#include "ir/autodiff/Gradient.h"
#include "ir/ops/Parameter.h"
#include "ir/types/Types.h"

namespace plx::builder {
namespace {

using mlir::Value;

bool isFloats(Value value) {
  auto type = mlir::dyn_cast<mlir::RankedTensorType>(value.getType());
  return type && mlir::isa<mlir::FloatType>(type.getElementType());
}

class Builder {
 public:
  Builder(mlir::func::FuncOp main, const GradientOptions &options)
      : main_(main),
        options_(options),
        end_(main.getBody().front().getTerminator()),
        scope_(mlir::OpBuilder(end_),
               mlir::NameLoc::get(mlir::StringAttr::get(main.getContext(), "gradient"))) {}

  absl::Status run();

 private:
  absl::StatusOr<Value> output();
  absl::StatusOr<Value> named(const std::string &name);
  Value cotangent(const std::string &output, mlir::Type type);
  void addOutputs(llvm::ArrayRef<Value> gradients);

  mlir::func::FuncOp main_;
  const GradientOptions &options_;
  mlir::Operation *end_;
  Scope scope_;
  std::string of_;
};

absl::StatusOr<Value> Builder::output() {
  std::vector<std::string> names;
  for (auto [i, value] : llvm::enumerate(end_->getOperands())) {
    auto name = main_.getResultAttrOfType<mlir::StringAttr>(i, "plx.name");
    if (!name) continue;
    names.push_back(name.str());
    if (!options_.of.empty() && name.getValue() != options_.of) continue;
    of_ = name.str();
    if (!isFloats(value))
      return absl::InvalidArgumentError(
          absl::StrCat("output '", of_, "' is no tensor of floats: it has no gradient"));
    return value;
  }
  return absl::InvalidArgumentError(absl::StrCat("the model has no output '", options_.of,
                                                 "'; its outputs are '",
                                                 absl::StrJoin(names, "', '"), "'"));
}

/// An input, or a parameter (one op for all that name it).
absl::StatusOr<Value> Builder::named(const std::string &name) {
  Value found;
  for (unsigned i = 0; i < main_.getNumArguments(); ++i) {
    auto given = main_.getArgAttrOfType<mlir::StringAttr>(i, "plx.name");
    if (given && given.getValue() == name) found = main_.getArgument(i);
  }
  for (Value value : parametersOf(main_).lookup(scope_.builder().getStringAttr(name))) {
    if (!found) {
      mlir::Block &body = main_.getBody().front();
      value.getDefiningOp()->moveBefore(&body, body.begin());
      found = value;
    } else {
      value.replaceAllUsesWith(found);
    }
  }
  if (!found)
    return absl::InvalidArgumentError(
        absl::StrCat("the model has no input or initializer '", name, "'"));
  if (!isFloats(found))
    return absl::InvalidArgumentError(absl::StrCat(
        "'", name, "' is no tensor of floats: there is no gradient with respect to it"));
  return found;
}

Value Builder::cotangent(const std::string &output, mlir::Type type) {
  if (!options_.cotangent) {
    auto floats = mlir::cast<mlir::RankedTensorType>(type);
    return scope_.full(1, floats.getElementType(), dimsOf(type)).value();
  }
  mlir::Builder &b = scope_.builder();
  unsigned place = main_.getNumArguments();
  auto attributes =
      b.getDictionaryAttr(b.getNamedAttr("plx.name", b.getStringAttr("ct." + output)));
  (void)main_.insertArgument(place, type, attributes, scope_.loc());
  return main_.getArgument(place);
}

void Builder::addOutputs(llvm::ArrayRef<Value> gradients) {
  mlir::Builder &b = scope_.builder();
  llvm::SmallVector<Value> values(end_->getOperands());
  llvm::SmallVector<mlir::DictionaryAttr> attributes;
  main_.getAllResultAttrs(attributes);
  attributes.resize(values.size());
  for (auto [name, value] : llvm::zip(options_.withRespectTo, gradients)) {
    values.push_back(value);
    attributes.push_back(
        b.getDictionaryAttr(b.getNamedAttr("plx.name", b.getStringAttr("grad." + name))));
  }
  end_->setOperands(values);
  llvm::SmallVector<mlir::Type> types(mlir::ValueRange(values).getTypes());
  main_.setType(b.getFunctionType(main_.getArgumentTypes(), types));
  main_.setAllResultAttrs(attributes);
}

absl::Status Builder::run() {
  Errors errors(main_.getContext());
  absl::StatusOr<Value> of = output();
  if (!of.ok()) return of.status();
  llvm::SmallVector<Value> with;
  for (const std::string &name : options_.withRespectTo) {
    absl::StatusOr<Value> value = named(name);
    if (!value.ok()) return value.status();
    with.push_back(*value);
  }
  Value seed = cotangent(of_, of->getType());
  mlir::FailureOr<llvm::SmallVector<Value>> gradients = gradient(scope_.builder(), *of, seed, with);
  if (failed(gradients)) return errors.status("the output cannot be differentiated");
  for (auto [value, source] : llvm::zip(*gradients, with))
    if (!value) {
      Tensor like = scope_.tensor(source);
      value = scope_.full(0, like.element(), like.dims()).value();
    }
  addOutputs(*gradients);
  return absl::OkStatus();
}

}  // namespace

absl::Status makeGradientGraph(mlir::ModuleOp module, const GradientOptions &options) {
  auto main = module.lookupSymbol<mlir::func::FuncOp>("main");
  if (!main || main.isExternal())
    return absl::InvalidArgumentError("the model has no function @main");
  return Builder(main, options).run();
}

}  // namespace plx::builder
