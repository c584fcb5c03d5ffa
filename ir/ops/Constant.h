#ifndef PLEXUS_IR_OPS_CONSTANT_H
#define PLEXUS_IR_OPS_CONSTANT_H

#include "ir/ops/Op.h"

#define GET_OP_CLASSES
#include "ir/ops/Constant.h.inc"

#endif  // PLEXUS_IR_OPS_CONSTANT_H
