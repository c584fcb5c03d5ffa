// What import keeps apart when the program is to be trained.
#ifndef PLEXUS_FRONTENDS_ONNX_TRAINING_H
#define PLEXUS_FRONTENDS_ONNX_TRAINING_H

#include <map>
#include <set>
#include <string>
#include <vector>

#include "frontends/onnx/Import.h"
#include "frontends/onnx/Prepare.h"
#include "mlir/IR/Value.h"

namespace plx::onnxio {

struct TrainingState {
  TrainingImport mode = TrainingImport::Off;
  std::set<std::string> weights;     // TrainingInfo
  std::set<std::string> statistics;  // TrainingInfo
  std::vector<std::string> scales;   // TrainingInfo
  std::map<std::string, std::string>
      copies;        // of Identity nodes that copy a weight: output, weight
  mlir::Value step;  // argument "$step" of @main; null outside training
  std::vector<std::pair<std::string, mlir::Value>> updates;  // statistic, value after the step
  int normalizations = 0, dropouts = 0;

  bool isOn() const { return mode != TrainingImport::Off; }
  bool keeps(const std::string &name) const {
    return weights.count(name) || statistics.count(name);
  }
};

/// Tells weights from other initializers of the main graph, by the operands they are. `keepTied`:
/// an Identity of a weight is that weight; else a weight of its own that starts with the same
/// values: exporters merge equal initializers that way.
void findTrained(const PreparedModel &prepared, bool keepTied, TrainingState &state);

}  // namespace plx::onnxio

#endif  // PLEXUS_FRONTENDS_ONNX_TRAINING_H
