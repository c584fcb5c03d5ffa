#include "tools/api/GradientAt.h"

#include "absl/strings/str_cat.h"
#include "ir/ops/Build.h"
#include "ir/ops/Parameter.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "tools/api/CompiledModule.h"
#include "tools/api/Objects.h"

namespace plx {
namespace {

using OwnedModule = mlir::OwningOpRef<mlir::ModuleOp>;

/// A copy of the model's program whose parameters are constants, which can be taken to f64.
absl::StatusOr<OwnedModule> withConstants(const Model &model) {
  OwnedModule copy(model.module().clone());
  absl::Status status;
  copy->walk([&](ParameterOp parameter) {
    auto type = mlir::cast<mlir::RankedTensorType>(parameter.getType());
    absl::StatusOr<WeightBytes> bytes = model.weight(parameter.getName().str());
    if (!bytes.ok()) status = bytes.status();
    if (!status.ok()) return;
    auto tensor = eval::Tensor::fromBytes(type.getElementType(), type.getShape(),
                                          {bytes->data, bytes->bytes});
    mlir::OpBuilder b(parameter);
    mlir::Value constant;
    if (succeeded(tensor)) constant = build::constant(b, parameter.getLoc(), tensor->toAttr());
    if (!constant)
      status = absl::InternalError(
          absl::StrCat("weight '", parameter.getName().str(), "' does not fit its type"));
    else
      parameter.replaceAllUsesWith(constant);
    if (status.ok()) parameter.erase();
  });
  if (!status.ok()) return status;
  return copy;
}

absl::StatusOr<llvm::SmallVector<eval::Value>> valuesOf(const Model &model,
                                                        llvm::ArrayRef<plexus_input_value> inputs) {
  mlir::MLIRContext *context = model.module().getContext();
  auto main = model.module().lookupSymbol<mlir::func::FuncOp>("main");
  if (inputs.size() != main.getNumArguments())
    return absl::InvalidArgumentError(absl::StrCat(
        "there are ", inputs.size(), " inputs, the model has ", main.getNumArguments()));
  llvm::SmallVector<eval::Value> values;
  for (const plexus_input_value &input : inputs) {
    if (input.object) {
      absl::StatusOr<eval::Value> value = valueOf(context, *input.object);
      if (!value.ok()) return value.status();
      values.push_back(*std::move(value));
    } else {
      absl::StatusOr<eval::Tensor> tensor = tensorOf(context, *input.tensor);
      if (!tensor.ok()) return tensor.status();
      values.emplace_back(*std::move(tensor));
    }
  }
  return values;
}

/// Compiles @main once.
RunnableProgram compiled(const Model &model, mlir::ModuleOp module, std::string &error) {
  absl::StatusOr<std::unique_ptr<CompiledModule>> made =
      CompiledModule::create(model, OwnedModule(module.clone()));
  if (!made.ok()) {
    error = std::string(made.status().message());
    return {};
  }
  std::shared_ptr<CompiledModule> program = *std::move(made);
  return [program](llvm::ArrayRef<eval::Value> inputs,
                   std::string &error) -> mlir::FailureOr<llvm::SmallVector<eval::Value>> {
    absl::StatusOr<llvm::SmallVector<eval::Value>> results = program->run(inputs);
    if (results.ok()) return *std::move(results);
    error = std::string(results.status().message());
    return mlir::failure();
  };
}

}  // namespace

absl::StatusOr<GradientFindings> checkGradientAt(const Model &model, const std::string &device,
                                                 llvm::ArrayRef<plexus_input_value> inputs) {
  if (device != "cpu" && device != "reference")
    return absl::UnimplementedError(
        absl::StrCat("device '", device, "' is not supported; there are cpu and reference"));
  useHostFunctionsOfRuntime();
  if (!model.unseeded().empty())
    return GradientFindings{
        GradientFindings::Kind::NotDifferentiable,
        absl::StrCat("'", model.unseeded(), "' draws from a generator that ONNX leaves open")};
  absl::StatusOr<llvm::SmallVector<eval::Value>> values = valuesOf(model, inputs);
  if (!values.ok()) return values.status();
  absl::StatusOr<OwnedModule> module = withConstants(model);
  if (!module.ok()) return module.status();
  ProgramMaker compile;
  if (device == "cpu")
    compile = [&model](mlir::ModuleOp program, std::string &error) {
      return compiled(model, program, error);
    };
  return checkModelGradient(**module, *values, compile);
}

}  // namespace plx
