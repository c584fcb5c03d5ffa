// ai.onnx.preview.training: one step of an optimizer. Operands: rate R, step T, then the tensors of
// n parameters, grouped by role; results are grouped the same way.
#include "frontends/onnx/NodeContext.h"

namespace plx::onnxio {
namespace {

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
