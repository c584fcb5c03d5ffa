#ifndef PLEXUS_IR_OPS_YIELD_H
#define PLEXUS_IR_OPS_YIELD_H

#include "ir/ops/Op.h"

#define GET_OP_CLASSES
#include "ir/ops/Yield.h.inc"

#endif  // PLEXUS_IR_OPS_YIELD_H
