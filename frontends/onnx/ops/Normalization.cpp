// Normalisations: compositions, computed in f32 or wider.
#include "frontends/onnx/Graph.h"
#include "frontends/onnx/NodeContext.h"

namespace plx::onnxio {
namespace {

struct Moments {
  Value mean, variance;
};
Moments momentsOf(NodeContext &c, Value x, llvm::ArrayRef<int64_t> axes) {
  Value mean = c.mean(x, axes, true);
  Value centred = c.sub_(x, mean);
  return {mean, c.mean(c.mul_(centred, centred), axes, true)};
}
Ints axesFrom(int64_t from, Value x) {
  Ints axes;
  for (int64_t d = from; d < Emit::rank(x); ++d) axes.push_back(d);
  return axes;
}
Value inverseDeviation(NodeContext &c, Value variance, double epsilon) {
  return c.div_(1, c.sqrt_(c.add_(variance, epsilon)));
}
// (x - mean) / sqrt(variance + epsilon)
Value normalized(NodeContext &c, Value x, Value mean, Value variance, double epsilon) {
  return c.mul_(c.sub_(x, mean), inverseDeviation(c, variance, epsilon));
}

/// Whether a BatchNormalization takes the batch's own moments.
bool normalizesByBatch(NodeContext &c) {
  TrainingState &training = c.graph.session().training;
  if (training.mode == TrainingImport::Inference) return false;
  if (c.intOf("training_mode", 0) != 0) return true;
  if (training.mode != TrainingImport::Auto) return false;
  ++training.normalizations;
  return true;
}

/// In training, the new value of a running moment that is a weight goes into the next step.
void keepStatistic(NodeContext &c, int64_t operand, Value updated) {
  TrainingState &training = c.graph.session().training;
  const std::string &name = c.node.input(static_cast<int>(operand));
  if (training.statistics.count(name)) training.updates.emplace_back(name, updated);
}

// Operands: x, scale, bias, mean, variance. In training mode the batch's own moments, and the
// running ones as outputs.
void batchNormalization(NodeContext &c) {
  Value given = c.in(0), x = c.wide(given);
  int64_t rank = Emit::rank(x);
  double epsilon = c.floatOf("epsilon", 1e-5f), momentum = c.floatOf("momentum", 0.9f);
  int64_t axis = rank > 1 ? 1 : 0;
  auto channel = [&](int64_t i) {
    Value v = c.cast(c.in(i), Emit::elem(x));
    return Emit::rank(v) == 1 ? c.along(v, axis, rank) : v;  // else of each element (spatial = 0)
  };
  Value mean = channel(3), variance = channel(4);
  if (normalizesByBatch(c)) {
    Ints axes{0};
    axes.append(axesFrom(2, x));
    Moments m = momentsOf(c, x, axes);
    auto running = [&](Value before, Value now) {
      return c.cast(
          c.reshape(c.add_(c.mul_(before, momentum), c.mul_(now, 1 - momentum)), {c.dim(x, axis)}),
          Emit::elem(c.in(3)));
    };
    Values moments{running(mean, m.mean), running(variance, m.variance)};
    for (int64_t k : {0, 1}) {
      c.out(1 + k, moments[k]);
      keepStatistic(c, 3 + k, moments[k]);
    }
    mean = m.mean;
    variance = m.variance;
  } else if (c.graph.session().training.mode == TrainingImport::Inference) {
    for (int64_t k : {0, 1}) c.out(1 + k, c.in(3 + k));  // they stay as they are
  }
  // Scale and shift a channel first: they fold into one multiplication and one addition.
  Value factor = c.mul_(channel(1), inverseDeviation(c, variance, epsilon));
  Value shift = c.sub_(channel(2), c.mul_(mean, factor));
  c.out(c.cast(c.add_(c.mul_(x, factor), shift), Emit::elem(given)));
}
PLX_ONNX_OP("", BatchNormalization, 7, batchNormalization);
PLX_ONNX_OP("plx.withdrawn", BatchNormalization, 1, batchNormalization);

void instanceNormalization(NodeContext &c) {
  Value x = c.wide(c.in(0));
  int64_t rank = Emit::rank(x);
  Moments m = momentsOf(c, x, axesFrom(2, x));
  Value y = normalized(c, x, m.mean, m.variance, c.floatOf("epsilon", 1e-5f));
  y = c.add_(c.mul_(y, c.along(c.wide(c.in(1)), 1, rank)), c.along(c.wide(c.in(2)), 1, rank));
  c.out(c.cast(y, Emit::elem(c.in(0))));
}
PLX_ONNX_OP("", InstanceNormalization, 6, instanceNormalization);

void layerNormalization(NodeContext &c) {
  Value given = c.in(0), x = c.wide(given);
  int64_t axis = c.axis(c.intOf("axis", -1), Emit::rank(x));
  double epsilon = c.floatOf("epsilon", 1e-5f);
  Moments m = momentsOf(c, x, axesFrom(axis, x));
  Value deviation = inverseDeviation(c, m.variance, epsilon);
  Value y = c.mul_(c.mul_(c.sub_(x, m.mean), deviation), c.cast(c.in(1), Emit::elem(x)));
  if (c.hasIn(2)) y = c.add_(y, c.cast(c.in(2), Emit::elem(x)));
  c.out(0, c.cast(y, Emit::elem(given)));
  c.out(1, m.mean);
  c.out(2, deviation);
}
PLX_ONNX_OP("", LayerNormalization, 17, layerNormalization);

void rmsNormalization(NodeContext &c) {
  Value given = c.in(0), x = c.wide(given);
  int64_t axis = c.axis(c.intOf("axis", -1), Emit::rank(x));
  Value square = c.mean(c.mul_(x, x), axesFrom(axis, x), true);
  Value y = c.mul_(x, inverseDeviation(c, square, c.floatOf("epsilon", 1e-5f)));
  Type type = Emit::elem(c.in(1));
  c.out(c.mul_(c.cast(y, type), c.in(1)));
}
PLX_ONNX_OP("", RMSNormalization, 23, rmsNormalization);

// [n, c, s...] in groups of channels.
void groupNormalization(NodeContext &c) {
  Value given = c.in(0), x = c.wide(given);
  Dims dims = Emit::dims(x);
  if (dims.size() < 2)
    invalid("the operand has rank " + llvm::Twine(dims.size()) + ", must be 2 or more");
  int64_t groups = c.intOf("num_groups", 0), rank = dims.size();
  if (groups < 1 || provablyDifferent(floorDiv(dims[1], groups) * groups, dims[1]))
    invalid("num_groups is " + llvm::Twine(groups) + " of " + dims[1].str() +
            " channels, must divide them");
  Dims split{dims[0], c.k(groups), floorDiv(dims[1], groups)};
  split.append(dims.begin() + 2, dims.end());
  Value grouped = c.reshape(x, split);
  Moments m = momentsOf(c, grouped, axesFrom(2, grouped));
  Value y = normalized(c, grouped, m.mean, m.variance, c.floatOf("epsilon", 1e-5f));
  auto channel = [&](int64_t i) {
    Value v = c.cast(c.in(i), Emit::elem(x));
    if (c.version >= 21) return c.along(v, 1, rank);
    // Before opset 21: one a group.
    Value each = c.broadcastAlong(v, {0}, {c.k(groups), floorDiv(dims[1], groups)});
    return c.along(c.reshape(each, {dims[1]}), 1, rank);
  };
  c.out(c.cast(c.add_(c.mul_(c.reshape(y, dims), channel(1)), channel(2)), Emit::elem(given)));
}
PLX_ONNX_OP("", GroupNormalization, 21, groupNormalization);
PLX_ONNX_OP("plx.withdrawn", GroupNormalization, 18, groupNormalization);

void meanVarianceNormalization(NodeContext &c) {
  Value x = c.wide(c.in(0));
  Ints axes = c.axes(c.intsOf("axes", {0, 2, 3}), Emit::rank(x));
  Moments m = momentsOf(c, x, axes);
  Value y = c.div_(c.sub_(x, m.mean), c.add_(c.sqrt_(m.variance), 1e-9));
  c.out(c.cast(y, Emit::elem(c.in(0))));
}
PLX_ONNX_OP("", MeanVarianceNormalization, 9, meanVarianceNormalization);

// x / (bias + alpha / size * sum of squares over neighbouring channels) ^ beta
void lrn(NodeContext &c) {
  Value x = c.wide(c.in(0));
  int64_t size = c.intOf("size", 0), rank = Emit::rank(x);
  if (size < 1 || size > INT32_MAX || rank < 2)
    invalid("size is " + llvm::Twine(size) + ", rank " + llvm::Twine(rank));
  Dims low(rank, c.k(0)), high(rank, c.k(0));
  low[1] = c.k((size - 1) / 2);
  high[1] = c.k(size - 1 - (size - 1) / 2);
  Ints window(rank, 1), ones(rank, 1);
  window[1] = size;
  Value squares = c.pad(c.mul_(x, x), c.scalar(0, Emit::elem(x)), low, high);
  Value sum = c.reduceWindow("sum", squares, window, ones, ones);
  Value base = c.add_(c.mul_(sum, c.floatOf("alpha", 0.0001f) / static_cast<double>(size)),
                      c.floatOf("bias", 1));
  c.out(c.cast(c.div_(x, c.pow_(base, c.floatOf("beta", 0.75))), Emit::elem(c.in(0))));
}
PLX_ONNX_OP("", LRN, 1, lrn);

}  // namespace
}  // namespace plx::onnxio
