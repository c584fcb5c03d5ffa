#ifndef PLEXUS_IR_OPS_OPTIONAL_H
#define PLEXUS_IR_OPS_OPTIONAL_H

#include "ir/interfaces/HostCall.h"
#include "ir/ops/NamesSymbols.h"
#include "ir/ops/Op.h"

#define GET_OP_CLASSES
#include "ir/ops/Optional.h.inc"

#endif  // PLEXUS_IR_OPS_OPTIONAL_H
