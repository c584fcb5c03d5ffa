// The derivatives of a model at given inputs, held against differences
// (compiler/autodiff/CheckModelGradient.h).
#ifndef PLEXUS_TOOLS_API_GRADIENTAT_H
#define PLEXUS_TOOLS_API_GRADIENTAT_H

#include <string>

#include "absl/status/statusor.h"
#include "compiler/autodiff/CheckModelGradient.h"
#include "tools/api/Model.h"

namespace plx {

/// device: "reference"; or "cpu", where compiled gradients are compared too.
absl::StatusOr<GradientFindings> checkGradientAt(const Model &model, const std::string &device,
                                                 llvm::ArrayRef<plexus_input_value> inputs);

}  // namespace plx

#endif  // PLEXUS_TOOLS_API_GRADIENTAT_H
