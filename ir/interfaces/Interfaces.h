// The duties of every plx op (each interface's .td is its contract).
#ifndef PLEXUS_IR_INTERFACES_INTERFACES_H
#define PLEXUS_IR_INTERFACES_INTERFACES_H

#include "ir/eval/Value.h"
#include "ir/interfaces/Cotangents.h"
#include "ir/kernel/Builder.h"
#include "ir/types/Dim.h"
#include "ir/types/Permutation.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/Interfaces/InferTypeOpInterface.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

#include "ir/interfaces/Differentiate.h.inc"
#include "ir/interfaces/Evaluate.h.inc"
#include "ir/interfaces/Iterate.h.inc"
#include "ir/interfaces/Permute.h.inc"

#endif  // PLEXUS_IR_INTERFACES_INTERFACES_H
