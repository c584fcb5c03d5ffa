#ifndef PLEXUS_IR_OPS_TOPK_H
#define PLEXUS_IR_OPS_TOPK_H

#include "ir/interfaces/Irregular.h"
#include "ir/ops/Op.h"

#define GET_OP_CLASSES
#include "ir/ops/TopK.h.inc"

#endif  // PLEXUS_IR_OPS_TOPK_H
