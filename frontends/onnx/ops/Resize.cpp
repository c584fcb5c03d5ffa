// Resize and Upsample. Each axis that changes is done by itself: nearest is a gather, the others a
// product with a matrix of weights, which is a constant where sizes are numbers.
#include "frontends/onnx/NodeContext.h"

namespace plx::onnxio {
namespace {

// How output positions along one axis lie in the operand. Values are f32 scalars, or vectors over
// the output.
struct Axis {
  Dim in, out;
  Value scale;             // as the model gave it, or out / in
  Value roiStart, roiEnd;  // tf_crop_and_resize only
  Value outLength;         // scale * in as the model means it, not rounded
};

Value asFloat(NodeContext &c, Dim d) { return c.cast(c.dimAsValue(d), c.f32()); }

// Position in the operand of each output position [out].
Value positions(NodeContext &c, const Axis &a, const std::string &mode) {
  Value i = c.iota(0, c.f32(), {a.out});
  Value inLength = asFloat(c, a.in);
  if (mode == "asymmetric") return c.div_(i, a.scale);
  if (mode == "half_pixel") return c.sub_(c.div_(c.add_(i, 0.5), a.scale), 0.5);
  if (mode == "half_pixel_symmetric") {
    Value adjustment = c.div_(asFloat(c, a.out), a.outLength);
    Value centre = c.div_(inLength, 2);
    Value offset = c.mul_(centre, c.sub_(1, adjustment));
    return c.sub_(c.add_(offset, c.div_(c.add_(i, 0.5), a.scale)), 0.5);
  }
  Value one = c.eq_(a.outLength, 1);
  if (mode == "pytorch_half_pixel") {
    Value x = c.sub_(c.div_(c.add_(i, 0.5), a.scale), 0.5);
    return c.select_(one, 0, x);
  }
  if (mode == "align_corners") {
    Value x = c.div_(c.mul_(i, c.sub_(inLength, 1)), c.sub_(a.outLength, 1));
    return c.select_(one, 0, x);
  }
  if (mode == "tf_crop_and_resize") {
    Value from = c.mul_(a.roiStart, c.sub_(inLength, 1)),
          to = c.mul_(a.roiEnd, c.sub_(inLength, 1));
    Value steps = c.sub_(a.outLength, 1);
    Value x = c.add_(from, c.div_(c.mul_(i, c.sub_(to, from)), steps));
    return c.select_(one, c.mul_(c.add_(from, to), 0.5), x);
  }
  invalid("coordinate_transformation_mode is '" + mode + "'");
}

// Upsample, and Resize of opset 10: scales are operand 1, positions are asymmetric, the nearest
// element is the one below, or where the axis becomes shorter the one above, as onnxruntime has it.
bool isEarly(const NodeContext &c) { return c.node.domain() == "plx.withdrawn"; }

Value nearest(NodeContext &c, Value x, int64_t axis, Value position, const Axis &a) {
  std::string mode = c.stringOf("nearest_mode", isEarly(c) ? "early" : "round_prefer_floor");
  Value index;
  if (mode == "early")
    index = c.select_(c.lt_(a.scale, 1), c.ceil_(position), c.floor_(position));
  else if (mode == "floor")
    index = c.floor_(position);
  else if (mode == "ceil")
    index = c.ceil_(position);
  else if (mode == "round_prefer_floor")
    index = c.ceil_(c.sub_(position, 0.5));
  else if (mode == "round_prefer_ceil")
    index = c.floor_(c.add_(position, 0.5));
  else
    invalid("nearest_mode is '" + mode + "'");
  Value last = c.sub_(c.dimAsValue(a.in), 1);
  return c.take(x, c.clamp(c.cast(index, c.i64()), 0, last), axis);
}

// Weight of an operand element at signed distance `d` (f32) from the position, for a kernel
// stretched by 1 / `shrink`.
Value kernelWeight(NodeContext &c, Value d, bool cubic, double a) {
  Value x = c.abs_(d);
  if (!cubic) return c.max_(c.sub_(1, x), 0);
  auto polynomial = [&](double k3, double k2, double k1, double k0) {
    return c.add_(c.mul_(c.add_(c.mul_(c.add_(c.mul_(x, k3), k2), x), k1), x), k0);
  };
  Value near = polynomial(a + 2, -(a + 3), 0, 1), far = polynomial(a, -5 * a, 8 * a, -4 * a);
  return c.select_(c.le_(x, 1), near, c.select_(c.lt_(x, 2), far, 0));
}

// How far the kernel reaches beyond the operand's ends, in elements.
Dim reachOf(NodeContext &c, const Axis &a, bool cubic, bool antialias) {
  if (!antialias) return c.k(cubic ? 2 : 1);
  constexpr double kFarthest = 1 << 20;
  Value reach = c.ceil_(c.div_(c.splat(cubic ? 2 : 1, c.f32(), {}), c.min_(a.scale, 1)));
  reach = c.cast(c.min_(c.add_(reach, 1), kFarthest), c.i64());
  return c.bindDims(reach, c.stem(), 1)[0];
}

// [out, in]: what each operand element gives to each output element. Beyond its ends the operand
// goes on as its last elements, whose columns take those weights too, or (exclude_outside) not at
// all.
Value weightMatrix(NodeContext &c, const Axis &a, Value position, bool cubic) {
  double cubicA = c.floatOf("cubic_coeff_a", -0.75f);
  bool antialias = c.intOf("antialias", 0) != 0,
       excludeOutside = c.intOf("exclude_outside", 0) != 0;
  Dim reach = excludeOutside ? c.k(0) : reachOf(c, a, cubic, antialias);
  Dims wide{a.out, a.in + reach * 2};
  Value column = c.sub_(c.iota(1, c.f32(), wide), asFloat(c, reach));
  Value distance = c.sub_(column, c.broadcastAlong(position, {0}, wide));
  if (antialias) distance = c.mul_(distance, c.min_(a.scale, 1));
  Value matrix = kernelWeight(c, distance, cubic, cubicA);
  if (antialias || excludeOutside) matrix = c.div_(matrix, c.reduce("sum", matrix, {1}, true));
  if (reach.isConstant(0)) return matrix;
  Value below = c.reduce("sum", c.sliceAxis(matrix, 1, c.k(0), reach), {1}, true);
  Value above = c.reduce("sum", c.sliceAxis(matrix, 1, a.in + reach, reach), {1}, true);
  Value inner = c.sliceAxis(matrix, 1, reach, a.in);
  Dims plane{a.out, a.in};
  Value at = c.iota(1, c.i64(), plane);
  inner = c.add_(inner, c.select_(c.eq_(at, 0), c.broadcastTo(below, plane), 0));
  return c.add_(inner,
                c.select_(c.eq_(at, c.dimAsValue(a.in - 1)), c.broadcastTo(above, plane), 0));
}

// Product along one axis: [.., in, ..] x [out, in] -> [.., out, ..].
Value applyMatrix(NodeContext &c, Value x, int64_t axis, Value matrix) {
  Value y = c.dot(x, c.cast(matrix, Emit::elem(x)), {}, {}, {axis}, {1});  // out is last
  Ints permutation;
  int64_t rank = Emit::rank(x);
  for (int64_t d = 0; d + 1 < rank; ++d) permutation.push_back(d);
  permutation.insert(permutation.begin() + axis, rank - 1);
  return c.transpose(y, permutation);
}

struct Request {
  Ints axes;
  llvm::SmallVector<Axis> sizes;
};

// Scales (known floats, or run-time ones) or sizes (dims) for each axis; keep_aspect_ratio_policy
// changes sizes.
Request requestOf(NodeContext &c, Value x) {
  int64_t rank = Emit::rank(x);
  Request request;
  request.axes = c.has("axes") ? c.intsOf("axes") : Ints();
  for (int64_t &a : request.axes) a = c.axis(a, rank);
  if (!c.has("axes"))
    for (int64_t d = 0; d < rank; ++d) request.axes.push_back(d);
  size_t count = request.axes.size();
  bool bySizes = c.hasIn(3);
  if (bySizes) {
    Dims sizes = c.dimsIn(3, 0);
    if (sizes.size() != count)
      invalid("there are " + llvm::Twine(sizes.size()) + " sizes for " + llvm::Twine(count) +
              " axes");
    std::string policy = c.stringOf("keep_aspect_ratio_policy", "stretch");
    Value common;
    if (policy != "stretch") {
      for (size_t i = 0; i < count; ++i) {
        Value scale = c.div_(asFloat(c, sizes[i]), asFloat(c, c.dim(x, request.axes[i])));
        if (!common)
          common = scale;
        else
          common = policy == "not_larger" ? c.min_(common, scale) : c.max_(common, scale);
      }
    }
    for (size_t i = 0; i < count; ++i) {
      Dim in = c.dim(x, request.axes[i]), out = sizes[i];
      Value scale = common;
      if (common) {
        Value length = c.floor_(c.add_(c.mul_(common, asFloat(c, in)), 0.5));
        out = c.bindDims(c.cast(length, c.i64()), c.stem(), 0)[0];
      } else {
        scale = in == out ? c.scalar(1, c.f32()) : c.div_(asFloat(c, out), asFloat(c, in));
      }
      request.sizes.push_back({in, out, scale, {}, {}, asFloat(c, out)});
    }
    return request;
  }
  int64_t operand = isEarly(c) ? 1 : 2;
  Value scales = c.has("scales") ? c.floats(c.floatsOf("scales"), c.f32()) : c.in(operand);
  auto known = c.knownFloats(scales);
  Dim number = c.k(static_cast<int64_t>(count));
  if (Emit::rank(scales) != 1 || provablyDifferent(c.dim(scales, 0), number))
    invalid("the scales do not fit " + llvm::Twine(count) + " axes");
  scales = c.withSize(scales, 0, number);
  for (size_t i = 0; i < count; ++i) {
    Dim in = c.dim(x, request.axes[i]), out;
    Value scale = c.reshape(c.sliceAxis(scales, 0, i, 1), {});
    Value length = c.mul_(scale, asFloat(c, in));
    if (known) {
      double s = (*known)[i];
      if (!(s > 0) || s > 1e6) invalid("a scale is " + llvm::Twine(std::to_string(s)));
      auto size = in.constant();
      if (s == std::floor(s))
        out = in * static_cast<int64_t>(s);
      else if (size)
        out = c.k(static_cast<int64_t>(std::floor(static_cast<double>(*size) * s + 1e-9)));
    }
    if (!out) out = c.bindDims(c.cast(c.floor_(length), c.i64()), c.stem(), 0)[0];
    request.sizes.push_back({in, out, scale, {}, {}, length});
  }
  return request;
}

void resize(NodeContext &c) {
  Value given = c.in(0);
  std::string mode = c.stringOf("mode", "nearest");
  bool isNearest = mode == "nearest", cubic = mode == "cubic";
  if (!isNearest && !cubic && mode != "linear" && mode != "bilinear")
    invalid("mode is '" + mode + "'");
  std::string transform =
      c.stringOf("coordinate_transformation_mode", isEarly(c) ? "asymmetric" : "half_pixel");
  bool crops = transform == "tf_crop_and_resize";
  Value x = isNearest ? given : c.wide(given);
  if (!isNearest && !Emit::isFloat(x)) x = c.cast(x, c.f32());
  Request request = requestOf(c, x);
  Value outside;  // where the position is outside the operand, extrapolation_value stands
  for (size_t i = 0; i < request.axes.size(); ++i) {
    Axis &a = request.sizes[i];
    int64_t axis = request.axes[i], n = request.axes.size();
    auto scale = c.knownFloats(a.scale);
    bool isSame = !crops && a.in == a.out && scale && (*scale)[0] == 1;
    if (isSame) continue;
    if (crops) {
      Value roi = c.cast(c.in(1), c.f32());
      a.roiStart = c.reshape(c.sliceAxis(roi, 0, i, 1), {});
      a.roiEnd = c.reshape(c.sliceAxis(roi, 0, n + i, 1), {});
    }
    Value position = positions(c, a, transform);
    if (crops) {
      Value last = c.sub_(asFloat(c, a.in), 1);
      Value here = c.or_(c.lt_(position, 0), c.gt_(position, last));
      here = c.along(here, axis, Emit::rank(x));
      outside = outside ? c.or_(outside, here) : here;
    }
    if (isNearest)
      x = nearest(c, x, axis, position, a);
    else
      x = applyMatrix(c, x, axis, weightMatrix(c, a, position, cubic));
  }
  if (outside)
    x = c.select_(outside, c.scalar(c.floatOf("extrapolation_value", 0), Emit::elem(x)), x);
  if (Emit::elem(x) != Emit::elem(given)) {
    bool toInt = !Emit::isFloat(given);
    x = c.cast(toInt ? c.round_(x) : x, Emit::elem(given));
  }
  c.out(x);
}
PLX_ONNX_OP("", Resize, 11, resize);
PLX_ONNX_OP("plx.withdrawn", Resize, 1, resize);
PLX_ONNX_OP("plx.withdrawn", Upsample, 1, resize);

// ---- withdrawn image operators (opset 1, kept by Windows ML)
// ---------------------------------------------------------

// border: left, top, right, bottom of [n, c, h, w]; with `scale` (h, w) that much from the left and
// top border.
void crop(NodeContext &c) {
  Value x = c.in(0);
  Ints border = c.intsOf("border"), scale = c.intsOf("scale");
  if (Emit::rank(x) != 4 || border.size() != 4)
    invalid("the operand must have rank 4 and `border` four entries");
  Dim h = c.dim(x, 2), w = c.dim(x, 3);
  Dim height = scale.size() == 2 ? c.k(scale[0]) : h - border[1] - border[3];
  Dim width = scale.size() == 2 ? c.k(scale[1]) : w - border[0] - border[2];
  c.out(c.sliceAxis(c.sliceAxis(x, 2, c.k(border[1]), height), 3, c.k(border[0]), width));
}
PLX_ONNX_OP("plx.withdrawn", Crop, 1, crop);

void imageScaler(NodeContext &c) {
  Value x = c.mul_(c.in(0), c.floatOf("scale", 1));
  if (c.has("bias"))
    x = c.add_(x, c.along(c.floats(c.floatsOf("bias"), Emit::elem(x)), 1, Emit::rank(x)));
  c.out(x);
}
PLX_ONNX_OP("plx.withdrawn", ImageScaler, 1, imageScaler);

void affine(NodeContext &c) {
  c.out(c.add_(c.mul_(c.in(0), c.floatOf("alpha", 1)), c.floatOf("beta", 0)));
}
PLX_ONNX_OP("plx.withdrawn", Affine, 1, affine);
void scale(NodeContext &c) { c.out(c.mul_(c.in(0), c.floatOf("scale", 1))); }
PLX_ONNX_OP("plx.withdrawn", Scale, 1, scale);
void scaledTanh(NodeContext &c) {
  c.out(c.mul_(c.tanh_(c.mul_(c.in(0), c.floatOf("beta", 1))), c.floatOf("alpha", 1)));
}
PLX_ONNX_OP("plx.withdrawn", ScaledTanh, 1, scaledTanh);
void parametricSoftplus(NodeContext &c) {
  Value x = c.mul_(c.in(0), c.floatOf("beta", 1));
  Value soft = c.add_(c.max_(x, 0), c.log1p_(c.exp_(c.neg_(c.abs_(x)))));
  c.out(c.mul_(soft, c.floatOf("alpha", 1)));
}
PLX_ONNX_OP("plx.withdrawn", ParametricSoftplus, 1, parametricSoftplus);

}  // namespace
}  // namespace plx::onnxio
