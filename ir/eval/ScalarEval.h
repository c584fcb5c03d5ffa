// Scalar functions on evaluated elements: what each row of types/ScalarFn.def means.
#ifndef PLEXUS_IR_EVAL_SCALAREVAL_H
#define PLEXUS_IR_EVAL_SCALAREVAL_H

#include <string>

#include "ir/eval/Value.h"
#include "ir/types/ScalarFn.h"

namespace plx::eval {

/// fn of `operands`, element by element; all of one shape and of element types checkScalarFn
/// accepts. Floats are computed in double by libm and rounded to the element type once (f16, bf16
/// and narrower: to f32 first, then to the type). Fails with a message in `error` for an int
/// division by zero.
mlir::FailureOr<Tensor> applyFn(ScalarFn fn, llvm::ArrayRef<Tensor> operands, std::string &error);

/// fn of two floats / ints of one element type: for folds over elements. Float results are rounded
/// to `element`; ints wrap. Only for the combiners of folds (add, mul, max, min, and, or).
double combineFloat(ScalarFn fn, mlir::Type element, double a, double b);
int64_t combineInt(ScalarFn fn, mlir::Type element, int64_t a, int64_t b);

/// `x` converted as plx.cast defines it.
Tensor convert(const Tensor &x, mlir::Type element, bool saturate);
double convertFloat(double x, mlir::FloatType to, bool saturate);
int64_t floatToInt(double x, mlir::IntegerType to);

}  // namespace plx::eval

#endif  // PLEXUS_IR_EVAL_SCALAREVAL_H
