#include "frontends/builder/Recurrent.h"

#include <cmath>

#include "ir/ops/Build.h"
#include "ir/ops/Scan.h"
#include "ir/ops/Yield.h"

namespace plx::builder {
namespace {

constexpr const char *kKinds[] = {"RNN", "GRU", "LSTM"};
constexpr int64_t kGates[] = {1, 3, 4};

Tensor reversedInTime(const Tensor &x) {
  if (!x) return {};
  Scope &scope = x.scope();
  return {scope, build::reverse(scope.builder(), scope.loc(), x.value(), {0})};
}

using Body = llvm::function_ref<std::vector<Tensor>(const Tensor &, llvm::ArrayRef<Tensor>)>;

/// The first state after each slice of `x` [time, ...], stacked.
Tensor scan(const Tensor &x, llvm::ArrayRef<Tensor> initial, Body body) {
  if (!x) return {};
  Scope &scope = x.scope();
  mlir::OpBuilder &b = scope.builder();
  llvm::SmallVector<mlir::Value> states;
  for (const Tensor &state : initial) states.push_back(state.value());
  llvm::SmallVector<mlir::Type> types(mlir::ValueRange(states).getTypes());
  llvm::SmallVector<Dim> stacked = initial[0].dims();
  stacked.insert(stacked.begin(), x.dim(0));
  types.push_back(tensorType(x.element(), stacked));
  auto op =
      ScanOp::create(b, scope.loc(), types, states, mlir::ValueRange(x.value()), mlir::ArrayAttr());
  {
    mlir::OpBuilder::InsertionGuard guard(b);
    mlir::Block *block = b.createBlock(&op.getBody());
    std::vector<Tensor> arguments;
    for (mlir::Value state : states)
      arguments.push_back(scope.tensor(block->addArgument(state.getType(), scope.loc())));
    mlir::Type slice = tensorType(x.element(), llvm::ArrayRef<Dim>(x.dims()).drop_front());
    Tensor input = scope.tensor(block->addArgument(slice, scope.loc()));
    llvm::SmallVector<mlir::Value> next;
    for (const Tensor &state : body(input, arguments)) next.push_back(state.value());
    bool isBuilt = !next.empty() && !llvm::is_contained(next, mlir::Value());
    if (isBuilt) next.push_back(next.front());
    YieldOp::create(b, scope.loc(), isBuilt ? mlir::ValueRange(next) : mlir::ValueRange());
  }
  llvm::SmallVector<mlir::Value> results = build::finish(b, op);
  return results.empty() ? Tensor() : scope.tensor(results.back());
}

}  // namespace

Recurrent::Recurrent(Cell cell, int64_t in, int64_t hidden, const RecurrentOptions &options)
    : Module(kKinds[static_cast<int>(cell)]),
      cell_(cell),
      in_(in),
      hidden_(hidden),
      options_(options) {}

std::vector<Tensor> Recurrent::step(const Tensor &projected, llvm::ArrayRef<Tensor> states,
                                    const Tensor &weight, const Tensor &bias) const {
  if (!projected || !weight || !bias) return {};
  Scope &scope = projected.scope();
  const Tensor &h = states[0];
  Tensor recurrent = matmulTransposed(h, weight) + bias;
  auto gate = [&](const Tensor &of, int64_t g) {
    return of.slice(1, scope.size(g * hidden_), scope.size(hidden_));
  };
  if (cell_ == Cell::Gru) {
    Tensor r = sigmoid(gate(projected, 0) + gate(recurrent, 0));
    Tensor z = sigmoid(gate(projected, 1) + gate(recurrent, 1));
    Tensor n = tanh(gate(projected, 2) + r * gate(recurrent, 2));
    return {(1 - z) * n + z * h};
  }
  Tensor sum = projected + recurrent;
  if (cell_ == Cell::Rnn) return {tanh(sum)};
  Tensor i = sigmoid(gate(sum, 0)), f = sigmoid(gate(sum, 1)), g = tanh(gate(sum, 2)),
         o = sigmoid(gate(sum, 3));
  Tensor c = f * states[1] + i * g;
  return {o * tanh(c), c};
}

/// x [time, batch, in]; the projection of all steps is one product.
Tensor Recurrent::direction(const Tensor &x, const std::string &suffix, int64_t in,
                            bool isReverse) const {
  if (!x) return {};
  int64_t rows = kGates[static_cast<int>(cell_)] * hidden_;
  double bound = 1 / std::sqrt(static_cast<double>(hidden_));
  Initializer initial = Initializer::uniform(-bound, bound);
  Tensor input = isReverse ? reversedInTime(x) : x;
  Tensor projected =
      matmulTransposed(input, parameter(x, "weight_ih_" + suffix, {rows, in}, initial)) +
      parameter(x, "bias_ih_" + suffix, {rows}, initial);
  Tensor weight = parameter(x, "weight_hh_" + suffix, {rows, hidden_}, initial);
  Tensor bias = parameter(x, "bias_hh_" + suffix, {rows}, initial);
  Tensor zero = x.scope().full(0, x.element(), {x.dim(1), x.scope().size(hidden_)});
  std::vector<Tensor> states(cell_ == Cell::Lstm ? 2 : 1, zero);
  Tensor y = scan(projected, states, [&](const Tensor &slice, llvm::ArrayRef<Tensor> before) {
    return step(slice, before, weight, bias);
  });
  return isReverse ? reversedInTime(y) : y;
}

Tensor Recurrent::forward(const Tensor &x) {
  if (x.rank() != 3 || !x.dim(2).isConstant(in_))
    return refuse(x, "a recurrent layer takes [batch, time, " + std::to_string(in_) +
                         "], found rank " + std::to_string(x.rank()) +
                         (x.rank() > 0 ? " with " + x.dim(-1).str() + " last" : ""));
  Tensor y = x.transpose({1, 0, 2});
  int64_t in = in_;
  for (int64_t layer = 0; layer < options_.layers; ++layer) {
    std::string suffix = "l" + std::to_string(layer);
    Tensor forwards = direction(y, suffix, in, false);
    y = options_.isBidirectional
            ? concat({forwards, direction(y, suffix + "_reverse", in, true)}, 2)
            : forwards;
    in = options_.isBidirectional ? 2 * hidden_ : hidden_;
  }
  return y.transpose({1, 0, 2});
}

Tensor lastInTime(const Tensor &x) {
  if (!x) return {};
  return x.slice(1, x.dim(1) - 1, x.scope().size(1)).squeeze({1});
}

}  // namespace plx::builder
