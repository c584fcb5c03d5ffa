#ifndef PLEXUS_IR_OPS_QUANTIZE_H
#define PLEXUS_IR_OPS_QUANTIZE_H

#include "ir/interfaces/SizeChecks.h"
#include "ir/ops/Op.h"

#define GET_OP_CLASSES
#include "ir/ops/Quantize.h.inc"

#endif  // PLEXUS_IR_OPS_QUANTIZE_H
