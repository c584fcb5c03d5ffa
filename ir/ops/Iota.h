#ifndef PLEXUS_IR_OPS_IOTA_H
#define PLEXUS_IR_OPS_IOTA_H

#include "ir/ops/Op.h"

#define GET_OP_CLASSES
#include "ir/ops/Iota.h.inc"

#endif  // PLEXUS_IR_OPS_IOTA_H
