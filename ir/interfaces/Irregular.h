// The interface of ops that become irregular kernels (Irregular.td is its contract). Few ops have
// it: apart from Interfaces.h.
#ifndef PLEXUS_IR_INTERFACES_IRREGULAR_H
#define PLEXUS_IR_INTERFACES_IRREGULAR_H

#include "ir/kernel/Irregular.h"
#include "mlir/IR/OpDefinition.h"

#include "ir/interfaces/Irregular.h.inc"

#endif  // PLEXUS_IR_INTERFACES_IRREGULAR_H
