#include "tools/api/ValueTests.h"

#include "absl/strings/str_cat.h"
#include "compiler/autodiff/CheckGradient.h"
#include "ir/eval/ValueTests.h"
#include "ir/types/Place.h"
#include "ir/types/Types.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/SymbolTable.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Transforms/Passes.h"
#include "tools/api/CompiledModule.h"
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

/// Runs @main of `module`.
absl::StatusOr<Results> runCompiled(const Model &model, mlir::OwningOpRef<mlir::ModuleOp> module,
                                    llvm::ArrayRef<eval::Value> values) {
  absl::StatusOr<std::unique_ptr<CompiledModule>> program =
      CompiledModule::create(model, std::move(module));
  if (!program.ok()) return program.status();
  return (*program)->run(values);
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
