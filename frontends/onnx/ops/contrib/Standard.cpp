// com.microsoft: operators that ONNX has too, by now, under the same name; CropAndResize.
#include "frontends/onnx/ops/contrib/Contrib.h"

namespace plx::onnxio {
namespace {

template <int Version>
void asOnnx(NodeContext &c) {
  findConverter("", c.node.op_type(), Version)(c);
}
PLX_ONNX_OP("com.microsoft", Trilu, 1, asOnnx<14>);
PLX_ONNX_OP("com.microsoft", GatherND, 1, asOnnx<13>);
PLX_ONNX_OP("com.microsoft", Pad, 1, asOnnx<13>);
PLX_ONNX_OP("com.microsoft", QuantizeLinear, 1, asOnnx<13>);
PLX_ONNX_OP("com.microsoft", DequantizeLinear, 1, asOnnx<13>);

// start, limit, delta: which is 1 by default.
void range(NodeContext &c) {
  Value start = c.in(0), limit = c.in(1);
  auto scalar = [&](Value x) { return c.reshape(x, {}); };
  Value step = c.hasIn(2) ? scalar(c.in(2)) : c.cast(c.scalarInt(1, c.i64()), Emit::elem(start));
  Value count =
      c.ceil_(c.div_(c.cast(c.sub_(scalar(limit), scalar(start)), c.f64()), c.cast(step, c.f64())));
  Dim size = c.bindDims(c.cast(c.max_(count, 0), c.i64()), c.stem(), 0)[0];
  Value index = c.cast(c.iota(0, c.i64(), {size}), Emit::elem(start));
  c.out(c.add_(scalar(start), c.mul_(index, step)));
}
PLX_ONNX_OP("com.microsoft", Range, 1, range);

void expandDims(NodeContext &c) {
  Ints axes = c.intsIn(1);
  if (axes.size() != 1) invalid("axis has " + llvm::Twine(axes.size()) + " entries, must be one");
  c.out(c.expandDims(c.in(0), {c.axis(axes[0], Emit::rank(c.in(0)) + 1)}));
}
PLX_ONNX_OP("com.microsoft", ExpandDims, 1, expandDims);

// ---- CropAndResize ------------------------------------------------------------------------------

struct Places {
  Value at, inside;  // [r, size]: in elements of the operand; whether they lie in it
};
// Positions along one axis: `size` ones evenly from begin to end, both counted from 0 to 1; a
// single one lies between both.
Places placesOf(NodeContext &c, Value rois, int64_t begin, Dim size, Dim extent) {
  Dims grid{c.dim(rois, 0), size};
  auto corner = [&](int64_t i) { return c.sliceAxis(rois, 1, i, 1); };
  Value last = c.cast(c.dimAsValue(extent - 1), c.f32());
  Value from = c.mul_(corner(begin), last), to = c.mul_(corner(begin + 2), last);
  Value steps = c.cast(c.dimAsValue(max(size - 1, 1)), c.f32());
  Value step = c.div_(c.mul_(c.sub_(corner(begin + 2), corner(begin)), last), steps);
  Value even = c.add_(from, c.mul_(c.iota(1, c.f32(), grid), step));
  Value middle = c.mul_(c.add_(from, to), 0.5);
  Value at = c.select_(c.eq_(c.dimAsValue(size), 1), middle, even);
  return {c.broadcastTo(at, grid), c.broadcastTo(c.and_(c.ge_(at, 0), c.le_(at, last)), grid)};
}

// x [n, c, h, w] at rows and columns [r, h'], [r, w'] of image [r]: [r, h', w', c].
Value pixels(NodeContext &c, Value x, Value image, Value row, Value column) {
  Dims grid{c.dim(row, 0), c.dim(row, 1), c.dim(column, 1)};
  auto inside = [&](Value at, int64_t axis) {
    Value whole = c.cast(at, c.i64());
    return c.clamp(whole, 0, c.dimAsValue(c.dim(x, axis) - 1));
  };
  return c.gather(x,
                  {c.broadcastAlong(c.cast(image, c.i64()), {0}, grid),
                   c.broadcastAlong(inside(row, 2), {0, 1}, grid),
                   c.broadcastAlong(inside(column, 3), {0, 2}, grid)},
                  {0, 2, 3}, 0);
}

Value bilinear(NodeContext &c, Value x, Value image, Value row, Value column) {
  Value top = c.floor_(row), left = c.floor_(column), bottom = c.ceil_(row),
        right = c.ceil_(column);
  Value down = c.expandDims(c.sub_(row, top), {2, 3});
  Value across = c.expandDims(c.sub_(column, left), {1, 3});
  auto mixed = [&](Value at) {
    Value a = pixels(c, x, image, at, left), b = pixels(c, x, image, at, right);
    return c.add_(a, c.mul_(c.sub_(b, a), across));
  };
  Value above = mixed(top), below = mixed(bottom);
  return c.add_(above, c.mul_(c.sub_(below, above), down));
}

// x [n, c, h, w], rois [r, 4] (y1, x1, y2, x2), batch_indices [r], crop_size [2]: [r, c, h', w'].
void cropAndResize(NodeContext &c) {
  Value x = c.in(0), rois = c.in(1), image = c.in(2);
  if (Emit::rank(x) != 4 || Emit::rank(rois) != 2) invalid("X must have rank 4, rois rank 2");
  Dims size = c.dimsIn(3, 1);
  if (size.size() != 2)
    invalid("crop_size has " + llvm::Twine(size.size()) + " entries, must be two");
  Places row = placesOf(c, rois, 0, size[0], c.dim(x, 2));
  Places column = placesOf(c, rois, 1, size[1], c.dim(x, 3));
  std::string mode = c.stringOf("mode", "bilinear");
  if (mode != "bilinear" && mode != "nearest") invalid("mode is '" + mode + "'");
  // Halves are rounded up.
  auto nearest = [&](Value at) { return c.floor_(c.add_(at, 0.5)); };
  Value y = mode == "bilinear" ? bilinear(c, x, image, row.at, column.at)
                               : pixels(c, x, image, nearest(row.at), nearest(column.at));
  Value inside = c.and_(c.expandDims(row.inside, {2, 3}), c.expandDims(column.inside, {1, 3}));
  y = c.select_(inside, y, c.floatOf("extrapolation_value", 0));
  c.out(c.transpose(y, {0, 3, 1, 2}));
}
PLX_ONNX_OP("com.microsoft", CropAndResize, 1, cropAndResize);

}  // namespace
}  // namespace plx::onnxio
