#include "tests/unit/ir/eval/interpreter.h"

#include <cmath>

#include "ir/eval/ScalarEval.h"
#include "ir/interfaces/Interfaces.h"
#include "ir/ops/Bitcast.h"
#include "ir/ops/Build.h"
#include "ir/ops/Constant.h"

namespace plx::eval {

Interpreter::Interpreter(mlir::Operation *op, llvm::ArrayRef<Value> operands, Symbols symbols)
    : KernelBuilder(op->getContext()),
      op_(op),
      operands_(operands),
      symbols_(std::move(symbols)),
      scratch_(mlir::ModuleOp::create(op->getLoc())) {}

Interpreter::~Interpreter() = default;

// ---- scalars
// ---------------------------------------------------------------------------------------------------------

int64_t Interpreter::valueOf(Dim dim) {
  auto value = dim.evaluate([&](DimAtom symbol) -> std::optional<int64_t> {
    auto found = symbols_.find(symbol.symbol().getValue().str());
    if (found == symbols_.end()) return std::nullopt;
    return found->second;
  });
  if (!value) fault_ = "no value for " + dim.str();
  return value.value_or(0);
}

mlir::Value Interpreter::scalar(const Tensor &tensor) {
  mlir::OpBuilder b = mlir::OpBuilder::atBlockEnd(scratch_->getBody());
  return ConstantOp::create(b, op_->getLoc(), tensor.toAttr());
}

Tensor Interpreter::tensorOf(mlir::Value scalar) {
  auto constant = scalar.getDefiningOp<ConstantOp>();
  return Tensor::fromAttr(mlir::cast<mlir::DenseElementsAttr>(constant.getValue()));
}

Dim Interpreter::number(int64_t value) { return Dim::constant(context(), value); }

mlir::RankedTensorType Interpreter::operandType(unsigned operand) {
  return mlir::cast<mlir::RankedTensorType>(op_->getOperand(operand).getType());
}

mlir::Value Interpreter::operand(unsigned operand, llvm::ArrayRef<Dim> indices) {
  const Tensor &tensor = operands_[operand].tensor();
  llvm::SmallVector<int64_t> index;
  for (Dim dim : indices) index.push_back(valueOf(dim));
  Tensor one(tensor.elementType(), {});
  bool isInside = static_cast<int64_t>(index.size()) == tensor.rank();
  for (size_t d = 0; isInside && d < index.size(); ++d)
    isInside = index[d] >= 0 && index[d] < tensor.shape()[d];
  if (isInside)
    one.copyElement(0, tensor, linearize(index, tensor.shape()));
  else if (fault_.empty())
    fault_ = "operand " + std::to_string(operand) + " is read outside of its bounds";
  return scalar(one);
}

mlir::Value Interpreter::apply(ScalarFn fn, mlir::ValueRange operands) {
  llvm::SmallVector<Tensor> tensors;
  for (mlir::Value operand : operands) tensors.push_back(tensorOf(operand));
  std::string error;
  auto result = applyFn(fn, tensors, error);
  if (succeeded(result)) return scalar(*result);
  fault_ = error;
  return operands[0];
}

mlir::Value Interpreter::convert(mlir::Value value, mlir::Type element, bool saturate) {
  return scalar(eval::convert(tensorOf(value), element, saturate));
}

mlir::Value Interpreter::bitcast(mlir::Value value, mlir::Type element) {
  mlir::OpBuilder b = mlir::OpBuilder::atBlockEnd(scratch_->getBody());
  auto op = BitcastOp::create(b, op_->getLoc(), mlir::RankedTensorType::get({}, element), value);
  return build::finish(b, op)[0];
}

mlir::Value Interpreter::constant(mlir::TypedAttr value) {
  auto type = mlir::RankedTensorType::get({}, value.getType());
  return scalar(Tensor::fromAttr(mlir::DenseElementsAttr::get(type, mlir::Attribute(value))));
}

mlir::Value Interpreter::position(Dim index, mlir::Type element) {
  Tensor value(mlir::IntegerType::get(context(), 64), {});
  value.setInt(0, valueOf(index));
  return scalar(eval::convert(value, element, /*saturate=*/false));
}

Dim Interpreter::bindIndex(mlir::Value index, Dim extent, bool wrapNegative) {
  int64_t value = tensorOf(index).withShape({}).ints()[0], size = valueOf(extent);
  if (wrapNegative && value < 0) value += size;
  if (value < 0 || value >= size) fault_ = "index out of range";
  return number(std::max<int64_t>(0, std::min(value, size - 1)));
}

// ---- folds
// -----------------------------------------------------------------------------------------------------------

mlir::Value Interpreter::combine(FoldKind kind, mlir::Value a, mlir::Value b) {
  return apply(combinerOf(kind), {a, b});
}

mlir::Value Interpreter::fold(FoldKind kind, llvm::ArrayRef<Dim> extents,
                              llvm::function_ref<mlir::Value(llvm::ArrayRef<Dim>)> body) {
  llvm::SmallVector<int64_t> shape;
  for (Dim extent : extents) shape.push_back(valueOf(extent));
  mlir::Value total;
  mlir::Type element, wide;
  for (Index i(shape); i; ++i) {
    llvm::SmallVector<Dim> variables;
    for (int64_t value : *i) variables.push_back(number(value));
    mlir::Value value = body(variables);
    if (!value) return {};
    element = mlir::getElementTypeOrSelf(value.getType());
    wide = accumulatorType(kind, element);
    value = convert(value, wide, true);
    total = total ? combine(kind, total, value) : value;
  }
  if (total) return convert(total, element, true);
  return constant(neutralOf(kind, mlir::getElementTypeOrSelf(op_->getResult(0).getType())));
}

mlir::Value Interpreter::argFold(FoldKind kind, bool last, Dim extent,
                                 llvm::function_ref<mlir::Value(Dim)> body) {
  int64_t size = valueOf(extent), best = 0;
  Tensor bestValue;
  auto isNan = [](const Tensor &x) { return x.isFloat() && std::isnan(x.floats()[0]); };
  for (int64_t i = 0; i < size; ++i) {
    mlir::Value scalar = body(number(i));
    if (!scalar) return {};
    Tensor value = tensorOf(scalar);
    std::string error;
    auto holds = [&](ScalarFn fn) {
      const Tensor truth = *applyFn(fn, {value, bestValue}, error);
      return truth.ints()[0] != 0;
    };
    ScalarFn better = kind == FoldKind::Max ? ScalarFn::gt_ : ScalarFn::lt_;
    bool wins = i == 0 || (isNan(value) ? !isNan(bestValue) || last
                                        : !isNan(bestValue) &&
                                              (holds(better) || (last && holds(ScalarFn::eq_))));
    if (!wins) continue;
    best = i;
    bestValue = value;
  }
  return position(number(best), mlir::IntegerType::get(context(), 64));
}

mlir::Value Interpreter::prefix(FoldKind kind, bool exclusive, Dim position, Dim,
                                llvm::function_ref<mlir::Value(Dim)> body) {
  int64_t end = valueOf(position) + (exclusive ? 0 : 1);
  return fold(kind, {number(end)}, [&](llvm::ArrayRef<Dim> k) { return body(k[0]); });
}

// ---- choices
// ---------------------------------------------------------------------------------------------------------

mlir::Value Interpreter::inside(llvm::ArrayRef<IndexBound> bounds,
                                llvm::function_ref<mlir::Value()> body,
                                llvm::function_ref<mlir::Value()> otherwise) {
  for (const IndexBound &bound : bounds) {
    int64_t index = valueOf(bound.index);
    if (index < 0 || index >= valueOf(bound.extent)) return otherwise();
  }
  return body();
}

mlir::Value Interpreter::piece(Dim index, llvm::ArrayRef<Dim> starts,
                               llvm::function_ref<mlir::Value(unsigned)> body) {
  int64_t at = valueOf(index);
  for (unsigned p = 0; p + 1 < starts.size(); ++p)
    if (at < valueOf(starts[p + 1])) return body(p);
  fault_ = "no piece for index " + std::to_string(at);
  return body(0);
}

std::optional<Tensor> Interpreter::element(unsigned result, llvm::ArrayRef<int64_t> index) {
  llvm::SmallVector<Dim> indices;
  for (int64_t value : index) indices.push_back(number(value));
  mlir::Value value = mlir::cast<Iterate>(op_).iterate(*this, result, indices);
  if (!value || !fault_.empty()) return std::nullopt;
  return tensorOf(value);
}

}  // namespace plx::eval
