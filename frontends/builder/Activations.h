// Activations, as functions of tensors and as modules without parameters.
#ifndef PLEXUS_FRONTENDS_BUILDER_ACTIVATIONS_H
#define PLEXUS_FRONTENDS_BUILDER_ACTIVATIONS_H

#include <functional>

#include "frontends/builder/Module.h"

namespace plx::builder {

inline Tensor linear(const Tensor &x) { return x; }
Tensor relu(const Tensor &x);
Tensor leakyRelu(const Tensor &x, double slope = 0.01);
/// x, or alpha (e^x - 1) below 0.                                     Clevert et al. 2015
Tensor elu(const Tensor &x, double alpha = 1);
/// An elu that keeps mean and variance.                               Klambauer et al. 2017
Tensor selu(const Tensor &x);
/// x sigmoid(x).                                                      Ramachandran et al. 2017
Tensor swish(const Tensor &x);
/// x Phi(x), by the error function.                                   Hendrycks, Gimpel 2016
Tensor gelu(const Tensor &x);

class Activation : public Module {
 public:
  using Function = std::function<Tensor(const Tensor &)>;
  Activation(const std::string &kind, Function function)
      : Module(kind), function_(std::move(function)) {}
  Tensor forward(const Tensor &x) override { return function_(x); }

 private:
  Function function_;
};

inline Activation Identity() { return {"Identity", linear}; }
inline Activation Sigmoid() { return {"Sigmoid", sigmoid}; }
inline Activation Tanh() { return {"Tanh", tanh}; }
inline Activation ReLU() { return {"Relu", relu}; }
inline Activation LeakyReLU(double slope = 0.01) {
  return {"LeakyRelu", [slope](const Tensor &x) { return leakyRelu(x, slope); }};
}
inline Activation ELU(double alpha = 1) {
  return {"Elu", [alpha](const Tensor &x) { return elu(x, alpha); }};
}
inline Activation SELU() { return {"Selu", selu}; }
inline Activation Swish() { return {"Swish", swish}; }
inline Activation GELU() { return {"Gelu", gelu}; }
inline Activation Softmax(int64_t axis = -1) {
  return {"Softmax", [axis](const Tensor &x) { return softmax(x, axis); }};
}

}  // namespace plx::builder

#endif  // PLEXUS_FRONTENDS_BUILDER_ACTIVATIONS_H
