// The host program's ops (HostProgram.td): what lies between kernels, below tensors.
#ifndef PLEXUS_IR_KERNEL_HOSTPROGRAM_H
#define PLEXUS_IR_KERNEL_HOSTPROGRAM_H

#include "ir/ops/Op.h"
#include "ir/types/HostTypes.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/SymbolTable.h"

#define GET_OP_CLASSES
#include "ir/kernel/HostProgram.h.inc"

namespace plx {

llvm::SmallVector<ProgramOp> programsOf(mlir::ModuleOp module);

}  // namespace plx

#endif  // PLEXUS_IR_KERNEL_HOSTPROGRAM_H
