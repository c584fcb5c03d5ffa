// Operators that read between elements or in regions, or write back overlapping pieces: GridSample,
// RoiAlign, MaxRoiPool, DeformConv, Col2Im.
#include "frontends/onnx/NodeContext.h"

namespace plx::onnxio {
namespace {

Ints axesFrom(int64_t from, int64_t to) {
  Ints axes;
  for (int64_t i = from; i < to; ++i) axes.push_back(i);
  return axes;
}
Value asFloat(NodeContext &c, Dim d, Type type) { return c.cast(c.dimAsValue(d), type); }

// One tap of an interpolation along one dim: where, how much, and whether it lies in the operand
// (null: always).
struct Tap {
  Value index, weight, inside;
};

// Reflected at `low` and `high` until between them.
Value reflected(NodeContext &c, Value x, Value low, Value high) {
  Value span = c.sub_(high, low);
  Value away = c.abs_(c.sub_(x, low));
  Value turns = c.floor_(c.div_(away, span));
  Value rest = c.sub_(away, c.mul_(turns, span));
  Value isEven = c.eq_(c.rem_(turns, 2), 0);
  return c.select_(isEven, c.add_(low, rest), c.sub_(high, rest));
}

// The taps for coordinate `x` of a dim of `size`.
llvm::SmallVector<Tap> tapsOf(NodeContext &c, Value x, Dim size, const std::string &mode,
                              const std::string &padding, bool corners) {
  Type type = Emit::elem(x);
  Value n = asFloat(c, size, type), last = c.sub_(n, 1);
  Value low = corners ? c.scalar(0, type) : c.scalar(-0.5, type),
        high = corners ? last : c.sub_(n, 0.5);
  if (mode == "nearest") x = c.round_(x);
  Value beyond = c.or_(c.lt_(x, low), c.gt_(x, high));
  if (padding == "border") x = c.select_(beyond, c.clamp(x, 0, last), x);
  if (padding == "reflection") x = c.select_(beyond, reflected(c, x, low, high), x);
  Value base = mode == "nearest" ? x : c.floor_(x), f = c.sub_(x, base);
  llvm::SmallVector<std::pair<int64_t, Value>> weights;
  if (mode == "nearest") {
    weights.push_back({0, {}});
  } else if (mode == "linear") {
    weights = {{0, c.sub_(1, f)}, {1, f}};
  } else {
    constexpr double a = -0.75;  // as in PyTorch
    auto far = [&](Value d) {
      return c.sub_(c.mul_(c.add_(c.mul_(c.sub_(c.mul_(d, a), 5 * a), d), 8 * a), d), 4 * a);
    };
    auto near = [&](Value d) {
      return c.add_(c.mul_(c.mul_(c.sub_(c.mul_(d, a + 2), a + 3), d), d), 1);
    };
    weights = {
        {-1, far(c.add_(f, 1))}, {0, near(f)}, {1, near(c.sub_(1, f))}, {2, far(c.sub_(2, f))}};
  }
  llvm::SmallVector<Tap> taps;
  for (auto [offset, weight] : weights) {
    Value at = c.add_(base, static_cast<double>(offset)), inside;
    if (padding == "zeros") inside = c.and_(c.ge_(at, 0), c.le_(at, last));
    // Reflection is about the borders again, and cut off to an element.
    if (padding == "reflection")
      at = c.trunc_(
          c.select_(c.or_(c.lt_(at, low), c.gt_(at, high)), reflected(c, at, low, high), at));
    taps.push_back({c.cast(c.clamp(at, 0, last), c.i64()), weight, inside});
  }
  return taps;
}

// Sum over the taps of all dims of x at (batch, :, taps..): [J.., c], where all taps have the shape
// J.
Value interpolate(NodeContext &c, Value x, Value batch,
                  llvm::ArrayRef<llvm::SmallVector<Tap>> taps) {
  int64_t spatial = taps.size();
  Ints axes{0};
  axes.append(axesFrom(2, 2 + spatial));
  llvm::SmallVector<size_t> choice(spatial, 0);
  Value total;
  for (;;) {
    Values indices{batch};
    Value weight;
    for (int64_t d = 0; d < spatial; ++d) {
      const Tap &tap = taps[d][choice[d]];
      indices.push_back(tap.index);
      Value part = tap.weight;
      if (tap.inside)
        part = part ? c.select_(tap.inside, part, 0) : c.cast(tap.inside, Emit::elem(x));
      if (part) weight = weight ? c.mul_(weight, part) : part;
    }
    Value read = c.gather(x, indices, axes, 0);
    if (weight)
      read = c.mul_(read, c.expandDims(c.cast(weight, Emit::elem(x)), {Emit::rank(weight)}));
    total = total ? c.add_(total, read) : read;
    int64_t d = 0;
    while (d < spatial && ++choice[d] == taps[d].size()) choice[d++] = 0;
    if (d == spatial) return total;
  }
}

// x [n, c, s..], grid [n, o.., k] of coordinates in [-1, 1], the last dim's first.
void gridSample(NodeContext &c) {
  Value given = c.in(0), x = c.wide(given), grid = c.wide(c.in(1));
  int64_t spatial = Emit::rank(x) - 2;
  if (spatial < 1 || spatial > 3 || Emit::rank(grid) != spatial + 2)
    unsupported("GridSample of these ranks");
  std::string mode = c.stringOf("mode", "linear"), padding = c.stringOf("padding_mode", "zeros");
  if (mode == "bilinear") mode = "linear";
  if (mode == "bicubic") mode = "cubic";
  bool corners = c.intOf("align_corners", 0) != 0;
  llvm::SmallVector<llvm::SmallVector<Tap>> taps;
  Value batch;
  for (int64_t d = 0; d < spatial; ++d) {
    Value n = c.squeeze(c.sliceAxis(grid, spatial + 1, spatial - 1 - d, 1), {spatial + 1});
    Value size = asFloat(c, c.dim(x, d + 2), Emit::elem(grid));
    Value at = corners ? c.mul_(c.div_(c.add_(n, 1), 2), c.sub_(size, 1))
                       : c.div_(c.sub_(c.mul_(c.add_(n, 1), size), 1), 2);
    taps.push_back(tapsOf(c, at, c.dim(x, d + 2), mode, padding, corners));
    batch = c.iota(0, c.i64(), Emit::dims(at));
  }
  Value y = interpolate(c, x, batch, taps);  // [n, o.., c]
  Ints permutation{0, spatial + 1};
  permutation.append(axesFrom(1, spatial + 1));
  c.out(c.cast(c.transpose(y, permutation), Emit::elem(given)));
}
PLX_ONNX_OP("", GridSample, 16, gridSample);

// ---- RoiAlign
// --------------------------------------------------------------------------------------------------------

// Taps of RoiAlign: beyond a border of one element all is zero, in between the border counts.
llvm::SmallVector<Tap> roiTaps(NodeContext &c, Value x, Dim size) {
  Value n = asFloat(c, size, Emit::elem(x)), last = c.sub_(n, 1);
  Value inside = c.and_(c.ge_(x, -1), c.le_(x, n));
  Value at = c.max_(x, 0), low = c.min_(c.floor_(at), last);
  at = c.select_(c.ge_(low, last), c.broadcastTo(last, Emit::dims(at)), at);
  Value high = c.min_(c.add_(low, 1), last), f = c.sub_(at, low);
  return {{c.cast(c.clamp(low, 0, last), c.i64()), c.sub_(1, f), inside},
          {c.cast(c.clamp(high, 0, last), c.i64()), f, inside}};
}

// The samples of regions along a dim.
struct Samples {
  Value at;     // [rois, out, samples]
  Value count;  // [rois], a float; null: as many as there are for each region
  Dim most;
};

// Of regions from `start` on, `extent` long; `fixed` 0: one sample an element, which regions differ
// in.
Samples samplesOf(NodeContext &c, Value start, Value extent, int64_t out, int64_t fixed) {
  Samples s;
  Type type = Emit::elem(start);
  Value bin = c.div_(extent, static_cast<double>(out));
  s.most = c.k(fixed);
  if (fixed < 1) {
    s.count = c.max_(c.ceil_(bin), 0);
    Value most = c.max_(c.reduce("max", s.count, {0}), 1);
    s.most = c.bindDims(c.cast(most, c.i64()), c.stem(), 1)[0];
  }
  Dims dims{c.dim(start, 0), c.k(out), s.most};
  auto ofRegion = [&](Value x) { return c.broadcastAlong(x, {0}, dims); };
  Value step = c.add_(c.iota(2, type, dims), 0.5);
  step = s.count ? c.div_(step, ofRegion(s.count)) : c.div_(step, static_cast<double>(fixed));
  Value position = c.add_(c.iota(1, type, dims), step);
  s.at = c.add_(ofRegion(start), c.mul_(position, ofRegion(bin)));
  return s;
}

// Which of all samples [rois, h, w, sh, sw, 1] a region has.
Value isSample(NodeContext &c, const Samples &y, const Samples &x, llvm::ArrayRef<Dim> all) {
  auto within = [&](const Samples &s, int64_t axis) {
    Type type = Emit::elem(s.count);
    return c.lt_(c.iota(axis, type, all), c.broadcastAlong(s.count, {0}, all));
  };
  return c.expandDims(c.and_(within(y, 3), within(x, 4)), {5});
}

// Mean or maximum over the samples of each bin: [rois, h, w, c].
Value pooled(NodeContext &c, Value x, Value batch, const Samples &y, const Samples &at,
             bool isMax) {
  Dims all{c.dim(y.at, 0), c.dim(y.at, 1), c.dim(at.at, 1), y.most, at.most};
  auto ty = roiTaps(c, c.broadcastAlong(y.at, {0, 1, 3}, all), c.dim(x, 2));
  auto tx = roiTaps(c, c.broadcastAlong(at.at, {0, 2, 4}, all), c.dim(x, 3));
  Value roiBatch = c.broadcastAlong(batch, {0}, all), within;
  if (y.count) within = isSample(c, y, at, all);
  if (!isMax) {
    Value read = interpolate(c, x, roiBatch, {ty, tx});
    if (!within) return c.mean(read, {3, 4});
    Value number = c.max_(c.mul_(y.count, at.count), 1);
    Value sum = c.reduce("sum", c.select_(within, read, 0), {3, 4});
    return c.div_(sum, c.along(number, 0, 4));
  }
  Value result;  // the largest of the weighted corners, not of their sum
  for (const Tap &a : ty)
    for (const Tap &b : tx) {
      Value one = interpolate(c, x, roiBatch, {{a}, {b}});
      result = result ? c.max_(result, one) : one;
    }
  if (!within) return c.reduce("max", result, {3, 4});
  result = c.reduce("max", c.select_(within, result, c.lowest(Emit::elem(x))), {3, 4});
  Value isEmpty = c.eq_(c.mul_(y.count, at.count), 0);
  return c.select_(c.along(isEmpty, 0, 4), 0, result);
}

void roiAlign(NodeContext &c) {
  Value given = c.in(0), x = c.wide(given), rois = c.cast(c.in(1), Emit::elem(x)),
        batch = c.cast(c.in(2), c.i64());
  int64_t samples = c.intOf("sampling_ratio", 0), height = c.intOf("output_height", 1),
          width = c.intOf("output_width", 1);
  if (height < 1 || width < 1 || samples > 64) invalid("output or sampling size is out of range");
  bool half = c.stringOf("coordinate_transformation_mode",
                         c.version >= 16 ? "half_pixel" : "output_half_pixel") == "half_pixel";
  auto corner = [&](int64_t i) {
    Value v = c.mul_(c.squeeze(c.sliceAxis(rois, 1, i, 1), {1}), c.floatOf("spatial_scale", 1));
    return half ? c.sub_(v, 0.5) : v;
  };
  auto along = [&](int64_t i, int64_t out) {
    Value start = corner(i), extent = c.sub_(corner(i + 2), start);
    return samplesOf(c, start, half ? extent : c.max_(extent, 1), out, samples);
  };
  Value y =
      pooled(c, x, batch, along(1, height), along(0, width), c.stringOf("mode", "avg") == "max");
  c.out(c.cast(c.transpose(y, {0, 3, 1, 2}), Emit::elem(given)));
}
PLX_ONNX_OP("", RoiAlign, 10, roiAlign);

// Half away from zero.
Value rounded(NodeContext &c, Value x) {
  return c.select_(c.lt_(x, 0), c.ceil_(c.sub_(x, 0.5)), c.floor_(c.add_(x, 0.5)));
}

// Which elements of a dim of `size` lie in each of `out` bins of each region: [rois, out, size].
Value inBins(NodeContext &c, Value first, Value last, int64_t out, Dim size) {
  Type type = Emit::elem(first);
  Dims dims{c.dim(first, 0), c.k(out), size};
  Value extent = c.max_(c.add_(c.sub_(last, first), 1), 1);
  Value bin = c.broadcastAlong(c.div_(extent, static_cast<double>(out)), {0}, dims);
  Value k = c.iota(1, type, dims), offset = c.broadcastAlong(first, {0}, dims);
  Value at = c.sub_(c.iota(2, type, dims), offset);
  return c.and_(c.ge_(at, c.floor_(c.mul_(k, bin))), c.lt_(at, c.ceil_(c.mul_(c.add_(k, 1), bin))));
}

// x [n, c, h, w], rois [r, 5] of batch, x1, y1, x2, y2: the largest element of each bin, 0 of those
// outside the operand. A row of bins at a time.
void maxRoiPool(NodeContext &c) {
  Value given = c.in(0), x = c.wide(given), rois = c.cast(c.in(1), Emit::elem(x));
  Ints bins = c.intsOf("pooled_shape");
  if (Emit::rank(x) != 4 || Emit::rank(rois) != 2) invalid("X must have rank 4, and rois 2");
  if (bins.size() != 2 || bins[0] < 1 || bins[1] < 1)
    invalid("pooled_shape must be two numbers of at least 1");
  auto column = [&](int64_t i) { return c.squeeze(c.sliceAxis(rois, 1, i, 1), {1}); };
  auto corner = [&](int64_t i) {
    return rounded(c, c.mul_(column(i), c.floatOf("spatial_scale", 1)));
  };
  Value rows = inBins(c, corner(2), corner(4), bins[0], c.dim(x, 2));     // [r, ph, h]
  Value columns = inBins(c, corner(1), corner(3), bins[1], c.dim(x, 3));  // [r, pw, w]
  Value image = c.take(x, c.cast(column(0), c.i64()), 0);                 // [r, c, h, w]
  Value lowest = c.lowest(Emit::elem(x));
  Value best = c.select_(c.expandDims(columns, {1, 2}), c.expandDims(image, {3}), lowest);
  best = c.reduce("max", best, {4});  // [r, c, h, pw]
  best = c.select_(c.expandDims(rows, {1, 4}), c.expandDims(best, {2}), lowest);
  best = c.reduce("max", best, {3});  // [r, c, ph, pw]
  Value any = c.and_(c.expandDims(c.reduce("or", rows, {2}), {2}),
                     c.expandDims(c.reduce("or", columns, {2}), {1}));
  c.out(c.cast(c.select_(c.expandDims(any, {1}), best, 0), Emit::elem(given)));
}
PLX_ONNX_OP("", MaxRoiPool, 1, maxRoiPool);

// ---- DeformConv
// ------------------------------------------------------------------------------------------------------

// Two spatial dims. x [n, c, h, w]; w [o, c/g, kh, kw]; offset [n, og*kh*kw*2, oh, ow]; mask [n,
// og*kh*kw, oh, ow].
void deformConv(NodeContext &c) {
  Value x = c.in(0), w = c.in(1), offset = c.in(2);
  if (Emit::rank(x) != 4) unsupported("DeformConv of a rank other than 4");
  int64_t groups = c.intOf("group", 1), offsetGroups = c.intOf("offset_group", 1);
  Dims ws = Emit::dims(w);
  if (ws.size() != 4) invalid("the kernel has rank " + llvm::Twine(ws.size()) + ", must be 4");
  Ints strides = c.intsOf("strides", {1, 1}), dilations = c.intsOf("dilations", {1, 1});
  Ints pads = c.intsOf("pads", {0, 0, 0, 0});
  if (groups < 1 || offsetGroups < 1 || strides.size() != 2 || dilations.size() != 2 ||
      pads.size() != 4)
    invalid("group, offset_group, strides, dilations or pads is wrong");
  Dim kh = ws[2], kw = ws[3];
  Dim n = c.dim(x, 0), channels = c.dim(x, 1), oh = c.dim(offset, 2), ow = c.dim(offset, 3);
  Dim per = floorDiv(channels, offsetGroups), og = c.k(offsetGroups);
  Type type = Emit::elem(x);
  Value shifts = c.reshape(offset, {n, og, kh, kw, c.k(2), oh, ow});
  Dims grid{n, og, kh, kw, oh, ow};
  auto coordinate = [&](int64_t d) {
    Value shift = c.squeeze(c.sliceAxis(shifts, 4, d, 1), {4});
    Value kernel = c.mul_(c.iota(2 + d, type, grid), static_cast<double>(dilations[d]));
    Value out = c.sub_(c.mul_(c.iota(4 + d, type, grid), static_cast<double>(strides[d])),
                       static_cast<double>(pads[d]));
    return c.add_(c.add_(kernel, out), shift);
  };
  // Offset groups are batches of their own: x as [n*og, c/og, h, w].
  Value split = c.reshape(x, {n * offsetGroups, per, c.dim(x, 2), c.dim(x, 3)});
  Value batch = c.add_(c.mul_(c.iota(0, c.i64(), grid), static_cast<double>(offsetGroups)),
                       c.iota(1, c.i64(), grid));
  auto ty = tapsOf(c, coordinate(0), c.dim(x, 2), "linear", "zeros", true);
  auto tx = tapsOf(c, coordinate(1), c.dim(x, 3), "linear", "zeros", true);
  Value sampled = interpolate(c, split, batch, {ty, tx});  // [n, og, kh, kw, oh, ow, c/og]
  if (c.hasIn(4)) sampled = c.mul_(sampled, c.expandDims(c.reshape(c.in(4), grid), {6}));
  // [n, (og, c/og) = (g, c/g), kh, kw, oh, ow] times [g, o/g, c/g, kh, kw]
  Value columns = c.transpose(sampled, {0, 1, 6, 2, 3, 4, 5});
  Dim inPer = floorDiv(channels, groups), outPer = floorDiv(ws[0], groups), g = c.k(groups);
  columns = c.reshape(columns, {n, g, inPer, kh, kw, oh, ow});
  Value kernel = c.reshape(w, {g, outPer, inPer, kh, kw});
  Value y = c.dot(kernel, columns, {0}, {1}, {2, 3, 4}, {2, 3, 4});  // [g, o/g, n, oh, ow]
  y = c.reshape(c.transpose(y, {2, 0, 1, 3, 4}), {n, outPer * groups, oh, ow});
  c.out(c.hasIn(3) ? c.add_(y, c.along(c.in(3), 1, 4)) : y);
}
PLX_ONNX_OP("", DeformConv, 19, deformConv);

// ---- Col2Im
// ----------------------------------------------------------------------------------------------------------

// [n, c * block, positions] summed into an image: scattered into the padded image, which is then
// cut.
void col2Im(NodeContext &c) {
  Value x = c.in(0);
  Dims image = c.dimsIn(1, 1);
  Dims block = c.dimsIn(2, 1);
  if (Emit::rank(x) != 3)
    invalid("the operand has rank " + llvm::Twine(Emit::rank(x)) + ", must be 3");
  int64_t rank = block.size();
  Ints strides = c.intsOf("strides", Ints(rank, 1)),
       dilations = c.intsOf("dilations", Ints(rank, 1));
  Ints pads = c.intsOf("pads", Ints(2 * rank, 0));
  if (static_cast<int64_t>(image.size()) != rank || static_cast<int64_t>(strides.size()) != rank ||
      static_cast<int64_t>(dilations.size()) != rank ||
      static_cast<int64_t>(pads.size()) != 2 * rank)
    invalid("image_shape, block_shape, strides, dilations and pads do not agree in length");
  Dim numBlock = c.k(1);
  for (Dim size : block) {
    if (auto known = size.constant(); known && (*known < 1 || *known > INT32_MAX))
      invalid("block_shape has the entry " + llvm::Twine(*known));
    numBlock = numBlock * size;
  }
  Dim n = c.dim(x, 0), channels = c.symbolFor(floorDiv(c.dim(x, 1), numBlock), c.stem());
  if (provablyDifferent(channels * numBlock, c.dim(x, 1)))
    invalid("dim 1 of the operand, " + c.dim(x, 1).str() + ", is no multiple of a block's " +
            numBlock.str() + " elements");
  Dims grid(block), padded{n, channels};
  for (int64_t d = 0; d < rank; ++d) {
    Dim size = image[d] + (pads[d] + pads[d + rank]);
    size = c.symbolFor(size, c.stem());
    Dim extent = (block[d] - 1) * dilations[d] + 1;
    grid.push_back(c.symbolFor(floorDiv(size - extent, strides[d]) + 1, c.stem()));
    padded.push_back(size);
  }
  // Said of the operand, the products let the reshape see which dims become which.
  Dim numPositions = c.k(1);
  for (Dim size : llvm::ArrayRef(grid).drop_front(rank)) numPositions = numPositions * size;
  x = c.withSize(c.withSize(x, 1, channels * numBlock), 2, numPositions);
  Dims split{n, channels};
  split.append(grid);
  Values indices;
  for (int64_t d = 0; d < rank; ++d)
    indices.push_back(
        c.add_(c.mul_(c.iota(d, c.i64(), grid), static_cast<double>(dilations[d])),
               c.mul_(c.iota(rank + d, c.i64(), grid), static_cast<double>(strides[d]))));
  Value sum = c.scatter("sum", c.splat(0, Emit::elem(x), padded), c.reshape(x, split), indices,
                        axesFrom(2, 2 + rank), 2);
  for (int64_t d = 0; d < rank; ++d) sum = c.sliceAxis(sum, d + 2, c.k(pads[d]), image[d]);
  c.out(sum);
}
PLX_ONNX_OP("", Col2Im, 18, col2Im);

}  // namespace
}  // namespace plx::onnxio
