// Which buffers of a kernel may be one.
#ifndef PLEXUS_COMPILER_MEMORY_SHARING_H
#define PLEXUS_COMPILER_MEMORY_SHARING_H

#include "ir/kernel/HostProgram.h"
#include "mlir/IR/SymbolTable.h"

namespace plx {

/// Whether `kernel` (plx.kernel_func, plx.irregular_func) computes the same where its buffers
/// number `read` and `written` are one: it reads an element of the first only before, and where, it
/// writes that element of the second, or not at all.
bool mayShare(mlir::Operation *kernel, unsigned read, unsigned written);

/// The same of two buffers of a run, the second of which it writes once.
bool mayShare(RunOp run, mlir::Value read, mlir::Value written, mlir::SymbolTable &kernels);

}  // namespace plx

#endif  // PLEXUS_COMPILER_MEMORY_SHARING_H
