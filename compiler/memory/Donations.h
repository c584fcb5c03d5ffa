// Which inputs of a program are donated to its outputs.
#ifndef PLEXUS_COMPILER_MEMORY_DONATIONS_H
#define PLEXUS_COMPILER_MEMORY_DONATIONS_H

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace plx {

/// For each result of @main the argument whose next value it is, -1 where it is none's: a result
/// with `plx.updates` = NAME is that of the argument whose `plx.name` is NAME, where both are
/// tensors of one type. No argument occurs twice.
llvm::SmallVector<int64_t> donatedInputs(mlir::func::FuncOp main);

}  // namespace plx

#endif  // PLEXUS_COMPILER_MEMORY_DONATIONS_H
