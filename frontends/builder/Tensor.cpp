#include "frontends/builder/Tensor.h"

#include "ir/ops/Build.h"
#include "ir/ops/DotGeneral.h"
#include "ir/ops/Reduce.h"
#include "ir/types/Types.h"

namespace plx::builder {

// ---- Scope

Tensor Scope::tensor(mlir::Value value) { return {*this, value}; }

Tensor Scope::scalar(double value, mlir::Type element) {
  return {*this, build::constantScalar(builder_, loc_, value, element)};
}

Tensor Scope::full(double value, mlir::Type element, llvm::ArrayRef<Dim> dims) {
  return {*this, build::splat(builder_, loc_, value, element, dims)};
}

// ---- Tensor

mlir::Type Tensor::element() const { return mlir::getElementTypeOrSelf(value_.getType()); }
int64_t Tensor::rank() const {
  return mlir::cast<mlir::RankedTensorType>(value_.getType()).getRank();
}
llvm::SmallVector<Dim> Tensor::dims() const { return dimsOf(value_.getType()); }
Dim Tensor::dim(int64_t axis) const { return dims()[axis < 0 ? axis + rank() : axis]; }

Tensor Tensor::operator-() const { return apply(ScalarFn::neg_, {*this}); }

Tensor Tensor::cast(mlir::Type to) const {
  if (!value_ || element() == to) return *this;
  return {*scope_, build::cast(scope_->builder(), scope_->loc(), value_, to)};
}

Tensor Tensor::reshape(llvm::ArrayRef<Dim> dims) const {
  if (!value_) return {};
  return {*scope_, build::reshape(scope_->builder(), scope_->loc(), value_, dims)};
}

Tensor Tensor::transpose(llvm::ArrayRef<int64_t> permutation) const {
  if (!value_) return {};
  return {*scope_, build::transpose(scope_->builder(), scope_->loc(), value_, permutation)};
}

Tensor Tensor::broadcastTo(llvm::ArrayRef<Dim> dims) const {
  if (!value_) return {};
  return {*scope_, build::broadcastTo(scope_->builder(), scope_->loc(), value_, dims)};
}

Tensor Tensor::expandDims(llvm::ArrayRef<int64_t> axes) const {
  if (!value_) return {};
  return {*scope_, build::expandDims(scope_->builder(), scope_->loc(), value_, axes)};
}

Tensor Tensor::reduce(llvm::StringRef kind, llvm::ArrayRef<int64_t> axes, bool keepDims) const {
  if (!value_) return {};
  llvm::SmallVector<int64_t> along(axes);
  for (int64_t &axis : along)
    if (axis < 0) axis += rank();
  if (along.empty()) along = llvm::to_vector(llvm::seq<int64_t>(0, rank()));
  llvm::sort(along);
  if (along.empty()) return *this;
  ReduceOp::Properties properties;
  properties.kind = scope_->builder().getStringAttr(kind);
  properties.axes = scope_->builder().getDenseI64ArrayAttr(along);
  Tensor folded{*scope_,
                build::create<ReduceOp>(scope_->builder(), scope_->loc(), {value_}, properties)};
  return keepDims ? folded.expandDims(along) : folded;
}

Tensor Tensor::sum(llvm::ArrayRef<int64_t> axes, bool keepDims) const {
  return reduce("sum", axes, keepDims);
}

Tensor Tensor::max(llvm::ArrayRef<int64_t> axes, bool keepDims) const {
  return reduce("max", axes, keepDims);
}

Tensor Tensor::mean(llvm::ArrayRef<int64_t> axes, bool keepDims) const {
  if (!value_) return {};
  Dim count = Dim::constant(scope_->context(), 1);
  if (axes.empty())
    for (Dim size : dims()) count = count * size;
  for (int64_t axis : axes) count = count * dim(axis);
  Tensor number{*scope_, build::dimValue(scope_->builder(), scope_->loc(), count)};
  return sum(axes, keepDims) / number.cast(element());
}

// ---- functions

Tensor apply(ScalarFn fn, llvm::ArrayRef<Operand> operands) {
  // The condition of a select has a type of its own.
  const Tensor *typed = nullptr;
  for (const Operand &x : operands.drop_front(fn == ScalarFn::select_ ? 1 : 0)) {
    if (!x.isNumber && !x.tensor) return {};
    if (!x.isNumber && !typed) typed = &x.tensor;
  }
  if (!typed) return {};
  Scope &scope = typed->scope();
  llvm::SmallVector<mlir::Value> values;
  for (const Operand &x : operands)
    values.push_back((x.isNumber ? scope.scalar(x.number, typed->element()) : x.tensor).value());
  return {scope, build::broadcasting(scope.builder(), scope.loc(), fn, values)};
}

Tensor select(const Tensor &condition, const Operand &yes, const Operand &no) {
  if (!condition) return {};
  return apply(ScalarFn::select_, {condition, yes, no});
}

Tensor matmul(const Tensor &x, const Tensor &w) {
  if (!x || !w) return {};
  Scope &scope = x.scope();
  DotGeneralOp::Properties properties;
  mlir::OpBuilder &b = scope.builder();
  properties.lhs_batch = properties.rhs_batch = b.getDenseI64ArrayAttr({});
  properties.lhs_contract = b.getDenseI64ArrayAttr({x.rank() - 1});
  properties.rhs_contract = b.getDenseI64ArrayAttr({0});
  return {scope, build::create<DotGeneralOp>(b, scope.loc(), {x.value(), w.value()}, properties)};
}

Tensor logSoftmax(const Tensor &x, int64_t axis) {
  Tensor shifted = x - x.max({axis}, true);
  return shifted - log(exp(shifted).sum({axis}, true));
}

Tensor softmax(const Tensor &x, int64_t axis) {
  Tensor e = exp(x - x.max({axis}, true));
  return e / e.sum({axis}, true);
}

Tensor oneHot(const Tensor &classes, Dim count, mlir::Type element) {
  if (!classes) return {};
  Scope &scope = classes.scope();
  llvm::SmallVector<Dim> dims = classes.dims();
  dims.push_back(count);
  int64_t last = static_cast<int64_t>(dims.size()) - 1;
  Tensor index{scope, build::iota(scope.builder(), scope.loc(), last, classes.element(), dims)};
  return equal(classes.expandDims({last}), index).cast(element);
}

}  // namespace plx::builder
