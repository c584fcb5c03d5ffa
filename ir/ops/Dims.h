#ifndef PLEXUS_IR_OPS_DIMS_H
#define PLEXUS_IR_OPS_DIMS_H

#include "ir/ops/Op.h"

#define GET_OP_CLASSES
#include "ir/ops/Dims.h.inc"

#endif  // PLEXUS_IR_OPS_DIMS_H
