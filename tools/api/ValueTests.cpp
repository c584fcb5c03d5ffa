#include "tools/api/ValueTests.h"

#include "absl/strings/str_cat.h"
#include "compiler/autodiff/CheckGradient.h"
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

/// Runs @main of `module`.
absl::StatusOr<Results> runCompiled(const Model &model, mlir::OwningOpRef<mlir::ModuleOp> module,
                                    llvm::ArrayRef<eval::Value> values) {
  std::vector<AbiTensor> inputs;
  for (const eval::Value &input : values) inputs.emplace_back(input.tensor());
  absl::StatusOr<CompiledProgram> program = model.compile(std::move(module), false);
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

absl::StatusOr<Results> runCompiled(const Model &model, const eval::ValueTest &test) {
  absl::StatusOr<mlir::OwningOpRef<mlir::ModuleOp>> module = isolate(model.module(), test.function);
  if (!module.ok()) return module.status();
  return runCompiled(model, *std::move(module), test.inputs);
}

mlir::FailureOr<Results> orMessage(absl::StatusOr<Results> results, std::string &error) {
  if (results.ok()) return *std::move(results);
  error = std::string(results.status().message());
  return mlir::failure();
}

/// What a device makes of a test: empty, or why it fails.
using Judge = std::function<std::string(const eval::ValueTest &)>;

/// The devices that there are; nothing for another name.
Judge judgeOf(const Model &model, llvm::StringRef device) {
  if (device == "reference")
    return [&model](const eval::ValueTest &test) {
      return eval::runValueTest(test, eval::referenceExecutor(model.module()));
    };
  if (device == model.device())
    return [&model](eval::ValueTest test) {
      if (!test.compiledFailure.empty()) test.failure = test.compiledFailure;
      return eval::runValueTest(test, [&](const eval::ValueTest &test, std::string &error) {
        return orMessage(runCompiled(model, test), error);
      });
    };
  if (device == "reference-gradient")
    return [&model](const eval::ValueTest &test) { return checkGradient(model.module(), test); };
  if (device == model.device() + "-gradient")
    return [&model](const eval::ValueTest &test) {
      return checkGradient(
          model.module(), test,
          [&](mlir::ModuleOp program, llvm::ArrayRef<eval::Value> inputs, std::string &error) {
            return orMessage(runCompiled(model, program.clone(), inputs), error);
          });
    };
  return {};
}

}  // namespace

absl::Status runValueTests(
    const Model &model, const std::string &device,
    const std::function<void(const std::string &, const std::string &)> &report) {
  useHostFunctionsOfRuntime();
  Judge judge = judgeOf(model, device);
  if (!judge) {
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
  for (const eval::ValueTest &test : *tests) report(test.function, judge(test));
  return absl::OkStatus();
}

}  // namespace plx
