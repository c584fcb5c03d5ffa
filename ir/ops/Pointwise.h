#ifndef PLEXUS_IR_OPS_POINTWISE_H
#define PLEXUS_IR_OPS_POINTWISE_H

#include "ir/ops/Op.h"

#define GET_OP_CLASSES
#include "ir/ops/Pointwise.h.inc"

#endif  // PLEXUS_IR_OPS_POINTWISE_H
