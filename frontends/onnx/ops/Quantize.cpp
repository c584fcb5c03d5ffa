// Quantised numbers: to and from them, and com.microsoft's operators between them.
#include "frontends/onnx/ops/Quantize.h"

namespace plx::onnxio {
namespace {

// A scale or zero point as wide as x: a scalar, a vector along `axis`, or (blocked) one a block
// along `axis`.
Value spread(NodeContext &c, Value x, Value parameter, int64_t axis, int64_t block) {
  Dims dims = Emit::dims(x);
  int64_t rank = dims.size();
  // A vector without an axis to lie along can only have one element.
  bool isOne = Emit::rank(parameter) == 1 && block == 0 &&
               (c.dim(parameter, 0).isConstant(1) || axis >= rank || axis < -rank) &&
               !provablyDifferent(c.dim(parameter, 0), c.k(1));
  if (Emit::rank(parameter) == 0 || isOne) return c.broadcastTo(c.reshape(parameter, {}), dims);
  if (block == 0) {
    if (Emit::rank(parameter) != 1)
      invalid("scales have rank " + llvm::Twine(Emit::rank(parameter)) + ", must be 0 or 1");
    return c.broadcastAlong(parameter, {c.axis(axis, rank)}, dims);
  }
  axis = c.axis(axis, rank);
  if (Emit::rank(parameter) != rank) invalid("block-wise scales must have the operand's rank");
  if (block < 0) invalid("block_size is " + llvm::Twine(block));
  Dim blocks = ceilDiv(dims[axis], block);
  if (provablyDifferent(c.dim(parameter, axis), blocks))
    invalid("there are " + c.dim(parameter, axis).str() + " scales along axis " +
            llvm::Twine(axis) + ", which has " + blocks.str() + " blocks of " + llvm::Twine(block));
  parameter = c.withSize(parameter, axis, blocks);
  Value index = c.div_(c.iota(0, c.i64(), {dims[axis]}), static_cast<double>(block));
  return c.rebind(c.take(parameter, index, axis), dims);
}

Type quantizedType(NodeContext &c) {
  if (c.hasIn(2)) return Emit::elem(c.in(2));
  int64_t code = c.intOf("output_dtype", 0);
  return code == 0 ? Type(mlir::IntegerType::get(c.context(), 8, mlir::IntegerType::Unsigned))
                   : c.elementTypeOf(code);
}

void quantizeLinear(NodeContext &c) {
  Value x = c.in(0), scale = c.in(1);
  int64_t axis = c.intOf("axis", 1), block = c.intOf("block_size", 0);
  Type type = quantizedType(c);
  // The division is done in `precision`; else in the scale's or operand's own.
  Type wide = Emit::elem(x).isF64() || Emit::elem(scale).isF64() ? c.f64() : c.f32();
  x = c.cast(x, wide);
  Value wideScale = spread(c, x, c.cast(scale, wide), axis, block);
  Value zero = c.hasIn(2) ? spread(c, x, c.in(2), axis, block) : c.splat(0, type, Emit::dims(x));
  c.out(c.op("plx.quantize", {x, wideScale, zero},
             {c.attr("saturate", c.builder().getBoolAttr(c.intOf("saturate", 1) != 0))}));
}
PLX_ONNX_OP("", QuantizeLinear, 10, quantizeLinear);

void dequantizeLinear(NodeContext &c) {
  Value x = c.in(0), scale = c.in(1);
  int64_t axis = c.intOf("axis", 1), block = c.intOf("block_size", 0);
  Value zero =
      c.hasIn(2) ? spread(c, x, c.in(2), axis, block) : c.splat(0, Emit::elem(x), Emit::dims(x));
  Type type =
      c.intOf("output_dtype", 0) ? c.elementTypeOf(c.intOf("output_dtype", 0)) : Emit::elem(scale);
  Value wideScale = spread(c, x, scale, axis, block);
  c.out(c.cast(c.op("plx.dequantize", {x, wideScale, zero}), type));
}
PLX_ONNX_OP("", DequantizeLinear, 10, dequantizeLinear);

// u8, over the whole tensor: scale = (max(x, 0) - min(x, 0)) / 255, zero = round(-min / scale).
void dynamicQuantizeLinear(NodeContext &c) {
  Value x = c.in(0);
  Ints all;
  for (int64_t d = 0; d < Emit::rank(x); ++d) all.push_back(d);
  Type u8 = mlir::IntegerType::get(c.context(), 8, mlir::IntegerType::Unsigned);
  Value high = c.max_(c.reduce("max", x, all), 0), low = c.min_(c.reduce("min", x, all), 0);
  Value scale = c.div_(c.sub_(high, low), 255);
  Value zero = c.cast(c.clamp(c.round_(c.div_(c.neg_(low), scale)), 0, 255), u8);
  Dims dims = Emit::dims(x);
  c.out(0, c.op("plx.quantize", {x, c.broadcastTo(scale, dims), c.broadcastTo(zero, dims)}));
  c.out(1, scale);
  c.out(2, zero);
}
PLX_ONNX_OP("", DynamicQuantizeLinear, 11, dynamicQuantizeLinear);

// ---- com.microsoft
// ---------------------------------------------------------------------------------------------------

Value real(NodeContext &c, Value x, Value scale, Value zero) {
  Value z = zero ? spread(c, x, zero, 0, 0) : c.splat(0, Emit::elem(x), Emit::dims(x));
  return c.op("plx.dequantize", {x, spread(c, x, scale, 0, 0), z});
}
Value quantized(NodeContext &c, Value x, Value scale, Value zero, Type type) {
  Value z = zero ? spread(c, x, zero, 0, 0) : c.splat(0, type, Emit::dims(x));
  return c.op("plx.quantize", {x, spread(c, x, scale, 0, 0), z});
}

// a, scale, zero, b, scale, zero, y's scale, zero
template <ScalarFn Fn>
void qLinearBinary(NodeContext &c) {
  Value a = real(c, c.in(0), c.in(1), c.optIn(2)), b = real(c, c.in(3), c.in(4), c.optIn(5));
  c.out(quantized(c, c.fn(Fn, {a, b}), c.in(6), c.optIn(7), Emit::elem(c.in(0))));
}
PLX_ONNX_OP("com.microsoft", QLinearAdd, 1, qLinearBinary<ScalarFn::add_>);
PLX_ONNX_OP("com.microsoft", QLinearMul, 1, qLinearBinary<ScalarFn::mul_>);

// x, scale, zero, y's scale, zero
void qLinearSigmoid(NodeContext &c) {
  c.out(quantized(c, c.sigmoid_(real(c, c.in(0), c.in(1), c.optIn(2))), c.in(3), c.optIn(4),
                  Emit::elem(c.in(0))));
}
PLX_ONNX_OP("com.microsoft", QLinearSigmoid, 1, qLinearSigmoid);

void qLinearLeakyRelu(NodeContext &c) {
  Value x = real(c, c.in(0), c.in(1), c.optIn(2));
  Value y = c.select_(c.lt_(x, 0), c.mul_(x, c.floatOf("alpha", 0.01f)), x);
  c.out(quantized(c, y, c.in(3), c.optIn(4), Emit::elem(c.in(0))));
}
PLX_ONNX_OP("com.microsoft", QLinearLeakyRelu, 1, qLinearLeakyRelu);

// Before opset 13 (attribute `opset`) all axes from `axis` on count as one.
void qLinearSoftmax(NodeContext &c) {
  Value x = real(c, c.in(0), c.in(1), c.optIn(2)), y;
  int64_t axis = c.axis(c.intOf("axis", -1), Emit::rank(x));
  if (c.intOf("opset", 13) >= 13) {
    y = c.softmax(x, axis);
  } else {
    Dims dims = Emit::dims(x), flat{c.k(1), c.k(1)};
    for (int64_t d = 0; d < Emit::rank(x); ++d) flat[d >= axis] = flat[d >= axis] * dims[d];
    y = c.reshape(c.softmax(c.reshape(x, flat), 1), dims);
  }
  c.out(quantized(c, y, c.in(3), c.optIn(4), Emit::elem(c.in(0))));
}
PLX_ONNX_OP("com.microsoft", QLinearSoftmax, 1, qLinearSoftmax);

// Operands alternate: y's scale and zero point, then (tensor, scale, zero point) each.
void qLinearConcat(NodeContext &c) {
  Values parts;
  for (int64_t i = 2; i + 2 < c.numInputs(); i += 3)
    parts.push_back(quantized(c, real(c, c.in(i), c.in(i + 1), c.in(i + 2)), c.in(0), c.in(1),
                              Emit::elem(c.in(1))));
  if (parts.empty()) invalid("there is no tensor");
  c.out(c.concat(c.axis(c.intOf("axis", 0), Emit::rank(parts[0])), parts));
}
PLX_ONNX_OP("com.microsoft", QLinearConcat, 1, qLinearConcat);

void qLinearGlobalAveragePool(NodeContext &c) {
  Value x = real(c, c.in(0), c.in(1), c.in(2));
  bool last = c.intOf("channels_last", 0) != 0;
  Ints axes;
  for (int64_t d = last ? 1 : 2; d < Emit::rank(x) - (last ? 1 : 0); ++d) axes.push_back(d);
  c.out(quantized(c, c.mean(x, axes, true), c.in(3), c.in(4), Emit::elem(c.in(0))));
}
PLX_ONNX_OP("com.microsoft", QLinearGlobalAveragePool, 1, qLinearGlobalAveragePool);

}  // namespace

Value bytesIn(NodeContext &c, int64_t i) {
  Value x = c.in(i);
  auto type = mlir::dyn_cast<mlir::IntegerType>(Emit::elem(x));
  if (type && type.getWidth() == 8) return x;
  std::string found;
  llvm::raw_string_ostream(found) << Emit::elem(x);
  invalid("operand " + llvm::Twine(i) + " is of " + found + ", must be of bytes: i8 or u8");
}

Value dequantizedOf(NodeContext &c, Value x, Value scale, Value zero) {
  return real(c, x, scale, zero);
}
Value quantizedOf(NodeContext &c, Value x, Value scale, Value zero, Type type) {
  return quantized(c, x, scale, zero, type);
}

}  // namespace plx::onnxio
