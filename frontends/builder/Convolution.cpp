// Convolutions and pools. plx has channels last; layers take them first, as ONNX and torch do. The
// transposes around cancel between layers (compiler/layout).
#include <cmath>

#include "frontends/builder/Layers.h"
#include "ir/ops/Build.h"
#include "ir/ops/Convolution.h"
#include "ir/ops/ReduceWindow.h"

namespace plx::builder {
namespace {

using Ints = llvm::SmallVector<int64_t>;

/// [n, c, s...] to [n, s..., c].
Tensor channelsLast(const Tensor &x) {
  Ints permutation{0};
  for (int64_t d = 2; d < x.rank(); ++d) permutation.push_back(d);
  permutation.push_back(1);
  return x.transpose(permutation);
}
Tensor channelsFirst(const Tensor &x) {
  if (!x) return {};
  Ints permutation{0, x.rank() - 1};
  for (int64_t d = 1; d + 1 < x.rank(); ++d) permutation.push_back(d);
  return x.transpose(permutation);
}

/// Spatial dims of a channels-last tensor padded by `amount` on both sides.
Tensor padded(const Tensor &x, double value, int64_t amount) {
  if (amount == 0 || !x) return x;
  Scope &scope = x.scope();
  llvm::SmallVector<Dim> pads(x.rank(), scope.size(amount)), none(x.rank(), scope.size(0));
  pads.front() = pads.back() = scope.size(0);
  return {scope, build::pad(scope.builder(), scope.loc(), x.value(),
                            scope.scalar(value, x.element()).value(), pads, pads, none)};
}

Tensor overSpatial(const Tensor &x, Tensor (Tensor::*fold)(llvm::ArrayRef<int64_t>, bool) const) {
  if (x.rank() < 3) {
    mlir::emitError(x.scope().loc())
        << "a pool takes [n, channels, spatial...], found rank " << x.rank();
    return {};
  }
  return (x.*fold)(llvm::to_vector(llvm::seq<int64_t>(2, x.rank())), false);
}

}  // namespace

Tensor Convolution::forward(const Tensor &x) {
  if (x.rank() != spatial_ + 2 || !x.dim(1).isConstant(in_) || options_.groups < 1 ||
      in_ % options_.groups != 0)
    return refuse(x, "Conv" + std::to_string(spatial_) + "d of " + std::to_string(in_) +
                         " channels in " + std::to_string(options_.groups) +
                         " groups does not take a tensor of rank " + std::to_string(x.rank()) +
                         (x.rank() > 1 ? " with " + x.dim(1).str() + " channels" : ""));
  int64_t perGroup = in_ / options_.groups, fanIn = perGroup;
  Ints dims{out_, perGroup}, order;
  for (int64_t d = 0; d < spatial_; ++d) {
    dims.push_back(kernel_);
    order.push_back(2 + d);
    fanIn *= kernel_;
  }
  order.append({1, 0});
  double bound = 1 / std::sqrt(static_cast<double>(fanIn));
  Initializer initial = Initializer::uniform(-bound, bound);
  Tensor weight = parameter(x, "weight", dims, initial).transpose(order);
  Tensor input = padded(channelsLast(x), 0, options_.padding);
  if (!weight || !input) return {};
  Scope &scope = x.scope();
  ConvolutionOp::Properties properties;
  mlir::OpBuilder &b = scope.builder();
  properties.strides = b.getDenseI64ArrayAttr(Ints(spatial_, options_.stride));
  properties.dilations = b.getDenseI64ArrayAttr(Ints(spatial_, options_.dilation));
  properties.groups = b.getI64IntegerAttr(options_.groups);
  Tensor y =
      channelsFirst({scope, build::create<ConvolutionOp>(
                                b, scope.loc(), {input.value(), weight.value()}, properties)});
  if (!options_.bias) return y;
  return y + parameter(x, "bias", {out_}, initial).along(1, x.rank());
}

Tensor Pool::forward(const Tensor &x) {
  if (x.rank() < 3)
    return refuse(x,
                  "a pool takes [n, channels, spatial...], found rank " + std::to_string(x.rank()));
  bool isMax = kind_ == Kind::Max;
  Tensor input = padded(channelsLast(x), isMax ? -INFINITY : 0, window_.padding);
  if (!input) return {};
  Ints size(x.rank(), kernel_), strides(x.rank(), window_.stride ? window_.stride : kernel_),
      dilations(x.rank(), window_.dilation);
  for (Ints *list : {&size, &strides, &dilations}) list->front() = list->back() = 1;
  Scope &scope = x.scope();
  mlir::OpBuilder &b = scope.builder();
  ReduceWindowOp::Properties properties;
  properties.kind = b.getStringAttr(isMax ? "max" : "sum");
  properties.window = b.getDenseI64ArrayAttr(size);
  properties.strides = b.getDenseI64ArrayAttr(strides);
  properties.dilations = b.getDenseI64ArrayAttr(dilations);
  Tensor y = channelsFirst(
      {scope, build::create<ReduceWindowOp>(b, scope.loc(), {input.value()}, properties)});
  if (isMax) return y;
  return y * (1 / std::pow(static_cast<double>(kernel_), static_cast<double>(x.rank() - 2)));
}

Activation GlobalMaxPool() {
  return {"GlobalMaxPool", [](const Tensor &x) { return overSpatial(x, &Tensor::max); }};
}

Activation GlobalAveragePool() {
  return {"GlobalAveragePool", [](const Tensor &x) { return overSpatial(x, &Tensor::mean); }};
}

}  // namespace plx::builder
