#include "frontends/builder/Activations.h"

namespace plx::builder {
namespace {

// Klambauer et al., "Self-normalizing neural networks", 2017, to double precision.
constexpr double kSeluAlpha = 1.6732632423543772848170429916717;
constexpr double kSeluScale = 1.0507009873554804934193349852946;
constexpr double kRootHalf = 0.70710678118654752440;

}  // namespace

Tensor relu(const Tensor &x) { return maximum(x, 0); }

Tensor leakyRelu(const Tensor &x, double slope) { return select(less(x, 0), slope * x, x); }

Tensor elu(const Tensor &x, double alpha) {
  // What is not chosen must be finite too: its derivative is multiplied by 0.
  return select(less(x, 0), alpha * expm1(minimum(x, 0)), x);
}

Tensor selu(const Tensor &x) { return kSeluScale * elu(x, kSeluAlpha); }

Tensor swish(const Tensor &x) { return x * sigmoid(x); }

Tensor gelu(const Tensor &x) { return 0.5 * x * (1 + erf(kRootHalf * x)); }

}  // namespace plx::builder
