#include "compiler/Pipeline.h"

#include "absl/strings/str_cat.h"
#include "compiler/fusion/Passes.h"
#include "compiler/graph/Passes.h"
#include "compiler/irregular/Passes.h"
#include "compiler/layout/Passes.h"
#include "compiler/memory/Passes.h"
#include "compiler/schedule/Passes.h"
#include "ir/types/Place.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/Transforms/Passes.h"

namespace plx {

void addGraphPasses(mlir::PassManager &passes, const cpu::Facts &facts, bool onDevice) {
  // Functions of the model first: the passes below see one function, and may fuse across calls.
  passes.addPass(createInlineCallsPass());
  // Before anything folds or fuses: kernels know no strings.
  passes.addNestedPass<mlir::func::FuncOp>(createMoveStringsPass());
  // Shape arithmetic of exporters folds away here: sizes are constants of a kind.
  passes.addPass(mlir::createCanonicalizerPass());
  passes.addPass(mlir::createCSEPass());
  // Channels last: transposes meet and cancel.
  passes.addNestedPass<mlir::func::FuncOp>(createPropagateTransposesPass());
  // Scales and shifts of normalisations into weights.
  passes.addNestedPass<mlir::func::FuncOp>(createSimplifyPass());
  // After scales have found the convolutions they go into.
  passes.addNestedPass<mlir::func::FuncOp>(createSubPixelConvolutionPass());
  // Products around a softmax become attention, while transposes can still be read through.
  passes.addNestedPass<mlir::func::FuncOp>(createFormAttentionPass());
  // The layout of weights last: nothing may fold it away before it has been moved out of @main.
  if (!onDevice)
    passes.addNestedPass<mlir::func::FuncOp>(
        createPackWeightsPass({facts.vectorBytes, facts.vectorRegisters}));
  passes.addPass(createHoistParametersPass());
}

void addLoweringPasses(mlir::PassManager &passes, const cpu::Facts &facts, bool onDevice,
                       int64_t arenaLimit) {
  // First, while ops are there to ask what they rely on; what the graph passes removed is not
  // asked.
  passes.addNestedPass<mlir::func::FuncOp>(createCheckSizesPass());
  passes.addNestedPass<mlir::func::FuncOp>(createSinkDimsPass());
  // Every op with a loop nest into a kernel, with what it is computed from and what is computed
  // from it.
  passes.addNestedPass<mlir::func::FuncOp>(createFusePass());
  // Sorts, scatters and the like, which have no loop nest, into launches of kernels of their own.
  passes.addPass(createLowerIrregularPass());
  // Kernels out of functions, flat, each once.
  passes.addPass(createOutlinePass());
  if (!onDevice)
    passes.addPass(createSelectSchedulePass({facts.vectorBytes, facts.vectorRegisters}));
  // Updates as gradients arrive: before buffers, after it is known what is computed together.
  passes.addPass(createOrderLaunchesPass());
  // In the order that stays, with what launches cost.
  passes.addPass(createRematerializePass({arenaLimit}));
  // Tensors to buffers, buffers to places in the arena.
  passes.addPass(createLowerToHostPass());
  // Once it is known which buffer each launch writes, and before buffers have lifetimes.
  passes.addPass(createUpdateInPlacePass());
  passes.addPass(createReuseBuffersPass());
  passes.addPass(createPlanMemoryPass());
  passes.addPass(createVerifyHostPass());
}

absl::Status runPasses(mlir::PassManager &passes, mlir::ModuleOp module,
                       const CompileOptions &options) {
  passes.enableVerifier(options.verifyAfterAll);
  if (!options.printAfter.empty()) {
    auto wanted = [names = options.printAfter](mlir::Pass *pass, mlir::Operation *) {
      return llvm::is_contained(names, "all") ||
             llvm::is_contained(names, pass->getArgument().str());
    };
    module.getContext()->disableMultithreading();
    passes.enableIRPrinting([](mlir::Pass *, mlir::Operation *) { return false; }, wanted,
                            /*printModuleScope=*/true, /*printAfterOnlyOnChange=*/false);
  }
  std::string messages;
  mlir::ScopedDiagnosticHandler handler(module.getContext(), [&](mlir::Diagnostic &diagnostic) {
    if (diagnostic.getSeverity() != mlir::DiagnosticSeverity::Error) return mlir::success();
    std::string place = placeText(diagnostic.getLocation());
    if (place.empty()) place = absl::StrCat("model '", options.modelName, "'");
    absl::StrAppend(&messages, messages.empty() ? "" : "\n", place, ": ", diagnostic.str());
    return mlir::success();
  });
  if (failed(passes.run(module)))
    return absl::InternalError(messages.empty() ? "a pass failed without a message" : messages);
  return absl::OkStatus();
}

}  // namespace plx
