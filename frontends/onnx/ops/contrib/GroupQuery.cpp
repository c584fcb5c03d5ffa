// com.microsoft: GroupQueryAttention, with a cache of keys and values of its own layout.
#include "frontends/onnx/ops/contrib/Contrib.h"

namespace plx::onnxio {
namespace {

// query, key, value, past_key, past_value, seqlens_k, total_sequence_length, cos_cache, sin_cache,
// position_ids, attention_bias, head_sink
enum Operand {
  kQuery,
  kKey,
  kValue,
  kPastKey,
  kPastValue,
  kLengths,
  kTotal,
  kCosine,
  kSine,
  kPositions,
  kBias,
  kSink
};

struct Grouped {
  Value q, k, v;  // [b, n, s, h], [b, kv, s, h]
  int64_t heads, kvHeads;
};

// Keys and values may be packed behind the queries.
Grouped operandsOf(NodeContext &c) {
  Grouped g{{}, {}, {}, headsOf(c), headsOf(c, "kv_num_heads")};
  if (g.heads % g.kvHeads != 0)
    invalid("num_heads " + llvm::Twine(g.heads) + " is no multiple of kv_num_heads " +
            llvm::Twine(g.kvHeads));
  Value q = c.in(kQuery), k = c.optIn(kKey), v = c.optIn(kValue);
  if (!k != !v) invalid("one of key and value is omitted");
  if (!k) {
    Dim head = floorDiv(c.dim(q, -1), g.heads + 2 * g.kvHeads);
    Dim most = head * g.heads, few = head * g.kvHeads;
    k = c.sliceAxis(q, 2, most, few);
    v = c.sliceAxis(q, 2, most + few, few);
    q = c.sliceAxis(q, 2, c.k(0), most);
  }
  g.q = splitHeads(c, q, g.heads);
  g.k = splitHeads(c, k, g.kvHeads);
  g.v = splitHeads(c, v, g.kvHeads);
  return g;
}

// How many rows of the cache precede the new ones, [b, 1]: seqlens_k is one less than with them. In
// the first run, when all rows are new, seqlens_k may be less (padding on the right): then none.
Value pastLengths(NodeContext &c, Dim rows, Dim total) {
  Value given = c.cast(c.in(kLengths), c.i64());
  if (Emit::rank(given) == 1) given = c.expandDims(given, {1});
  Value past = c.add_(c.sub_(given, c.dimAsValue(rows)), 1);
  if (rows == total) return c.mul_(past, 0);
  return c.select_(c.eq_(c.dimAsValue(rows), c.dimAsValue(total)), c.mul_(past, 0), past);
}

// past [b, kv, p, h], then the new rows at each batch's own place: [b, kv, total, h].
Value cached(NodeContext &c, Value past, Value fresh, Value lengths, Dim total) {
  if (!past && c.dim(fresh, 2) == total) return fresh;
  Dims d = Emit::dims(fresh);
  Dim before = past ? c.dim(past, 2) : c.k(0);
  Value all = past ? c.concat(2, {past, fresh}) : fresh;
  Dims grid{d[0], total};
  Value row = c.iota(1, c.i64(), grid);
  // Rows behind the new ones mean nothing; they are the last new one's.
  Value moved =
      c.min_(c.add_(c.sub_(row, lengths), c.dimAsValue(before)), c.dimAsValue(before + d[2] - 1));
  Value from = c.select_(c.lt_(row, lengths), row, moved);
  Value rows = c.gather(all, {c.iota(0, c.i64(), grid), from}, {0, 2}, 0);  // [b, total, kv, h]
  return c.transpose(rows, {0, 2, 1, 3});
}

// Key j is seen by query i where j <= past + i, and not more than local_window_size before.
Value seen(NodeContext &c, Value lengths, Dim batch, Dim rows, Dim keys) {
  Dims grid{batch, c.k(1), rows, keys};
  Value key = c.iota(3, c.i64(), grid);
  Value last = c.add_(c.iota(2, c.i64(), grid), c.expandDims(lengths, {2, 3}));
  Value sees = c.le_(key, last);
  int64_t window = c.intOf("local_window_size", -1);
  if (window < 0) return sees;
  return c.and_(sees, c.gt_(key, c.sub_(last, static_cast<double>(window))));
}

// Scores written out, for what plx.attention does not have: a bound on scores (softcap), and a
// weight that takes part in the sum alone (head_sink; zero with smooth_softmax).
Value attendBounded(NodeContext &c, Value q, Value k, Value v, Value mask, Value sink) {
  Type type = Emit::elem(q);
  int64_t last = Emit::rank(q) - 1;
  Ints batch;
  for (int64_t d = 0; d + 1 < last; ++d) batch.push_back(d);
  Value scores = c.mul_(c.dot(c.wide(q), c.wide(k), batch, batch, {last}, {last}), scaleOf(c, q));
  if (double cap = c.floatOf("softcap", 0); cap > 0)
    scores = c.mul_(c.tanh_(c.div_(scores, cap)), cap);
  scores = c.add_(scores, c.cast(mask, Emit::elem(scores)));
  Value highest = c.reduce("max", scores, {last}, true);
  if (sink) highest = c.max_(highest, sink);
  Value weights = c.exp_(c.sub_(scores, highest));
  Value total = c.reduce("sum", weights, {last}, true);
  if (sink) total = c.add_(total, c.exp_(c.sub_(sink, highest)));
  Value y = c.dot(c.div_(weights, total), c.wide(v), batch, batch, {last}, {last - 1});
  return c.cast(y, type);
}

// [b, kv, t, h] for the `group` heads that share it.
Value shared(NodeContext &c, Value x, int64_t group) {
  Dims d = Emit::dims(x);
  return c.broadcastAlong(x, {0, 1, 3, 4}, {d[0], d[1], c.k(group), d[2], d[3]});
}
Value grouped(NodeContext &c, Value x, int64_t kvHeads, int64_t group) {
  Dims d = Emit::dims(x);
  if (d[1].isConstant(1)) return c.expandDims(x, {2});
  return c.reshape(x, {d[0], c.k(kvHeads), c.k(group), d[2], d[3]});
}

Value attendGrouped(NodeContext &c, const Grouped &g, Value mask) {
  int64_t group = g.heads / g.kvHeads;
  Value q = g.q, k = g.k, v = g.v, sink;
  if (c.hasIn(kSink))
    sink = c.reshape(c.wide(c.in(kSink)), {c.k(1), c.k(g.heads), c.k(1), c.k(1)});
  else if (c.intOf("smooth_softmax", 0) == 1)
    sink = c.splat(0, Emit::elem(c.wide(q)), Dims(4, c.k(1)));
  if (group > 1) {
    q = grouped(c, q, g.kvHeads, group);
    mask = grouped(c, mask, g.kvHeads, group);
    if (sink) sink = grouped(c, sink, g.kvHeads, group);
    k = shared(c, k, group);
    v = shared(c, v, group);
  }
  Value y = sink || c.floatOf("softcap", 0) > 0 ? attendBounded(c, q, k, v, mask, sink)
                                                : attend(c, q, k, v, {mask, std::nullopt});
  return joinHeads(c, group > 1 ? c.reshape(y, Emit::dims(g.q)) : y);
}

void groupQueryAttention(NodeContext &c) {
  if (c.wants(3)) unsupported("the scores as an output");
  Grouped g = operandsOf(c);
  Dim rows = c.dim(g.q, 2);
  Dim total = c.bindDims(c.reshape(c.in(kTotal), {}), c.stem(), 1)[0];
  Value lengths = pastLengths(c, rows, total);
  if (c.intOf("do_rotary", 0) != 0) {
    Value at = c.hasIn(kPositions) ? c.in(kPositions)
                                   : c.add_(c.iota(1, c.i64(), {c.k(1), rows}), lengths);
    Value cosine = c.take(c.in(kCosine), at, 0), sine = c.take(c.in(kSine), at, 0);
    bool interleaved = c.intOf("rotary_interleaved", 0) != 0;
    g.q = rotated(c, g.q, cosine, sine, interleaved);
    g.k = rotated(c, g.k, cosine, sine, interleaved);
  }
  // A cache with room for more rows keeps its size.
  Value pastKey = c.optIn(kPastKey), pastValue = c.optIn(kPastValue);
  Dim keys = pastKey ? max(c.dim(pastKey, 2), total) : total;
  g.k = cached(c, pastKey, g.k, lengths, keys);
  g.v = cached(c, pastValue, g.v, lengths, keys);
  c.out(1, g.k);
  c.out(2, g.v);
  Value sees = seen(c, lengths, c.dim(g.q, 0), rows, keys);
  Value bias = c.hasIn(kBias) ? c.cast(c.in(kBias), c.f32()) : c.scalar(0, c.f32());
  if (c.hasIn(kBias) && !(c.dim(bias, 3) == keys)) bias = c.withSize(bias, 3, keys);
  c.out(0, attendGrouped(c, g, c.select_(sees, bias, -INFINITY)));
}
PLX_ONNX_OP("com.microsoft", GroupQueryAttention, 1, groupQueryAttention);

}  // namespace
}  // namespace plx::onnxio
