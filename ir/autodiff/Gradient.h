// Reverse-mode derivatives: walks a program backwards, from what is differentiated to what is
// wanted, and lets each op on that path say what its operands get (ir/interfaces/Differentiate.td).
//
// Before: `%y = f(%x)`. After: `%y = f(%x); ..; %dx = (what x gets where y has the cotangent
// given)`. What is built is plx again, behind all that was there, and can be differentiated in
// turn.
#ifndef PLEXUS_IR_AUTODIFF_GRADIENT_H
#define PLEXUS_IR_AUTODIFF_GRADIENT_H

#include "mlir/IR/Builders.h"

namespace plx {

/// The cotangents of `inputs` where `results` have the cotangents `seeds` (of their types; null:
/// zero). A null one is zero: nothing of `results` depends on that input, or only piecewise
/// constantly. All values are of one block, whose end or some place behind `results` is where `b`
/// builds. Where an input depends on another, each gets all that reaches it.
///
/// Loops and scans on the path are replaced by ones that keep what the way back needs; `results`
/// and `inputs` are updated where they were values of such an op. Fails, with an error at the op,
/// where an op on the path has no derivative.
mlir::FailureOr<llvm::SmallVector<mlir::Value>> gradient(mlir::OpBuilder &b,
                                                         llvm::MutableArrayRef<mlir::Value> results,
                                                         llvm::ArrayRef<mlir::Value> seeds,
                                                         llvm::MutableArrayRef<mlir::Value> inputs);

}  // namespace plx

#endif  // PLEXUS_IR_AUTODIFF_GRADIENT_H
