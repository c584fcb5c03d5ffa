#ifndef PLEXUS_IR_OPS_RESHAPE_H
#define PLEXUS_IR_OPS_RESHAPE_H

#include "ir/ops/Op.h"

#define GET_OP_CLASSES
#include "ir/ops/Reshape.h.inc"

#endif  // PLEXUS_IR_OPS_RESHAPE_H
