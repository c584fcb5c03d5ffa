// How parameters begin: values from a distribution, the same ones for a seed and a name in every
// run and on every machine.
//
// Names and formulas are torch.nn.init's. The fans of weights [out, in, k...] are in * k... and
// out * k..., k the sizes of a convolution's window.
//   xavierUniform  U(-a, a), a = gain sqrt(6 / (fan_in + fan_out))          Glorot, Bengio 2010
//   xavierNormal   N(0, s^2), s = gain sqrt(2 / (fan_in + fan_out))
//   heUniform      U(-a, a), a = gain sqrt(3 / fan_in)                      He et al. 2015
//   heNormal       N(0, s^2), s = gain / sqrt(fan_in); gain sqrt(2) is ReLU's
#ifndef PLEXUS_FRONTENDS_BUILDER_INITIALIZERS_H
#define PLEXUS_FRONTENDS_BUILDER_INITIALIZERS_H

#include <cstdint>
#include <string>
#include <vector>

#include "llvm/ADT/ArrayRef.h"

namespace plx::builder {

/// Which random numbers: Philox 4x32-10 under this key, as plx.random_bits has it.
struct RandomKey {
  uint64_t bits, stream;
  /// Of a name under a seed.
  static RandomKey of(uint64_t seed, const std::string &name);
};

class Initializer {
 public:
  static Initializer constant(double value) { return {Kind::Constant, value, 0}; }
  static Initializer zeros() { return constant(0); }
  static Initializer ones() { return constant(1); }
  static Initializer uniform(double low, double high) { return {Kind::Uniform, low, high}; }
  static Initializer normal(double mean, double deviation) {
    return {Kind::Normal, mean, deviation};
  }
  static Initializer xavierUniform(double gain = 1) { return {Kind::XavierUniform, gain, 0}; }
  static Initializer xavierNormal(double gain = 1) { return {Kind::XavierNormal, gain, 0}; }
  static Initializer heUniform(double gain = kReluGain) { return {Kind::HeUniform, gain, 0}; }
  static Initializer heNormal(double gain = kReluGain) { return {Kind::HeNormal, gain, 0}; }
  static constexpr double kReluGain = 1.4142135623730951;  // sqrt(2)

  /// Row-major elements of a tensor of these dims.
  std::vector<double> values(llvm::ArrayRef<int64_t> dims, RandomKey key) const;

 private:
  enum class Kind { Constant, Uniform, Normal, XavierUniform, XavierNormal, HeUniform, HeNormal };
  Initializer(Kind kind, double first, double second)
      : kind_(kind), first_(first), second_(second) {}
  Kind kind_;
  double first_, second_;
};

}  // namespace plx::builder

#endif  // PLEXUS_FRONTENDS_BUILDER_INITIALIZERS_H
