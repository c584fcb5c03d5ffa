// Programs made of a program to look at its derivatives: all floats f64, one number instead of its
// results, its gradient instead of that.
#ifndef PLEXUS_COMPILER_AUTODIFF_GRADIENTPROGRAMS_H
#define PLEXUS_COMPILER_AUTODIFF_GRADIENTPROGRAMS_H

#include "ir/eval/Value.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"

namespace plx {

using OwnedModule = mlir::OwningOpRef<mlir::ModuleOp>;

bool isFloat(const eval::Value &value);
bool isFloatTensor(mlir::Type type);
eval::Tensor toF64(const eval::Tensor &x, mlir::Type f64);

/// A copy of the module with `name`, called @main, and what that calls.
OwnedModule isolate(mlir::ModuleOp module, llvm::StringRef name);

/// Makes all floats f64: types, constants, what casts give.
mlir::LogicalResult promote(mlir::ModuleOp module);

/// @main gives the sum of its float results' products with `factors` (f64, one a float result)
/// instead. Where `counted` (bools, one a float result; empty: all) is false, a result's element is
/// left out, whatever it is.
mlir::LogicalResult giveProduct(mlir::ModuleOp module, llvm::ArrayRef<eval::Tensor> factors,
                                llvm::ArrayRef<eval::Tensor> counted = {});

/// @main gives the gradient of its only result by its float arguments instead. Says which of them
/// are 0 because nothing, or only piecewise constant things, leads there.
mlir::FailureOr<llvm::SmallVector<bool>> giveGradient(mlir::ModuleOp module);

}  // namespace plx

#endif  // PLEXUS_COMPILER_AUTODIFF_GRADIENTPROGRAMS_H
