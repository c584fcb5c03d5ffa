// Kernels of the closed list without a loop nest.
#ifndef PLEXUS_COMPILER_CUDA_IRREGULAR_H
#define PLEXUS_COMPILER_CUDA_IRREGULAR_H

#include "compiler/cuda/Scalars.h"

namespace plx::cuda {

/// Writes the kernel; gives its signature.
Signature printIrregular(IrregularFuncOp kernel, KernelSource &out);

}  // namespace plx::cuda

#endif  // PLEXUS_COMPILER_CUDA_IRREGULAR_H
