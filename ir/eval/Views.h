// Data movement by strides, for the Evaluate of view ops.
#ifndef PLEXUS_IR_EVAL_VIEWS_H
#define PLEXUS_IR_EVAL_VIEWS_H

#include "ir/eval/Value.h"

namespace plx::eval {

/// Row-major strides, in elements.
llvm::SmallVector<int64_t> stridesOf(llvm::ArrayRef<int64_t> shape);

/// result[i0, ...] = x at linear position offset + i0 * strides[0] + ...; every position must lie
/// inside x (callers check).
Tensor stridedView(const Tensor &x, llvm::ArrayRef<int64_t> shape, int64_t offset,
                   llvm::ArrayRef<int64_t> strides);

/// Writes all of `x`, row-major, to the positions of `result` that a strided view of it would read.
void stridedWrite(Tensor &result, const Tensor &x, int64_t offset, llvm::ArrayRef<int64_t> strides);

/// A tensor of `shape` filled with the only element of `one`.
Tensor filled(const Tensor &one, llvm::ArrayRef<int64_t> shape);

}  // namespace plx::eval

#endif  // PLEXUS_IR_EVAL_VIEWS_H
