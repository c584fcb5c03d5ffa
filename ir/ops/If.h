#ifndef PLEXUS_IR_OPS_IF_H
#define PLEXUS_IR_OPS_IF_H

#include "ir/ops/NamesSymbols.h"
#include "ir/ops/Op.h"

#define GET_OP_CLASSES
#include "ir/ops/If.h.inc"

#endif  // PLEXUS_IR_OPS_IF_H
