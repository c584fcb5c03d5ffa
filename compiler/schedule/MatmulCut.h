// How a contraction is cut for a CPU: tiles, units, panels, blocks of terms.
#ifndef PLEXUS_COMPILER_SCHEDULE_MATMULCUT_H
#define PLEXUS_COMPILER_SCHEDULE_MATMULCUT_H

#include <optional>

#include "ir/kernel/Contraction.h"

namespace plx {

/// What the attributes of schedules matmul and conv say (README.md).
struct MatmulCut {
  /// Fold variable number `first` is cut into blocks of `block` values; those before it go one
  /// value at a time.
  struct Terms {
    int64_t first = 0, block = 0;
  };
  Tile tile;
  int64_t chunk = 1, panels = 1;
  bool copied = false, copiesRows = false;
  std::optional<Terms> terms;
  llvm::SmallVector<mlir::Attribute> inner;  // names of iteration variables
  Dim units, scratch;                        // scratch may be null: none
  int64_t productsPerUnit = 1;
};

MatmulCut cutMatmul(KernelFuncOp kernel, Contraction c, int64_t vectorBytes, int64_t registers);

}  // namespace plx

#endif  // PLEXUS_COMPILER_SCHEDULE_MATMULCUT_H
