#include "tools/api/ValueTests.h"

#include "absl/strings/str_cat.h"
#include "compiler/package/Session.h"
#include "ir/eval/ValueTests.h"
#include "ir/types/Place.h"
#include "ir/types/Types.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/SymbolTable.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Transforms/Passes.h"
#include "tools/api/Objects.h"

namespace plx {
namespace {

using Results = llvm::SmallVector<eval::Value>;

/// A copy of the module whose @main is `function`, with what that calls and nothing else.
absl::StatusOr<mlir::OwningOpRef<mlir::ModuleOp>> isolate(mlir::ModuleOp module,
                                                          const std::string &function) {
  mlir::OwningOpRef<mlir::ModuleOp> copy(module.clone());
  for (mlir::func::FuncOp each : copy->getOps<mlir::func::FuncOp>())
    if (each.getSymName() != function) each.setPrivate();
  auto main = copy->lookupSymbol<mlir::func::FuncOp>(function);
  main.setPublic();
  mlir::PassManager passes(module.getContext());
  passes.addPass(mlir::createSymbolDCEPass());
  if (mlir::failed(passes.run(*copy)))
    return absl::InternalError(absl::StrCat("@", function, " cannot be taken apart"));
  if (function == "main") return copy;
  if (copy->lookupSymbol("main"))
    return absl::UnimplementedError(absl::StrCat("@", function, " calls @main"));
  if (mlir::failed(mlir::SymbolTable::replaceAllSymbolUses(
          main, mlir::StringAttr::get(module.getContext(), "main"), *copy)))
    return absl::InternalError(absl::StrCat("@", function, " cannot be renamed"));
  main.setSymName("main");
  return copy;
}

absl::StatusOr<Results> runContext(plx_context *context, std::vector<AbiTensor> &inputs,
                                   int32_t numOutputs, mlir::MLIRContext *types) {
  plx_error error;
  for (size_t i = 0; i < inputs.size(); ++i) {
    plx_tensor tensor = inputs[i].view();
    if (plx_context_set_input_at(context, static_cast<int32_t>(i), &tensor, &error))
      return toStatus(error);
  }
  if (plx_context_run(context, &error)) return toStatus(error);
  Results results;
  for (int32_t i = 0; i < numOutputs; ++i) {
    plx_tensor tensor;
    if (plx_context_output(context, i, &tensor, &error)) return toStatus(error);
    absl::StatusOr<eval::Tensor> value = tensorOf(types, tensor);
    if (!value.ok()) return value.status();
    results.emplace_back(*std::move(value));
  }
  return results;
}

absl::StatusOr<Results> runOnCpu(const Model &model, const eval::ValueTest &test) {
  std::vector<AbiTensor> inputs;
  for (const eval::Value &input : test.inputs) inputs.emplace_back(input.tensor());
  absl::StatusOr<mlir::OwningOpRef<mlir::ModuleOp>> module = isolate(model.module(), test.function);
  if (!module.ok()) return module.status();
  absl::StatusOr<CompiledProgram> program = model.compile(*std::move(module), false);
  if (!program.ok()) return program.status();
  absl::StatusOr<std::unique_ptr<Session>> session = Session::create(*program);
  if (!session.ok()) return session.status();
  plx_context_options options = {};
  options.struct_bytes = sizeof options;
  options.threads = 2;  // two, so that cutting a launch is tested too
  plx_context *context = nullptr;
  plx_error error;
  if (plx_context_create((*session)->program(), &options, &context, &error)) return toStatus(error);
  std::unique_ptr<plx_context, decltype(&plx_context_destroy)> owner(context, plx_context_destroy);
  return runContext(context, inputs, plx_program_module((*session)->program())->num_outputs,
                    model.module().getContext());
}

}  // namespace

absl::Status runValueTests(
    const Model &model, const std::string &device,
    const std::function<void(const std::string &, const std::string &)> &report) {
  useHostFunctionsOfRuntime();
  eval::Executor execute;
  if (device == "reference") {
    execute = eval::referenceExecutor(model.module());
  } else if (device == "cpu") {
    execute = [&](const eval::ValueTest &test, std::string &error) -> mlir::FailureOr<Results> {
      absl::StatusOr<Results> results = runOnCpu(model, test);
      if (results.ok()) return *std::move(results);
      error = std::string(results.status().message());
      return mlir::failure();
    };
  } else {
    return absl::UnimplementedError(
        absl::StrCat("device '", device, "' is not supported; there are cpu and reference"));
  }
  std::string diagnostics;
  mlir::ScopedDiagnosticHandler handler(
      model.module().getContext(), [&](mlir::Diagnostic &diagnostic) {
        llvm::raw_string_ostream stream(diagnostics);
        stream << placeText(diagnostic.getLocation()) << ": " << diagnostic << "\n";
      });
  mlir::FailureOr<std::vector<eval::ValueTest>> tests = eval::valueTestsOf(model.module());
  if (mlir::failed(tests)) return absl::InvalidArgumentError(diagnostics);
  if (tests->empty())
    return absl::InvalidArgumentError(
        absl::StrCat("'", model.name(), "' has no test: no function with plx.expect or plx.fails"));
  for (eval::ValueTest &test : *tests) {
    if (device != "reference" && !test.compiledFailure.empty()) test.failure = test.compiledFailure;
    report(test.function, eval::runValueTest(test, execute));
  }
  return absl::OkStatus();
}

}  // namespace plx
