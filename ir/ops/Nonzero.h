#ifndef PLEXUS_IR_OPS_NONZERO_H
#define PLEXUS_IR_OPS_NONZERO_H

#include "ir/interfaces/Irregular.h"
#include "ir/ops/NamesSymbols.h"
#include "ir/ops/Op.h"

#define GET_OP_CLASSES
#include "ir/ops/Nonzero.h.inc"

#endif  // PLEXUS_IR_OPS_NONZERO_H
