#ifndef PLEXUS_IR_OPS_BIND_H
#define PLEXUS_IR_OPS_BIND_H

#include "ir/ops/Op.h"

#define GET_OP_CLASSES
#include "ir/ops/Bind.h.inc"

#endif  // PLEXUS_IR_OPS_BIND_H
