// com.microsoft: Attention, QAttention, MultiHeadAttention and RotaryEmbedding.
#include "frontends/onnx/ops/Quantize.h"
#include "frontends/onnx/ops/contrib/Contrib.h"

namespace plx::onnxio {
namespace {

struct ProjectedOperands {
  int64_t mask, past, bias;  // places of the operands; bias -1: there is none
};

// `present` stacks keys and values after those of `past` [2, b, n, p, h].
void attendWithPast(NodeContext &c, Value q, Value k, Value v, const ProjectedOperands &at) {
  AttentionTerms terms;
  if (c.hasIn(at.past)) {
    auto before = [&](int64_t i) { return c.squeeze(c.sliceAxis(c.in(at.past), 0, i, 1), {0}); };
    k = c.concat(2, {before(0), k});
    v = c.concat(2, {before(1), v});
  }
  if (c.wants(1)) c.out(1, c.concat(0, {c.expandDims(k, {0}), c.expandDims(v, {0})}));
  if (c.hasIn(at.mask)) terms.mask = maskTerm(c, c.in(at.mask), q, k);
  if (at.bias >= 0 && c.hasIn(at.bias)) {
    Value bias = c.cast(c.in(at.bias), Emit::elem(q));
    terms.mask = terms.mask ? c.add_(c.cast(terms.mask, Emit::elem(q)), bias) : bias;
  }
  if (c.intOf("unidirectional", 0) != 0) terms.causal = c.dim(k, 2) - c.dim(q, 2);
  c.out(0, joinHeads(c, attend(c, q, k, v, terms)));
}

// Attention of queries, keys and values that lie side by side, [b, s, q + k + v].
void attendProjected(NodeContext &c, Value projected, const ProjectedOperands &at) {
  if (c.intOf("do_rotary", 0) != 0) unsupported("do_rotary, which only other devices have");
  int64_t heads = headsOf(c);
  Dim third = floorDiv(c.dim(projected, 2), 3);
  Dims sizes{third, third, third};
  if (Ints given = c.intsOf("qkv_hidden_sizes"); !given.empty()) {
    if (given.size() != 3 || llvm::any_of(given, [](int64_t n) { return n < 1; }))
      invalid("qkv_hidden_sizes must be three sizes of 1 or more");
    sizes = c.ks(given);
  }
  Dim start = c.k(0);
  Values parts;
  for (Dim size : sizes) {
    parts.push_back(splitHeads(c, c.sliceAxis(projected, 2, start, size), heads));
    start = start + size;
  }
  attendWithPast(c, parts[0], parts[1], parts[2], at);
}

// input, weights, bias, mask_index, past, attention_bias, past_sequence_length
void attention(NodeContext &c) {
  if (c.hasIn(6)) unsupported("past_sequence_length: a cache shared by past and present");
  Value x = c.matmul(c.in(0), c.in(1));
  attendProjected(c, c.hasIn(2) ? c.add_(x, c.in(2)) : x, {3, 4, 5});
}
PLX_ONNX_OP("com.microsoft", Attention, 1, attention);

bool isListOfOne(NodeContext &c, Value x) {
  return Emit::rank(x) == 1 && c.dim(x, 0).isConstant(1);
}

// input, weight, bias, input_scale, weight_scale, mask_index, input_zero, weight_zero, past
void qAttention(NodeContext &c) {
  auto centred = [&](int64_t i, int64_t zero) {
    Value x = c.cast(c.in(i), c.i32());
    if (!c.hasIn(zero)) return x;
    Value z = c.cast(c.in(zero), c.i32());
    return c.sub_(x, isListOfOne(c, z) ? c.reshape(z, {}) : z);
  };
  auto scale = [&](int64_t i) {
    Value s = c.in(i);
    return isListOfOne(c, s) ? c.reshape(s, {}) : s;
  };
  Value sums = c.cast(c.matmul(centred(0, 6), centred(1, 7)), c.f32());
  Value x = c.add_(c.mul_(sums, c.mul_(scale(3), scale(4))), c.in(2));
  attendProjected(c, x, {5, 8, -1});
}
PLX_ONNX_OP("com.microsoft", QAttention, 1, qAttention);

// ---- MultiHeadAttention -------------------------------------------------------------------------

// Entry `i` of the dim before the last of a packed operand [b, s, n, packed, h], as [b, n, s, h].
Value unpacked(NodeContext &c, Value x, int64_t i) {
  return c.transpose(c.squeeze(c.sliceAxis(x, 3, i, 1), {3}), {0, 2, 1, 3});
}

struct Heads {
  Value q, k, v;
};
// The bias is that of queries, keys and values one after the other; keys and values that come as
// heads have theirs already.
Heads headsWithBias(NodeContext &c, Value q, Value k, Value v, int64_t heads) {
  Dim start = c.k(0);
  auto split = [&](Value x) {
    Dim size = c.dim(x, -1);
    if (Emit::rank(x) == 4) return x;
    if (c.hasIn(3)) x = c.add_(x, c.sliceAxis(c.in(3), 0, start, size));
    start = start + size;
    return splitHeads(c, x, heads);
  };
  Value first = split(q), second = split(k);
  return {first, second, split(v)};
}

Heads operandsOf(NodeContext &c, int64_t heads) {
  Value q = c.in(0);
  if (Emit::rank(q) == 5) {
    if (c.hasIn(3)) unsupported("a bias of packed queries, keys and values");
    return {unpacked(c, q, 0), unpacked(c, q, 1), unpacked(c, q, 2)};
  }
  Value k = c.in(1);
  if (Emit::rank(k) == 5) {
    if (c.hasIn(3)) unsupported("a bias of packed keys and values");
    return {splitHeads(c, q, heads), unpacked(c, k, 0), unpacked(c, k, 1)};
  }
  return headsWithBias(c, q, k, c.in(2), heads);
}

// query, key, value, bias, key_padding_mask, attention_bias, past_key, past_value,
// past_sequence_length, cache_indirection
void multiHeadAttention(NodeContext &c) {
  if (c.hasIn(8) || c.hasIn(9)) unsupported("a cache shared by past and present");
  Heads h = operandsOf(c, headsOf(c));
  if (c.hasIn(6)) h.k = c.concat(2, {c.in(6), h.k});
  if (c.hasIn(7)) h.v = c.concat(2, {c.in(7), h.v});
  AttentionTerms terms;
  if (c.hasIn(4)) terms.mask = maskTerm(c, c.in(4), h.q, h.k);
  if (c.hasIn(5)) {
    Value bias = c.in(5);
    terms.mask = terms.mask ? c.add_(c.cast(terms.mask, Emit::elem(bias)), bias) : bias;
  }
  if (c.intOf("unidirectional", 0) != 0) terms.causal = c.dim(h.k, 2) - c.dim(h.q, 2);
  c.out(0, joinHeads(c, attend(c, h.q, h.k, h.v, terms)));
  c.out(1, h.k);
  c.out(2, h.v);
}
PLX_ONNX_OP("com.microsoft", MultiHeadAttention, 1, multiHeadAttention);

// ---- RotaryEmbedding ----------------------------------------------------------------------------

// x [b, s, n * h] or [b, n, s, h], position_ids [1] (of the first row) or [b, s], caches [max, r /
// 2]
void rotaryEmbedding(NodeContext &c) {
  Value x = c.in(0), ids = c.in(1), cosine = c.in(2), sine = c.in(3);
  if (c.intOf("is_packed_batching", 0) != 0) unsupported("is_packed_batching");
  bool isFlat = Emit::rank(x) == 3;
  int64_t dim = c.intOf("rotary_embedding_dim", 0), heads = c.intOf("num_heads", 0);
  if (isFlat && heads < 1) {
    // Without the attribute the caches say what a head holds.
    std::optional<int64_t> size = c.dim(x, 2).constant(), half = c.dim(cosine, 1).constant();
    if (dim > 0 || !size || !half || *half < 1 || *size % (2 * *half) != 0)
      invalid("num_heads is absent, and the caches do not give it");
    heads = *size / (2 * *half);
  }
  if (isFlat) x = splitHeads(c, x, heads);
  if (Emit::rank(x) != 4)
    invalid("the operand has rank " + llvm::Twine(Emit::rank(x)) + ", must be 3 or 4");
  if (Emit::rank(ids) == 1)
    ids = c.add_(c.iota(1, c.i64(), {c.k(1), c.dim(x, 2)}), c.reshape(ids, {}));
  Value y =
      rotated(c, x, c.take(cosine, ids, 0), c.take(sine, ids, 0), c.intOf("interleaved", 0) != 0);
  if (double scale = c.floatOf("scale", 1); scale != 1) y = c.mul_(y, scale);
  c.out(isFlat ? joinHeads(c, y) : y);
}
PLX_ONNX_OP("com.microsoft", RotaryEmbedding, 1, rotaryEmbedding);

}  // namespace
}  // namespace plx::onnxio
