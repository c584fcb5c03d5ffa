// Reductions, and running folds.
#include "frontends/onnx/NodeContext.h"

namespace plx::onnxio {
namespace {

struct Reduction {
  Value x;  // floats in f32 or wider
  Ints axes;
  bool keep;
};

// Axes by operand (newer) or attribute (older); none means all, unless noop_with_empty_axes.
Reduction reductionOf(NodeContext &c, bool widen) {
  Value x = c.in(0);
  Ints axes;
  if (c.has("axes"))
    axes = c.intsOf("axes");
  else if (c.hasIn(1))
    axes = c.axesIn(1, Emit::rank(x));
  axes = c.axes(axes, Emit::rank(x));
  if (axes.empty() && c.intOf("noop_with_empty_axes", 0) == 0)
    for (int64_t d = 0; d < Emit::rank(x); ++d) axes.push_back(d);
  return {widen ? c.wide(x) : x, axes, c.intOf("keepdims", 1) != 0};
}

enum class Before { None, Abs, Square, Exp };
enum class After { None, Sqrt, Log };

template <Before B, After A>
void reduceSum(NodeContext &c) {
  Reduction r = reductionOf(c, true);
  Value x = r.x;
  if (B == Before::Abs) x = c.abs_(x);
  if (B == Before::Square) x = c.mul_(x, x);
  x = c.reduce("sum", x, r.axes, r.keep);
  if (A == After::Sqrt) {
    // Of ints: the square root of the sum, truncated.
    Type type = Emit::elem(x);
    bool isFloat = Emit::isFloat(x);
    x = c.sqrt_(isFloat ? x : c.cast(x, c.f64()));
    if (!isFloat) x = c.cast(x, type);
  }
  if (A == After::Log) x = c.cast(c.log_(Emit::isFloat(x) ? x : c.cast(x, c.f64())), Emit::elem(x));
  c.out(c.cast(x, Emit::elem(c.in(0))));
}
PLX_ONNX_OP("", ReduceSum, 1, (reduceSum<Before::None, After::None>));
PLX_ONNX_OP("", ReduceL1, 1, (reduceSum<Before::Abs, After::None>));
PLX_ONNX_OP("", ReduceL2, 1, (reduceSum<Before::Square, After::Sqrt>));
PLX_ONNX_OP("", ReduceLogSum, 1, (reduceSum<Before::None, After::Log>));
PLX_ONNX_OP("", ReduceSumSquare, 1, (reduceSum<Before::Square, After::None>));

void reduceMean(NodeContext &c) {
  Reduction r = reductionOf(c, true);
  c.out(c.cast(c.mean(r.x, r.axes, r.keep), Emit::elem(c.in(0))));
}
PLX_ONNX_OP("", ReduceMean, 1, reduceMean);

void reduceProd(NodeContext &c) {
  Reduction r = reductionOf(c, true);
  c.out(c.cast(c.reduce("product", r.x, r.axes, r.keep), Emit::elem(c.in(0))));
}
PLX_ONNX_OP("", ReduceProd, 1, reduceProd);

// Bools too: max is or, min is and.
template <bool Max>
void reduceExtreme(NodeContext &c) {
  Reduction r = reductionOf(c, false);
  bool isBool = Emit::elem(r.x).isInteger(1);
  c.out(c.reduce(isBool ? (Max ? "or" : "and") : (Max ? "max" : "min"), r.x, r.axes, r.keep));
}
PLX_ONNX_OP("", ReduceMax, 1, reduceExtreme<true>);
PLX_ONNX_OP("", ReduceMin, 1, reduceExtreme<false>);

// max + log(sum(exp(x - max))); a max that is not finite is left out of it.
void reduceLogSumExp(NodeContext &c) {
  Reduction r = reductionOf(c, true);
  Type type = Emit::elem(c.in(0));
  Value x = Emit::isFloat(r.x) ? r.x : c.cast(r.x, c.f64());
  Value largest = c.reduce("max", x, r.axes, true);
  largest = c.select_(c.lt_(c.abs_(largest), INFINITY), largest, 0);
  Value sum = c.reduce("sum", c.exp_(c.sub_(x, largest)), r.axes, true);
  Value result = c.add_(c.log_(sum), largest);
  c.out(c.cast(r.keep ? result : c.squeeze(result, r.axes), type));
}
PLX_ONNX_OP("", ReduceLogSumExp, 1, reduceLogSumExp);

template <bool Product>
void cumulative(NodeContext &c) {
  Value x = c.in(0);
  Ints axis = c.axesIn(1, Emit::rank(x));
  if (axis.size() != 1) invalid("the axis must be one number");
  Value result =
      c.cumulative(Product ? "product" : "sum", c.wide(x), c.axis(axis[0], Emit::rank(x)),
                   c.intOf("exclusive", 0) != 0, c.intOf("reverse", 0) != 0);
  c.out(c.cast(result, Emit::elem(x)));
}
PLX_ONNX_OP("", CumSum, 11, cumulative<false>);
PLX_ONNX_OP("", CumProd, 26, cumulative<true>);

// ---- softmax and what is like it
// -------------------------------------------------------------------------------------

// Before opset 13 all axes from `axis` on count as one, and those before it as another.
using AlongAxis = llvm::function_ref<Value(Value x, int64_t axis)>;
void alongAxis(NodeContext &c, AlongAxis compute) {
  Value x = c.in(0);
  bool isOld = c.version < 13;
  int64_t axis = c.axis(c.intOf("axis", isOld ? 1 : -1), Emit::rank(x));
  if (!isOld || axis == Emit::rank(x) - 1) return c.out(compute(x, axis));
  Dims dims = Emit::dims(x), flat{c.k(1), c.k(1)};
  for (int64_t d = 0; d < Emit::rank(x); ++d) flat[d >= axis] = flat[d >= axis] * dims[d];
  c.out(c.reshape(compute(c.reshape(x, flat), 1), dims));
}

template <bool Log>
void softmax(NodeContext &c) {
  alongAxis(c, [&](Value x, int64_t axis) { return c.softmax(x, axis, Log); });
}
PLX_ONNX_OP("", Softmax, 1, softmax<false>);
PLX_ONNX_OP("", LogSoftmax, 1, softmax<true>);

void hardmax(NodeContext &c) {
  alongAxis(c, [&](Value x, int64_t axis) {
    Value best = c.expandDims(c.argReduce("max", x, axis), {axis});
    return c.cast(c.eq_(c.iota(axis, c.i64(), Emit::dims(x)), best), Emit::elem(x));
  });
}
PLX_ONNX_OP("", Hardmax, 13, hardmax);
PLX_ONNX_OP("plx.withdrawn", Hardmax, 1, hardmax);

void lpNormalization(NodeContext &c) {
  Value x = c.wide(c.in(0));
  int64_t axis = c.axis(c.intOf("axis", -1), Emit::rank(x));
  bool one = c.intOf("p", 2) == 1;
  Value norm = c.reduce("sum", one ? c.abs_(x) : c.mul_(x, x), {axis}, true);
  if (!one) norm = c.sqrt_(norm);
  Value result = c.select_(c.eq_(norm, 0), c.scalar(0, Emit::elem(x)), c.div_(x, norm));
  c.out(c.cast(result, Emit::elem(c.in(0))));
}
PLX_ONNX_OP("", LpNormalization, 1, lpNormalization);

}  // namespace
}  // namespace plx::onnxio
