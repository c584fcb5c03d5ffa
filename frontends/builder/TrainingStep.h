// From a model to one step of its training: forward, loss, backward, clipping and update, one
// program.
//
// Before: func @main(inputs) -> outputs, weights as plx.parameter. After:
//
//   @main(inputs, target, $learning_rate, $step, parameters, slots, statistics)
//     -> ($loss, $gradient_norm, prediction, parameters, slots, statistics)
//
// where each tensor of the last three groups comes out under the name it went in with (`plx.name`,
// `plx.updates`), as it is after the step. Whoever runs the program binds one buffer to both, which
// a run then updates in place, or hands a step's outputs to the next one as inputs.
//   $learning_rate  f64, rank 0; already scheduled
//   $step           i64, rank 0; 0, 1, ...
//   $loss           f64, rank 0: before the update
//   $gradient_norm  f64, rank 0: of all trained parameters together, before clipping
// Slots are the optimizer's states, "PARAMETER.SLOT"; they start at 0. Statistics are weights that
// the forward pass itself renews (running means): results of @main with the attribute
// `plx.updates`.
//
// What is wrong gives InvalidArgument (options that do not fit the model, named), or what autodiff
// says of an operation without derivative on the way from the loss to a parameter, with its node.
#ifndef PLEXUS_FRONTENDS_BUILDER_TRAININGSTEP_H
#define PLEXUS_FRONTENDS_BUILDER_TRAININGSTEP_H

#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "frontends/builder/Optimizers.h"
#include "mlir/IR/BuiltinOps.h"

namespace plx::builder {

struct TrainingOptions {
  std::string loss;        // Losses.h
  std::string prediction;  // the output the loss is of; "": the first
  OptimizerOptions optimizer;
  double clipNorm = 0, clipValue = 0;  // 0: none
  /// Whether a float parameter of rank 1 or more is trained; all where empty.
  std::function<bool(const std::string &name)> isTrained;
};

/// A tensor that goes from step to step.
struct StateTensor {
  std::string name;
  mlir::RankedTensorType type;
};

struct TrainingStep {
  std::string target;                   // name of the input that holds the target
  std::string prediction;               // name of the output the loss is of
  std::vector<StateTensor> parameters;  // trained, in the model's order
  std::vector<StateTensor> slots;
  std::vector<StateTensor> statistics;
  std::vector<std::string> notes;  // a line each, for the user
};

constexpr char kLossName[] = "$loss", kNormName[] = "$gradient_norm",
               kRateName[] = "$learning_rate", kStepName[] = "$step";

/// Changes @main of `module`. After an error the module is of no more use.
absl::StatusOr<TrainingStep> makeTrainingStep(mlir::ModuleOp module,
                                              const TrainingOptions &options);

}  // namespace plx::builder

#endif  // PLEXUS_FRONTENDS_BUILDER_TRAININGSTEP_H
