#ifndef PLEXUS_IR_OPS_PARAMETER_H
#define PLEXUS_IR_OPS_PARAMETER_H

#include "ir/ops/Op.h"

#define GET_OP_CLASSES
#include "ir/ops/Parameter.h.inc"

#endif  // PLEXUS_IR_OPS_PARAMETER_H
