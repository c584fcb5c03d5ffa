// ai.onnx.preview.training: gradients, and one step of an optimizer.
#include "frontends/onnx/Graph.h"
#include "frontends/onnx/NodeContext.h"
#include "ir/autodiff/Gradient.h"
#include "ir/ops/BuildDerivatives.h"
#include "llvm/ADT/SetVector.h"
#include "mlir/IR/IRMapping.h"

namespace plx::onnxio {
namespace {

// ---- Gradient

/// The ops that make `y` of `sources`, in their order. What they use of other ops stays where it
/// is.
llvm::SetVector<mlir::Operation *> opsBetween(llvm::ArrayRef<Value> sources, Value y) {
  llvm::SetVector<mlir::Operation *> found;
  llvm::SmallVector<std::pair<mlir::Operation *, bool>>
      stack;  // an op, and whether what it uses is found
  auto push = [&](Value value) {
    if (mlir::Operation *op = value.getDefiningOp(); op && !llvm::is_contained(sources, value))
      stack.push_back({op, false});
  };
  push(y);
  while (!stack.empty()) {
    auto [op, isReady] = stack.pop_back_val();
    if (isReady) found.insert(op);
    if (isReady || found.contains(op)) continue;
    stack.push_back({op, true});
    op->walk([&](mlir::Operation *inner) {
      for (Value operand : inner->getOperands())
        if (operand.getParentBlock() == op->getBlock()) push(operand);
    });
  }
  return found;
}

// dY/dX for each name of `xs`: tensor `y` of this graph as a function of the tensors that `xs` and
// `zs` name, at the values that the operands have.
void gradientOf(NodeContext &c) {
  std::vector<std::string> names = c.stringsOf("xs");
  size_t numX = names.size();
  llvm::append_range(names, c.stringsOf("zs"));
  if (static_cast<int64_t>(names.size()) != c.numInputs())
    invalid("there are " + llvm::Twine(c.numInputs()) + " operands; `xs` and `zs` name " +
            llvm::Twine(names.size()));
  Values sources, given;
  mlir::IRMapping mapping;
  for (auto [i, name] : llvm::enumerate(names)) {
    sources.push_back(c.graph.lookup(name));
    given.push_back(c.in(static_cast<int64_t>(i)));
    if (!sources.back()) return;  // of a node that failed
    if (sources.back().getType() != given.back().getType())
      unsupported("operand " + llvm::Twine(i) + " has another type than tensor '" + name +
                  "', in whose place it is");
    mapping.map(sources.back(), given.back());
  }
  Value y = c.graph.lookup(c.stringOf("y", ""));
  if (!y) return;
  // A copy, since differentiating may replace ops, which names of the graph stand for.
  for (mlir::Operation *op : opsBetween(sources, y)) c.builder().clone(*op, mapping);
  Value result = mapping.lookupOrDefault(y);
  Values inputs(given.begin(), given.begin() + numX);
  Value seed = build::filled(c.builder(), c.loc(), 1, result.getType());
  auto found = gradient(c.builder(), result, seed, inputs);
  if (failed(found))
    unsupported("'" + c.stringOf("y", "") + "' cannot be differentiated: " +
                std::exchange(c.graph.session().emit.lastError, ""));
  for (auto [i, value] : llvm::enumerate(*found))
    c.out(static_cast<int64_t>(i),
          value ? value : build::zerosLike(c.builder(), c.loc(), inputs[i]));
}
PLX_ONNX_OP("ai.onnx.preview.training", Gradient, 1, gradientOf);

// ---- Optimizers
// Operands: rate R, step T, then the tensors of n parameters, grouped by role; results are grouped
// the same way.

// roles: X, G and the states. Calls `update` with the tensors of one parameter; gives what it
// returns, by role.
void forEachParameter(NodeContext &c, int64_t roles, int64_t results,
                      llvm::function_ref<Values(llvm::ArrayRef<Value>)> update) {
  int64_t count = (c.numInputs() - 2) / roles;
  if (count < 1 || c.numInputs() != 2 + count * roles)
    invalid("there are " + llvm::Twine(c.numInputs()) + " operands; must be 2 and " +
            llvm::Twine(roles) + " a parameter");
  for (int64_t i = 0; i < count; ++i) {
    Values tensors;
    for (int64_t role = 0; role < roles; ++role) tensors.push_back(c.in(2 + role * count + i));
    Values updated = update(tensors);
    for (int64_t r = 0; r < results; ++r) c.out(r * count + i, updated[r]);
  }
}

Value scalarIn(NodeContext &c, int64_t i, Type type) {
  return c.cast(c.reshape(c.in(i), {}), type);
}

void adagrad(NodeContext &c) {
  forEachParameter(c, 3, 2, [&](llvm::ArrayRef<Value> t) -> Values {
    Value x = t[0], g = c.add_(c.mul_(x, c.floatOf("norm_coefficient", 0)), t[1]);
    Type type = Emit::elem(x);
    Value rate = c.div_(scalarIn(c, 0, type),
                        c.add_(c.mul_(scalarIn(c, 1, type), c.floatOf("decay_factor", 0)), 1));
    Value h = c.add_(t[2], c.mul_(g, g));
    return {c.sub_(x, c.div_(c.mul_(rate, g), c.add_(c.sqrt_(h), c.floatOf("epsilon", 1e-6f)))), h};
  });
}
PLX_ONNX_OP("ai.onnx.preview.training", Adagrad, 1, adagrad);

void adam(NodeContext &c) {
  double alpha = c.floatOf("alpha", 0.9f), beta = c.floatOf("beta", 0.999f);
  forEachParameter(c, 4, 3, [&](llvm::ArrayRef<Value> t) -> Values {
    Value x = t[0], g = c.add_(c.mul_(x, c.floatOf("norm_coefficient", 0)), t[1]);
    Type type = Emit::elem(x);
    Value v = c.add_(c.mul_(t[2], alpha), c.mul_(g, 1 - alpha));
    Value h = c.add_(c.mul_(t[3], beta), c.mul_(c.mul_(g, g), 1 - beta));
    Value rate = scalarIn(c, 0, type), step = scalarIn(c, 1, type);
    Value corrected = c.div_(c.mul_(rate, c.sqrt_(c.sub_(1, c.pow_(c.scalar(beta, type), step)))),
                             c.sub_(1, c.pow_(c.scalar(alpha, type), step)));
    rate = c.select_(c.gt_(step, 0), corrected, rate);
    Value next =
        c.sub_(x, c.mul_(rate, c.div_(v, c.add_(c.sqrt_(h), c.floatOf("epsilon", 1e-6f)))));
    return {c.mul_(next, 1 - c.floatOf("norm_coefficient_post", 0)), v, h};
  });
}
PLX_ONNX_OP("ai.onnx.preview.training", Adam, 1, adam);

void momentum(NodeContext &c) {
  double alpha = c.floatOf("alpha", 0), beta = c.floatOf("beta", 0);
  bool nesterov = c.stringOf("mode", "standard") == "nesterov";
  forEachParameter(c, 3, 2, [&](llvm::ArrayRef<Value> t) -> Values {
    Value x = t[0], g = c.add_(c.mul_(x, c.floatOf("norm_coefficient", 0)), t[1]);
    Type type = Emit::elem(x);
    Value weight = c.select_(c.gt_(scalarIn(c, 1, type), 0), c.scalar(beta, type), 1);
    Value v = c.add_(c.mul_(t[2], alpha), c.mul_(weight, g));
    Value direction = nesterov ? c.add_(g, c.mul_(v, alpha)) : v;
    return {c.sub_(x, c.mul_(scalarIn(c, 0, type), direction)), v};
  });
}
PLX_ONNX_OP("ai.onnx.preview.training", Momentum, 1, momentum);

}  // namespace
}  // namespace plx::onnxio
