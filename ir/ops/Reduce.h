#ifndef PLEXUS_IR_OPS_REDUCE_H
#define PLEXUS_IR_OPS_REDUCE_H

#include "ir/ops/Op.h"

#define GET_OP_CLASSES
#include "ir/ops/Reduce.h.inc"

#endif  // PLEXUS_IR_OPS_REDUCE_H
