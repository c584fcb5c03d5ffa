#ifndef PLEXUS_IR_OPS_CALL_H
#define PLEXUS_IR_OPS_CALL_H

#include "ir/ops/Op.h"

#define GET_OP_CLASSES
#include "ir/ops/Call.h.inc"

#endif  // PLEXUS_IR_OPS_CALL_H
