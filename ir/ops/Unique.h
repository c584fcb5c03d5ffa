#ifndef PLEXUS_IR_OPS_UNIQUE_H
#define PLEXUS_IR_OPS_UNIQUE_H

#include "ir/interfaces/Irregular.h"
#include "ir/ops/NamesSymbols.h"
#include "ir/ops/Op.h"

#define GET_OP_CLASSES
#include "ir/ops/Unique.h.inc"

#endif  // PLEXUS_IR_OPS_UNIQUE_H
