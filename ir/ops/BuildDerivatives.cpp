#include "ir/ops/BuildDerivatives.h"

#include "ir/ops/Cumulative.h"
#include "ir/ops/DotGeneral.h"
#include "ir/ops/Gather.h"
#include "ir/ops/Reduce.h"
#include "ir/ops/Scatter.h"

namespace plx::build {

using mlir::Location;
using mlir::OpBuilder;
using mlir::Value;

Value filled(OpBuilder &b, Location loc, double value, mlir::Type type) {
  return splat(b, loc, value, mlir::getElementTypeOrSelf(type), dimsOf(type));
}

Value zerosLike(OpBuilder &b, Location loc, Value x) {
  return x ? filled(b, loc, 0, x.getType()) : Value();
}

Value add(OpBuilder &b, Location loc, Value x, Value y) {
  return pointwise(b, loc, ScalarFn::add_, {x, y});
}

Value multiply(OpBuilder &b, Location loc, Value x, Value y) {
  return pointwise(b, loc, ScalarFn::mul_, {x, y});
}

Value divide(OpBuilder &b, Location loc, Value x, Value y) {
  return pointwise(b, loc, ScalarFn::div_, {x, y});
}

Value equal(OpBuilder &b, Location loc, Value x, Value y) {
  return pointwise(b, loc, ScalarFn::eq_, {x, y});
}

Value select(OpBuilder &b, Location loc, Value condition, Value x, Value otherwise) {
  return pointwise(b, loc, ScalarFn::select_, {condition, x, otherwise});
}

Value where(OpBuilder &b, Location loc, Value condition, Value x) {
  return select(b, loc, condition, x, zerosLike(b, loc, x));
}

Value reduce(OpBuilder &b, Location loc, llvm::StringRef kind, Value x,
             llvm::ArrayRef<int64_t> axes) {
  if (axes.empty()) return x;
  ReduceOp::Properties properties;
  properties.kind = b.getStringAttr(kind);
  properties.axes = b.getDenseI64ArrayAttr(axes);
  return create<ReduceOp>(b, loc, x, properties);
}

Value repeat(OpBuilder &b, Location loc, Value x, llvm::ArrayRef<int64_t> axes,
             llvm::ArrayRef<Dim> dims) {
  return broadcastAlong(b, loc, x, otherAxes(dims.size(), axes), dims);
}

Value cumulate(OpBuilder &b, Location loc, llvm::StringRef kind, Value x, int64_t axis,
               bool exclusive, bool reverse) {
  CumulativeOp::Properties properties;
  properties.kind = b.getStringAttr(kind);
  properties.axis = b.getI64IntegerAttr(axis);
  if (exclusive) properties.exclusive = b.getUnitAttr();
  if (reverse) properties.reverse = b.getUnitAttr();
  return create<CumulativeOp>(b, loc, x, properties);
}

Value gather(OpBuilder &b, Location loc, Value x, mlir::ValueRange indices,
             llvm::ArrayRef<int64_t> axes, int64_t position) {
  llvm::SmallVector<Value> operands{x};
  llvm::append_range(operands, indices);
  GatherOp::Properties properties;
  properties.axes = b.getDenseI64ArrayAttr(axes);
  properties.position = b.getI64IntegerAttr(position);
  return create<GatherOp>(b, loc, operands, properties);
}

Value scatter(OpBuilder &b, Location loc, llvm::StringRef kind, Value x, Value updates,
              mlir::ValueRange indices, llvm::ArrayRef<int64_t> axes, int64_t position) {
  llvm::SmallVector<Value> operands{x, updates};
  llvm::append_range(operands, indices);
  ScatterOp::Properties properties;
  properties.kind = b.getStringAttr(kind);
  properties.axes = b.getDenseI64ArrayAttr(axes);
  properties.position = b.getI64IntegerAttr(position);
  return create<ScatterOp>(b, loc, operands, properties);
}

Value addAlong(OpBuilder &b, Location loc, mlir::Type type, Value x, Value indices, int64_t axis) {
  return scatter(b, loc, "sum", filled(b, loc, 0, type), x, indices, {axis}, axis);
}

llvm::SmallVector<Value> coordinatesAlong(OpBuilder &b, Location loc, Value indices, int64_t axis) {
  llvm::SmallVector<Value> coordinates;
  llvm::SmallVector<Dim> dims = dimsOf(indices.getType());
  for (int64_t d : allAxes(dims.size()))
    coordinates.push_back(d == axis ? indices : iota(b, loc, d, b.getI64Type(), dims));
  return coordinates;
}

Value dotGeneral(OpBuilder &b, Location loc, Value lhs, Value rhs, llvm::ArrayRef<int64_t> lhsBatch,
                 llvm::ArrayRef<int64_t> rhsBatch, llvm::ArrayRef<int64_t> lhsContract,
                 llvm::ArrayRef<int64_t> rhsContract) {
  DotGeneralOp::Properties properties;
  properties.lhs_batch = b.getDenseI64ArrayAttr(lhsBatch);
  properties.rhs_batch = b.getDenseI64ArrayAttr(rhsBatch);
  properties.lhs_contract = b.getDenseI64ArrayAttr(lhsContract);
  properties.rhs_contract = b.getDenseI64ArrayAttr(rhsContract);
  return create<DotGeneralOp>(b, loc, {lhs, rhs}, properties);
}

llvm::SmallVector<int64_t> otherAxes(int64_t rank, llvm::ArrayRef<int64_t> axes) {
  llvm::SmallVector<int64_t> others;
  for (int64_t d = 0; d < rank; ++d)
    if (!llvm::is_contained(axes, d)) others.push_back(d);
  return others;
}

llvm::SmallVector<int64_t> allAxes(int64_t rank) { return otherAxes(rank, {}); }

}  // namespace plx::build
