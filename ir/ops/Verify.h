// Checks that many ops share.
#ifndef PLEXUS_IR_OPS_VERIFY_H
#define PLEXUS_IR_OPS_VERIFY_H

#include "ir/ops/Op.h"

namespace plx {

/// Every tensor among operands and results has an element type of plx, and an expression for each
/// `?`.
mlir::LogicalResult checkTensors(mlir::Operation *op);
/// Each `?` of the operands' types has an expression: what inference needs before it computes with
/// them.
mlir::LogicalResult checkDims(std::optional<mlir::Location> location, llvm::StringRef op,
                              mlir::ValueRange operands);
/// The first operand and the first result have one element type.
mlir::LogicalResult checkSameElement(mlir::Operation *op);
/// The first operand and the first result have the same dims.
mlir::LogicalResult checkSameDims(mlir::Operation *op);
/// `tensor<2x?xf32>` of dims as a message shows it: `[2, n]`.
std::string dimsText(mlir::Type tensor);

}  // namespace plx

#endif  // PLEXUS_IR_OPS_VERIFY_H
