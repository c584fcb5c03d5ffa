#ifndef PLEXUS_IR_OPS_REBIND_H
#define PLEXUS_IR_OPS_REBIND_H

#include "ir/ops/Op.h"

#define GET_OP_CLASSES
#include "ir/ops/Rebind.h.inc"

#endif  // PLEXUS_IR_OPS_REBIND_H
