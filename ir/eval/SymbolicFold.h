// Folding of plx ops whose operands are constants or symbolic sizes: what makes an exporter's shape
// arithmetic vanish.
#ifndef PLEXUS_IR_EVAL_SYMBOLICFOLD_H
#define PLEXUS_IR_EVAL_SYMBOLICFOLD_H

#include "mlir/IR/OpDefinition.h"
#include "mlir/Support/LLVM.h"

namespace plx::eval {

/// Results of `op` whose operands are all known: each a dense constant of ints or a DimsAttr, at
/// most 64 elements each. Gives a DimsAttr a result, or a dense constant where all its elements
/// are. Data movement runs the op's own Evaluate on tokens that stand for the expressions;
/// arithmetic uses the operators of Dim. Fails for what it cannot follow.
mlir::LogicalResult foldSymbolic(mlir::Operation *op, llvm::ArrayRef<mlir::Attribute> operands,
                                 llvm::SmallVectorImpl<mlir::OpFoldResult> &results);

/// Results of a pure op of small dense operands and results (<= 4096 elements each), by its own
/// Evaluate.
mlir::LogicalResult foldDense(mlir::Operation *op, llvm::ArrayRef<mlir::Attribute> operands,
                              llvm::SmallVectorImpl<mlir::OpFoldResult> &results);

}  // namespace plx::eval

#endif  // PLEXUS_IR_EVAL_SYMBOLICFOLD_H
