// Quantization. Scales and zero points were repeated to the operand's shape on the way in.
#include "ir/ops/Quantize.h"
#include "frontends/onnx/export/Broadcast.h"

namespace plx::onnxio {
namespace {

Type elementOf(Value x) { return mlir::cast<mlir::RankedTensorType>(x.getType()).getElementType(); }

/// What a scale or zero point was repeated from: one element, or a vector along `axis`.
struct Spread {
  Name name;
  int64_t axis = -1;  // -1: one element
};

std::optional<Spread> spreadOf(Exporter &e, Value value) {
  if (mlir::DenseElementsAttr splat = splatOf(value))
    return Spread{e.constant(mlir::ElementsAttr(splat))};
  auto type = mlir::cast<mlir::RankedTensorType>(value.getType());
  if (type.getRank() == 0) return Spread{e.of(value)};
  Repeated repeated = repeatedOf(value);
  if (!repeated.source) return std::nullopt;
  Dims dims = dimsOf(repeated.source.getType()), flat;
  Spread spread;
  for (auto [dim, axis] : llvm::zip_equal(dims, repeated.along)) {
    if (dim.isConstant(1)) continue;
    if (spread.axis >= 0) return std::nullopt;
    spread.axis = axis;
    flat = {dim};
  }
  spread.name = e.reshape(e.of(repeated.source), dims, flat);
  return spread;
}

/// Scale and zero point as ONNX's ops take them; nothing where they do not fit.
struct Parameters {
  Names names;
  std::vector<NodeAttr> attrs;
};
std::optional<Parameters> parametersOf(Exporter &e, Value scale, Value zero) {
  std::optional<Spread> s = spreadOf(e, scale), z = spreadOf(e, zero);
  if (!s || !z) return std::nullopt;
  Parameters parameters;
  if (s->axis >= 0) parameters.attrs.push_back(attrOf("axis", s->axis));
  if (s->axis >= 0 && z->axis < 0)
    z = Spread{e.node("Expand", {z->name, e.node("Shape", {s->name})}), s->axis};
  if (s->axis != z->axis) return std::nullopt;
  parameters.names = {s->name, z->name};
  return parameters;
}

bool isPlainQuantized(Type element) { return element.isInteger(8); }

// saturate(round(x / scale) + zero) in the scale's type; ints of 32 bits or less fit a float's
// range, though not all its steps.
Name quantizedByHand(Exporter &e, QuantizeOp op, Type to) {
  Type t = elementOf(op.getOperand());
  Type wide = t.isF64() ? t : e.f32();
  auto in = [&](Value x) { return elementOf(x) == wide ? e.of(x) : e.cast(e.of(x), wide); };
  Name x = e.node("Div", {in(op.getOperand()), in(op.getScale())});
  bool isInt = to.isInteger();
  if (isInt) x = e.node("Round", {x});
  x = e.node("Add", {x, in(op.getZero())});
  if (isInt) {
    unsigned width = to.getIntOrFloatBitWidth();
    if (width > 16) unsupported("quantizing to ints of more than 16 bits");
    bool isUnsigned = to.isUnsignedInteger();
    double low = isUnsigned ? 0 : -static_cast<double>(int64_t{1} << (width - 1));
    double high = static_cast<double>((int64_t{1} << (isUnsigned ? width : width - 1)) - 1);
    x = e.node("Clip", {x, e.scalar(low, wide), e.scalar(high, wide)});
  }
  return e.cast(x, to);
}

void exportQuantize(Exporter &e, QuantizeOp op) {
  Type from = elementOf(op.getOperand()), to = elementOf(op.getZero());
  bool isDirect = from.isF32() && (isPlainQuantized(to) || e.opset >= 19);
  std::optional<Parameters> parameters;
  if (isDirect && op.getSaturate()) parameters = parametersOf(e, op.getScale(), op.getZero());
  if (!parameters) return e.define(op.getResult(), quantizedByHand(e, op, to));
  Names in{e.of(op.getOperand())};
  in.insert(in.end(), parameters->names.begin(), parameters->names.end());
  e.define(op.getResult(), e.node("QuantizeLinear", in, parameters->attrs));
}
PLX_ONNX_EXPORT(QuantizeOp, exportQuantize);

void exportDequantize(Exporter &e, DequantizeOp op) {
  Type from = elementOf(op.getOperand()), to = elementOf(op.getScale());
  std::optional<Parameters> parameters;
  if (to.isF32() && (isPlainQuantized(from) || e.opset >= 19))
    parameters = parametersOf(e, op.getScale(), op.getZero());
  if (parameters) {
    Names in{e.of(op.getOperand())};
    in.insert(in.end(), parameters->names.begin(), parameters->names.end());
    return e.define(op.getResult(), e.node("DequantizeLinear", in, parameters->attrs));
  }
  Type wide = to.isF64() ? to : e.f32();
  Name scale = to == wide ? e.of(op.getScale()) : e.cast(e.of(op.getScale()), wide);
  Name x = e.node("Sub", {e.cast(e.of(op.getOperand()), wide), e.cast(e.of(op.getZero()), wide)});
  x = e.node("Mul", {x, scale});
  e.define(op.getResult(), to == wide ? x : e.cast(x, to));
}
PLX_ONNX_EXPORT(DequantizeOp, exportDequantize);

}  // namespace
}  // namespace plx::onnxio
