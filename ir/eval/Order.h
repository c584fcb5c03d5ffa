// The order of elements: what sort, top_k, unique and arg_reduce go by.
#ifndef PLEXUS_IR_EVAL_ORDER_H
#define PLEXUS_IR_EVAL_ORDER_H

#include "ir/eval/Value.h"
#include "llvm/ADT/STLExtras.h"

namespace plx::eval {

/// -1, 0 or 1 as element `i` of `x` is less than, equal to or greater than element `j`. NaN is
/// greater than every number and equal to itself; unsigned ints compare as such; strings by bytes.
int compareElements(const Tensor &x, int64_t i, int64_t j);

/// [0, size) in the order of `compare(i, j)` (< 0: i first); equal ones by number.
/// (std::stable_sort of libstdc++ 12 uses a function that clang's C++20 calls deprecated.)
template <typename Compare>
llvm::SmallVector<int64_t> stableOrder(int64_t size, Compare compare) {
  llvm::SmallVector<int64_t> order = llvm::to_vector(llvm::seq<int64_t>(0, size));
  llvm::sort(order, [&](int64_t i, int64_t j) {
    int compared = compare(i, j);
    return compared != 0 ? compared < 0 : i < j;
  });
  return order;
}

/// Positions [0, size) of the line whose element k is at base + k * stride, in stable order.
llvm::SmallVector<int64_t> sortedLine(const Tensor &x, int64_t base, int64_t size, int64_t stride,
                                      bool descending);

}  // namespace plx::eval

#endif  // PLEXUS_IR_EVAL_ORDER_H
