// Short hands that derivative rules share, in the manner of Build.h: a null operand is passed on.
#ifndef PLEXUS_IR_OPS_BUILDDERIVATIVES_H
#define PLEXUS_IR_OPS_BUILDDERIVATIVES_H

#include "ir/ops/Build.h"
#include "llvm/ADT/STLExtras.h"

namespace plx::build {

/// A tensor of this type that holds `value` everywhere.
mlir::Value filled(mlir::OpBuilder &b, mlir::Location loc, double value, mlir::Type type);
mlir::Value zerosLike(mlir::OpBuilder &b, mlir::Location loc, mlir::Value x);

mlir::Value add(mlir::OpBuilder &b, mlir::Location loc, mlir::Value x, mlir::Value y);
mlir::Value multiply(mlir::OpBuilder &b, mlir::Location loc, mlir::Value x, mlir::Value y);
mlir::Value divide(mlir::OpBuilder &b, mlir::Location loc, mlir::Value x, mlir::Value y);
mlir::Value equal(mlir::OpBuilder &b, mlir::Location loc, mlir::Value x, mlir::Value y);
/// `x` where the bools are true, else `otherwise`.
mlir::Value select(mlir::OpBuilder &b, mlir::Location loc, mlir::Value condition, mlir::Value x,
                   mlir::Value otherwise);
/// `x` where the bools are true, else 0.
mlir::Value where(mlir::OpBuilder &b, mlir::Location loc, mlir::Value condition, mlir::Value x);

/// Folds dims away (`kind` as in plx.reduce); `x` itself where there are none.
mlir::Value reduce(mlir::OpBuilder &b, mlir::Location loc, llvm::StringRef kind, mlir::Value x,
                   llvm::ArrayRef<int64_t> axes);
/// The way back: `x` repeated along `axes` of `dims`, which it lacks.
mlir::Value repeat(mlir::OpBuilder &b, mlir::Location loc, mlir::Value x,
                   llvm::ArrayRef<int64_t> axes, llvm::ArrayRef<Dim> dims);
mlir::Value cumulate(mlir::OpBuilder &b, mlir::Location loc, llvm::StringRef kind, mlir::Value x,
                     int64_t axis, bool exclusive, bool reverse);

mlir::Value gather(mlir::OpBuilder &b, mlir::Location loc, mlir::Value x, mlir::ValueRange indices,
                   llvm::ArrayRef<int64_t> axes, int64_t position);
mlir::Value scatter(mlir::OpBuilder &b, mlir::Location loc, llvm::StringRef kind, mlir::Value x,
                    mlir::Value updates, mlir::ValueRange indices, llvm::ArrayRef<int64_t> axes,
                    int64_t position);
/// Zeros of `type` to whose lines along `axis` the elements of `x` are added: x[.., j, ..] at
/// `indices`[j] (rank 1).
mlir::Value addAlong(mlir::OpBuilder &b, mlir::Location loc, mlir::Type type, mlir::Value x,
                     mlir::Value indices, int64_t axis);
/// The coordinates of the elements of `indices`, which has the dims of what is indexed but for
/// those along `axis`: iotas, and `indices` itself there.
llvm::SmallVector<mlir::Value> coordinatesAlong(mlir::OpBuilder &b, mlir::Location loc,
                                                mlir::Value indices, int64_t axis);

mlir::Value dotGeneral(mlir::OpBuilder &b, mlir::Location loc, mlir::Value lhs, mlir::Value rhs,
                       llvm::ArrayRef<int64_t> lhsBatch, llvm::ArrayRef<int64_t> rhsBatch,
                       llvm::ArrayRef<int64_t> lhsContract, llvm::ArrayRef<int64_t> rhsContract);

/// All axes of a tensor but these, ascending.
llvm::SmallVector<int64_t> otherAxes(int64_t rank, llvm::ArrayRef<int64_t> axes);
/// 0, 1, .., rank - 1.
llvm::SmallVector<int64_t> allAxes(int64_t rank);

}  // namespace plx::build

#endif  // PLEXUS_IR_OPS_BUILDDERIVATIVES_H
