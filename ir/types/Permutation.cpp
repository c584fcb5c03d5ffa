#include "ir/types/Permutation.h"

#include "llvm/ADT/STLExtras.h"

namespace plx {

Permutation identityPermutation(int64_t rank) {
  return llvm::to_vector(llvm::seq<int64_t>(0, rank));
}

bool isIdentity(llvm::ArrayRef<int64_t> permutation) {
  return llvm::equal(permutation, llvm::seq<int64_t>(0, permutation.size()));
}

Permutation inverse(llvm::ArrayRef<int64_t> permutation) {
  return unpermuted(identityPermutation(permutation.size()), permutation);
}

Permutation compose(llvm::ArrayRef<int64_t> inner, llvm::ArrayRef<int64_t> outer) {
  return permuted(inner, outer);
}

Permutation withoutAxes(llvm::ArrayRef<int64_t> permutation, llvm::ArrayRef<int64_t> axes) {
  Permutation kept;  // of y, in x's order
  for (auto [d, axis] : llvm::enumerate(permutation))
    if (!llvm::is_contained(axes, static_cast<int64_t>(d))) kept.push_back(axis);
  Permutation result;
  for (int64_t axis : kept)
    result.push_back(llvm::count_if(kept, [&](int64_t other) { return other < axis; }));
  return result;
}

}  // namespace plx
