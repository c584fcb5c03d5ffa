// Layers. Names of parameters, their shapes, what they begin with and the places of constants are
// torch.nn's (2.x), so that weights and results can be compared.
#ifndef PLEXUS_FRONTENDS_BUILDER_LAYERS_H
#define PLEXUS_FRONTENDS_BUILDER_LAYERS_H

#include <optional>

#include "frontends/builder/Activations.h"
#include "frontends/builder/Module.h"

namespace plx::builder {

/// [..., in] -> [..., out]: x W^T + b. `weight` [out, in], `bias` [out].
class Linear : public Module {
 public:
  Linear(int64_t in, int64_t out, bool hasBias = true)
      : Module("Linear"), in_(in), out_(out), hasBias_(hasBias) {}
  Linear &&initialize(const Initializer &weight, const Initializer &bias = Initializer::zeros());
  Tensor forward(const Tensor &x) override;

 private:
  int64_t in_, out_;
  bool hasBias_;
  std::optional<Initializer> weight_, bias_;
};

/// Ints [...] -> [..., size]: rows of `weight` [count, size].
class Embedding : public Module {
 public:
  Embedding(int64_t count, int64_t size) : Module("Embedding"), count_(count), size_(size) {}
  Tensor forward(const Tensor &x) override;

 private:
  int64_t count_, size_;
};

/// [n, d...] -> [n, product of d].
class Flatten : public Module {
 public:
  Flatten() : Module("Flatten") {}
  Tensor forward(const Tensor &x) override;
};

/// In training 0 with probability p, else x / (1 - p); each step draws anew, from the network's
/// seed.
class Dropout : public Module {
 public:
  explicit Dropout(double p = 0.5) : Module("Dropout"), p_(p) {}
  Tensor forward(const Tensor &x) override;

 private:
  double p_;
};

// ---- convolutions and pools: [n, channels, spatial...]

struct Window {
  int64_t stride = 1, padding = 0, dilation = 1;
};
struct ConvOptions {
  int64_t stride = 1, padding = 0, dilation = 1, groups = 1;
  bool bias = true;
};

/// `weight` [out, in / groups, k...], `bias` [out].
class Convolution : public Module {
 public:
  Convolution(int64_t spatial, int64_t in, int64_t out, int64_t kernel, const ConvOptions &options)
      : Module("Conv"), spatial_(spatial), in_(in), out_(out), kernel_(kernel), options_(options) {}
  Tensor forward(const Tensor &x) override;

 private:
  int64_t spatial_, in_, out_, kernel_;
  ConvOptions options_;
};
inline Convolution Conv1d(int64_t in, int64_t out, int64_t kernel,
                          const ConvOptions &options = {}) {
  return {1, in, out, kernel, options};
}
inline Convolution Conv2d(int64_t in, int64_t out, int64_t kernel,
                          const ConvOptions &options = {}) {
  return {2, in, out, kernel, options};
}

/// The largest, or the mean, under a window of `kernel` in each spatial dim; stride 0: the
/// kernel's. Padding counts in a mean, as zeros.
class Pool : public Module {
 public:
  enum class Kind { Max, Average };
  Pool(Kind kind, int64_t kernel, const Window &window)
      : Module(kind == Kind::Max ? "MaxPool" : "AveragePool"),
        kind_(kind),
        kernel_(kernel),
        window_(window) {}
  Tensor forward(const Tensor &x) override;

 private:
  Kind kind_;
  int64_t kernel_;
  Window window_;
};
/// Of any number of spatial dims.
inline Pool MaxPool(int64_t kernel, const Window &window = {.stride = 0}) {
  return {Pool::Kind::Max, kernel, window};
}
inline Pool AveragePool(int64_t kernel, const Window &window = {.stride = 0}) {
  return {Pool::Kind::Average, kernel, window};
}
/// [n, c, s...] -> [n, c]: over all spatial dims.
Activation GlobalMaxPool();
Activation GlobalAveragePool();

// ---- normalisations

/// [n, c, s...], each channel by its mean and variance: the batch's in training, which also renews
/// `running_mean` and `running_var`, else these. `weight`, `bias` [c].     Ioffe, Szegedy 2015
class BatchNorm : public Module {
 public:
  explicit BatchNorm(int64_t channels, double epsilon = 1e-5, double momentum = 0.1)
      : Module("BatchNormalization"), channels_(channels), epsilon_(epsilon), momentum_(momentum) {}
  Tensor forward(const Tensor &x) override;

 private:
  int64_t channels_;
  double epsilon_, momentum_;
};

/// Over the last dim. `weight`, `bias` [size].                             Ba et al. 2016
class LayerNorm : public Module {
 public:
  explicit LayerNorm(int64_t size, double epsilon = 1e-5)
      : Module("LayerNormalization"), size_(size), epsilon_(epsilon) {}
  Tensor forward(const Tensor &x) override;

 private:
  int64_t size_;
  double epsilon_;
};

/// [n, c, s...], each group of channels of an example. `weight`, `bias` [c].   Wu, He 2018
class GroupNorm : public Module {
 public:
  GroupNorm(int64_t groups, int64_t channels, double epsilon = 1e-5)
      : Module("GroupNormalization"), groups_(groups), channels_(channels), epsilon_(epsilon) {}
  Tensor forward(const Tensor &x) override;

 private:
  int64_t groups_, channels_;
  double epsilon_;
};

}  // namespace plx::builder

#endif  // PLEXUS_FRONTENDS_BUILDER_LAYERS_H
