// The host program's ops (HostProgram.td): what lies between kernels, below tensors.
#ifndef PLEXUS_IR_KERNEL_HOSTPROGRAM_H
#define PLEXUS_IR_KERNEL_HOSTPROGRAM_H

#include "ir/ops/Op.h"
#include "ir/types/HostTypes.h"
#include "mlir/IR/SymbolTable.h"

#define GET_OP_CLASSES
#include "ir/kernel/HostProgram.h.inc"

#endif  // PLEXUS_IR_KERNEL_HOSTPROGRAM_H
