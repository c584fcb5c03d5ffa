#ifndef PLEXUS_IR_OPS_GATHER_H
#define PLEXUS_IR_OPS_GATHER_H

#include "ir/interfaces/SizeChecks.h"
#include "ir/ops/Op.h"

#define GET_OP_CLASSES
#include "ir/ops/Gather.h.inc"

#endif  // PLEXUS_IR_OPS_GATHER_H
