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

/// Whether a buffer is memory as it was given, which begins at a multiple of PLX_ALIGNMENT: no
/// place within another one, none that control flow chose, no element of an object.
bool isWholeBuffer(mlir::Value buffer);

}  // namespace plx

#endif  // PLEXUS_IR_KERNEL_HOSTPROGRAM_H
