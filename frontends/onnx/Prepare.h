// From the bytes of a model to one that is checked, flat and of the newest opset: the work of
// onnx's own library.
#ifndef PLEXUS_FRONTENDS_ONNX_PREPARE_H
#define PLEXUS_FRONTENDS_ONNX_PREPARE_H

#include "frontends/onnx/Symbolic.h"
#include "frontends/onnx/Weights.h"

namespace plx::onnxio {

/// Ops that ONNX has withdrawn or never had, or that its converter cannot bring to the newest
/// opset, are moved to this domain; its version is the model's opset.
inline constexpr llvm::StringLiteral kWithdrawnDomain("plx.withdrawn");

struct PreparedModel {
  onnx::ModelProto model;
  std::map<std::string, Weight> weights;  // values of inputs of the main graph
  int opset = 0;                          // of ai.onnx, as the model came
  std::string conversionNote;             // why the opset could not be raised; "" if it was
  std::string inferenceNote;  // what strict shape inference had against the model; "" if nothing
};

/// `symbolic` null: inputs keep their sizes. Throws Refusal.
PreparedModel prepareModel(std::shared_ptr<const WeightStorage> storage, const std::string &folder,
                           SymbolicInputs *symbolic);

}  // namespace plx::onnxio

#endif  // PLEXUS_FRONTENDS_ONNX_PREPARE_H
