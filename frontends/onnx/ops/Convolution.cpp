// Convolutions. All become plx.convolution, channels last, with a pad before.
#include "frontends/onnx/ops/Quantize.h"
#include "frontends/onnx/ops/Window.h"

namespace plx::onnxio {
namespace {

// A vector of channels added to [n, c, s...].
Value addChannels(NodeContext &c, Value x, Value bias) {
  return c.add_(x, c.along(bias, 1, Emit::rank(x)));
}

// Sizes of the window; where the weights leave them open, `kernel_shape` says them.
Dims kernelOf(NodeContext &c, Value &w) {
  int64_t rank = Emit::rank(w);
  if (rank < 3) invalid("the kernel has rank " + llvm::Twine(rank) + ", must be 3 or more");
  Ints given = c.intsOf("kernel_shape");
  if (static_cast<int64_t>(given.size()) == rank - 2)
    for (int64_t d = 2; d < rank; ++d) w = c.withSize(w, d, c.k(given[d - 2]));
  Dims sizes = Emit::dims(w);
  return Dims(sizes.begin() + 2, sizes.end());
}

int64_t groupsOf(NodeContext &c) {
  int64_t groups = c.intOf("group", 1);
  if (groups < 1) invalid("group is " + llvm::Twine(groups));
  return groups;
}

void conv(NodeContext &c) {
  Value x = c.in(0), w = c.in(1);
  Window window = windowOf(c, x, kernelOf(c, w));
  Value y = convolve(c, x, w, window, groupsOf(c));
  c.out(c.hasIn(2) ? addChannels(c, y, c.in(2)) : y);
}
PLX_ONNX_OP("", Conv, 1, conv);

// x [n, c, s...], w [c, o / groups, k...]. The operand is spread out by the strides, then convolved
// with the kernel flipped and its channels swapped within each group.
Value transposedKernel(NodeContext &c, Value w, int64_t groups) {
  Dims d = Emit::dims(w);
  int64_t rank = Emit::rank(w) - 2;
  Ints flipped;
  for (int64_t i = 0; i < rank; ++i) flipped.push_back(i + 2);
  w = c.reverse(w, flipped);
  // [g, c/g, o/g, k...] -> [g, o/g, c/g, k...] -> [o, c/g, k...]
  Dims split{c.k(groups), floorDiv(d[0], groups), d[1]},
      joined{d[1] * groups, floorDiv(d[0], groups)};
  Ints permutation{0, 2, 1};
  for (int64_t i = 0; i < rank; ++i) {
    split.push_back(d[i + 2]);
    joined.push_back(d[i + 2]);
    permutation.push_back(i + 3);
  }
  return c.reshape(c.transpose(c.reshape(w, split), permutation), joined);
}

struct TransposedPads {
  Dims begin, end;
};
// Output size: stride * (n - 1) + output_padding + extent - begin - end. `output_shape` and
// auto_pad give the pads instead.
TransposedPads transposedPads(NodeContext &c, Value x, const Window &w,
                              llvm::ArrayRef<int64_t> outputPadding) {
  TransposedPads pads;
  Ints shape = c.intsOf("output_shape");
  std::string automatic = c.stringOf("auto_pad", "NOTSET");
  int64_t rank = w.rank();
  for (int64_t d = 0; d < rank; ++d) {
    Dim extent = (w.kernel[d] - 1) * w.dilations[d] + 1;
    Dim size = c.dim(x, d + 2);
    bool same = automatic == "SAME_UPPER" || automatic == "SAME_LOWER";
    if (shape.empty() && !same) {
      pads.begin.push_back(w.padsBegin[d]);
      pads.end.push_back(w.padsEnd[d]);
      continue;
    }
    Dim wanted = shape.empty() ? size * w.strides[d] : c.k(shape[shape.size() - rank + d]);
    Dim total = (size - 1) * w.strides[d] + outputPadding[d] + extent - wanted;
    Dim smaller = floorDiv(total, 2);
    pads.begin.push_back(automatic == "SAME_UPPER" ? smaller : total - smaller);
    pads.end.push_back(total - pads.begin.back());
  }
  return pads;
}

void convTranspose(NodeContext &c) {
  Value x = c.in(0), w = c.in(1);
  int64_t groups = groupsOf(c);
  Dims kernel = kernelOf(c, w);
  int64_t rank = kernel.size();
  Ints outputPadding = c.intsOf("output_padding", Ints(rank, 0)), shape = c.intsOf("output_shape");
  if (static_cast<int64_t>(outputPadding.size()) != rank ||
      (!shape.empty() && static_cast<int64_t>(shape.size()) < rank))
    invalid("output_padding or output_shape has the wrong length");
  Window window = windowOf(c, x, kernel);
  TransposedPads pads = transposedPads(c, x, window, outputPadding);
  Dims low(rank + 2, c.k(0)), high(low), interior(low);
  for (int64_t d = 0; d < rank; ++d) {
    Dim extent = (kernel[d] - 1) * window.dilations[d];
    low[d + 1] = extent - pads.begin[d];
    high[d + 1] = extent - pads.end[d] + outputPadding[d];
    interior[d + 1] = c.k(window.strides[d] - 1);
  }
  Value spread = c.pad(toChannelsLast(c, x), c.scalar(0, Emit::elem(x)), low, high, interior);
  Value flipped = toKernelLast(c, transposedKernel(c, w, groups));
  Value y =
      toChannelsFirst(c, c.convolution(spread, flipped, Ints(rank, 1), window.dilations, groups));
  c.out(c.hasIn(2) ? addChannels(c, y, c.in(2)) : y);
}
PLX_ONNX_OP("", ConvTranspose, 1, convTranspose);

// x [n, c, l], weights [c, 1, k], bias, past [n, c, k - 1]: each channel convolved with its own
// kernel over what came before. Written with windows [n, c, l, k], since the number of channels
// need not be a number, as the groups of a convolution are.
void causalConvWithState(NodeContext &c) {
  Value x = c.in(0), w = c.in(1);
  if (Emit::rank(x) != 3 || Emit::rank(w) != 3) invalid("the operand and weights must have rank 3");
  Dim length = c.dim(x, 2), kernel = c.dim(w, 2);
  Value past =
      c.hasIn(3) ? c.in(3) : c.splat(0, Emit::elem(x), {c.dim(x, 0), c.dim(x, 1), kernel - 1});
  Value all = c.concat(2, {c.withSize(past, 2, kernel - 1), x});
  Dims grid{length, kernel};
  Value windows = c.take(all, c.add_(c.iota(0, c.i64(), grid), c.iota(1, c.i64(), grid)), 2);
  Value weights = c.expandDims(c.squeeze(c.withSize(w, 1, c.k(1)), {1}), {1});  // [c, 1, k]
  Value y = c.reduce("sum", c.mul_(c.wide(windows), c.wide(weights)), {3});
  if (c.hasIn(2)) y = addChannels(c, y, c.wide(c.in(2)));
  y = c.cast(y, Emit::elem(x));
  std::string activation = c.stringOf("activation", "none");
  if (activation == "silu" || activation == "swish")
    y = c.cast(c.mul_(c.wide(y), c.sigmoid_(c.wide(y))), Emit::elem(x));
  else if (activation != "none")
    invalid("activation is '" + activation + "'");
  c.out(0, y);
  c.out(1, c.sliceAxis(all, 2, length, kernel - 1));
}
PLX_ONNX_OP("", CausalConvWithState, 27, causalConvWithState);

// Integers: zero points subtracted first, so that padding by zero is right.
Value centred(NodeContext &c, Value x, Value zero, int64_t axis) {
  x = c.cast(x, c.i32());
  if (!zero) return x;
  zero = c.cast(zero, c.i32());
  if (Emit::rank(zero) == 1 && !c.dim(zero, 0).isConstant(1))
    zero = c.along(zero, axis, Emit::rank(x));
  else
    zero = c.reshape(zero, {});
  return c.sub_(x, zero);
}

void convInteger(NodeContext &c) {
  Value x = bytesIn(c, 0), w = bytesIn(c, 1);
  Window window = windowOf(c, x, kernelOf(c, w));
  c.out(
      convolve(c, centred(c, x, c.optIn(2), 1), centred(c, w, c.optIn(3), 0), window, groupsOf(c)));
}
PLX_ONNX_OP("", ConvInteger, 10, convInteger);

// x, its scale and zero point, w, its scale and zero point, y's scale and zero point, bias in units
// of x_scale * w_scale.
void qLinearConv(NodeContext &c) {
  Value x = c.in(0), w = c.in(3);
  Window window = windowOf(c, x, kernelOf(c, w));
  Value sums =
      convolve(c, centred(c, x, c.in(2), 1), centred(c, w, c.in(5), 0), window, groupsOf(c));
  if (c.hasIn(8)) sums = addChannels(c, sums, c.in(8));
  Value wScale = c.in(4);
  if (Emit::rank(wScale) == 1)
    wScale =
        c.dim(wScale, 0).isConstant(1) ? c.reshape(wScale, {}) : c.along(wScale, 1, Emit::rank(x));
  Value yScale = c.reshape(c.in(6), {}), yZero = c.reshape(c.in(7), {});
  Value real = c.mul_(c.cast(sums, Emit::elem(yScale)), c.mul_(c.reshape(c.in(1), {}), wScale));
  Dims dims = Emit::dims(real);
  c.out(c.op("plx.quantize", {real, c.broadcastTo(yScale, dims), c.broadcastTo(yZero, dims)}));
}
PLX_ONNX_OP("", QLinearConv, 10, qLinearConv);

}  // namespace
}  // namespace plx::onnxio
