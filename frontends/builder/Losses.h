// Losses: a scalar from predictions and targets, the mean over the batch. Names and formulas are
// torch.nn.functional's.
#ifndef PLEXUS_FRONTENDS_BUILDER_LOSSES_H
#define PLEXUS_FRONTENDS_BUILDER_LOSSES_H

#include <optional>
#include <string>
#include <vector>

#include "frontends/builder/Tensor.h"

namespace plx::builder {

/// What a loss expects of its target beside the prediction.
enum class TargetKind {
  Classes,  // i64, the prediction's dims without axis 1: the class of each
  Values    // the prediction's own dims and element type
};

struct Loss {
  const char *name;
  TargetKind target;
  /// Rank 0, of the prediction's element type.
  Tensor (*build)(const Tensor &prediction, const Tensor &target);
};

/// cross_entropy (of logits [n, classes, ...]), binary_cross_entropy (of probabilities),
/// binary_cross_entropy_with_logits, mse, mae, huber (delta 1), kl_divergence (of
/// log-probabilities, summed over classes), hinge (targets -1 or 1). Null where there is none of
/// that name.
const Loss *findLoss(const std::string &name);
std::vector<std::string> lossNames();

}  // namespace plx::builder

#endif  // PLEXUS_FRONTENDS_BUILDER_LOSSES_H
