// Int arithmetic on symbolic elements. Internal to folding.
#ifndef PLEXUS_IR_EVAL_SYMBOLICARITHMETIC_H
#define PLEXUS_IR_EVAL_SYMBOLICARITHMETIC_H

#include "ir/types/Dim.h"
#include "ir/types/ScalarFn.h"
#include "mlir/IR/Value.h"

namespace plx {
class CastOp;
}

namespace plx::eval {

/// A static int tensor whose elements are expressions, row-major.
struct SymbolicTensor {
  mlir::RankedTensorType type;
  llvm::SmallVector<Dim> elements;
};

/// fn element by element into `result` (its type is set); false where an element is not known.
/// Sizes are taken not to overflow the element type.
bool applySymbolic(ScalarFn fn, llvm::ArrayRef<SymbolicTensor> operands, SymbolicTensor &result);
/// To an int type of 32 bits or more, or to bool.
bool castSymbolic(const SymbolicTensor &operand, SymbolicTensor &result);
/// Sums, products, maxima and minima along `axes`.
bool reduceSymbolic(FoldKind kind, const SymbolicTensor &operand, llvm::ArrayRef<int64_t> axes,
                    SymbolicTensor &result);
/// A cast from floats whose operand is made of sizes by products and quotients with constants,
/// floor, ceil and trunc: `cast(floor(cast(n) * 0.5))` is `n floordiv 2`. False for all else.
bool foldRounding(CastOp cast, SymbolicTensor &result);

}  // namespace plx::eval

#endif  // PLEXUS_IR_EVAL_SYMBOLICARITHMETIC_H
