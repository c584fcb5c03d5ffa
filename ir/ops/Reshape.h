#ifndef PLEXUS_IR_OPS_RESHAPE_H
#define PLEXUS_IR_OPS_RESHAPE_H

#include "ir/ops/Op.h"

#define GET_OP_CLASSES
#include "ir/ops/Reshape.h.inc"

namespace plx {
/// Ops whose result is their operand's elements in the same order under other sizes (reshape,
/// rebind): no memory of its own need hold it.
bool relabelsElements(mlir::Operation *op);
}  // namespace plx

#endif  // PLEXUS_IR_OPS_RESHAPE_H
