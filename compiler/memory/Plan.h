// Where buffers lie in one arena, by their lifetimes: no two that are alive at one time overlap, at
// any sizes.
//
// Static sizes are packed at the bottom, the largest first, each into the tightest gap: offsets are
// numbers. Above them, symbolic sizes: they are packed the same way at sizes of example, and what
// is kept of that is the order in which buffers that meet lie above each other. At run time a
// buffer's offset is the greatest end of those below it, so that it is right for all sizes, and as
// tight as the plan where sizes are in the proportion of the example.
#ifndef PLEXUS_COMPILER_MEMORY_PLAN_H
#define PLEXUS_COMPILER_MEMORY_PLAN_H

#include <optional>
#include <vector>

#include "ir/types/Dim.h"

namespace plx {

/// Every buffer begins at a multiple of this (bytes; PLX_ALIGNMENT).
inline constexpr int64_t kBufferAlignment = 64;

struct PlannedBuffer {
  int64_t begin = 0, end = 0;  // alive from and to, both included, in any unit
  DimsAttr dims;
  int64_t elementBytes = 1;
  /// When a symbolic size is known: buffers of one group are placed at one time, those of smaller
  /// groups before, and again each time the program comes by. The size of a buffer that meets
  /// others is known while it lives.
  int64_t group = 0;

  bool isStatic = false;
  int64_t base = 0;  // static: the offset; symbolic: the offset is this at least
  std::vector<int64_t>
      below;  // symbolic: numbers of buffers whose ends it lies above, placed before it
};

struct Plan {
  int64_t staticBytes = 0;     // the end of the static ones
  std::vector<int64_t> order;  // of placement of the symbolic ones, group by group
};

/// Fills isStatic, base and below. Sizes that overflow 63 bits count as symbolic.
Plan planBuffers(std::vector<PlannedBuffer> &buffers);

/// Bytes of a buffer, rounded up to the alignment; nothing where a size is negative, unknown or too
/// large.
std::optional<int64_t> roundedBytes(DimsAttr dims, int64_t elementBytes,
                                    llvm::function_ref<std::optional<int64_t>(DimAtom)> valueOf);

}  // namespace plx

#endif  // PLEXUS_COMPILER_MEMORY_PLAN_H
