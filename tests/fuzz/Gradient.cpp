#include "tests/fuzz/Gradient.h"

#include "compiler/autodiff/Passes.h"
#include "mlir/Pass/PassManager.h"

namespace plx::fuzz {

mlir::LogicalResult appendGradient(mlir::ModuleOp module) {
  mlir::func::FuncOp main = mainOf(module);
  llvm::SmallVector<int64_t> of;
  for (auto [i, type] : llvm::enumerate(main.getResultTypes()))
    if (mlir::isa<mlir::FloatType>(mlir::getElementTypeOrSelf(type))) of.push_back(i);
  if (of.empty()) return mlir::failure();
  GradientPassOptions options;
  options.of.assign(of.begin(), of.end());
  mlir::PassManager passes(module.getContext());
  passes.addPass(createGradientPass(options));
  mlir::ScopedDiagnosticHandler silence(module.getContext(), [](mlir::Diagnostic &) {});
  return passes.run(module);
}

}  // namespace plx::fuzz
