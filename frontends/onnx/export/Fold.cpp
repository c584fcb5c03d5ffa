// Reductions, running folds, windows.
#include "frontends/onnx/export/Broadcast.h"
#include "ir/ops/ArgReduce.h"
#include "ir/ops/Cumulative.h"
#include "ir/ops/Pad.h"
#include "ir/ops/Reduce.h"
#include "ir/ops/ReduceWindow.h"

namespace plx::onnxio {

FoldedRow foldedRowOf(Value value, llvm::StringRef kind) {
  Repeated repeated = repeatedOf(value);
  if (!repeated.source) return {};
  auto reduce = reshapedFrom(repeated.source).getDefiningOp<ReduceOp>();
  if (!reduce || reduce.getKind() != kind || reduce.getAxes().size() != 1) return {};
  Dims kept = dimsOf(reduce.getOperand().getType());
  int64_t axis = reduce.getAxes()[0];
  kept[axis] = Dim::constant(value.getContext(), 1);
  if (kept != repeated.dims) return {};
  return {reduce.getOperand(), axis};
}

namespace {

Type elementOf(Value x) { return mlir::cast<mlir::RankedTensorType>(x.getType()).getElementType(); }
Type intType(Type like, unsigned width, bool isUnsigned = false) {
  return mlir::IntegerType::get(
      like.getContext(), width,
      isUnsigned ? mlir::IntegerType::Unsigned : mlir::IntegerType::Signless);
}

/// ONNX's reduction for a fold. And, or are those of bools: the least, the greatest.
llvm::StringRef reductionOf(FoldKind kind, Type element) {
  bool isBool = element.isInteger(1);
  switch (kind) {
    case FoldKind::Sum:
      return "ReduceSum";
    case FoldKind::Product:
      return "ReduceProd";
    case FoldKind::Max:
      return "ReduceMax";
    case FoldKind::Min:
      return "ReduceMin";
    case FoldKind::And:
    case FoldKind::Or:
      if (!isBool) break;
      return kind == FoldKind::And ? "ReduceMin" : "ReduceMax";
  }
  unsupported("ONNX does not fold ints by '" + nameOf(kind) + "'");
}

/// A type in which ONNX folds, and that wraps or compares as `element` does.
Type foldType(FoldKind kind, Type element) {
  if (element.isInteger(1)) return intType(element, 8, /*isUnsigned=*/true);
  bool isArithmetic = kind == FoldKind::Sum || kind == FoldKind::Product;
  if (!element.isInteger() || element.getIntOrFloatBitWidth() >= 32) return element;
  if (!isArithmetic && element.getIntOrFloatBitWidth() == 8) return element;
  return intType(element, 32);
}

Name fold(Exporter &e, FoldKind kind, Name x, Type element, llvm::ArrayRef<int64_t> axes) {
  Type wide = foldType(kind, element);
  if (axes.empty()) return x;
  if (wide != element) x = e.cast(x, wide);
  x = e.reduce(reductionOf(kind, element), x, axes, false);
  return wide == element ? x : e.cast(x, element);
}

void exportReduce(Exporter &e, ReduceOp op) {
  e.define(op.getResult(), fold(e, *foldKindNamed(op.getKind()), e.of(op.getOperand()),
                                elementOf(op.getOperand()), op.getAxes()));
}
PLX_ONNX_EXPORT(ReduceOp, exportReduce);

void exportArgReduce(Exporter &e, ArgReduceOp op) {
  std::vector<NodeAttr> attrs{attrOf("axis", static_cast<int64_t>(op.getAxis())),
                              attrOf("keepdims", int64_t{0})};
  if (op.getLast()) attrs.push_back(attrOf("select_last_index", int64_t{1}));
  e.define(op.getResult(),
           e.node(op.getKind() == "max" ? "ArgMax" : "ArgMin", {e.of(op.getOperand())}, attrs));
}
PLX_ONNX_EXPORT(ArgReduceOp, exportArgReduce);

// ---- running folds

// What ONNX has no op for: for each place, the fold of a row of which only the elements up to there
// (or from there on) are kept, the others neutral.
Name maskedFold(Exporter &e, CumulativeOp op, FoldKind kind) {
  Dims dims = dimsOf(op.getOperand().getType());
  int64_t axis = op.getAxis(), rank = dims.size();
  Type element = elementOf(op.getOperand());
  Name places = e.arange(dims[axis]), columns = e.unsqueeze(places, {1});
  llvm::StringRef compare = op.getReverse() ? (op.getExclusive() ? "Greater" : "GreaterOrEqual")
                                            : (op.getExclusive() ? "Less" : "LessOrEqual");
  Name keeps = e.node(compare, {places, columns});  // [place, element]
  Ints after;
  for (int64_t i = axis + 1; i < rank; ++i) after.push_back(i + 1 - axis);
  keeps = e.unsqueeze(keeps, after);
  auto scalarType = mlir::RankedTensorType::get({}, element);
  Name neutral = e.constant(
      mlir::ElementsAttr(mlir::DenseElementsAttr::get(scalarType, neutralOf(kind, element))));
  Name rows = e.unsqueeze(e.of(op.getOperand()), {axis});
  return fold(e, kind, e.node("Where", {keeps, rows, neutral}), element, {axis + 1});
}

void exportCumulative(Exporter &e, CumulativeOp op) {
  FoldKind kind = *foldKindNamed(op.getKind());
  Type element = elementOf(op.getOperand());
  if (kind != FoldKind::Sum) return e.define(op.getResult(), maskedFold(e, op, kind));
  Type wide = foldType(kind, element);
  Name x = e.of(op.getOperand());
  if (wide != element) x = e.cast(x, wide);
  x = e.node("CumSum", {x, e.scalarInt(op.getAxis(), e.i64())},
             {attrOf("exclusive", int64_t{op.getExclusive()}),
              attrOf("reverse", int64_t{op.getReverse()})});
  e.define(op.getResult(), wide == element ? x : e.cast(x, element));
}
PLX_ONNX_EXPORT(CumulativeOp, exportCumulative);

// ---- windows

struct WindowShape {
  Ints order;  // operand axes: two that are not pooled, then the others
  Ints kernel, strides, dilations;
};

/// Nothing where fewer than two axes are left alone, or none of the others is pooled.
std::optional<WindowShape> poolShape(ReduceWindowOp op) {
  int64_t rank = op.getWindow().size();
  Ints alone, pooled;
  for (int64_t d = 0; d < rank; ++d)
    (op.getWindow()[d] == 1 && op.getStrides()[d] == 1 ? alone : pooled).push_back(d);
  if (alone.size() < 2 || rank < 3) return std::nullopt;
  WindowShape shape;
  shape.order = {alone.front(), alone.back()};
  for (int64_t d = 0; d < rank; ++d) {
    if (d == alone.front() || d == alone.back()) continue;
    shape.order.push_back(d);
    shape.kernel.push_back(op.getWindow()[d]);
    shape.strides.push_back(op.getStrides()[d]);
    shape.dilations.push_back(op.getDilations()[d]);
  }
  return shape;
}

Ints inverseOf(llvm::ArrayRef<int64_t> permutation) {
  Ints inverse(permutation.size());
  for (size_t i = 0; i < permutation.size(); ++i) inverse[permutation[i]] = i;
  return inverse;
}

Name pool(Exporter &e, ReduceWindowOp op, const WindowShape &shape) {
  Name x = e.transpose(e.of(op.getOperand()), shape.order);
  std::vector<NodeAttr> attrs{attrOf("kernel_shape", shape.kernel),
                              attrOf("strides", shape.strides)};
  bool isDilated = llvm::any_of(shape.dilations, [](int64_t d) { return d != 1; });
  if (isDilated) attrs.push_back(attrOf("dilations", shape.dilations));
  if (op.getKind() == "max")
    return e.transpose(e.node("MaxPool", {x}, attrs), inverseOf(shape.order));
  // A sum is the mean of as many elements as the window has.
  double count = 1;
  for (int64_t size : shape.kernel) count *= static_cast<double>(size);
  x = e.node("AveragePool", {x}, attrs);
  x = e.node("Mul", {x, e.scalar(count, elementOf(op.getOperand()))});
  return e.transpose(x, inverseOf(shape.order));
}

// Any fold over any axes: axis d becomes [places, window] by a Gather, and the window is folded.
Name gatherWindows(Exporter &e, ReduceWindowOp op) {
  Name x = e.of(op.getOperand());
  Dims out = dimsOf(op.getResult().getType());
  FoldKind kind = *foldKindNamed(op.getKind());
  for (size_t d = 0; d < out.size(); ++d) {
    int64_t window = op.getWindow()[d];
    if (window == 1 && op.getStrides()[d] == 1) continue;
    Name starts = e.node("Mul", {e.arange(out[d]), e.ints({op.getStrides()[d]})});
    Name steps = e.node("Mul", {e.arange(e.k(window)), e.ints({op.getDilations()[d]})});
    Name places = e.node("Add", {e.unsqueeze(starts, {1}), steps});
    x = e.node("Gather", {x, places}, {attrOf("axis", static_cast<int64_t>(d))});
    x = fold(e, kind, x, elementOf(op.getOperand()), {static_cast<int64_t>(d) + 1});
  }
  return x;
}

void exportReduceWindow(Exporter &e, ReduceWindowOp op) {
  Type element = elementOf(op.getOperand());
  std::optional<WindowShape> shape = poolShape(op);
  bool isDilated = llvm::any_of(op.getDilations(), [](int64_t d) { return d != 1; });
  bool isPool = op.getKind() == "max" || (op.getKind() == "sum" && (!isDilated || e.opset >= 19));
  if (shape && isPool && mlir::isa<mlir::FloatType>(element))
    return e.define(op.getResult(), pool(e, op, *shape));
  e.define(op.getResult(), gatherWindows(e, op));
}
PLX_ONNX_EXPORT(ReduceWindowOp, exportReduceWindow);

}  // namespace
}  // namespace plx::onnxio
