#ifndef PLEXUS_IR_OPS_NONMAXSUPPRESSION_H
#define PLEXUS_IR_OPS_NONMAXSUPPRESSION_H

#include "ir/interfaces/Irregular.h"
#include "ir/interfaces/SizeChecks.h"
#include "ir/ops/NamesSymbols.h"
#include "ir/ops/Op.h"

#define GET_OP_CLASSES
#include "ir/ops/NonMaxSuppression.h.inc"

#endif  // PLEXUS_IR_OPS_NONMAXSUPPRESSION_H
