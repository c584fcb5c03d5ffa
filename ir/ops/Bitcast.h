#ifndef PLEXUS_IR_OPS_BITCAST_H
#define PLEXUS_IR_OPS_BITCAST_H

#include "ir/ops/Op.h"

#define GET_OP_CLASSES
#include "ir/ops/Bitcast.h.inc"

#endif  // PLEXUS_IR_OPS_BITCAST_H
