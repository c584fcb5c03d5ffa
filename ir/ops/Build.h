// Short hands for those who create graphs: importers, passes, the builder API.
//
// Every function folds what it creates (createOrFold), so that shape arithmetic disappears while it
// is written, and returns the value it stands for. What is wrong is said by an error at `loc`, and
// the null Value is returned; every function passes a null operand on in silence. A chain of calls
// is thus checked once, at its end. Dims lists are right-aligned as numpy has it only where the
// name says so (broadcastTo, numpyBroadcast, broadcasting).
#ifndef PLEXUS_IR_OPS_BUILD_H
#define PLEXUS_IR_OPS_BUILD_H

#include <optional>

#include "ir/types/Dim.h"
#include "ir/types/ScalarFn.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinTypes.h"

namespace plx::build {

// ---- any op
// ------------------------------------------------------------------------------------------------------------

/// Takes an op just created in place of its results: folded where that is possible, the op erased
/// then. The op has been verified; an op that does not hold is erased and gives an empty list, its
/// error emitted.
llvm::SmallVector<mlir::Value> finish(mlir::OpBuilder &b, mlir::Operation *op);

/// Creates an op of one result whose type is inferred; null where inference fails (`OpTy::create`
/// would abort).
template <typename OpTy>
mlir::Value create(mlir::OpBuilder &b, mlir::Location loc, mlir::ValueRange operands,
                   typename OpTy::Properties properties) {
  for (mlir::Value operand : operands)
    if (!operand) return {};
  llvm::SmallVector<mlir::Type> types;
  if (failed(OpTy::inferReturnTypes(b.getContext(), loc, operands, mlir::DictionaryAttr{},
                                    &properties, mlir::RegionRange{}, types)))
    return {};
  mlir::Operation *op = OpTy::create(b, loc, mlir::TypeRange(types), operands, properties);
  llvm::SmallVector<mlir::Value> results = finish(b, op);
  return results.empty() ? mlir::Value() : results[0];
}

// ---- constants and sizes
// -----------------------------------------------------------------------------------------------

mlir::Value constant(mlir::OpBuilder &b, mlir::Location loc, mlir::ElementsAttr value);
/// Rank 0; `value` rounded or truncated to `element` (int, float or bool).
mlir::Value constantScalar(mlir::OpBuilder &b, mlir::Location loc, double value,
                           mlir::Type element);
/// Rank 0; `value` wrapped (ints) or rounded (floats) to `element`.
mlir::Value constantInt(mlir::OpBuilder &b, mlir::Location loc, int64_t value, mlir::Type element);
/// tensor<Nxi64>.
mlir::Value constantInts(mlir::OpBuilder &b, mlir::Location loc, llvm::ArrayRef<int64_t> values);
/// A tensor of `dims` that holds `value` everywhere.
mlir::Value splat(mlir::OpBuilder &b, mlir::Location loc, double value, mlir::Type element,
                  llvm::ArrayRef<Dim> dims);
mlir::Value iota(mlir::OpBuilder &b, mlir::Location loc, int64_t axis, mlir::Type element,
                 llvm::ArrayRef<Dim> dims);

/// `dims` as values: tensor<Nxi64>, or tensor<i64> for one Dim. A constant where all are.
mlir::Value dimsValue(mlir::OpBuilder &b, mlir::Location loc, llvm::ArrayRef<Dim> dims);
mlir::Value dimValue(mlir::OpBuilder &b, mlir::Location loc, Dim dim);
/// The elements of an int tensor, where they are known as expressions (a constant, or plx.dims).
std::optional<llvm::SmallVector<Dim>> knownDims(mlir::Value ints);
/// The elements of a static int tensor of rank 0 or 1 as expressions: known ones, and for the rest
/// fresh symbols `name`, or `name.0`, `name.1`, ..., bound here with this lower bound (`name` must
/// be new to the function). Looks through concat and casts of ints, so that only what is not known
/// is bound. Nothing, with an error, for other types.
std::optional<llvm::SmallVector<Dim>> dimsOrBind(mlir::OpBuilder &b, mlir::Location loc,
                                                 mlir::Value ints, llvm::StringRef name,
                                                 int64_t lowerBound);

// ---- pointwise
// ---------------------------------------------------------------------------------------------------------

/// fn of operands that have the same dims.
mlir::Value pointwise(mlir::OpBuilder &b, mlir::Location loc, ScalarFn fn,
                      mlir::ValueRange operands);
/// fn of operands broadcast to common dims first, as numpy does.
mlir::Value broadcasting(mlir::OpBuilder &b, mlir::Location loc, ScalarFn fn,
                         mlir::ValueRange operands);
mlir::Value cast(mlir::OpBuilder &b, mlir::Location loc, mlir::Value x, mlir::Type element,
                 bool saturate = true);
/// The operand of the cast that gives `x`; null where none does.
mlir::Value uncast(mlir::Value x);

// ---- broadcasting
// ------------------------------------------------------------------------------------------------------

/// Common dims of shapes, right-aligned: a size of 1 yields to any other; of sizes that are not
/// proved equal a constant above 1 wins (the other is 1 or equal to it, checked at run time), else
/// their max. Nothing, with an error at `loc`, where sizes are provably neither equal nor 1.
std::optional<llvm::SmallVector<Dim>> numpyDims(mlir::Location loc,
                                                llvm::ArrayRef<mlir::Type> tensors);
/// `x` repeated to `dims`, right-aligned; dims of `x` beyond those in front are an error.
mlir::Value broadcastTo(mlir::OpBuilder &b, mlir::Location loc, mlir::Value x,
                        llvm::ArrayRef<Dim> dims);
/// All to their common dims; empty after an error.
llvm::SmallVector<mlir::Value> numpyBroadcast(mlir::OpBuilder &b, mlir::Location loc,
                                              mlir::ValueRange values);
std::pair<mlir::Value, mlir::Value> numpyBroadcast(mlir::OpBuilder &b, mlir::Location loc,
                                                   mlir::Value lhs, mlir::Value rhs);
/// Operand dim i along result dim `along[i]` (strictly increasing).
mlir::Value broadcastAlong(mlir::OpBuilder &b, mlir::Location loc, mlir::Value x,
                           llvm::ArrayRef<int64_t> along, llvm::ArrayRef<Dim> dims);

// ---- other views
// -------------------------------------------------------------------------------------------------------

/// Row-major. Where the products of sizes are not the same expression, but may be equal, a rebind
/// of the flattened operand says so first.
mlir::Value reshape(mlir::OpBuilder &b, mlir::Location loc, mlir::Value x,
                    llvm::ArrayRef<Dim> dims);
mlir::Value rebind(mlir::OpBuilder &b, mlir::Location loc, mlir::Value x, llvm::ArrayRef<Dim> dims);
mlir::Value transpose(mlir::OpBuilder &b, mlir::Location loc, mlir::Value x,
                      llvm::ArrayRef<int64_t> permutation);
mlir::Value slice(mlir::OpBuilder &b, mlir::Location loc, mlir::Value x, llvm::ArrayRef<Dim> starts,
                  llvm::ArrayRef<Dim> sizes, llvm::ArrayRef<Dim> steps);
/// Along one axis, step 1.
mlir::Value sliceAxis(mlir::OpBuilder &b, mlir::Location loc, mlir::Value x, int64_t axis,
                      Dim start, Dim size);
/// Backwards along these axes.
mlir::Value reverse(mlir::OpBuilder &b, mlir::Location loc, mlir::Value x,
                    llvm::ArrayRef<int64_t> axes);
/// `value` has rank 0.
mlir::Value pad(mlir::OpBuilder &b, mlir::Location loc, mlir::Value x, mlir::Value value,
                llvm::ArrayRef<Dim> low, llvm::ArrayRef<Dim> high, llvm::ArrayRef<Dim> interior);
mlir::Value concat(mlir::OpBuilder &b, mlir::Location loc, int64_t axis, mlir::ValueRange operands);
/// New dims of size 1 at these places of the result (sorted or not, no negatives).
mlir::Value expandDims(mlir::OpBuilder &b, mlir::Location loc, mlir::Value x,
                       llvm::ArrayRef<int64_t> axes);
/// Without these dims, whose sizes must be 1 (checked at run time where not known).
mlir::Value squeeze(mlir::OpBuilder &b, mlir::Location loc, mlir::Value x,
                    llvm::ArrayRef<int64_t> axes);
mlir::Value flatten(mlir::OpBuilder &b, mlir::Location loc, mlir::Value x);

}  // namespace plx::build

#endif  // PLEXUS_IR_OPS_BUILD_H
