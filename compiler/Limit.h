// Lowering that keeps to a limit of memory.
#ifndef PLEXUS_COMPILER_LIMIT_H
#define PLEXUS_COMPILER_LIMIT_H

#include "absl/status/status.h"
#include "compiler/Compile.h"
#include "compiler/cpu/Facts.h"

namespace plx {

/// Runs the passes from tensors to a host program on `module`, which is replaced. With
/// options.memoryLimit a program that updates inputs is made to fit; where that cannot be done, or
/// sizes are symbols, ResourceExhausted or InvalidArgument says what would be needed.
absl::Status lowerWithinLimit(mlir::OwningOpRef<mlir::ModuleOp> &module,
                              const CompileOptions &options, const cpu::Facts &facts);

}  // namespace plx

#endif  // PLEXUS_COMPILER_LIMIT_H
