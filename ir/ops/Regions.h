// What ops with regions (if, loop, scan) share.
#ifndef PLEXUS_IR_OPS_REGIONS_H
#define PLEXUS_IR_OPS_REGIONS_H

#include "ir/ops/Sizes.h"

namespace plx {

/// Types of what the region's plx.yield gives; an error if it does not end in one.
mlir::FailureOr<mlir::TypeRange> yieldedTypes(mlir::Operation *op, mlir::Region &region,
                                              llvm::StringRef name);
/// An error "`what` N has (misfit)" unless `given` fits `wanted`.
mlir::LogicalResult verifyFit(mlir::Operation *op, llvm::StringRef what, unsigned number,
                              mlir::Type given, mlir::Type wanted,
                              llvm::ArrayRef<mlir::ArrayAttr> symbols);
/// An error unless `stacked` is a tensor that `item` fits, stacked along a new dim 0.
mlir::LogicalResult verifyStacked(mlir::Operation *op, unsigned result, mlir::Type item,
                                  mlir::Type stacked, llvm::ArrayRef<mlir::ArrayAttr> symbols);

/// Results of a loop: the final states, and each output's items (one an iteration) stacked. Binds
/// the symbols of `fresh`; those that no state and no item tells are 0.
Evaluated finishLoop(mlir::Operation *op, mlir::ArrayAttr fresh, llvm::ArrayRef<eval::Value> states,
                     llvm::ArrayRef<std::vector<eval::Value>> outputs, eval::Scope &scope);

/// Element `i` of `x` along dim 0, without that dim.
eval::Tensor sliceOf(const eval::Tensor &x, int64_t i);

}  // namespace plx

#endif  // PLEXUS_IR_OPS_REGIONS_H
