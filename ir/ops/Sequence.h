#ifndef PLEXUS_IR_OPS_SEQUENCE_H
#define PLEXUS_IR_OPS_SEQUENCE_H

#include "ir/interfaces/HostCall.h"
#include "ir/ops/NamesSymbols.h"
#include "ir/ops/Op.h"

#define GET_OP_CLASSES
#include "ir/ops/Sequence.h.inc"

#endif  // PLEXUS_IR_OPS_SEQUENCE_H
