#ifndef PLEXUS_IR_OPS_TRANSPOSE_H
#define PLEXUS_IR_OPS_TRANSPOSE_H

#include "ir/ops/Op.h"

#define GET_OP_CLASSES
#include "ir/ops/Transpose.h.inc"

namespace plx {
/// The transpose that gives `value`; null where another op does.
TransposeOp transposeOf(mlir::Value value);
}  // namespace plx

#endif  // PLEXUS_IR_OPS_TRANSPOSE_H
