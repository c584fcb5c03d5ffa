// All kernels of a module to objects.
#ifndef PLEXUS_COMPILER_CPU_KERNELS_H
#define PLEXUS_COMPILER_CPU_KERNELS_H

#include <vector>

#include "absl/status/statusor.h"
#include "compiler/Compile.h"
#include "compiler/cpu/Facts.h"
#include "compiler/native/Target.h"
#include "ir/kernel/Kernel.h"

namespace plx::cpu {

/// Emits the function of one kernel, of any schedule, into `module`.
void emitKernel(KernelFuncOp kernel, const Facts &facts, llvm::Module &module,
                llvm::StringRef name);

/// Compiles every plx.kernel_func and plx.irregular_func of `module`; function names are `prefix` +
/// sym_name, hidden. Runs on options.compileThreads threads, each with its own LLVM context; the
/// result does not depend on their number.
absl::StatusOr<std::vector<Object>> compileKernels(mlir::ModuleOp module, const TargetName &target,
                                                   const std::string &prefix,
                                                   const CompileOptions &options);

}  // namespace plx::cpu

#endif  // PLEXUS_COMPILER_CPU_KERNELS_H
