// Recurrent layers: plx.scan over time, one scan a direction.
#include "frontends/onnx/NodeContext.h"

namespace plx::onnxio {
namespace {

// An activation with its parameters.
struct Activation {
  std::string name;
  double alpha, beta;
};

double defaultAlpha(const std::string &name) {
  if (name == "leakyrelu") return 0.01f;
  if (name == "hardsigmoid") return 0.2f;
  return 1;
}

Value activate(NodeContext &c, const Activation &a, Value x) {
  if (a.name == "sigmoid") return c.sigmoid_(x);
  if (a.name == "tanh") return c.tanh_(x);
  if (a.name == "relu") return c.max_(x, 0);
  if (a.name == "affine") return c.add_(c.mul_(x, a.alpha), a.beta);
  if (a.name == "leakyrelu") return c.select_(c.lt_(x, 0), c.mul_(x, a.alpha), x);
  if (a.name == "thresholdedrelu") return c.select_(c.gt_(x, a.alpha), x, 0);
  if (a.name == "scaledtanh") return c.mul_(c.tanh_(c.mul_(x, a.beta)), a.alpha);
  if (a.name == "hardsigmoid") return c.clamp(c.add_(c.mul_(x, a.alpha), a.beta), 0, 1);
  if (a.name == "elu") return c.select_(c.lt_(x, 0), c.mul_(c.expm1_(x), a.alpha), x);
  if (a.name == "softsign") return c.div_(x, c.add_(c.abs_(x), 1));
  if (a.name == "softplus") return c.add_(c.max_(x, 0), c.log1p_(c.exp_(c.neg_(c.abs_(x)))));
  unsupported("activation '" + a.name + "'");
}

// What a layer is, whichever cell it has. Shapes: x [t, b, i]; W [d, gates*h, i]; R [d, gates*h,
// h]; B [d, 2*gates*h].
struct Layer {
  int64_t gates;
  bool batchFirst;
  Value x, lengths;
  Dim time, batch;
  int64_t directions;
  bool reverseOnly;
  Dim hidden;
  std::vector<Activation> activations;  // per direction
  double clip;
};

std::vector<Activation> activationsOf(NodeContext &c, const std::vector<std::string> &defaults,
                                      int64_t directions) {
  std::vector<std::string> names = c.stringsOf("activations");
  if (names.empty())
    for (int64_t d = 0; d < directions; ++d)
      names.insert(names.end(), defaults.begin(), defaults.end());
  if (names.size() != defaults.size() * directions)
    invalid("`activations` has " + llvm::Twine(names.size()) + " entries, must be " +
            llvm::Twine(defaults.size() * directions));
  auto alphas = c.floatsOf("activation_alpha"), betas = c.floatsOf("activation_beta");
  std::vector<Activation> result;
  size_t nextAlpha = 0, nextBeta = 0;
  for (const std::string &name : names) {
    Activation a{llvm::StringRef(name).lower(), 0, 0};
    a.alpha = defaultAlpha(a.name);
    a.beta = a.name == "hardsigmoid" ? 0.5 : a.name == "scaledtanh" ? 1 : 0;
    // Parameters are listed in order for those functions that take them.
    bool takesAlpha = a.name == "affine" || a.name == "leakyrelu" || a.name == "thresholdedrelu" ||
                      a.name == "scaledtanh" || a.name == "hardsigmoid" || a.name == "elu";
    bool takesBeta = a.name == "affine" || a.name == "scaledtanh" || a.name == "hardsigmoid";
    if (takesAlpha && nextAlpha < alphas.size()) a.alpha = alphas[nextAlpha++];
    if (takesBeta && nextBeta < betas.size()) a.beta = betas[nextBeta++];
    result.push_back(a);
  }
  return result;
}

Layer layerOf(NodeContext &c, int64_t gates, const std::vector<std::string> &defaults) {
  Layer layer;
  layer.gates = gates;
  layer.batchFirst = c.intOf("layout", 0) == 1;
  layer.x = c.in(0);
  if (Emit::rank(layer.x) != 3 || Emit::rank(c.in(1)) != 3 || Emit::rank(c.in(2)) != 3)
    invalid("X, W and R must have rank 3");
  if (layer.batchFirst) layer.x = c.transpose(layer.x, {1, 0, 2});
  layer.time = c.dim(layer.x, 0);
  layer.batch = c.dim(layer.x, 1);
  layer.hidden = c.dim(c.in(2), 2);
  std::string direction = c.stringOf("direction", "forward");
  layer.directions = direction == "bidirectional" ? 2 : 1;
  layer.reverseOnly = direction == "reverse";
  layer.lengths = c.optIn(4);
  if (layer.lengths) layer.lengths = c.cast(layer.lengths, c.i64());
  layer.activations = activationsOf(c, defaults, layer.directions);
  layer.clip = c.floatOf("clip", 0);
  return layer;
}

// Entry d of an operand whose dim 0 is directions; rank one less.
Value ofDirection(NodeContext &c, Value x, int64_t d) {
  return c.squeeze(c.sliceAxis(x, 0, d, 1), {0});
}
// Rows of gate g.
Value gateOf(NodeContext &c, const Layer &layer, Value x, int64_t axis, int64_t g) {
  return c.sliceAxis(x, axis, layer.hidden * g, layer.hidden);
}
Value clipped(NodeContext &c, const Layer &layer, Value x) {
  return layer.clip > 0 ? c.clamp(x, -layer.clip, layer.clip) : x;
}

Value initialState(NodeContext &c, const Layer &layer, int64_t operand, int64_t d) {
  if (!c.hasIn(operand)) return c.splat(0, Emit::elem(layer.x), {layer.batch, layer.hidden});
  Value state = c.in(operand);
  if (layer.batchFirst) state = c.transpose(state, {1, 0, 2});
  return c.rebind(ofDirection(c, state, d), {layer.batch, layer.hidden});
}

// Bias of W plus bias of R for gates [from, to), or null.
Value biasSum(NodeContext &c, const Layer &layer, int64_t d) {
  if (!c.hasIn(3)) return {};
  Value b = ofDirection(c, c.in(3), d);
  Dim half = layer.hidden * layer.gates;
  return c.add_(c.sliceAxis(b, 0, c.k(0), half), c.sliceAxis(b, 0, half, half));
}

// x and each step's position are turned round within each sequence's length.
Value reversedInTime(NodeContext &c, const Layer &layer, Value x) {
  if (!layer.lengths) return c.reverse(x, {0});
  Dims dims = Emit::dims(x), plane{dims[0], dims[1]};
  Value t = c.iota(0, c.i64(), plane), b = c.iota(1, c.i64(), plane);
  Value length = c.broadcastAlong(layer.lengths, {1}, plane);
  Value turned = c.select_(c.lt_(t, length), c.sub_(c.sub_(length, 1), t), t);
  return c.gather(x, {turned, b}, {0, 1}, 0);
}

// One direction. `cell`: (projected input [b, gates*h], states) -> new states; the first is the
// output.
using Cell = llvm::function_ref<Values(Value projected, llvm::ArrayRef<Value> states)>;

struct Run {
  Value outputs;  // [t, b, h]
  Values finals;  // [b, h]
};

Run runDirection(NodeContext &c, const Layer &layer, int64_t d, Values states, Cell cell) {
  bool backwards = layer.reverseOnly || d == 1;
  Value x = backwards ? reversedInTime(c, layer, layer.x) : layer.x;
  // All steps' inputs are projected by one matrix product: [t, b, i] x [gates*h, i] -> [t, b,
  // gates*h].
  Value projected = c.dot(x, ofDirection(c, c.in(1), d), {}, {}, {2}, {1});
  if (Value bias = biasSum(c, layer, d)) projected = c.add_(projected, bias);
  Values inputs{projected};
  if (layer.lengths) inputs.push_back(c.iota(0, c.i64(), {layer.time}));

  auto region = std::make_unique<mlir::Region>();
  Values yields;
  {
    mlir::OpBuilder::InsertionGuard guard(c.builder());
    mlir::Block *body = c.builder().createBlock(region.get());
    Values arguments;
    for (Value state : states) arguments.push_back(body->addArgument(state.getType(), c.loc()));
    Value step = body->addArgument(
        tensorType(Emit::elem(projected), {layer.batch, c.dim(projected, 2)}), c.loc());
    Values next = cell(step, arguments);
    if (layer.lengths) {
      // Past its length a sequence keeps its state, and its output is zero.
      Value t = body->addArgument(tensorType(c.i64(), {}), c.loc());
      Value alive = c.expandDims(c.lt_(c.broadcastTo(t, {layer.batch}), layer.lengths), {1});
      alive = c.broadcastTo(alive, {layer.batch, layer.hidden});
      Value output = c.select_(alive, next[0], 0);
      for (size_t i = 0; i < next.size(); ++i) next[i] = c.select_(alive, next[i], arguments[i]);
      yields = next;
      yields.push_back(output);
    } else {
      yields = next;
      yields.push_back(next[0]);
    }
    mlir::OperationState yield(c.loc(), "plx.yield");
    yield.addOperands(yields);
    c.builder().create(yield);
  }
  llvm::SmallVector<Type> types;
  for (Value state : states) types.push_back(state.getType());
  types.push_back(tensorType(Emit::elem(projected), {layer.time, layer.batch, layer.hidden}));
  Values operands = states;
  llvm::append_range(operands, inputs);
  llvm::SmallVector<std::unique_ptr<mlir::Region>> regions;
  regions.push_back(std::move(region));
  Values results = c.regionsOp(
      "plx.scan", operands,
      {c.segments({static_cast<int64_t>(states.size()), static_cast<int64_t>(inputs.size())})},
      regions, types);
  Value outputs = results.back();
  results.pop_back();
  if (backwards) outputs = reversedInTime(c, layer, outputs);
  return {outputs, results};
}

// Y [t, d, b, h] and the final states [d, b, h], or with the batch first [b, t, d, h] and [b, d,
// h].
void giveOutputs(NodeContext &c, const Layer &layer, llvm::ArrayRef<Run> runs) {
  Values all;
  for (const Run &run : runs) all.push_back(c.expandDims(run.outputs, {1}));
  Value y = c.concat(1, all);
  c.out(0, layer.batchFirst ? c.transpose(y, {2, 0, 1, 3}) : y);
  for (size_t s = 0; s < runs[0].finals.size(); ++s) {
    Values finals;
    for (const Run &run : runs) finals.push_back(c.expandDims(run.finals[s], {0}));
    Value state = c.concat(0, finals);
    c.out(1 + s, layer.batchFirst ? c.transpose(state, {1, 0, 2}) : state);
  }
}

// Gates i, o, f, c; operands X, W, R, B, lengths, initial_h, initial_c, P (peepholes i, o, f).
void lstm(NodeContext &c) {
  Layer layer = layerOf(c, 4, {"Sigmoid", "Tanh", "Tanh"});
  bool couple = c.intOf("input_forget", 0) != 0;
  llvm::SmallVector<Run> runs;
  for (int64_t d = 0; d < layer.directions; ++d) {
    Value r = ofDirection(c, c.in(2), d),
          peephole = c.hasIn(7) ? ofDirection(c, c.in(7), d) : Value();
    const Activation *act = &layer.activations[3 * d];
    auto cell = [&](Value projected, llvm::ArrayRef<Value> states) -> Values {
      Value gates = c.add_(projected, c.dot(states[0], r, {}, {}, {1}, {1}));
      auto gate = [&](int64_t g) { return gateOf(c, layer, gates, 1, g); };
      auto peep = [&](Value x, Value state, int64_t g) {
        return clipped(c, layer,
                       peephole ? c.add_(x, c.mul_(state, gateOf(c, layer, peephole, 0, g))) : x);
      };
      Value i = activate(c, act[0], peep(gate(0), states[1], 0));
      Value f = couple ? c.sub_(1, i) : activate(c, act[0], peep(gate(2), states[1], 2));
      Value fresh = activate(c, act[1], clipped(c, layer, gate(3)));
      Value cell = c.add_(c.mul_(f, states[1]), c.mul_(i, fresh));
      Value o = activate(c, act[0], peep(gate(1), cell, 1));
      return {c.mul_(o, activate(c, act[2], cell)), cell};
    };
    runs.push_back(runDirection(
        c, layer, d, {initialState(c, layer, 5, d), initialState(c, layer, 6, d)}, cell));
  }
  giveOutputs(c, layer, runs);
}
PLX_ONNX_OP("", LSTM, 7, lstm);
PLX_ONNX_OP("plx.withdrawn", LSTM, 1, lstm);

// Gates z, r, h. linear_before_reset: the reset gate multiplies after the recurrent product.
void gru(NodeContext &c) {
  Layer layer = layerOf(c, 3, {"Sigmoid", "Tanh"});
  bool linear = c.intOf("linear_before_reset", 0) != 0;
  llvm::SmallVector<Run> runs;
  for (int64_t d = 0; d < layer.directions; ++d) {
    Value r = ofDirection(c, c.in(2), d);
    const Activation *act = &layer.activations[2 * d];
    // The recurrent bias of h stands inside the reset when that comes late: taken out of the sum
    // again, and put in there.
    Value lateBias;
    if (linear && c.hasIn(3)) lateBias = gateOf(c, layer, ofDirection(c, c.in(3), d), 0, 5);
    Value rZR = c.sliceAxis(r, 0, c.k(0), layer.hidden * 2), rH = gateOf(c, layer, r, 0, 2);
    auto cell = [&](Value projected, llvm::ArrayRef<Value> states) -> Values {
      Value h = states[0];
      Value both = c.add_(c.sliceAxis(projected, 1, c.k(0), layer.hidden * 2),
                          c.dot(h, rZR, {}, {}, {1}, {1}));
      both = clipped(c, layer, both);
      Value z = activate(c, act[0], gateOf(c, layer, both, 1, 0));
      Value reset = activate(c, act[0], gateOf(c, layer, both, 1, 1));
      Value input = gateOf(c, layer, projected, 1, 2);
      Value fresh;
      if (linear) {
        Value recurrent = c.dot(h, rH, {}, {}, {1}, {1});
        if (lateBias) {
          recurrent = c.add_(recurrent, lateBias);
          input = c.sub_(input, lateBias);
        }
        fresh = c.add_(input, c.mul_(reset, recurrent));
      } else {
        fresh = c.add_(input, c.dot(c.mul_(reset, h), rH, {}, {}, {1}, {1}));
      }
      fresh = activate(c, act[1], clipped(c, layer, fresh));
      return {c.add_(c.mul_(c.sub_(1, z), fresh), c.mul_(z, h))};
    };
    runs.push_back(runDirection(c, layer, d, {initialState(c, layer, 5, d)}, cell));
  }
  giveOutputs(c, layer, runs);
}
PLX_ONNX_OP("", GRU, 7, gru);
PLX_ONNX_OP("plx.withdrawn", GRU, 1, gru);

void rnn(NodeContext &c) {
  Layer layer = layerOf(c, 1, {"Tanh"});
  llvm::SmallVector<Run> runs;
  for (int64_t d = 0; d < layer.directions; ++d) {
    Value r = ofDirection(c, c.in(2), d);
    auto cell = [&](Value projected, llvm::ArrayRef<Value> states) -> Values {
      Value sum = c.add_(projected, c.dot(states[0], r, {}, {}, {1}, {1}));
      return {activate(c, layer.activations[d], clipped(c, layer, sum))};
    };
    runs.push_back(runDirection(c, layer, d, {initialState(c, layer, 5, d)}, cell));
  }
  giveOutputs(c, layer, runs);
}
PLX_ONNX_OP("", RNN, 7, rnn);
PLX_ONNX_OP("plx.withdrawn", RNN, 1, rnn);

}  // namespace
}  // namespace plx::onnxio
