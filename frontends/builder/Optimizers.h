// Optimizers: how a parameter moves against its gradient. Each is a formula on tensors, compiled
// with the rest of the step.
//
// The formulas and the places of their constants are torch.optim's (torch 2.x), so that runs can be
// compared: g is the gradient, p the parameter, lr the rate of this step, t counts from 1. Decay
// that is coupled (all but AdamW's) enters first: g += weightDecay p.
//   sgd       p -= lr g; with momentum other than 0 as momentum
//   momentum  v = momentum v + g; p -= lr v                                  Polyak 1964
//   nesterov  v = momentum v + g; p -= lr (g + momentum v)                   Sutskever et al. 2013
//   adagrad   h += g^2; p -= lr g / (sqrt(h) + eps)                          Duchi et al. 2011
//   rmsprop   h = alpha h + (1 - alpha) g^2; p -= lr g / (sqrt(h) + eps)     Tieleman, Hinton 2012
//   adam      m = b1 m + (1 - b1) g; v = b2 v + (1 - b2) g^2;                Kingma, Ba 2015
//             p -= lr / (1 - b1^t) m / (sqrt(v) / sqrt(1 - b2^t) + eps)
//   adamw     p *= 1 - lr weightDecay, then adam                             Loshchilov, Hutter
//   2019
#ifndef PLEXUS_FRONTENDS_BUILDER_OPTIMIZERS_H
#define PLEXUS_FRONTENDS_BUILDER_OPTIMIZERS_H

#include <optional>
#include <string>
#include <vector>

#include "frontends/builder/Tensor.h"

namespace plx::builder {

struct OptimizerOptions {
  std::string name = "sgd";
  double momentum = 0;                 // of sgd; of momentum and nesterov, where 0 stands for 0.9
  double beta1 = 0.9, beta2 = 0.999;   // adam, adamw
  double alpha = 0.99;                 // rmsprop
  std::optional<double> epsilon = {};  // 1e-10 for adagrad, else 1e-8
  double weightDecay = 0;              // L2; of adamw decoupled
  double l1 = 0, l2 = 0;               // g += l1 sign(p) + l2 p, whatever the optimizer
  double rateScale = 1;                // times the step's rate
};

/// Scalars of this step, of type f64.
struct StepScalars {
  Tensor rate;    // learning rate
  Tensor number;  // t = 1, 2, ...
};

struct Updated {
  Tensor parameter;
  std::vector<Tensor> slots;
};

class Optimizer {
 public:
  /// Names of the states it keeps for each parameter, which have its dims and start at 0.
  std::vector<std::string> slots() const;
  /// One parameter's step; empty tensors where an operand was.
  Updated update(const Tensor &parameter, const Tensor &gradient, llvm::ArrayRef<Tensor> slots,
                 const StepScalars &step) const;

  /// Nothing where there is no optimizer of that name.
  static std::optional<Optimizer> create(const OptimizerOptions &options);
  static std::vector<std::string> names();

 private:
  using Rule = Updated (*)(const OptimizerOptions &, const Tensor &p, const Tensor &g,
                           llvm::ArrayRef<Tensor> slots, const StepScalars &step);
  struct Entry;
  static const Entry kEntries[];
  Optimizer(const Entry &entry, const OptimizerOptions &options)
      : entry_(&entry), options_(options) {}
  const Entry *entry_;
  OptimizerOptions options_;
};

/// sqrt of the sum of all squares, f64. `gradients` is not empty.
Tensor globalNorm(llvm::ArrayRef<Tensor> gradients);
/// Each times min(1, limit / (norm + 1e-6)), as torch.nn.utils.clip_grad_norm_ has it.
std::vector<Tensor> clipByGlobalNorm(llvm::ArrayRef<Tensor> gradients, const Tensor &norm,
                                     double limit);
/// Each element brought into [-limit, limit].
std::vector<Tensor> clipByValue(llvm::ArrayRef<Tensor> gradients, double limit);

}  // namespace plx::builder

#endif  // PLEXUS_FRONTENDS_BUILDER_OPTIMIZERS_H
