// Small models, written as protobuf messages, for the tests of this folder.
#ifndef PLEXUS_TESTS_UNIT_FRONTENDS_ONNX_MODELS_H
#define PLEXUS_TESTS_UNIT_FRONTENDS_ONNX_MODELS_H

#include <set>
#include <string>
#include <vector>

#include "frontends/onnx/Import.h"
#include "frontends/onnx/Proto.h"

namespace plx::testing {

/// A model of opset `version` with no nodes.
onnx::ModelProto emptyModel(int version = 28);
/// dims < 0 are open; names in `params` give those from the first on a name.
void addInput(onnx::ModelProto &model, const std::string &name, int elementCode,
              const std::vector<int64_t> &dims, const std::vector<std::string> &params = {});
void addOutput(onnx::ModelProto &model, const std::string &name, int elementCode, int rank);
onnx::NodeProto &addNode(onnx::ModelProto &model, const std::string &op,
                         const std::vector<std::string> &inputs,
                         const std::vector<std::string> &outputs, const std::string &domain = "");
onnx::TensorProto &addWeight(onnx::ModelProto &model, const std::string &name,
                             const std::vector<int64_t> &dims);

struct Imported {
  absl::Status status;
  std::string text;  // of the module
  std::vector<ImportedWeight> weights;
  TrainingInfo training;
};
Imported importBytes(const std::string &bytes, const std::string &folder = "");
Imported importModel(const onnx::ModelProto &model, const std::string &folder = "");
Imported importModel(const onnx::ModelProto &model, const ImportOptions &options);
/// With C functions of these names.
Imported importWithFunctions(const onnx::ModelProto &model, const std::set<std::string> &functions);

}  // namespace plx::testing

#endif  // PLEXUS_TESTS_UNIT_FRONTENDS_ONNX_MODELS_H
