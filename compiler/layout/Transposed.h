// A value in another order of its dims, for the least that it takes.
#ifndef PLEXUS_COMPILER_LAYOUT_TRANSPOSED_H
#define PLEXUS_COMPILER_LAYOUT_TRANSPOSED_H

#include "compiler/graph/ParameterOnly.h"
#include "ir/types/Permutation.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/Value.h"

namespace plx {

/// True if `permutation` moves nothing but dims of size 1 of a tensor of `type`: a reshape does it.
bool movesOnlyOnes(mlir::Type type, llvm::ArrayRef<int64_t> permutation);
/// Elements of a tensor, for comparing costs; symbols count as a typical size.
double elementsOf(mlir::Type type);

/// Finds, and builds, transpose(value, permutation): what is behind a transpose, or a broadcast, a
/// constant or a chain of ops before `value` in the other order; else a transpose.
class Transposed {
 public:
  explicit Transposed(ParameterOnly &parameters) : parameters_(parameters) {}

  /// Elements that a run moves for it.
  double cost(mlir::Value value, llvm::ArrayRef<int64_t> permutation) {
    return cost(value, permutation, 0);
  }
  mlir::Value build(mlir::OpBuilder &b, mlir::Value value, llvm::ArrayRef<int64_t> permutation);

 private:
  double cost(mlir::Value value, llvm::ArrayRef<int64_t> permutation, int depth);
  mlir::Value source(mlir::OpBuilder &b, mlir::Value value, llvm::ArrayRef<int64_t> permutation);
  mlir::Value rebuilt(mlir::OpBuilder &b, mlir::Value value, llvm::ArrayRef<int64_t> permutation);

  ParameterOnly &parameters_;
};

}  // namespace plx

#endif  // PLEXUS_COMPILER_LAYOUT_TRANSPOSED_H
