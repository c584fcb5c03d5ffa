#include "frontends/onnx/ops/Window.h"

namespace plx::onnxio {
namespace {

Ints positive(NodeContext &c, llvm::StringRef name, int64_t rank) {
  Ints values = c.intsOf(name, Ints(rank, 1));
  if (static_cast<int64_t>(values.size()) != rank)
    invalid("`" + name + "` has " + llvm::Twine(values.size()) + " entries, there are " +
            llvm::Twine(rank) + " spatial dims");
  for (int64_t value : values)
    if (value < 1 || value > INT32_MAX)
      invalid("`" + name + "` has the entry " + llvm::Twine(value));
  return values;
}

}  // namespace

Ints Window::kernelInts() const {
  Ints sizes;
  for (Dim size : kernel) sizes.push_back(*size.constant());
  return sizes;
}

Window windowOf(NodeContext &c, Value x, llvm::ArrayRef<Dim> kernel, bool ceilMode,
                Dims *padsEndGiven) {
  int64_t rank = Emit::rank(x) - 2;
  if (rank < 1)
    invalid("the operand has rank " + llvm::Twine(Emit::rank(x)) + ", must be 3 or more");
  if (static_cast<int64_t>(kernel.size()) != rank)
    invalid("the kernel has " + llvm::Twine(kernel.size()) + " dims, the operand has " +
            llvm::Twine(rank) + " spatial dims");
  for (Dim size : kernel)
    if (auto known = size.constant(); known && (*known < 1 || *known > INT32_MAX))
      invalid("the kernel has the size " + llvm::Twine(*known));
  Window w{Dims(kernel), positive(c, "strides", rank), positive(c, "dilations", rank), {}, {}};
  std::string automatic = c.stringOf("auto_pad", "NOTSET");
  Ints pads = c.intsOf("pads", Ints(2 * rank, 0));
  if (static_cast<int64_t>(pads.size()) != 2 * rank)
    invalid("`pads` has " + llvm::Twine(pads.size()) + " entries, must be " +
            llvm::Twine(2 * rank));
  for (int64_t d = 0; d < rank; ++d) {
    Dim size = c.dim(x, d + 2);
    Dim extent = (w.kernel[d] - 1) * w.dilations[d] + 1;
    int64_t stride = w.strides[d];
    if (automatic == "SAME_UPPER" || automatic == "SAME_LOWER") {
      Dim total = max((ceilDiv(size, stride) - 1) * stride + extent - size, 0);
      Dim smaller = floorDiv(total, 2);
      w.padsBegin.push_back(automatic == "SAME_UPPER" ? smaller : total - smaller);
      w.padsEnd.push_back(total - w.padsBegin.back());
    } else {
      bool isValid = automatic == "VALID";
      w.padsBegin.push_back(c.k(isValid ? 0 : pads[d]));
      w.padsEnd.push_back(c.k(isValid ? 0 : pads[d + rank]));
    }
    if (padsEndGiven) padsEndGiven->push_back(w.padsEnd.back());
    if (!ceilMode || (automatic != "NOTSET" && automatic != "")) continue;
    // Rounded up, but a window that would begin beyond the operand and its padding before is left
    // out.
    Dim padded = size + w.padsBegin[d];
    Dim count = ceilDiv(padded + w.padsEnd[d] - extent, stride) + 1;
    count = min(count, floorDiv(padded - 1, stride) + 1);
    w.padsEnd[d] = (count - 1) * stride + extent - padded;
    if (auto grown = w.padsEnd[d].constant(); grown && *grown < pads[d + rank])
      w.padsEnd[d] = c.k(pads[d + rank]);
  }
  return w;
}

Value toChannelsLast(NodeContext &c, Value x) {
  Ints permutation{0};
  for (int64_t d = 2; d < Emit::rank(x); ++d) permutation.push_back(d);
  permutation.push_back(1);
  return c.transpose(x, permutation);
}

Value toChannelsFirst(NodeContext &c, Value x) {
  Ints permutation{0, Emit::rank(x) - 1};
  for (int64_t d = 1; d + 1 < Emit::rank(x); ++d) permutation.push_back(d);
  return c.transpose(x, permutation);
}

Value toKernelLast(NodeContext &c, Value w) {
  Ints permutation;
  for (int64_t d = 2; d < Emit::rank(w); ++d) permutation.push_back(d);
  permutation.append({1, 0});
  return c.transpose(w, permutation);
}

Value padSpatial(NodeContext &c, Value x, Value value, llvm::ArrayRef<Dim> low,
                 llvm::ArrayRef<Dim> high) {
  Dims l(Emit::rank(x), c.k(0)), h(Emit::rank(x), c.k(0));
  for (size_t d = 0; d < low.size(); ++d) {
    l[d + 1] = low[d];
    h[d + 1] = high[d];
  }
  return c.pad(x, value, l, h);
}

Value convolve(NodeContext &c, Value x, Value w, const Window &window, int64_t groups,
               Value padValue) {
  if (!padValue) padValue = c.scalar(0, Emit::elem(x));
  Value padded = padSpatial(c, toChannelsLast(c, x), padValue, window.padsBegin, window.padsEnd);
  return toChannelsFirst(
      c, c.convolution(padded, toKernelLast(c, w), window.strides, window.dilations, groups));
}

}  // namespace plx::onnxio
