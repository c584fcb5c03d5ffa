#include "frontends/builder/Tensor.h"

#include "ir/ops/BuildDerivatives.h"
#include "ir/ops/Call.h"
#include "ir/ops/Rebind.h"
#include "ir/ops/Reduce.h"
#include "ir/types/Types.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"

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

Tensor Tensor::squeeze(llvm::ArrayRef<int64_t> axes) const {
  if (!value_) return {};
  return {*scope_, build::squeeze(scope_->builder(), scope_->loc(), value_, axes)};
}

Tensor Tensor::slice(int64_t axis, Dim start, Dim size) const {
  if (!value_) return {};
  return {*scope_, build::sliceAxis(scope_->builder(), scope_->loc(), value_,
                                    axis < 0 ? axis + rank() : axis, start, size)};
}

Tensor Tensor::along(int64_t axis, int64_t rank) const {
  if (!value_) return {};
  llvm::SmallVector<Dim> shape(rank, scope_->size(1));
  shape[axis] = dim(0);
  return reshape(shape);
}

Tensor Tensor::stopGradient() const {
  if (!value_) return {};
  RebindOp::Properties properties;
  properties.stop_gradient = scope_->builder().getUnitAttr();
  auto op = RebindOp::create(scope_->builder(), scope_->loc(), mlir::TypeRange(value_.getType()),
                             mlir::ValueRange(value_), properties);
  llvm::SmallVector<mlir::Value> results = build::finish(scope_->builder(), op);
  return {*scope_, results.empty() ? mlir::Value() : results[0]};
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

/// Over the last axis of `x` and one of `w`.
static Tensor product(const Tensor &x, const Tensor &w, int64_t axis) {
  if (!x || !w) return {};
  Scope &scope = x.scope();
  return {scope, build::dotGeneral(scope.builder(), scope.loc(), x.value(), w.value(), {}, {},
                                   {x.rank() - 1}, {axis})};
}

Tensor matmul(const Tensor &x, const Tensor &w) { return product(x, w, 0); }
Tensor matmulTransposed(const Tensor &x, const Tensor &w) { return product(x, w, 1); }

Tensor iota(Scope &scope, mlir::Type element, Dim size) {
  return {scope, build::iota(scope.builder(), scope.loc(), 0, element, {size})};
}

Tensor concat(llvm::ArrayRef<Tensor> parts, int64_t axis) {
  llvm::SmallVector<mlir::Value> values;
  for (const Tensor &part : parts) {
    if (!part) return {};
    values.push_back(part.value());
  }
  Scope &scope = parts.front().scope();
  return {scope, build::concat(scope.builder(), scope.loc(),
                               axis < 0 ? axis + parts.front().rank() : axis, values)};
}

Tensor take(const Tensor &table, const Tensor &indices) {
  if (!table || !indices) return {};
  Scope &scope = table.scope();
  return {scope,
          build::gather(scope.builder(), scope.loc(), table.value(), indices.value(), {0}, 0)};
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

// ---- derivatives of the caller's own

/// A function of the module that is called, which takes `inputs` and gives what `formula` does.
static mlir::func::FuncOp outlined(const Formula &formula, mlir::TypeRange inputs,
                                   mlir::ModuleOp module, Scope &outer) {
  mlir::OpBuilder b = mlir::OpBuilder::atBlockEnd(module.getBody());
  auto function =
      mlir::func::FuncOp::create(b, outer.loc(), "formula", b.getFunctionType(inputs, {}));
  mlir::SymbolTable::setSymbolVisibility(function, mlir::SymbolTable::Visibility::Private);
  mlir::SymbolTable(module).insert(function);  // under a name of its own
  b.setInsertionPointToStart(function.addEntryBlock());
  Scope scope(b, outer.loc());
  std::vector<Tensor> arguments;
  for (mlir::Value argument : function.getArguments()) arguments.push_back(scope.tensor(argument));
  llvm::SmallVector<mlir::Value> results;
  for (const Tensor &result : formula(arguments)) results.push_back(result.value());
  if (llvm::is_contained(results, mlir::Value())) {
    function.erase();
    return {};
  }
  mlir::func::ReturnOp::create(scope.builder(), outer.loc(), results);
  function.setType(b.getFunctionType(inputs, mlir::ValueRange(results).getTypes()));
  return function;
}

std::vector<Tensor> withDerivative(llvm::ArrayRef<Tensor> inputs, const Formula &formula,
                                   const Formula &vjp) {
  llvm::SmallVector<mlir::Value> values;
  for (const Tensor &input : inputs) values.push_back(input.value());
  if (values.empty() || llvm::is_contained(values, mlir::Value())) return {};
  Scope &scope = inputs.front().scope();
  auto module = scope.builder().getBlock()->getParentOp()->getParentOfType<mlir::ModuleOp>();
  llvm::SmallVector<mlir::Type> types(mlir::ValueRange(values).getTypes());
  mlir::func::FuncOp function = outlined(formula, types, module, scope);
  if (!function) return {};
  llvm::append_range(types, function.getResultTypes());
  mlir::func::FuncOp derivative = outlined(vjp, types, module, scope);
  if (!derivative) return {};
  CallOp::Properties properties;
  mlir::OpBuilder &b = scope.builder();
  properties.callee = mlir::FlatSymbolRefAttr::get(function.getSymNameAttr());
  properties.vjp = mlir::FlatSymbolRefAttr::get(derivative.getSymNameAttr());
  auto call = CallOp::create(b, scope.loc(), function.getResultTypes(), values, properties);
  std::vector<Tensor> results;
  for (mlir::Value result : build::finish(b, call)) results.push_back(scope.tensor(result));
  return results;
}

}  // namespace plx::builder
