// Derivatives of the scalar functions of types/ScalarFn.def, for reverse mode.
//
// Where a function has a kink or a tie, one convention holds:
//   abs'(0) = 0;
//   max and min give all to the second operand where both are equal (or one is NaN): relu, which is
//   max(x, 0), has slope 0 at 0;
//   d pow(x, y) / dx = 0 at y = 0, d pow(x, y) / dy = 0 at x = 0 and y >= 0.
#ifndef PLEXUS_IR_OPS_POINTWISEDERIVATIVES_H
#define PLEXUS_IR_OPS_POINTWISEDERIVATIVES_H

#include "ir/types/ScalarFn.h"
#include "mlir/IR/Builders.h"

namespace plx {

/// Why fn's derivative by this operand is zero wherever it exists ("piecewise constant"); empty
/// where there is a rule.
llvm::StringRef whyZeroDerivative(ScalarFn fn, unsigned operand);

/// What `operand` gets of `cotangent`, the cotangent of `result` = fn(operands): built of pointwise
/// ops and constants at the builder's place, so that it can be differentiated again. All but the
/// condition of a select are floats of one type. Null where whyZeroDerivative has a reason.
mlir::Value pointwiseCotangent(mlir::OpBuilder &b, mlir::Location loc, ScalarFn fn,
                               mlir::ValueRange operands, mlir::Value result, mlir::Value cotangent,
                               unsigned operand);

}  // namespace plx

#endif  // PLEXUS_IR_OPS_POINTWISEDERIVATIVES_H
