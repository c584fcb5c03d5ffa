// Recognises running folds (plx.prefix) that one pass along an iteration variable computes.
#ifndef PLEXUS_IR_KERNEL_RUNNINGFOLDS_H
#define PLEXUS_IR_KERNEL_RUNNINGFOLDS_H

#include <optional>

#include "ir/kernel/Kernel.h"

namespace plx {

/// A pass over all positions in order: at step t of `extent` the position is t, and `variable` is t
/// or, `reversed`, extent - 1 - t.
struct RunningFolds {
  mlir::StringAttr variable;
  Dim extent;
  bool reversed;

  bool operator==(const RunningFolds &other) const {
    return variable == other.variable && extent == other.extent && reversed == other.reversed;
  }
};

/// The pass that computes `prefix`; nothing where its position is not an iteration variable (from
/// one end or the other), or where what it folds depends on that variable or on one of a fold
/// around it.
std::optional<RunningFolds> passOf(PrefixOp prefix, llvm::ArrayRef<mlir::StringAttr> variables,
                                   llvm::ArrayRef<Dim> extents, const VariableUse &use);

/// The one pass that computes all running folds of a kernel; nothing where it has none, or where
/// there is no such pass.
std::optional<RunningFolds> findRunningFolds(KernelFuncOp kernel);

}  // namespace plx

#endif  // PLEXUS_IR_KERNEL_RUNNINGFOLDS_H
