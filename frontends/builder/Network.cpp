#include "frontends/builder/Network.h"

#include "absl/strings/str_cat.h"
#include "frontends/builder/TrainingStep.h"
#include "ir/Dialect.h"
#include "ir/ops/Parameter.h"
#include "ir/types/Types.h"

namespace plx::builder {
namespace {

/// Large graphs are one thread's work; the compiler has threads of its own.
std::unique_ptr<mlir::MLIRContext> makeContext() {
  auto context = std::make_unique<mlir::MLIRContext>(mlir::MLIRContext::Threading::DISABLED);
  context->loadDialect<PlxDialect, mlir::func::FuncDialect>();
  return context;
}

mlir::Location place(mlir::MLIRContext *context, const std::string &name) {
  return mlir::NameLoc::get(mlir::StringAttr::get(context, name));
}

mlir::func::FuncOp addMain(mlir::ModuleOp module) {
  mlir::OpBuilder b = mlir::OpBuilder::atBlockEnd(module.getBody());
  auto main = mlir::func::FuncOp::create(b, module.getLoc(), "main", b.getFunctionType({}, {}));
  main.addEntryBlock();
  return main;
}

std::string bytesOf(const std::vector<double> &values, bool isF64) {
  if (isF64) return {reinterpret_cast<const char *>(values.data()), values.size() * sizeof(double)};
  std::vector<float> rounded(values.begin(), values.end());
  return {reinterpret_cast<const char *>(rounded.data()), rounded.size() * sizeof(float)};
}

}  // namespace

Network::Network(const NetworkOptions &options)
    : options_(options),
      context_(makeContext()),
      errors_(context_.get()),
      module_(mlir::ModuleOp::create(place(context_.get(), "network"))),
      main_(addMain(*module_)),
      scope_(mlir::OpBuilder::atBlockEnd(&main_.getBody().front()), module_->getLoc(), this) {}

Network::~Network() = default;

mlir::Type Network::floatType() {
  if (options_.isF64) return scope_.builder().getF64Type();
  return scope_.builder().getF32Type();
}

Tensor Network::addInput(const std::string &name, mlir::Type element, llvm::ArrayRef<Dim> dims) {
  mlir::Builder &b = scope_.builder();
  auto attributes = b.getDictionaryAttr(b.getNamedAttr("plx.name", b.getStringAttr(name)));
  unsigned number = main_.getNumArguments();
  for (unsigned i = 0; i < number; ++i)
    if (main_.getArgAttrOfType<mlir::StringAttr>(i, "plx.name").getValue() == name) {
      mlir::emitError(scope_.loc()) << "there are two inputs '" << name << "'";
      return {};
    }
  mlir::RankedTensorType type = tensorType(element, dims);
  if (!type) {
    mlir::emitError(scope_.loc()) << "input '" << name << "' has a negative size";
    return {};
  }
  (void)main_.insertArgument(number, type, attributes, place(scope_.context(), name));
  return scope_.tensor(main_.getArgument(number));
}

Tensor Network::addInput(const std::string &name, mlir::Type element, llvm::ArrayRef<Size> sizes) {
  llvm::SmallVector<Dim> dims;
  for (const Size &size : sizes)
    dims.push_back(size.name.empty() ? scope_.size(size.number)
                                     : Dim::symbol(scope_.context(), size.name));
  return addInput(name, element, dims);
}

Tensor Network::input(const std::string &name, llvm::ArrayRef<Size> sizes) {
  return addInput(name, floatType(), sizes);
}

Tensor Network::indices(const std::string &name, llvm::ArrayRef<Size> sizes) {
  return addInput(name, scope_.builder().getI64Type(), sizes);
}

Tensor Network::step() {
  if (!step_) step_ = addInput(kStepName, scope_.builder().getI64Type(), llvm::ArrayRef<Dim>());
  return step_;
}

void Network::output(const std::string &name, const Tensor &value) {
  for (const Output &output : outputs_)
    if (!output.isStatistic && output.name == name)
      mlir::emitError(scope_.loc()) << "there are two outputs '" << name << "'";
  outputs_.push_back({name, value.value(), false});
}

Tensor Network::weight(const std::string &name, llvm::ArrayRef<int64_t> dims,
                       const Initializer &initial, bool isStatistic) {
  auto type = mlir::RankedTensorType::get(dims, floatType());
  auto [found, isNew] = parameters_.try_emplace(name);
  if (!isNew) {
    if (found->second.value().getType() == type) return found->second;
    mlir::emitError(scope_.loc()) << "parameter '" << name << "' has type "
                                  << found->second.value().getType() << ", not " << type;
    return {};
  }
  weights_[name] = {type,
                    bytesOf(initial.values(dims, RandomKey::of(seed(), name)), options_.isF64),
                    isStatistic};
  // In front of all: the body of a scan may use it, and so may what follows.
  mlir::OpBuilder b = mlir::OpBuilder::atBlockBegin(&main_.getBody().front());
  if (last_) b.setInsertionPointAfter(last_);
  ParameterOp::Properties properties;
  properties.name = b.getStringAttr(name);
  auto op = ParameterOp::create(b, place(scope_.context(), name), mlir::TypeRange(type),
                                mlir::ValueRange(), properties);
  last_ = op;
  return found->second = scope_.tensor(op.getResult());
}

Tensor Network::parameter(const std::string &name, llvm::ArrayRef<int64_t> dims,
                          const Initializer &initial) {
  return weight(name, dims, initial, false);
}

Tensor Network::statistic(const std::string &name, llvm::ArrayRef<int64_t> dims,
                          const Initializer &initial) {
  return weight(name, dims, initial, true);
}

void Network::renew(const std::string &statistic, const Tensor &value) {
  outputs_.push_back({statistic, value.value(), true});
}

absl::StatusOr<mlir::ModuleOp> Network::finish() {
  mlir::Block &body = main_.getBody().front();
  if (!body.empty() && body.back().hasTrait<mlir::OpTrait::IsTerminator>()) return *module_;
  llvm::SmallVector<mlir::Value> values;
  llvm::SmallVector<mlir::DictionaryAttr> attributes;
  mlir::Builder &b = scope_.builder();
  for (const Output &output : outputs_) {
    if (!output.value)
      return errors_.status(absl::StrCat("output '", output.name, "' could not be built"));
    values.push_back(output.value);
    llvm::SmallVector<mlir::NamedAttribute> named;
    named.push_back(b.getNamedAttr("plx.name", b.getStringAttr(output.name)));
    if (output.isStatistic)
      named.push_back(b.getNamedAttr("plx.updates", b.getStringAttr(output.name)));
    attributes.push_back(b.getDictionaryAttr(named));
  }
  if (absl::Status said = errors_.status(""); !said.message().empty()) return said;
  if (values.empty()) return absl::InvalidArgumentError("the network has no output");
  mlir::func::ReturnOp::create(scope_.builder(), module_->getLoc(), values);
  main_.setType(b.getFunctionType(main_.getArgumentTypes(), mlir::ValueRange(values).getTypes()));
  main_.setAllResultAttrs(attributes);
  return *module_;
}

absl::Status Network::setWeight(const std::string &name, llvm::StringRef bytes) {
  auto found = weights_.find(name);
  if (found == weights_.end())
    return absl::NotFoundError(absl::StrCat("the network has no parameter '", name, "'"));
  if (found->second.bytes.size() != bytes.size())
    return absl::InvalidArgumentError(absl::StrCat(
        "parameter '", name, "' has ", found->second.bytes.size(), " bytes, not ", bytes.size()));
  found->second.bytes = bytes.str();
  return absl::OkStatus();
}

absl::Status Network::takeWeights(const std::map<std::string, std::string> &bytes) {
  for (const auto &[name, value] : bytes)
    if (weights_.count(name))
      if (absl::Status status = setWeight(name, value); !status.ok()) return status;
  return absl::OkStatus();
}

}  // namespace plx::builder
