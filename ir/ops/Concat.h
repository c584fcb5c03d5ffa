#ifndef PLEXUS_IR_OPS_CONCAT_H
#define PLEXUS_IR_OPS_CONCAT_H

#include "ir/ops/Op.h"

#define GET_OP_CLASSES
#include "ir/ops/Concat.h.inc"

#endif  // PLEXUS_IR_OPS_CONCAT_H
