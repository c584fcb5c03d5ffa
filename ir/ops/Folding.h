// What ops that fold share: the check of their kind, windows of size 1.
#ifndef PLEXUS_IR_OPS_FOLDING_H
#define PLEXUS_IR_OPS_FOLDING_H

#include "ir/ops/Op.h"

namespace plx {

/// An error unless `kind` names a fold that applies to `element`.
mlir::LogicalResult inferFold(std::optional<mlir::Location> location, llvm::StringRef op,
                              llvm::StringRef kind, mlir::Type element);

/// KernelBuilder::fold over `extents`, without variables for extents that are constant 1: body gets
/// 0 there.
mlir::Value foldOver(KernelBuilder &b, FoldKind kind, llvm::ArrayRef<Dim> extents,
                     llvm::function_ref<mlir::Value(llvm::ArrayRef<Dim>)> body);

/// Result size of a window of `window` elements, `dilation` apart, that slides over `size` by
/// `stride`: (size - (window - 1) * dilation - 1) floordiv stride + 1.
Dim windowResult(Dim size, Dim window, int64_t stride, int64_t dilation);
int64_t windowResult(int64_t size, int64_t window, int64_t stride, int64_t dilation);

/// An error unless `values` has `count` entries, each >= 1.
mlir::LogicalResult inferPositive(std::optional<mlir::Location> location, llvm::StringRef op,
                                  llvm::StringRef name, llvm::ArrayRef<int64_t> values,
                                  int64_t count, llvm::StringRef each);

/// Sum of products in accumulatorType, rounded to the operands' type at the end.
mlir::Value sumOfProducts(
    KernelBuilder &b, mlir::Type element, llvm::ArrayRef<Dim> extents,
    llvm::function_ref<std::pair<mlir::Value, mlir::Value>(llvm::ArrayRef<Dim>)> factors);

}  // namespace plx

#endif  // PLEXUS_IR_OPS_FOLDING_H
