// The order of everything, in one place.
#ifndef PLEXUS_COMPILER_PIPELINE_H
#define PLEXUS_COMPILER_PIPELINE_H

#include "compiler/Compile.h"
#include "compiler/cpu/Facts.h"
#include "mlir/Pass/PassManager.h"

namespace plx {

/// Passes on tensors, up to where weights are packed and what depends on weights alone stands in
/// @prepare.
/// Weights are packed for the registers of a CPU, on a device they stay as they are.
void addGraphPasses(mlir::PassManager &passes, const cpu::Facts &facts, bool onDevice = false);
/// Passes from tensors to a host program and its kernels. Schedules of a device are chosen where
/// its kernels are printed (compiler/cuda). `arenaLimit`: bytes of the arena that a program which
/// updates inputs keeps to if it can, 0: any.
void addLoweringPasses(mlir::PassManager &passes, const cpu::Facts &facts, bool onDevice = false,
                       int64_t arenaLimit = 0);

/// Runs `passes` on `module` as the options say (printing, verifying, saving temporaries); errors
/// become a status whose message has every diagnostic, with its place.
absl::Status runPasses(mlir::PassManager &passes, mlir::ModuleOp module,
                       const CompileOptions &options);

}  // namespace plx

#endif  // PLEXUS_COMPILER_PIPELINE_H
