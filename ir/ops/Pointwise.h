#ifndef PLEXUS_IR_OPS_POINTWISE_H
#define PLEXUS_IR_OPS_POINTWISE_H

#include "ir/ops/Op.h"

#define GET_OP_CLASSES
#include "ir/ops/Pointwise.h.inc"

namespace plx {

/// The op, where it applies this function; null: it is another, or none.
PointwiseOp pointwiseOf(mlir::Operation *op, ScalarFn fn);

}  // namespace plx

#endif  // PLEXUS_IR_OPS_POINTWISE_H
