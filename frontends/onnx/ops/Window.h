// What convolutions and pools have in common: ONNX's way to say where a window stands.
#ifndef PLEXUS_FRONTENDS_ONNX_OPS_WINDOW_H
#define PLEXUS_FRONTENDS_ONNX_OPS_WINDOW_H

#include "frontends/onnx/NodeContext.h"

namespace plx::onnxio {

/// Attributes of a window over the spatial dims (those after batch and channels).
struct Window {
  Dims kernel;
  Ints strides, dilations;
  Dims padsBegin, padsEnd;  // with auto_pad and ceil_mode already worked in
  int64_t rank() const { return kernel.size(); }
  /// Of windows whose size is an attribute.
  Ints kernelInts() const;
};

/// `x` is [n, c, s...]. `ceilMode`: sizes are rounded up, the window may begin in the operand and
/// end beyond its padding: padsEnd grows, and `padsEndGiven` keeps what the model said.
Window windowOf(NodeContext &c, Value x, llvm::ArrayRef<Dim> kernel, bool ceilMode = false,
                Dims *padsEndGiven = nullptr);

/// [n, c, s...] to [n, s..., c] and back.
Value toChannelsLast(NodeContext &c, Value x);
Value toChannelsFirst(NodeContext &c, Value x);
/// Weights [o, c, k...] to [k..., c, o].
Value toKernelLast(NodeContext &c, Value w);
/// Spatial dims of a channels-last tensor padded.
Value padSpatial(NodeContext &c, Value x, Value value, llvm::ArrayRef<Dim> low,
                 llvm::ArrayRef<Dim> high);

/// [n, c, s...] convolved with [o, c / groups, k...]; element types are equal. `padValue`: a
/// scalar, null for zero.
Value convolve(NodeContext &c, Value x, Value w, const Window &window, int64_t groups,
               Value padValue = {});

}  // namespace plx::onnxio

#endif  // PLEXUS_FRONTENDS_ONNX_OPS_WINDOW_H
