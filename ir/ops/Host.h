#ifndef PLEXUS_IR_OPS_HOST_H
#define PLEXUS_IR_OPS_HOST_H

#include "ir/interfaces/HostCall.h"
#include "ir/ops/Op.h"
#include "ir/types/HostTypes.h"

#define GET_OP_CLASSES
#include "ir/ops/Host.h.inc"

#endif  // PLEXUS_IR_OPS_HOST_H
