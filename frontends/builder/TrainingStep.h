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
// A step whose batch comes in parts is two programs. Accumulate runs for all parts but the last:
//
//   @main(inputs, target, $step, $share, parameters, sums, statistics) -> ($loss, sums, statistics)
//
// and Finish, a whole step on top of the sums, for the last one:
//
//   @main(inputs, target, $learning_rate, $step, $share, $update, parameters, sums, slots,
//         statistics) -> as above
//
//   $share   f64, rank 0: the part's share of the batch's rows; shares of a step sum up to 1
//   $step    counts parts, so that each draws its own random numbers
//   $update  i64, rank 0; 0, 1, ...: counts steps
// A sum, "PARAMETER.sum", is that of the gradients times their shares; it starts at 0 in each step.
// Forward is the loss alone, with the model as it was imported:
//
//   @main(inputs, target, $step, parameters, statistics) -> ($loss, prediction)
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

enum class StepPart { Whole, Accumulate, Finish, Forward };

struct TrainingOptions {
  StepPart part = StepPart::Whole;
  std::string loss = {};        // Losses.h
  std::string prediction = {};  // the output the loss is of; "": the first
  OptimizerOptions optimizer = {};
  /// What differs for a parameter; `optimizer` where empty. Its name cannot differ.
  std::function<OptimizerOptions(const std::string &name)> optimizerOf = {};
  double clipNorm = 0, clipValue = 0;  // 0: none
  /// Whether a float parameter of rank 1 or more is trained; all where empty.
  std::function<bool(const std::string &name)> isTrained = {};
  /// In Forward: what is a statistic, as no result says so.
  std::function<bool(const std::string &name)> isStatistic = {};
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
  std::vector<StateTensor> sums;        // of Accumulate and Finish
  std::vector<StateTensor> slots;
  std::vector<StateTensor> statistics;
  std::vector<std::string> notes;  // a line each, for the user
};

constexpr char kLossName[] = "$loss", kNormName[] = "$gradient_norm",
               kRateName[] = "$learning_rate", kStepName[] = "$step", kShareName[] = "$share",
               kUpdateName[] = "$update";

/// Changes @main of `module`. After an error the module is of no more use.
absl::StatusOr<TrainingStep> makeTrainingStep(mlir::ModuleOp module,
                                              const TrainingOptions &options);

}  // namespace plx::builder

#endif  // PLEXUS_FRONTENDS_BUILDER_TRAININGSTEP_H
