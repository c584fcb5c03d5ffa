// A kernel as CUDA C++: its text, and what a launch has to know of it.
#ifndef PLEXUS_COMPILER_CUDA_SOURCE_H
#define PLEXUS_COMPILER_CUDA_SOURCE_H

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "ir/types/Dim.h"
#include "mlir/IR/Operation.h"

namespace plx::cuda {

/// What a kernel does with an operand: plx_operand of runtime/include/plexus_abi.h.
struct OperandFacts {
  bool reads = false, writes = false;
  int elementBytes = 1;
  std::string bytes;  // an expression over the launch's sizes s0, s1, ...; empty: unknown
};

/// extern "C" __global__ void NAME(T0 *in0, .., T1 *out0, .., long long s0, .., [char *scratch,]
/// plx_launch_place at).
struct KernelSource {
  std::string symbol;  // of the kernel in its module
  std::string name, schedule, nodes;
  std::string text;  // of the function alone; it needs prelude() before it
  int threads = 256;
  bool isTiled = false;  // keeps a tile of sums in registers
  int numSizes = 0;
  std::vector<OperandFacts> operands;
  Dim blocks;   // over the kernel's own symbols
  Dim scratch;  // bytes a launch wants; null: none
};

/// What is true of a kernel's buffers in all its launches.
struct LaunchFacts {
  bool isAligned = true;             // each begins at a multiple of PLX_ALIGNMENT
  llvm::SmallVector<bool> isShared;  // one may be another operand's buffer; empty: none is
  bool allowsTf32 = false;           // whether products of f32 may be of tf32
};

/// Prints a plx.kernel_func or plx.irregular_func and chooses its schedule. `nodes`: the source
/// nodes it came from, for a comment.
KernelSource printKernel(mlir::Operation *kernel, const std::string &nodes,
                         const LaunchFacts &facts = {});

/// The text that every kernel's stands on: types, scalar functions, folds, sorts, tiles.
std::string prelude();

}  // namespace plx::cuda

#endif  // PLEXUS_COMPILER_CUDA_SOURCE_H
