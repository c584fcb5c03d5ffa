// com.microsoft: products of quantised matrices, and what else works on quantised tensors beside
// the pointwise ones of Quantize.cpp.
#include "frontends/onnx/ops/Quantize.h"
#include "frontends/onnx/ops/Window.h"
#include "frontends/onnx/ops/contrib/Contrib.h"

namespace plx::onnxio {
namespace {

// A list of one is a scalar.
Value scalarOrList(NodeContext &c, Value x) {
  return Emit::rank(x) == 1 && c.dim(x, 0).isConstant(1) ? c.reshape(x, {}) : x;
}
// x - zero as ints of 32 bits.
Value centred(NodeContext &c, Value x, Value zero) {
  x = c.cast(x, c.i32());
  return zero ? c.sub_(x, c.cast(scalarOrList(c, zero), c.i32())) : x;
}

// A, its scale and zero, B, its scale and zero (a column's each, or one), C, y's scale and zero.
void qGemm(NodeContext &c) {
  Value a = centred(c, c.in(0), c.in(2)), b = c.cast(c.in(3), c.i32());
  bool transA = c.intOf("transA", 0) != 0, transB = c.intOf("transB", 0) != 0;
  if (Emit::rank(a) != 2 || Emit::rank(b) != 2) invalid("the operands must be matrices");
  if (transB) b = c.transpose(b, {1, 0});
  Value sums = c.dot(a, centred(c, b, c.in(5)), {}, {}, {transA ? 0 : 1}, {0});
  if (c.hasIn(6)) sums = c.add_(sums, c.in(6));
  Value scale = c.mul_(scalarOrList(c, c.in(1)), scalarOrList(c, c.in(4)));
  Value y = c.mul_(c.cast(sums, c.f32()), c.mul_(scale, c.floatOf("alpha", 1)));
  c.out(c.hasIn(7) ? quantizedOf(c, y, c.in(7), c.optIn(8), Emit::elem(c.in(0))) : y);
}
PLX_ONNX_OP("com.microsoft", QGemm, 1, qGemm);

// scale * (a x b) + bias
Value scaledProduct(NodeContext &c, Value a, Value b, Value scale, int64_t bias) {
  Value y = c.mul_(c.cast(c.matmul(a, b), c.f32()), scale);
  return c.hasIn(bias) ? c.add_(y, c.in(bias)) : y;
}

// A, B, scales of both, zero points of both, bias.
void matMulIntegerToFloat(NodeContext &c) {
  Value scale = c.mul_(scalarOrList(c, c.in(2)), scalarOrList(c, c.in(3)));
  c.out(
      scaledProduct(c, centred(c, c.in(0), c.optIn(4)), centred(c, c.in(1), c.optIn(5)), scale, 6));
}
PLX_ONNX_OP("com.microsoft", MatMulIntegerToFloat, 1, matMulIntegerToFloat);

// A, B, B's scale and zero point, bias. A becomes bytes as DynamicQuantizeLinear makes them.
void dynamicQuantizeMatMul(NodeContext &c) {
  Value x = c.in(0);
  Ints all;
  for (int64_t d = 0; d < Emit::rank(x); ++d) all.push_back(d);
  Value high = c.max_(c.reduce("max", x, all), 0), low = c.min_(c.reduce("min", x, all), 0);
  Value step = c.div_(c.sub_(high, low), 255);
  step = c.select_(c.eq_(step, 0), c.scalar(1, c.f32()), step);
  Value zero = c.clamp(c.round_(c.div_(c.neg_(low), step)), 0, 255);
  Value codes = c.clamp(c.add_(c.round_(c.div_(x, step)), zero), 0, 255);
  Value a = c.cast(c.sub_(codes, zero), c.i32());
  c.out(scaledProduct(c, a, centred(c, c.in(1), c.optIn(3)), c.mul_(step, scalarOrList(c, c.in(2))),
                      4));
}
PLX_ONNX_OP("com.microsoft", DynamicQuantizeMatMul, 1, dynamicQuantizeMatMul);

void matMulInteger16(NodeContext &c) {
  c.out(c.matmul(c.cast(c.in(0), c.i32()), c.cast(c.in(1), c.i32())));
}
PLX_ONNX_OP("com.microsoft", MatMulInteger16, 1, matMulInteger16);

// condition, x with scale and zero, y with scale and zero, z's scale and zero
void qLinearWhere(NodeContext &c) {
  Type type = Emit::elem(c.in(1));
  auto renewed = [&](int64_t i) {
    Value real = dequantizedOf(c, c.in(i), c.in(i + 1), c.in(i + 2));
    return quantizedOf(c, real, c.in(7), c.in(8), type);
  };
  c.out(c.select_(c.in(0), renewed(1), renewed(4)));
}
PLX_ONNX_OP("com.microsoft", QLinearWhere, 1, qLinearWhere);

// As ONNX's QLinearConv; with channels_last x and y are [n, s.., c], w stays [o, c, k..].
void qLinearConv(NodeContext &c) {
  if (c.intOf("channels_last", 0) == 0) return findConverter("", "QLinearConv", 10)(c);
  Value x = toChannelsFirst(c, centred(c, c.in(0), c.in(2))), w = c.cast(c.in(3), c.i32());
  Value zero = c.cast(scalarOrList(c, c.in(5)), c.i32());
  w = c.sub_(w, Emit::rank(zero) == 1 ? c.along(zero, 0, Emit::rank(w)) : zero);
  Ints sizes = c.staticDims(w, "the kernel");
  int64_t groups = c.intOf("group", 1);
  if (sizes.size() < 3 || groups < 1)
    invalid("the kernel has rank " + llvm::Twine(sizes.size()) + ", group is " +
            llvm::Twine(groups));
  Value sums = toChannelsLast(
      c, convolve(c, x, w, windowOf(c, x, c.ks(Ints(sizes.begin() + 2, sizes.end()))), groups));
  if (c.hasIn(8)) sums = c.add_(sums, c.in(8));
  Value scale = c.mul_(scalarOrList(c, c.in(1)), scalarOrList(c, c.in(4)));
  c.out(
      quantizedOf(c, c.mul_(c.cast(sums, c.f32()), scale), c.in(6), c.in(7), Emit::elem(c.in(0))));
}
PLX_ONNX_OP("com.microsoft", QLinearConv, 1, qLinearConv);

// x [n, s.., c]
void nhwcMaxPool(NodeContext &c) {
  Value x = c.in(0);
  int64_t rank = Emit::rank(x);
  if (rank < 3) invalid("the operand has rank " + llvm::Twine(rank) + ", must be 3 or more");
  Window w = windowOf(c, toChannelsFirst(c, x), c.ks(c.intsOf("kernel_shape")),
                      c.intOf("ceil_mode", 0) != 0);
  Value padded = padSpatial(c, x, c.lowest(Emit::elem(x)), w.padsBegin, w.padsEnd);
  Ints kernel = w.kernelInts(), window(rank, 1), strides(rank, 1), dilations(rank, 1);
  for (int64_t d = 0; d < w.rank(); ++d) {
    window[d + 1] = kernel[d];
    strides[d + 1] = w.strides[d];
    dilations[d + 1] = w.dilations[d];
  }
  c.out(c.reduceWindow("max", padded, window, strides, dilations));
}
PLX_ONNX_OP("com.microsoft", NhwcMaxPool, 1, nhwcMaxPool);

}  // namespace
}  // namespace plx::onnxio
