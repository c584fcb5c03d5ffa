// What the classifiers of ai.onnx.ml have in common: labels, and what is done to scores at the end.
#ifndef PLEXUS_FRONTENDS_ONNX_OPS_ML_SCORE_H
#define PLEXUS_FRONTENDS_ONNX_OPS_ML_SCORE_H

#include "frontends/onnx/NodeContext.h"

namespace plx::onnxio {

/// Class labels, tensor<Kxi64> or of strings, of whichever attribute the node has.
Value classLabels(NodeContext &c, llvm::StringRef ints, llvm::StringRef strings);
/// post_transform of scores [n, k]: NONE, SOFTMAX, LOGISTIC, SOFTMAX_ZERO, PROBIT.
Value postTransformed(NodeContext &c, Value scores);
/// A tensor of f32 or f64 numbers: a constant when small, else a parameter.
Value numbers(NodeContext &c, llvm::StringRef name, llvm::ArrayRef<double> values, Type element,
              llvm::ArrayRef<int64_t> shape);
Value integers(NodeContext &c, llvm::StringRef name, llvm::ArrayRef<int64_t> values,
               llvm::ArrayRef<int64_t> shape);

/// The operand as rows [n, features] of f32; a vector is one row.
Value f32Rows(NodeContext &c);

}  // namespace plx::onnxio

#endif  // PLEXUS_FRONTENDS_ONNX_OPS_ML_SCORE_H
