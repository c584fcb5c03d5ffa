// Checks of types and sizes that ops of many kinds share: agreement, fitting, fresh sizes.
#ifndef PLEXUS_IR_OPS_SIZES_H
#define PLEXUS_IR_OPS_SIZES_H

#include "ir/ops/Op.h"

namespace plx {

/// What Evaluate gives.
using Evaluated = mlir::FailureOr<llvm::SmallVector<eval::Value>>;

/// False only where two sizes are different for certain. A null Dim (an unknown size) agrees with
/// all.
bool mayAgree(Dim a, Dim b);
std::string text(mlir::Type type);

/// Adds the tensor type of `dims`; an error that names `op` where one is unknown, or negative for
/// certain.
mlir::LogicalResult inferTensor(std::optional<mlir::Location> location, llvm::StringRef op,
                                mlir::Type element, llvm::ArrayRef<Dim> dims,
                                llvm::SmallVectorImpl<mlir::Type> &types);
/// An error unless operands `names` have one shape, as far as can be known.
mlir::LogicalResult inferSameShape(std::optional<mlir::Location> location, llvm::StringRef op,
                                   llvm::ArrayRef<llvm::StringRef> names, mlir::TypeRange types);
/// An error unless `axis` is in [0, rank).
mlir::LogicalResult inferAxis(std::optional<mlir::Location> location, llvm::StringRef op,
                              int64_t axis, int64_t rank);

/// Int, not bool.
bool isNumberInt(mlir::Type element);
/// Int, bool, float, and string where `strings`: what sort, top_k and unique order.
bool hasOrder(mlir::Type element, bool strings);
/// A tensor of rank 0 whose element is an int (not bool).
bool isIntScalar(mlir::Type type);

/// Empty if a value of type `given` may stand where `wanted` is asked for, else why not. Element
/// types and ranks are equal; sizes are not provably different. Sizes that mention a symbol of
/// `symbols` (lists of names, each may be null), unknown sizes (`?`) and ranks (`*`) fit all.
/// Sequences and optionals fit by their elements.
std::string misfit(mlir::Type given, mlir::Type wanted,
                   llvm::ArrayRef<mlir::ArrayAttr> symbols = {});
/// The same for the dims of tensors; null Dims fit all.
std::string misfitOfDims(llvm::ArrayRef<Dim> given, llvm::ArrayRef<Dim> wanted,
                         llvm::ArrayRef<mlir::ArrayAttr> symbols = {});
/// Whether a list of names (perhaps null) has `name`.
bool isNamed(mlir::ArrayAttr names, llvm::StringRef name);

/// Checks the names of fresh (carried, ...) symbols: distinct, not the compiler's, each alone a
/// size of some of `types`. `fresh` may be null.
mlir::LogicalResult verifyFresh(mlir::Operation *op, mlir::ArrayAttr fresh, mlir::TypeRange types,
                                llvm::StringRef attribute = "fresh");
/// Checks the name of a size that an inferred op gives (`nonzero`, `unique`, ...).
mlir::LogicalResult inferFreshName(std::optional<mlir::Location> location, llvm::StringRef op,
                                   llvm::StringRef name);

/// Binds the symbols of `fresh` (perhaps null) to the sizes that came in `values`, which are of
/// `types` but for sizes (checked here; other sizes are checked by whoever runs the op).
mlir::LogicalResult bindFresh(mlir::Operation *op, mlir::ArrayAttr fresh, mlir::TypeRange types,
                              llvm::ArrayRef<eval::Value> values, eval::Scope &scope);
/// Sizes of a tensor of `type` made of nothing: symbols of `unbound` are 0.
mlir::FailureOr<llvm::SmallVector<int64_t>> emptyShape(mlir::Operation *op,
                                                       mlir::RankedTensorType type,
                                                       mlir::ArrayAttr unbound, eval::Scope &scope);
/// Binds the symbol `name`.
mlir::LogicalResult bindSize(mlir::Operation *op, llvm::StringRef name, int64_t value,
                             eval::Scope &scope);
/// Shapes that had to agree, at run time.
mlir::LogicalResult checkSameShape(mlir::Operation *op, llvm::ArrayRef<eval::Value> operands,
                                   eval::Scope &scope);

}  // namespace plx

#endif  // PLEXUS_IR_OPS_SIZES_H
