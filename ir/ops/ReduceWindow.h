#ifndef PLEXUS_IR_OPS_REDUCEWINDOW_H
#define PLEXUS_IR_OPS_REDUCEWINDOW_H

#include "ir/ops/Op.h"

#define GET_OP_CLASSES
#include "ir/ops/ReduceWindow.h.inc"

#endif  // PLEXUS_IR_OPS_REDUCEWINDOW_H
