// What passes over kernel_func bodies share: extents of variables, rewriting of index expressions.
#ifndef PLEXUS_COMPILER_SCHEDULE_BODY_H
#define PLEXUS_COMPILER_SCHEDULE_BODY_H

#include "ir/kernel/Kernel.h"

namespace plx {

/// Extents of all variables of a body: iteration, fold, and data indices.
class Extents {
 public:
  Extents(mlir::ArrayAttr variables, DimsAttr extents, mlir::Block &body);
  Dim of(mlir::StringAttr variable) const { return extents_.lookup(variable); }
  /// `index` rewritten with what is known of its variables' ranges.
  Dim simplify(Dim index) const;

 private:
  llvm::DenseMap<mlir::StringAttr, Dim> extents_;
};

/// Applies `rewrite` to every Dim of every op of a body (indices, extents, expressions).
void rewriteDims(mlir::Block &body, llvm::function_ref<Dim(Dim)> rewrite);

/// Replaces variable `name` by `by` wherever the body mentions it.
void substituteVariable(mlir::Block &body, mlir::StringAttr name, Dim by);

}  // namespace plx

#endif  // PLEXUS_COMPILER_SCHEDULE_BODY_H
