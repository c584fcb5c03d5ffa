// com.microsoft: activations and normalisations that onnxruntime's optimizer fuses, with their bias
// or residual sum.
#include "frontends/onnx/ops/contrib/Contrib.h"

namespace plx::onnxio {
namespace {

// The sum of both in a type at least f32.
Value plus(NodeContext &c, Value x, int64_t operand) {
  return c.hasIn(operand) ? c.add_(x, c.cast(c.in(operand), Emit::elem(x))) : x;
}

Value geluOf(NodeContext &c, Value x) {
  Value inner = c.erf_(c.mul_(x, 0.7071067811865476));  // sqrt(1 / 2)
  return c.mul_(c.mul_(x, 0.5), c.add_(inner, 1));
}
// Gelu has no second operand; BiasGelu adds it before.
void gelu(NodeContext &c) {
  c.out(c.cast(geluOf(c, plus(c, c.wide(c.in(0)), 1)), Emit::elem(c.in(0))));
}
PLX_ONNX_OP("com.microsoft", Gelu, 1, gelu);
PLX_ONNX_OP("com.microsoft", BiasGelu, 1, gelu);

void fastGelu(NodeContext &c) {
  Value x = plus(c, c.wide(c.in(0)), 1);
  Value cubic = c.add_(x, c.mul_(c.mul_(c.mul_(x, x), x), 0.044715));
  Value inner = c.tanh_(c.mul_(cubic, 0.7978845608028654));  // sqrt(2 / pi)
  c.out(c.cast(c.mul_(c.mul_(x, 0.5), c.add_(inner, 1)), Emit::elem(c.in(0))));
}
PLX_ONNX_OP("com.microsoft", FastGelu, 1, fastGelu);

void quickGelu(NodeContext &c) {
  Value x = c.wide(c.in(0));
  Value y = c.mul_(x, c.sigmoid_(c.mul_(x, c.floatOf("alpha", 1.702f))));
  c.out(c.cast(y, Emit::elem(c.in(0))));
}
PLX_ONNX_OP("com.microsoft", QuickGelu, 1, quickGelu);

// x, bias, skip
void biasAdd(NodeContext &c) { c.out(c.add_(c.add_(c.in(0), c.in(1)), c.in(2))); }
PLX_ONNX_OP("com.microsoft", BiasAdd, 1, biasAdd);

// x + bias in halves a, b along the last axis: a * gelu(b)
void biasSplitGelu(NodeContext &c) {
  Value x = plus(c, c.wide(c.in(0)), 1);
  int64_t last = c.axis(-1, Emit::rank(x));
  Dim half = floorDiv(c.dim(x, last), 2);
  Value a = c.sliceAxis(x, last, c.k(0), half), b = c.sliceAxis(x, last, half, half);
  c.out(c.cast(c.mul_(a, geluOf(c, b)), Emit::elem(c.in(0))));
}
PLX_ONNX_OP("com.microsoft", BiasSplitGelu, 1, biasSplitGelu);

// ---- normalisations -----------------------------------------------------------------------------

struct Normalized {
  Value y, mean, inverseDeviation;
};
Ints axesFrom(int64_t from, Value x) {
  Ints axes;
  for (int64_t d = from; d < Emit::rank(x); ++d) axes.push_back(d);
  return axes;
}
// Over the axes from `axis` on. `simplified`: by the root of the mean square, nothing subtracted.
Normalized normalize(NodeContext &c, Value x, int64_t axis, double epsilon, bool simplified) {
  Ints axes = axesFrom(axis, x);
  Normalized n;
  n.mean = simplified ? Value() : c.mean(x, axes, true);
  Value centred = simplified ? x : c.sub_(x, n.mean);
  Value variance = c.mean(c.mul_(centred, centred), axes, true);
  n.inverseDeviation = c.div_(1, c.sqrt_(c.add_(variance, epsilon)));
  n.y = c.mul_(centred, n.inverseDeviation);
  return n;
}

// x, scale, bias: onnxruntime has both forms in the domain of ONNX, before ONNX had them.
void layerNormalization(NodeContext &c, bool simplified) {
  Value x = c.wide(c.in(0));
  int64_t axis = c.axis(c.intOf("axis", -1), Emit::rank(x));
  Normalized n = normalize(c, x, axis, c.floatOf("epsilon", 1e-5f), simplified);
  Value y = plus(c, c.mul_(n.y, c.cast(c.in(1), Emit::elem(x))), 2);
  c.out(c.cast(y, Emit::elem(c.in(1))));
  if (!simplified) c.out(1, n.mean);
  c.out(simplified ? 1 : 2, n.inverseDeviation);
}
void plainLayerNormalization(NodeContext &c) { layerNormalization(c, false); }
void simplifiedLayerNormalization(NodeContext &c) { layerNormalization(c, true); }
PLX_ONNX_OP(kWithdrawnDomain, LayerNormalization, 1, plainLayerNormalization);
PLX_ONNX_OP(kWithdrawnDomain, SimplifiedLayerNormalization, 1, simplifiedLayerNormalization);

// The sum of input, skip and bias, normalised over the last axis; the sum is the fourth output.
void skipNormalization(NodeContext &c, bool simplified) {
  Value x = c.wide(c.in(0));
  Type type = Emit::elem(c.in(0));
  int64_t biasAt = simplified ? 3 : 4;
  Value sum = plus(c, plus(c, x, 1), biasAt);
  Normalized n =
      normalize(c, sum, c.axis(-1, Emit::rank(x)), c.floatOf("epsilon", 1e-12f), simplified);
  Value y = c.mul_(n.y, c.cast(c.in(2), Emit::elem(x)));
  c.out(0, c.cast(simplified ? y : plus(c, y, 3), type));
  c.out(1, n.mean);
  c.out(2, n.inverseDeviation);
  c.out(3, c.cast(sum, type));
}
void skipLayerNormalization(NodeContext &c) { skipNormalization(c, false); }
void skipSimplifiedLayerNormalization(NodeContext &c) { skipNormalization(c, true); }
PLX_ONNX_OP("com.microsoft", SkipLayerNormalization, 1, skipLayerNormalization);
PLX_ONNX_OP("com.microsoft", SkipSimplifiedLayerNormalization, 1, skipSimplifiedLayerNormalization);

// input_ids, segment_ids, word, position and segment embedding, gamma, beta, mask, position_ids.
// Outputs: normalised sum, count of the mask's ones a row, sum.
void embedLayerNormalization(NodeContext &c) {
  Value ids = c.in(0);
  if (Emit::rank(ids) != 2)
    invalid("input_ids has rank " + llvm::Twine(Emit::rank(ids)) + ", must be 2");
  Dims dims = Emit::dims(ids);
  Value positions = c.hasIn(8) ? c.in(8) : c.iota(0, c.i64(), {dims[1]});
  Value sum = c.add_(c.wide(c.take(c.in(2), ids, 0)), c.wide(c.take(c.in(3), positions, 0)));
  if (c.hasIn(1) && c.hasIn(4)) sum = c.add_(sum, c.wide(c.take(c.in(4), c.in(1), 0)));
  Normalized n = normalize(c, sum, 2, c.floatOf("epsilon", 1e-12f), false);
  Value y = plus(c, c.mul_(n.y, c.cast(c.in(5), Emit::elem(sum))), 6);
  Type type = Emit::elem(c.in(2));
  c.out(0, c.cast(y, type));
  c.out(1, c.hasIn(7) ? c.reduce("sum", c.cast(c.eq_(c.in(7), 1), c.i32()), {1})
                      : c.splat(0, c.i32(), {dims[0]}));
  c.out(2, c.cast(sum, type));
}
PLX_ONNX_OP("com.microsoft", EmbedLayerNormalization, 1, embedLayerNormalization);

}  // namespace
}  // namespace plx::onnxio
