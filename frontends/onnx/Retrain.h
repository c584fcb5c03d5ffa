// A model after its training: the file it came from, with other weights.
#ifndef PLEXUS_FRONTENDS_ONNX_RETRAIN_H
#define PLEXUS_FRONTENDS_ONNX_RETRAIN_H

#include <set>
#include <string>

#include "frontends/onnx/Export.h"

namespace plx {

/// Writes the model at `modelPath` to `path` with new bytes for the weights named in `changed`
/// (TrainingInfo: initializers of the main graph, or outputs of Identity nodes that copied one and
/// give way to it). Opset, names and nodes stay, but BatchNormalization and Dropout are set to
/// inference. Weights of more than 1 GiB together lie in "PATH.weights". Files appear whole or not
/// at all. Errors: as importOnnxFile and exportOnnxFile have them.
absl::Status writeRetrainedOnnx(const std::string &modelPath, const std::string &path,
                                const std::set<std::string> &changed, const ExportWeights &weights);

}  // namespace plx

#endif  // PLEXUS_FRONTENDS_ONNX_RETRAIN_H
