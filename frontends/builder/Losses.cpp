#include "frontends/builder/Losses.h"

namespace plx::builder {
namespace {

// -log softmax(x)[class], the mean over all positions.
Tensor crossEntropy(const Tensor &logits, const Tensor &classes) {
  if (!logits || !classes) return {};
  // [n, c, d...] with classes last, so that a class's logit is picked by its one-hot row.
  llvm::SmallVector<int64_t> last{0};
  for (int64_t d = 2; d < logits.rank(); ++d) last.push_back(d);
  last.push_back(1);
  Tensor scores = logSoftmax(logits.transpose(last), logits.rank() - 1);
  Tensor chosen = oneHot(classes, logits.dim(1), logits.element());
  return -(scores * chosen).sum({logits.rank() - 1}).mean();
}

Tensor binaryCrossEntropy(const Tensor &p, const Tensor &y) {
  // As torch: logarithms are not below -100, so that a probability of 0 or 1 gives no infinity.
  Tensor yes = maximum(log(p), -100), no = maximum(log1p(-p), -100);
  return -(y * yes + (1 - y) * no).mean();
}

Tensor binaryCrossEntropyWithLogits(const Tensor &x, const Tensor &y) {
  return (maximum(x, 0) - x * y + log1p(exp(-abs(x)))).mean();
}

Tensor mse(const Tensor &p, const Tensor &y) {
  Tensor d = p - y;
  return (d * d).mean();
}

Tensor mae(const Tensor &p, const Tensor &y) { return abs(p - y).mean(); }

Tensor huber(const Tensor &p, const Tensor &y) {
  Tensor d = abs(p - y);
  return select(lessEqual(d, 1), 0.5 * (d * d), d - 0.5).mean();
}

Tensor klDivergence(const Tensor &logP, const Tensor &y) {
  if (!logP || !y) return {};
  Tensor terms = select(greater(y, 0), y * (log(maximum(y, 1e-38)) - logP), 0);
  return terms.sum({logP.rank() - 1}).mean();
}

Tensor hinge(const Tensor &p, const Tensor &y) { return maximum(1 - y * p, 0).mean(); }

constexpr Loss kLosses[] = {
    {"cross_entropy", TargetKind::Classes, crossEntropy},
    {"binary_cross_entropy", TargetKind::Values, binaryCrossEntropy},
    {"binary_cross_entropy_with_logits", TargetKind::Values, binaryCrossEntropyWithLogits},
    {"mse", TargetKind::Values, mse},
    {"mae", TargetKind::Values, mae},
    {"huber", TargetKind::Values, huber},
    {"kl_divergence", TargetKind::Values, klDivergence},
    {"hinge", TargetKind::Values, hinge},
};

}  // namespace

const Loss *findLoss(const std::string &name) {
  for (const Loss &loss : kLosses)
    if (loss.name == name) return &loss;
  return nullptr;
}

std::vector<std::string> lossNames() {
  std::vector<std::string> names;
  for (const Loss &loss : kLosses) names.push_back(loss.name);
  return names;
}

}  // namespace plx::builder
