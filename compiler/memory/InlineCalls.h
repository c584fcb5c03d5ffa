// Functions in place of calls.
#ifndef PLEXUS_COMPILER_MEMORY_INLINECALLS_H
#define PLEXUS_COMPILER_MEMORY_INLINECALLS_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"

namespace plx {

/// Puts the functions that `into` calls where it calls them, to the end; with `keepVjps` but those
/// whose call names its derivative. Recursion is an error at the call. Functions stay.
mlir::LogicalResult inlineCalls(mlir::ModuleOp module, mlir::func::FuncOp into, bool keepVjps);

}  // namespace plx

#endif  // PLEXUS_COMPILER_MEMORY_INLINECALLS_H
