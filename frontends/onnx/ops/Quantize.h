// What quantised operators of all families need; values of com.microsoft's QLinear ones, a scale
// and a zero point a tensor.
#ifndef PLEXUS_FRONTENDS_ONNX_OPS_QUANTIZE_H
#define PLEXUS_FRONTENDS_ONNX_OPS_QUANTIZE_H

#include "frontends/onnx/NodeContext.h"

namespace plx::onnxio {

/// Operand i, which must be of i8 or u8: what computes with it would take any type.
Value bytesIn(NodeContext &c, int64_t i);
/// (x - zero) * scale in f32; `zero` may be null.
Value dequantizedOf(NodeContext &c, Value x, Value scale, Value zero);
/// saturate(round(x / scale) + zero); `type` counts where `zero` is null.
Value quantizedOf(NodeContext &c, Value x, Value scale, Value zero, Type type);

}  // namespace plx::onnxio

#endif  // PLEXUS_FRONTENDS_ONNX_OPS_QUANTIZE_H
