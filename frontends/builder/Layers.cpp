#include "frontends/builder/Layers.h"

#include <cmath>

#include "ir/ops/BuildDerivatives.h"
#include "ir/ops/RandomBits.h"

namespace plx::builder {
namespace {

/// What torch's Linear and Conv begin with: U(-a, a), a = 1 / sqrt(fan in).
Initializer byFanIn(int64_t fanIn) {
  double bound = 1 / std::sqrt(static_cast<double>(fanIn));
  return Initializer::uniform(-bound, bound);
}

std::string sizesText(const Tensor &x) {
  std::string text;
  for (Dim dim : x.dims()) text += (text.empty() ? "[" : ", ") + dim.str();
  return text.empty() ? "[]" : text + "]";
}

bool hasSize(const Tensor &x, int64_t axis, int64_t size) {
  return axis < x.rank() && x.dim(axis).isConstant(size);
}

}  // namespace

// ---- Linear, Embedding, Flatten, Dropout

Linear &&Linear::initialize(const Initializer &weight, const Initializer &bias) {
  weight_ = weight;
  bias_ = bias;
  return std::move(*this);
}

Tensor Linear::forward(const Tensor &x) {
  if (x.rank() < 1 || !x.dim(-1).isConstant(in_))
    return refuse(x, "Linear takes [..., " + std::to_string(in_) + "], found " + sizesText(x));
  Initializer otherwise = byFanIn(in_);
  Tensor y = matmulTransposed(x, parameter(x, "weight", {out_, in_}, weight_.value_or(otherwise)));
  return hasBias_ ? y + parameter(x, "bias", {out_}, bias_.value_or(otherwise)) : y;
}

Tensor Embedding::forward(const Tensor &x) {
  if (!x.element().isInteger(64)) return refuse(x, "Embedding takes i64 indices");
  return take(parameter(x, "weight", {count_, size_}, Initializer::normal(0, 1)), x);
}

Tensor Flatten::forward(const Tensor &x) {
  if (x.rank() < 1) return refuse(x, "Flatten takes [n, ...], found " + sizesText(x));
  Dim rest = x.scope().size(1);
  for (int64_t d = 1; d < x.rank(); ++d) rest = rest * x.dim(d);
  return x.reshape({x.dim(0), rest});
}

// Philox under a key of the seed, the module's name and the step: far apart for neighbouring steps.
Tensor Dropout::forward(const Tensor &x) {
  constexpr double kStepStride = 0x9e3779b9;
  Scope &scope = x.scope();
  Network &network = *scope.network();
  if (!network.isTraining() || p_ == 0) return x;
  if (p_ < 0 || p_ >= 1)
    return refuse(x, "Dropout's p is " + std::to_string(p_) + ", must be in [0, 1)");
  mlir::OpBuilder &b = scope.builder();
  auto unsignedType = [&](unsigned width) {
    return mlir::IntegerType::get(b.getContext(), width, mlir::IntegerType::Unsigned);
  };
  RandomKey key = RandomKey::of(network.seed(), path());
  auto type = mlir::RankedTensorType::get({2}, unsignedType(64));
  Tensor words = scope.tensor(build::constant(
      b, scope.loc(),
      mlir::DenseElementsAttr::get(type, llvm::ArrayRef<uint64_t>{key.bits, key.stream})));
  words = words + network.step().cast(unsignedType(64)) * kStepStride;
  if (!words) return {};
  auto drawn =
      RandomBitsOp::create(b, scope.loc(), tensorType(unsignedType(32), x.dims()), words.value());
  llvm::SmallVector<mlir::Value> bits = build::finish(b, drawn);
  if (bits.empty()) return {};
  Tensor uniform = apply(ScalarFn::shr_, {scope.tensor(bits[0]), 8}).cast(x.element()) * 0x1p-24;
  return select(greaterEqual(uniform, p_), x * (1 / (1 - p_)), 0);
}

// ---- normalisations

namespace {

struct Moments {
  Tensor mean, variance;
};
Moments momentsOf(const Tensor &x, llvm::ArrayRef<int64_t> axes) {
  Tensor mean = x.mean(axes, true), centred = x - mean;
  return {mean, (centred * centred).mean(axes, true)};
}

Tensor inverseDeviation(const Tensor &variance, double epsilon) {
  return 1 / sqrt(variance + epsilon);
}

llvm::SmallVector<int64_t> axesFrom(int64_t from, const Tensor &x) {
  return llvm::to_vector(llvm::seq<int64_t>(from, x.rank()));
}

}  // namespace

Tensor BatchNorm::forward(const Tensor &x) {
  if (!hasSize(x, 1, channels_))
    return refuse(
        x, "BatchNorm takes [n, " + std::to_string(channels_) + ", ...], found " + sizesText(x));
  Tensor weight = parameter(x, "weight", {channels_}, Initializer::ones()).along(1, x.rank());
  Tensor bias = parameter(x, "bias", {channels_}, Initializer::zeros()).along(1, x.rank());
  Tensor runningMean = statistic(x, "running_mean", {channels_}, Initializer::zeros());
  Tensor runningVar = statistic(x, "running_var", {channels_}, Initializer::ones());
  Moments m{runningMean.along(1, x.rank()), runningVar.along(1, x.rank())};
  if (x.scope().network()->isTraining()) {
    llvm::SmallVector<int64_t> axes{0};
    axes.append(axesFrom(2, x));
    m = momentsOf(x, axes);
    // The variance of the population, as torch has it: the batch is a sample of it.
    Dim count = x.scope().size(1);
    for (int64_t axis : axes) count = count * x.dim(axis);
    Tensor n{x.scope(), build::dimValue(x.scope().builder(), x.scope().loc(), count)};
    n = n.cast(x.element());
    llvm::SmallVector<Dim> flat{x.dim(1)};
    auto renewed = [&](const Tensor &before, const Tensor &now) {
      return (1 - momentum_) * before + momentum_ * now.reshape(flat);
    };
    renew(x, "running_mean", renewed(runningMean, m.mean));
    renew(x, "running_var", renewed(runningVar, m.variance * (n / maximum(n - 1, 1))));
  }
  // Scale and shift a channel first: they fold into one multiplication and one addition.
  Tensor factor = weight * inverseDeviation(m.variance, epsilon_);
  return x * factor + (bias - m.mean * factor);
}

Tensor LayerNorm::forward(const Tensor &x) {
  if (x.rank() < 1 || !x.dim(-1).isConstant(size_))
    return refuse(x, "LayerNorm takes [..., " + std::to_string(size_) + "], found " + sizesText(x));
  Moments m = momentsOf(x, {x.rank() - 1});
  return (x - m.mean) * inverseDeviation(m.variance, epsilon_) *
             parameter(x, "weight", {size_}, Initializer::ones()) +
         parameter(x, "bias", {size_}, Initializer::zeros());
}

Tensor GroupNorm::forward(const Tensor &x) {
  if (!hasSize(x, 1, channels_) || groups_ < 1 || channels_ % groups_ != 0)
    return refuse(x, "GroupNorm of " + std::to_string(groups_) + " groups takes [n, " +
                         std::to_string(channels_) + ", ...], found " + sizesText(x));
  Scope &scope = x.scope();
  llvm::SmallVector<Dim> split{x.dim(0), scope.size(groups_), scope.size(channels_ / groups_)};
  for (int64_t d = 2; d < x.rank(); ++d) split.push_back(x.dim(d));
  Tensor grouped = x.reshape(split);
  Moments m = momentsOf(grouped, axesFrom(2, grouped));
  Tensor y = ((grouped - m.mean) * inverseDeviation(m.variance, epsilon_)).reshape(x.dims());
  auto channel = [&](const char *name, const Initializer &initial) {
    return parameter(x, name, {channels_}, initial).along(1, x.rank());
  };
  return y * channel("weight", Initializer::ones()) + channel("bias", Initializer::zeros());
}

}  // namespace plx::builder
