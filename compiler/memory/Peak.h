// How much memory a planned program needs.
#ifndef PLEXUS_COMPILER_MEMORY_PEAK_H
#define PLEXUS_COMPILER_MEMORY_PEAK_H

#include "ir/kernel/HostProgram.h"

namespace plx {

/// Bytes of the arena of a program planned by plx-plan-memory, at these values of its symbols; an
/// upper bound where branches are not taken. Growable buffers (plx.state), inputs, outputs and
/// weights are not counted. Nothing where a size is negative, too large, or mentions a symbol
/// without a value.
std::optional<int64_t> plannedBytes(ProgramOp program,
                                    llvm::function_ref<std::optional<int64_t>(DimAtom)> valueOf);

}  // namespace plx

#endif  // PLEXUS_COMPILER_MEMORY_PEAK_H
