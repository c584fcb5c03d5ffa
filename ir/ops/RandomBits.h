#ifndef PLEXUS_IR_OPS_RANDOMBITS_H
#define PLEXUS_IR_OPS_RANDOMBITS_H

#include "ir/ops/Op.h"

#define GET_OP_CLASSES
#include "ir/ops/RandomBits.h.inc"

#endif  // PLEXUS_IR_OPS_RANDOMBITS_H
