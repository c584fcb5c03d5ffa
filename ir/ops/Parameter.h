#ifndef PLEXUS_IR_OPS_PARAMETER_H
#define PLEXUS_IR_OPS_PARAMETER_H

#include "ir/ops/Op.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/StringSet.h"

#define GET_OP_CLASSES
#include "ir/ops/Parameter.h.inc"

namespace plx {

/// The names of all parameters in `root`.
llvm::StringSet<> parameterNames(mlir::Operation *root);
/// Their values by name, in order of appearance: one for each op that names it.
llvm::MapVector<mlir::StringAttr, llvm::SmallVector<mlir::Value>> parametersOf(
    mlir::Operation *root);

}  // namespace plx

#endif  // PLEXUS_IR_OPS_PARAMETER_H
