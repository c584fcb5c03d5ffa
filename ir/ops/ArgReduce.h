#ifndef PLEXUS_IR_OPS_ARGREDUCE_H
#define PLEXUS_IR_OPS_ARGREDUCE_H

#include "ir/interfaces/SizeChecks.h"
#include "ir/ops/Op.h"

#define GET_OP_CLASSES
#include "ir/ops/ArgReduce.h.inc"

#endif  // PLEXUS_IR_OPS_ARGREDUCE_H
