// All kernels of a module for a device: printed, and compiled to images.
#ifndef PLEXUS_COMPILER_CUDA_KERNELS_H
#define PLEXUS_COMPILER_CUDA_KERNELS_H

#include "compiler/Compile.h"
#include "compiler/cuda/Source.h"

namespace plx::cuda {

/// Prints every kernel and sets on it what the host program's emission reads: `schedule`, `units`
/// (blocks) and `scratch` (bytes of a launch). In the order of the module.
std::vector<KernelSource> printKernels(mlir::ModuleOp module, const CompileOptions &options);

/// Images of the kernels for `options.device`: source for "cuda-emulated", else cubins of each
/// architecture and PTX of the last one. `kernels` of the result has an entry for each source.
absl::StatusOr<DeviceCode> compileSources(const std::vector<KernelSource> &sources,
                                          const CompileOptions &options);

}  // namespace plx::cuda

#endif  // PLEXUS_COMPILER_CUDA_KERNELS_H
