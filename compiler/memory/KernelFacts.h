// What the memory plan asks of kernels: which of their buffers may be one, what a launch costs.
#ifndef PLEXUS_COMPILER_MEMORY_KERNELFACTS_H
#define PLEXUS_COMPILER_MEMORY_KERNELFACTS_H

#include "ir/kernel/HostProgram.h"
#include "mlir/IR/SymbolTable.h"

namespace plx {

/// Whether `kernel` (plx.kernel_func, plx.irregular_func) computes the same where its buffers
/// number `read` and `written` are one: it reads an element of the first only before, and where, it
/// writes that element of the second, or not at all.
bool mayShare(mlir::Operation *kernel, unsigned read, unsigned written);

/// The same of two buffers of a run, the second of which it writes once.
bool mayShare(RunOp run, mlir::Value read, mlir::Value written, mlir::SymbolTable &kernels);

/// Whether a launch of it can be repeated: a loop nest, which reads its inputs and writes its
/// results.
bool isLoopNest(mlir::Operation *kernel);

/// About how long a launch takes that moves so many bytes, in ns of one core.
double costOf(mlir::Operation *kernel, double bytes);

}  // namespace plx

#endif  // PLEXUS_COMPILER_MEMORY_KERNELFACTS_H
