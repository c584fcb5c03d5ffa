#ifndef PLEXUS_IR_OPS_SORT_H
#define PLEXUS_IR_OPS_SORT_H

#include "ir/interfaces/Irregular.h"
#include "ir/ops/Op.h"

#define GET_OP_CLASSES
#include "ir/ops/Sort.h.inc"

#endif  // PLEXUS_IR_OPS_SORT_H
