// Pools: windows, with padding by what changes nothing.
#include "frontends/onnx/ops/Quantize.h"
#include "frontends/onnx/ops/Window.h"

namespace plx::onnxio {
namespace {

// Spatial window over [n, s..., c].
Value foldWindow(NodeContext &c, llvm::StringRef kind, Value x, const Window &w) {
  Ints window{1}, strides{1}, dilations{1};
  window.append(w.kernelInts());
  strides.append(w.strides);
  dilations.append(w.dilations);
  window.push_back(1);
  strides.push_back(1);
  dilations.push_back(1);
  return c.reduceWindow(kind, x, window, strides, dilations);
}

// Values and, on demand, where they are: the largest of (value, then smallest position). Both come
// from gathers of all window positions, [n, c, out.., window], whose argmax is taken.
void maxPoolWithIndices(NodeContext &c, Value x, const Window &w) {
  int64_t rank = w.rank();
  Value padded =
      padSpatial(c, toChannelsLast(c, x), c.lowest(Emit::elem(x)), w.padsBegin, w.padsEnd);
  // Per spatial dim: operand position of (out, k) = out * stride + k * dilation.
  Dims outs;
  for (int64_t d = 0; d < rank; ++d)
    outs.push_back(
        floorDiv(c.dim(padded, d + 1) - ((w.kernel[d] - 1) * w.dilations[d] + 1), w.strides[d]) +
        1);
  Dims grid(outs), positions(outs);
  int64_t numWindow = 1;
  for (int64_t size : w.kernelInts()) {
    grid.push_back(c.k(size));
    numWindow *= size;
  }
  positions.push_back(c.k(numWindow));
  Values indices;
  for (int64_t d = 0; d < rank; ++d) {
    Value at = c.add_(c.mul_(c.iota(d, c.i64(), grid), static_cast<double>(w.strides[d])),
                      c.mul_(c.iota(rank + d, c.i64(), grid), static_cast<double>(w.dilations[d])));
    indices.push_back(c.reshape(at, positions));
  }
  Ints spatial;
  for (int64_t d = 0; d < rank; ++d) spatial.push_back(d + 1);
  // [n, out.., window, c] -> argmax over window -> [n, out.., c]
  Value windows = c.gather(padded, indices, spatial, 1);
  Value best = c.argReduce("max", windows, rank + 1);
  c.out(0, toChannelsFirst(c, c.reduce("max", windows, {rank + 1})));
  // The flat position in the unpadded operand: the sizes of the dims as the storage order has them.
  Dims bestDims = Emit::dims(best);
  Value flat;
  bool columnMajor = c.intOf("storage_order", 0) != 0;
  Values per;
  for (int64_t d = 0; d < rank; ++d) {
    // Position along d of the best: gather from [out.., window] at (own out.., best).
    Values where;
    for (int64_t o = 0; o < rank; ++o) where.push_back(c.iota(o + 1, c.i64(), bestDims));
    where.push_back(best);
    Ints axes;
    for (int64_t a = 0; a <= rank; ++a) axes.push_back(a);
    per.push_back(c.sub_(c.gather(indices[d], where, axes, 0), c.dimAsValue(w.padsBegin[d])));
  }
  Dim stride = c.k(1);
  for (int64_t i = 0; i < rank; ++i) {
    int64_t d = columnMajor ? i : rank - 1 - i;
    Value part = c.mul_(per[d], c.dimAsValue(stride));
    flat = flat ? c.add_(flat, part) : part;
    stride = stride * c.dim(x, d + 2);
  }
  Value plane = c.add_(c.mul_(c.iota(0, c.i64(), bestDims), c.dimAsValue(c.dim(x, 1))),
                       c.iota(rank + 1, c.i64(), bestDims));
  flat = c.add_(flat, c.mul_(plane, c.dimAsValue(stride)));
  c.out(1, toChannelsFirst(c, flat));
}

void maxPool(NodeContext &c) {
  Value x = c.in(0);
  Window w = windowOf(c, x, c.ks(c.intsOf("kernel_shape")), c.intOf("ceil_mode", 0) != 0);
  if (c.wants(1)) return maxPoolWithIndices(c, x, w);
  Value padded =
      padSpatial(c, toChannelsLast(c, x), c.lowest(Emit::elem(x)), w.padsBegin, w.padsEnd);
  c.out(toChannelsFirst(c, foldWindow(c, "max", padded, w)));
}
PLX_ONNX_OP("", MaxPool, 1, maxPool);

// The number of elements a window covers: of the operand, or of it and its padding as given.
Value countOf(NodeContext &c, Value x, const Window &w, llvm::ArrayRef<Dim> padsEndGiven,
              bool countPad) {
  Dims ones{c.k(1)};
  for (int64_t d = 0; d < w.rank(); ++d)
    ones.push_back(countPad ? c.dim(x, d + 2) + w.padsBegin[d] + padsEndGiven[d] : c.dim(x, d + 2));
  ones.push_back(c.k(1));
  Value one = c.splat(1, Emit::elem(x), ones), zero = c.scalar(0, Emit::elem(x));
  Dims low(w.rank(), c.k(0)), high;
  if (!countPad) low = w.padsBegin;
  for (int64_t d = 0; d < w.rank(); ++d)
    high.push_back(countPad ? w.padsEnd[d] - padsEndGiven[d] : w.padsEnd[d]);
  return foldWindow(c, "sum", padSpatial(c, one, zero, low, high), w);
}

Value averagePoolOf(NodeContext &c, Value x, bool countPad) {
  Dims given;
  Window w = windowOf(c, x, c.ks(c.intsOf("kernel_shape")), c.intOf("ceil_mode", 0) != 0, &given);
  Value padded =
      padSpatial(c, toChannelsLast(c, x), c.scalar(0, Emit::elem(x)), w.padsBegin, w.padsEnd);
  Value sum = foldWindow(c, "sum", padded, w);
  bool whole = true;  // each window lies in the operand (or its padding counts)
  int64_t numWindow = 1;
  for (int64_t d = 0; d < w.rank(); ++d) {
    whole &= (countPad || (w.padsBegin[d].isConstant(0) && given[d].isConstant(0))) &&
             w.padsEnd[d] == given[d];
    numWindow *= w.kernelInts()[d];
  }
  Value count = whole ? c.scalar(static_cast<double>(numWindow), Emit::elem(x))
                      : countOf(c, x, w, given, countPad);
  return toChannelsFirst(c, c.div_(sum, count));
}
void averagePool(NodeContext &c) {
  Type type = Emit::elem(c.in(0));
  c.out(c.cast(averagePoolOf(c, c.wide(c.in(0)), c.intOf("count_include_pad", 0) != 0), type));
}
PLX_ONNX_OP("", AveragePool, 1, averagePool);

// x, scale, zero, y's scale, zero.
void qLinearAveragePool(NodeContext &c) {
  Value x = dequantizedOf(c, c.in(0), c.in(1), c.optIn(2));
  bool last = c.intOf("channels_last", 0) != 0;
  if (last) x = toChannelsFirst(c, x);
  Value y = averagePoolOf(c, x, c.intOf("count_include_pad", 0) != 0);
  if (last) y = toChannelsLast(c, y);
  c.out(quantizedOf(c, y, c.in(3), c.optIn(4), Emit::elem(c.in(0))));
}
PLX_ONNX_OP("com.microsoft", QLinearAveragePool, 1, qLinearAveragePool);

// A float in the first version, an int later.
double exponentOf(NodeContext &c) {
  const onnx::AttributeProto *p = c.find("p");
  bool isFloat = p && p->type() == onnx::AttributeProto::FLOAT;
  return isFloat ? c.floatOf("p", 2) : static_cast<double>(c.intOf("p", 2));
}

void lpPool(NodeContext &c) {
  Value x = c.wide(c.in(0));
  double p = exponentOf(c);
  Window w = windowOf(c, x, c.ks(c.intsOf("kernel_shape")), c.intOf("ceil_mode", 0) != 0);
  Value powered = c.pow_(c.abs_(toChannelsLast(c, x)), p);
  Value padded = padSpatial(c, powered, c.scalar(0, Emit::elem(x)), w.padsBegin, w.padsEnd);
  Value result = c.pow_(foldWindow(c, "sum", padded, w), 1 / p);
  c.out(c.cast(toChannelsFirst(c, result), Emit::elem(c.in(0))));
}
PLX_ONNX_OP("", LpPool, 2, lpPool);
PLX_ONNX_OP("plx.withdrawn", LpPool, 1, lpPool);

Ints spatialAxes(Value x) {
  if (Emit::rank(x) < 3)
    invalid("the operand has rank " + llvm::Twine(Emit::rank(x)) +
            ", must be 3 or more: batch, channels and what is folded");
  Ints axes;
  for (int64_t d = 2; d < Emit::rank(x); ++d) axes.push_back(d);
  return axes;
}
void globalAveragePool(NodeContext &c) {
  Value x = c.wide(c.in(0));
  c.out(c.cast(c.mean(x, spatialAxes(x), true), Emit::elem(c.in(0))));
}
PLX_ONNX_OP("", GlobalAveragePool, 1, globalAveragePool);

void globalMaxPool(NodeContext &c) { c.out(c.reduce("max", c.in(0), spatialAxes(c.in(0)), true)); }
PLX_ONNX_OP("", GlobalMaxPool, 1, globalMaxPool);

void globalLpPool(NodeContext &c) {
  Value x = c.wide(c.in(0));
  double p = exponentOf(c);
  Value sum = c.reduce("sum", c.pow_(c.abs_(x), p), spatialAxes(x), true);
  c.out(c.cast(c.pow_(sum, 1 / p), Emit::elem(c.in(0))));
}
PLX_ONNX_OP("", GlobalLpPool, 2, globalLpPool);
PLX_ONNX_OP("plx.withdrawn", GlobalLpPool, 1, globalLpPool);

// Values go to the places MaxPool took them from; the rest is zero.
void maxUnpool(NodeContext &c) {
  Value x = c.in(0), indices = c.in(1);
  Ints kernel = c.intsOf("kernel_shape");
  int64_t rank = Emit::rank(x) - 2;
  Ints strides = c.intsOf("strides", Ints(rank, 1)), pads = c.intsOf("pads", Ints(2 * rank, 0));
  if (static_cast<int64_t>(kernel.size()) != rank || static_cast<int64_t>(strides.size()) != rank ||
      static_cast<int64_t>(pads.size()) != 2 * rank)
    invalid("kernel_shape, strides or pads has the wrong length");
  Dims inferred{c.dim(x, 0), c.dim(x, 1)};
  for (int64_t d = 0; d < rank; ++d)
    inferred.push_back((c.dim(x, d + 2) - 1) * strides[d] + kernel[d] - pads[d] - pads[d + rank]);
  Dims dims = c.hasIn(2) ? c.dimsIn(2, 0) : inferred;
  // Positions are those of the tensor that was pooled; a larger output keeps the coordinates.
  Value flat = c.reshape(indices, {numElements(indices.getType())});
  Values coordinates;
  Value rest = flat;
  for (int64_t d = static_cast<int64_t>(dims.size()) - 1; d >= 0; --d) {
    Value size = c.dimAsValue(inferred[d]);
    coordinates.insert(coordinates.begin(), c.rem_(rest, size));
    rest = c.div_(rest, size);
  }
  Ints axes;
  for (size_t d = 0; d < dims.size(); ++d) axes.push_back(d);
  Value zeros = c.splat(0, Emit::elem(x), dims);
  c.out(
      c.scatter("replace", zeros, c.reshape(x, {numElements(x.getType())}), coordinates, axes, 0));
}
PLX_ONNX_OP("", MaxUnpool, 9, maxUnpool);

}  // namespace
}  // namespace plx::onnxio
