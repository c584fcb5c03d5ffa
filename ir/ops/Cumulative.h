#ifndef PLEXUS_IR_OPS_CUMULATIVE_H
#define PLEXUS_IR_OPS_CUMULATIVE_H

#include "ir/ops/Op.h"

#define GET_OP_CLASSES
#include "ir/ops/Cumulative.h.inc"

#endif  // PLEXUS_IR_OPS_CUMULATIVE_H
