// From a model to its gradient graph: the same inputs, more outputs.
//
//   @main(inputs) -> outputs   becomes   @main(inputs, ct.OUTPUT?) -> (outputs, grad.NAME...)
//
// grad.NAME is the derivative of the sum of OUTPUT's elements with respect to an input or a
// parameter; with a cotangent, of their sum weighted by it. InvalidArgument where a name is none of
// the model's or is not of floats, and where an operation on the way has no derivative (its node is
// named).
#ifndef PLEXUS_FRONTENDS_BUILDER_GRADIENTGRAPH_H
#define PLEXUS_FRONTENDS_BUILDER_GRADIENTGRAPH_H

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "mlir/IR/BuiltinOps.h"

namespace plx::builder {

struct GradientOptions {
  std::string of;                          // output; "": the first
  std::vector<std::string> withRespectTo;  // inputs and parameters
  bool cotangent = false;                  // the weights of the sum are an input
};

/// Changes @main of `module`. After an error the module is of no more use.
absl::Status makeGradientGraph(mlir::ModuleOp module, const GradientOptions &options);

}  // namespace plx::builder

#endif  // PLEXUS_FRONTENDS_BUILDER_GRADIENTGRAPH_H
