// Permutations of dims, as plx.transpose has them: dim d of `transpose(x, p)` is dim p[d] of x.
#ifndef PLEXUS_IR_TYPES_PERMUTATION_H
#define PLEXUS_IR_TYPES_PERMUTATION_H

#include <cstdint>

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"

namespace plx {

using Permutation = llvm::SmallVector<int64_t>;

Permutation identityPermutation(int64_t rank);
bool isIdentity(llvm::ArrayRef<int64_t> permutation);
/// transpose(transpose(x, p), inverse(p)) = x.
Permutation inverse(llvm::ArrayRef<int64_t> permutation);
/// transpose(transpose(x, inner), outer) = transpose(x, compose(inner, outer)).
Permutation compose(llvm::ArrayRef<int64_t> inner, llvm::ArrayRef<int64_t> outer);

/// A list that has an entry a dim of transpose(x, p), rearranged to have one a dim of x:
/// result[p[d]] = list[d].
template <typename List>
auto unpermuted(const List &list, llvm::ArrayRef<int64_t> permutation) {
  llvm::SmallVector<std::decay_t<decltype(list[0])>> result(permutation.size());
  for (size_t d = 0; d < permutation.size(); ++d) result[permutation[d]] = list[d];
  return result;
}

/// A list that has an entry a dim of x, rearranged to have one a dim of transpose(x, p).
template <typename List>
auto permuted(const List &list, llvm::ArrayRef<int64_t> permutation) {
  llvm::SmallVector<std::decay_t<decltype(list[0])>> result;
  for (int64_t axis : permutation) result.push_back(list[axis]);
  return result;
}

/// Dims of x = transpose(y, p) without `axes` (of x): the permutation q with
/// "x without axes" = transpose("y without the same dims", q).
Permutation withoutAxes(llvm::ArrayRef<int64_t> permutation, llvm::ArrayRef<int64_t> axes);

/// What an op makes of operands that are permuted (interfaces/Permute.td).
struct PermutedResult {
  Permutation permutation;
  /// True where the rebuilt op holds no transposition of its own.
  bool isExact = true;
};

}  // namespace plx

#endif  // PLEXUS_IR_TYPES_PERMUTATION_H
