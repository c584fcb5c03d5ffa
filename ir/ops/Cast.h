#ifndef PLEXUS_IR_OPS_CAST_H
#define PLEXUS_IR_OPS_CAST_H

#include "ir/ops/Op.h"

#define GET_OP_CLASSES
#include "ir/ops/Cast.h.inc"

#endif  // PLEXUS_IR_OPS_CAST_H
