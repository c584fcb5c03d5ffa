#include "ir/kernel/RunningFolds.h"

namespace plx {

std::optional<RunningFolds> passOf(PrefixOp prefix, llvm::ArrayRef<mlir::StringAttr> variables,
                                   llvm::ArrayRef<Dim> extents, const VariableUse &use) {
  // A variable of a fold around it has no value where the pass goes by.
  bool insideOfFold = llvm::any_of(use.of(prefix.getValue()), [&](mlir::Attribute used) {
    return used != prefix.getVariableAttr() && !llvm::is_contained(variables, used);
  });
  if (insideOfFold) return std::nullopt;
  Dim position = prefix.getPosition()[0], bound = prefix.getExtent()[0];
  for (auto [variable, extent] : llvm::zip(variables, extents)) {
    auto linear = position.splitLinear(variable);
    if (extent != bound || !linear || use.uses(prefix.getValue(), variable)) continue;
    auto [step, rest] = *linear;
    if (step.isConstant(1) && rest.isConstant(0)) return RunningFolds{variable, extent, false};
    if (step.isConstant(-1) && rest == extent - 1) return RunningFolds{variable, extent, true};
  }
  return std::nullopt;
}

std::optional<RunningFolds> findRunningFolds(KernelFuncOp kernel) {
  auto variables = namesOf(kernel.getVariables());
  VariableUse use(kernel.getBody().front());
  std::optional<RunningFolds> common;
  for (auto prefix : kernel.getBody().getOps<PrefixOp>()) {
    auto pass = passOf(prefix, variables, kernel.getExtents().dims(), use);
    if (!pass || (common && !(*common == *pass))) return std::nullopt;
    common = pass;
  }
  return common;
}

}  // namespace plx
