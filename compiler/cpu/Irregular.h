// Irregular kernels (sort, scatter, ...) as LLVM IR.
#ifndef PLEXUS_COMPILER_CPU_IRREGULAR_H
#define PLEXUS_COMPILER_CPU_IRREGULAR_H

#include "compiler/cpu/Facts.h"
#include "ir/kernel/Kernel.h"
#include "llvm/IR/Module.h"

namespace plx::cpu {

/// Emits the function of an irregular kernel, with the kernel signature of plexus_abi.h, into
/// `module`. Calls nothing but plx_rt_fail, memcpy, memmove and memset.
void emitIrregular(IrregularFuncOp kernel, const Facts &facts, llvm::Module &module,
                   llvm::StringRef name);

// One a kind; the function is open, at its entry.
class Algorithm;
void emitScatter(Algorithm &a);
void emitSort(Algorithm &a);
void emitTopK(Algorithm &a);
void emitNonzero(Algorithm &a);
void emitUnique(Algorithm &a);
void emitNonMaxSuppression(Algorithm &a);

}  // namespace plx::cpu

#endif  // PLEXUS_COMPILER_CPU_IRREGULAR_H
