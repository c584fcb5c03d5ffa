// What gather and scatter share: the form of their results, and where in the operand an element is.
#ifndef PLEXUS_IR_OPS_INDEXING_H
#define PLEXUS_IR_OPS_INDEXING_H

#include "ir/ops/Sizes.h"

namespace plx {

/// Checks constraints c1 to c5 of `op` ("gather" or "scatter") and gives the dims of gather's
/// result (of scatter's updates).
mlir::LogicalResult gatheredDims(std::optional<mlir::Location> location, llvm::StringRef op,
                                 mlir::RankedTensorType operand, mlir::TypeRange indices,
                                 llvm::ArrayRef<int64_t> axes, int64_t position,
                                 llvm::SmallVectorImpl<Dim> &dims);

/// Which dims of a gathered tensor (rank kept + J) go where in the operand.
struct GatherLayout {
  GatherLayout(int64_t operandRank, int64_t indexRank, llvm::ArrayRef<int64_t> axes,
               int64_t position);
  /// Part of gathered coordinates that indexes the index tensors.
  template <typename T>
  llvm::ArrayRef<T> indexPart(llvm::ArrayRef<T> gathered) const {
    return gathered.slice(position, indexRank);
  }
  /// Dim of the gathered tensor that is kept operand axis number `k` (of `kept`).
  int64_t gatheredDim(int64_t k) const { return k < position ? k : k + indexRank; }

  llvm::SmallVector<int64_t> axes, kept;  // operand axes indexed by data; the others, in order
  int64_t position, indexRank;
};

/// Sizes of gather's result (scatter's updates) under `layout`.
llvm::SmallVector<int64_t> gatheredShape(const GatherLayout &layout, const eval::Tensor &operand,
                                         llvm::ArrayRef<eval::Value> indices);
/// Linear position in `operand` of gathered coordinates; fails where an index is out of range.
mlir::FailureOr<int64_t> locate(const GatherLayout &layout, const eval::Tensor &operand,
                                llvm::ArrayRef<eval::Value> indices,
                                llvm::ArrayRef<int64_t> gathered, mlir::Operation *op,
                                eval::Scope &scope);

}  // namespace plx

#endif  // PLEXUS_IR_OPS_INDEXING_H
