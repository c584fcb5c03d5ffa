#ifndef PLEXUS_IR_OPS_BROADCAST_H
#define PLEXUS_IR_OPS_BROADCAST_H

#include "ir/interfaces/SizeChecks.h"
#include "ir/ops/Op.h"

#define GET_OP_CLASSES
#include "ir/ops/Broadcast.h.inc"

namespace plx {
/// The broadcast that gives `value`; null where another op does.
BroadcastOp broadcastOf(mlir::Value value);
}  // namespace plx

#endif  // PLEXUS_IR_OPS_BROADCAST_H
