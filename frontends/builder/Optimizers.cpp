#include "frontends/builder/Optimizers.h"

#include "llvm/ADT/STLExtras.h"

namespace plx::builder {
namespace {

using Slots = llvm::ArrayRef<Tensor>;

double momentumOf(const OptimizerOptions &o) { return o.momentum != 0 ? o.momentum : 0.9; }

Updated momentum(const OptimizerOptions &o, const Tensor &p, const Tensor &g, Slots slots,
                 const StepScalars &step) {
  Tensor v = momentumOf(o) * slots[0] + g;
  return {p - step.rate.cast(p.element()) * v, {v}};
}

Updated nesterov(const OptimizerOptions &o, const Tensor &p, const Tensor &g, Slots slots,
                 const StepScalars &step) {
  Tensor v = momentumOf(o) * slots[0] + g;
  return {p - step.rate.cast(p.element()) * (g + momentumOf(o) * v), {v}};
}

Updated sgd(const OptimizerOptions &o, const Tensor &p, const Tensor &g, Slots slots,
            const StepScalars &step) {
  if (!slots.empty()) return momentum(o, p, g, slots, step);
  return {p - step.rate.cast(p.element()) * g, {}};
}

Updated adagrad(const OptimizerOptions &o, const Tensor &p, const Tensor &g, Slots slots,
                const StepScalars &step) {
  Tensor h = slots[0] + g * g;
  return {p - step.rate.cast(p.element()) * (g / (sqrt(h) + o.epsilon.value_or(1e-10))), {h}};
}

Updated rmsprop(const OptimizerOptions &o, const Tensor &p, const Tensor &g, Slots slots,
                const StepScalars &step) {
  Tensor h = o.alpha * slots[0] + (1 - o.alpha) * (g * g);
  return {p - step.rate.cast(p.element()) * (g / (sqrt(h) + o.epsilon.value_or(1e-8))), {h}};
}

Updated adam(const OptimizerOptions &o, const Tensor &p, const Tensor &g, Slots slots,
             const StepScalars &step) {
  Tensor m = o.beta1 * slots[0] + (1 - o.beta1) * g;
  Tensor v = o.beta2 * slots[1] + (1 - o.beta2) * (g * g);
  // Powers of t in f64: 1 - b2^t is 0.001 at first.
  Scope &scope = p.scope();
  mlir::Type f64 = scope.builder().getF64Type();
  Tensor rate = step.rate / (1 - pow(scope.scalar(o.beta1, f64), step.number));
  Tensor root = sqrt(1 - pow(scope.scalar(o.beta2, f64), step.number));
  Tensor scale = sqrt(v) / root.cast(p.element()) + o.epsilon.value_or(1e-8);
  return {p - rate.cast(p.element()) * (m / scale), {m, v}};
}

Updated adamw(const OptimizerOptions &o, const Tensor &p, const Tensor &g, Slots slots,
              const StepScalars &step) {
  Tensor kept = 1 - o.weightDecay * step.rate;
  return adam(o, p * kept.cast(p.element()), g, slots, step);
}

}  // namespace

struct Optimizer::Entry {
  const char *name;
  std::vector<std::string> slots;
  Rule rule;
};

const Optimizer::Entry Optimizer::kEntries[] = {
    {"sgd", {"velocity"}, sgd},
    {"momentum", {"velocity"}, momentum},
    {"nesterov", {"velocity"}, nesterov},
    {"adagrad", {"square_sum"}, adagrad},
    {"rmsprop", {"square_average"}, rmsprop},
    {"adam", {"first_moment", "second_moment"}, adam},
    {"adamw", {"first_moment", "second_moment"}, adamw},
};

std::optional<Optimizer> Optimizer::create(const OptimizerOptions &options) {
  for (const Entry &entry : kEntries)
    if (entry.name == options.name) return Optimizer(entry, options);
  return std::nullopt;
}

std::vector<std::string> Optimizer::names() {
  std::vector<std::string> names;
  for (const Entry &entry : kEntries) names.push_back(entry.name);
  return names;
}

std::vector<std::string> Optimizer::slots() const {
  if (entry_->rule == sgd && options_.momentum == 0) return {};
  return entry_->slots;
}

Updated Optimizer::update(const Tensor &parameter, const Tensor &gradient, Slots slots,
                          const StepScalars &step) const {
  Tensor g = gradient;
  if (options_.weightDecay != 0 && entry_->rule != adamw) g = g + options_.weightDecay * parameter;
  if (options_.l2 != 0) g = g + options_.l2 * parameter;
  if (options_.l1 != 0) g = g + options_.l1 * sign(parameter);
  StepScalars scaled = step;
  if (options_.rateScale != 1) scaled.rate = options_.rateScale * step.rate;
  return entry_->rule(options_, parameter, g, slots, scaled);
}

Tensor globalNorm(llvm::ArrayRef<Tensor> gradients) {
  Tensor sum;
  for (const Tensor &g : gradients) {
    // Squares of f16 overflow from 256 on.
    mlir::Builder &b = g.scope().builder();
    Tensor wide = g.element().getIntOrFloatBitWidth() < 32 ? g.cast(b.getF32Type()) : g;
    Tensor squares = (wide * wide).sum().cast(b.getF64Type());
    sum = sum ? sum + squares : squares;
  }
  return sqrt(sum);
}

std::vector<Tensor> clipByGlobalNorm(llvm::ArrayRef<Tensor> gradients, const Tensor &norm,
                                     double limit) {
  Tensor scale = minimum(limit / (norm + 1e-6), 1);
  std::vector<Tensor> clipped;
  for (const Tensor &g : gradients) clipped.push_back(g * scale.cast(g.element()));
  return clipped;
}

std::vector<Tensor> clipByValue(llvm::ArrayRef<Tensor> gradients, double limit) {
  std::vector<Tensor> clipped;
  for (const Tensor &g : gradients) clipped.push_back(minimum(maximum(g, -limit), limit));
  return clipped;
}

}  // namespace plx::builder
