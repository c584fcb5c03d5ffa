#include "frontends/builder/Transformer.h"

#include <cmath>

#include "ir/ops/Attention.h"
#include "ir/ops/Build.h"

namespace plx::builder {
namespace {

/// [batch, s, heads * d] to [batch, heads, s, d].
Tensor splitHeads(const Tensor &x, int64_t heads, int64_t size) {
  if (!x) return {};
  Scope &scope = x.scope();
  return x.reshape({x.dim(0), x.dim(1), scope.size(heads), scope.size(size / heads)})
      .transpose({0, 2, 1, 3});
}

Tensor attentionOf(const Tensor &q, const Tensor &k, const Tensor &v, const Tensor &mask,
                   double scale, bool isCausal) {
  if (!q || !k || !v) return {};
  Scope &scope = q.scope();
  mlir::OpBuilder &b = scope.builder();
  llvm::SmallVector<mlir::Value> operands{q.value(), k.value(), v.value()};
  if (mask) {
    Tensor wide = mask.broadcastTo({q.dim(0), q.dim(1), q.dim(2), k.dim(2)});
    if (!wide) return {};
    operands.push_back(wide.value());
  }
  AttentionOp::Properties properties;
  properties.scale = b.getF64FloatAttr(scale);
  if (isCausal) properties.causal = DimsAttr::get(b.getContext(), llvm::ArrayRef<int64_t>{0});
  return {scope, build::create<AttentionOp>(b, scope.loc(), operands, properties)};
}

}  // namespace

MultiHeadAttention::MultiHeadAttention(int64_t size, int64_t heads, bool isCausal)
    : Module("Attention"),
      size_(size),
      heads_(heads),
      isCausal_(isCausal),
      outProj_(add("out_proj", Linear(size, size))) {
  double bound = 1 / std::sqrt(static_cast<double>(size));
  outProj_.initialize(Initializer::uniform(-bound, bound), Initializer::zeros());
}

/// Part 0, 1, 2: query, key, value.
Tensor MultiHeadAttention::project(const Tensor &x, int64_t part) const {
  Scope &scope = x.scope();
  Tensor weight = parameter(x, "in_proj_weight", {3 * size_, size_}, Initializer::xavierUniform());
  Tensor bias = parameter(x, "in_proj_bias", {3 * size_}, Initializer::zeros());
  Dim start = scope.size(part * size_), size = scope.size(size_);
  return splitHeads(matmulTransposed(x, weight.slice(0, start, size)) + bias.slice(0, start, size),
                    heads_, size_);
}

Tensor MultiHeadAttention::attend(const Tensor &query, const Tensor &key, const Tensor &value,
                                  const Tensor &mask) {
  if (!query || !key || !value) return {};
  Placed placed(*this, query);
  for (const Tensor *x : {&query, &key, &value})
    if (x->rank() != 3 || !x->dim(2).isConstant(size_) || heads_ < 1 || size_ % heads_ != 0)
      return refuse(*x, "attention of " + std::to_string(heads_) + " heads takes [batch, time, " +
                            std::to_string(size_) + "], found rank " + std::to_string(x->rank()) +
                            (x->rank() > 0 ? " with " + x->dim(-1).str() + " last" : ""));
  double scale = 1 / std::sqrt(static_cast<double>(size_) / static_cast<double>(heads_));
  Tensor mixed =
      attentionOf(project(query, 0), project(key, 1), project(value, 2), mask, scale, isCausal_);
  return outProj_(mixed.transpose({0, 2, 1, 3}).reshape(query.dims()));
}

TransformerEncoderLayer::TransformerEncoderLayer(int64_t size, int64_t heads,
                                                 const EncoderOptions &options)
    : Module("TransformerEncoderLayer"),
      isNormFirst_(options.isNormFirst),
      attention_(add("self_attn", MultiHeadAttention(size, heads))),
      linear1_(add("linear1", Linear(size, options.feedforward))),
      linear2_(add("linear2", Linear(options.feedforward, size))),
      norm1_(add("norm1", LayerNorm(size))),
      norm2_(add("norm2", LayerNorm(size))),
      dropout_(add("dropout", Dropout(options.dropout))),
      dropout1_(add("dropout1", Dropout(options.dropout))),
      dropout2_(add("dropout2", Dropout(options.dropout))) {}

Tensor TransformerEncoderLayer::forward(const Tensor &x) {
  if (isNormFirst_) {
    Tensor y = x + attention(norm1_(x));
    return y + feedforward(norm2_(y));
  }
  Tensor y = norm1_(x + attention(x));
  return norm2_(y + feedforward(y));
}

}  // namespace plx::builder
