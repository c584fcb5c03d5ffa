// Operators that read or write at indices, or give indices.
#include "frontends/onnx/NodeContext.h"

namespace plx::onnxio {
namespace {

void gather(NodeContext &c) {
  Value x = c.in(0);
  c.out(c.take(x, c.in(1), c.axis(c.intOf("axis", 0), Emit::rank(x))));
}
PLX_ONNX_OP("", Gather, 1, gather);

// Index tensors for all axes: iotas, but `indices` along `axis`.
Values elementIndices(NodeContext &c, Value indices, int64_t axis) {
  Values all;
  for (int64_t d = 0; d < Emit::rank(indices); ++d)
    all.push_back(d == axis ? indices : c.iota(d, Emit::elem(indices), Emit::dims(indices)));
  return all;
}
Ints range(int64_t from, int64_t to) {
  Ints result;
  for (int64_t i = from; i < to; ++i) result.push_back(i);
  return result;
}

void gatherElements(NodeContext &c) {
  Value x = c.in(0), indices = c.in(1);
  if (Emit::rank(x) != Emit::rank(indices)) invalid("data and indices differ in rank");
  int64_t axis = c.axis(c.intOf("axis", 0), Emit::rank(x));
  c.out(c.gather(x, elementIndices(c, indices, axis), range(0, Emit::rank(x)), 0));
}
PLX_ONNX_OP("", GatherElements, 11, gatherElements);

// The components of index vectors along the last dim.
Values components(NodeContext &c, Value indices) {
  int64_t rank = Emit::rank(indices);
  if (rank < 1) invalid("the indices have rank 0");
  std::optional<int64_t> count = c.depthOf(indices);
  if (!count) unsupported("the last size of the indices is not a number");
  Values result;
  for (int64_t i = 0; i < *count; ++i)
    result.push_back(c.squeeze(c.sliceAxis(indices, rank - 1, i, 1), {rank - 1}));
  return result;
}

void gatherND(NodeContext &c) {
  Value x = c.in(0), indices = c.in(1);
  int64_t batch = c.intOf("batch_dims", 0);
  if (batch < 0 || batch >= Emit::rank(indices)) invalid("batch_dims is " + llvm::Twine(batch));
  Values parts = components(c, indices), all;
  for (int64_t d = 0; d < batch; ++d)
    all.push_back(c.iota(d, Emit::elem(indices), Emit::dims(parts[0])));
  llvm::append_range(all, parts);
  if (all.empty()) invalid("the indices are empty");
  c.out(c.gather(x, all, range(0, all.size()), 0));
}
PLX_ONNX_OP("", GatherND, 11, gatherND);

llvm::StringRef scatterKind(NodeContext &c) {
  std::string kind = c.stringOf("reduction", "none");
  if (kind == "none") return "replace";
  if (kind == "add") return "sum";
  if (kind == "mul") return "product";
  if (kind == "max") return "max";
  if (kind == "min") return "min";
  invalid("reduction is '" + kind + "'");
}

void scatterElements(NodeContext &c) {
  Value x = c.in(0), indices = c.in(1), updates = c.in(2);
  if (Emit::rank(x) != Emit::rank(indices)) invalid("data and indices differ in rank");
  int64_t axis = c.axis(c.intOf("axis", 0), Emit::rank(x));
  c.out(c.scatter(scatterKind(c), x, updates, elementIndices(c, indices, axis),
                  range(0, Emit::rank(x)), 0));
}
PLX_ONNX_OP("", ScatterElements, 11, scatterElements);
PLX_ONNX_OP("", Scatter, 9, scatterElements);

void scatterND(NodeContext &c) {
  Value x = c.in(0), updates = c.in(2);
  Values parts = components(c, c.in(1));
  if (parts.empty()) invalid("the indices are empty");
  c.out(c.scatter(scatterKind(c), x, updates, parts, range(0, parts.size()), 0));
}
PLX_ONNX_OP("", ScatterND, 11, scatterND);

// ---- order
// -----------------------------------------------------------------------------------------------------------

template <bool Max>
void argExtreme(NodeContext &c) {
  Value x = c.in(0);
  int64_t axis = c.axis(c.intOf("axis", 0), Emit::rank(x));
  Value result = c.argReduce(Max ? "max" : "min", x, axis, c.intOf("select_last_index", 0) != 0);
  c.out(c.intOf("keepdims", 1) ? c.expandDims(result, {axis}) : result);
}
PLX_ONNX_OP("", ArgMax, 1, argExtreme<true>);
PLX_ONNX_OP("", ArgMin, 1, argExtreme<false>);

void topK(NodeContext &c) {
  Value x = c.in(0);
  int64_t axis = c.axis(c.intOf("axis", -1), Emit::rank(x));
  // The operand has one element; as a scalar it says so whatever is known of its length.
  Dim k =
      c.has("k") ? c.k(c.intOf("k", 0)) : c.bindDims(c.reshape(c.in(1), {}), c.stem(), 0).front();
  llvm::SmallVector<mlir::NamedAttribute> attributes{
      c.intAttr("axis", axis), c.attr("k", DimsAttr::get(c.context(), Dims{k}))};
  if (!c.intOf("largest", 1)) attributes.push_back(c.unitAttr("smallest"));
  Values results = c.ops("plx.top_k", {x}, attributes);
  c.out(0, results[0]);
  c.out(1, results[1]);
}
PLX_ONNX_OP("", TopK, 1, topK);

void unique(NodeContext &c) {
  Value x = c.in(0);
  llvm::SmallVector<mlir::NamedAttribute> attributes{
      c.strAttr("size", c.fresh(c.stem())),
      c.attr("sorted", c.builder().getBoolAttr(c.intOf("sorted", 1) != 0))};
  if (c.has("axis"))
    attributes.push_back(c.intAttr("axis", c.axis(c.intOf("axis", 0), Emit::rank(x))));
  Values results = c.ops("plx.unique", {x}, attributes);
  for (int64_t i = 0; i < 4; ++i) c.out(i, results[i]);
}
PLX_ONNX_OP("", Unique, 11, unique);

void nonZero(NodeContext &c) {
  c.out(c.op("plx.nonzero", {c.in(0)}, {c.strAttr("size", c.fresh(c.stem()))}));
}
PLX_ONNX_OP("", NonZero, 9, nonZero);

// The condition may be shorter than the axis: what is beyond it is left out.
void compress(NodeContext &c) {
  Value x = c.in(0), condition = c.in(1);
  if (Emit::rank(condition) != 1)
    invalid("the condition has rank " + llvm::Twine(Emit::rank(condition)) + ", must be 1");
  int64_t axis = 0;
  if (c.has("axis"))
    axis = c.axis(c.intOf("axis", 0), Emit::rank(x));
  else
    x = c.reshape(x, {numElements(x.getType())});
  Value where = c.op("plx.nonzero", {condition}, {c.strAttr("size", c.fresh(c.stem()))});
  c.out(c.take(x, c.squeeze(where, {0}), axis));
}
PLX_ONNX_OP("", Compress, 9, compress);

void nonMaxSuppression(NodeContext &c) {
  Value boxes = c.in(0), scores = c.in(1);
  Value most = c.hasIn(2) ? c.cast(c.reshape(c.in(2), {}), c.i64()) : c.scalarInt(0, c.i64());
  Value overlap = c.hasIn(3) ? c.reshape(c.in(3), {}) : c.scalar(0, c.f32());
  Value least = c.hasIn(4) ? c.reshape(c.in(4), {}) : c.scalar(-INFINITY, c.f32());
  llvm::SmallVector<mlir::NamedAttribute> attributes{c.strAttr("size", c.fresh(c.stem()))};
  if (c.intOf("center_point_box", 0)) attributes.push_back(c.unitAttr("center_point_box"));
  c.out(c.op("plx.non_max_suppression", {boxes, scores, most, overlap, least}, attributes));
}
PLX_ONNX_OP("", NonMaxSuppression, 10, nonMaxSuppression);

// ---- made of positions
// -----------------------------------------------------------------------------------------------

// start, start + delta, ...: ceil((limit - start) / delta) of them.
void rangeOp(NodeContext &c) {
  Value start = c.reshape(c.in(0), {}), limit = c.reshape(c.in(1), {}),
        delta = c.reshape(c.in(2), {});
  Type type = Emit::elem(start);
  Value isStep = c.cast(c.ne_(delta, c.cast(c.scalar(0, type), Emit::elem(delta))), c.i64());
  if (c.bindDims(isStep, c.stem() + ".delta", 1)[0].isConstant(0)) invalid("delta is 0");
  Dim count;
  auto s = c.knownDims(start), l = c.knownDims(limit);
  auto d = c.knownInts(delta);
  if (s && l && d) {
    Dim span = (*d)[0] > 0 ? (*l)[0] - (*s)[0] : (*s)[0] - (*l)[0];
    count = max(ceilDiv(span, std::abs((*d)[0])), 0);
  } else {
    Type wide = mlir::isa<mlir::FloatType>(type) ? type : Type(c.f64());
    Value steps =
        c.ceil_(c.div_(c.sub_(c.cast(limit, wide), c.cast(start, wide)), c.cast(delta, wide)));
    count = c.bindDims(c.cast(c.max_(steps, 0), c.i64()), c.stem(), 0)[0];
  }
  c.out(c.add_(c.mul_(c.iota(0, type, {count}), delta), start));
}
PLX_ONNX_OP("", Range, 11, rangeOp);

void oneHot(NodeContext &c) {
  Value indices = c.in(0), values = c.in(2);
  Value depth = c.in(1);
  if (Emit::rank(values) != 1 || provablyDifferent(c.dim(values, 0), c.k(2)))
    invalid("values are the one that is off and the one that is on: a vector of 2 elements");
  values = c.withSize(values, 0, c.k(2));
  Dim size = c.bindDims(c.cast(c.reshape(depth, {}), c.i64()), c.stem(), 0)[0];
  int64_t rank = Emit::rank(indices) + 1, axis = c.axis(c.intOf("axis", -1), rank);
  Value hot = c.cast(indices, c.i64());
  hot = c.select_(c.lt_(hot, 0), c.add_(hot, c.dimAsValue(size)), hot);
  hot = c.expandDims(hot, {axis});
  Value isHot = c.eq_(hot, c.along(c.iota(0, c.i64(), {size}), axis, rank));
  Value off = c.reshape(c.sliceAxis(values, 0, 0, 1), {}),
        on = c.reshape(c.sliceAxis(values, 0, 1, 1), {});
  c.out(c.select_(isHot, on, off));
}
PLX_ONNX_OP("", OneHot, 9, oneHot);

void eyeLike(NodeContext &c) {
  Value x = c.in(0);
  Type type = c.has("dtype") ? c.elementTypeOf(c.intOf("dtype", 1)) : Emit::elem(x);
  if (Emit::rank(x) != 2)
    invalid("the operand has rank " + llvm::Twine(Emit::rank(x)) + ", must be 2");
  Value row = c.iota(0, c.i64(), Emit::dims(x)), column = c.iota(1, c.i64(), Emit::dims(x));
  c.out(c.cast(c.eq_(column, c.add_(row, static_cast<double>(c.intOf("k", 0)))), type));
}
PLX_ONNX_OP("", EyeLike, 9, eyeLike);

// Element t of line b becomes element length[b] - 1 - t where t < length[b].
void reverseSequence(NodeContext &c) {
  Value x = c.in(0);
  int64_t rank = Emit::rank(x);
  int64_t batch = c.axis(c.intOf("batch_axis", 1), rank),
          time = c.axis(c.intOf("time_axis", 0), rank);
  if (batch == time) invalid("batch_axis and time_axis are equal");
  Value lengths = c.broadcastAlong(c.in(1), {batch}, Emit::dims(x));
  Values indices;
  for (int64_t d = 0; d < rank; ++d) indices.push_back(c.iota(d, c.i64(), Emit::dims(x)));
  Value t = indices[time];
  indices[time] = c.select_(c.lt_(t, lengths), c.sub_(c.sub_(lengths, 1), t), t);
  c.out(c.gather(x, indices, range(0, rank), 0));
}
PLX_ONNX_OP("", ReverseSequence, 10, reverseSequence);

// The update goes to rows [start, start + n) of a cache along `axis`; start is one number a batch
// entry.
void tensorScatter(NodeContext &c) {
  Value cache = c.in(0), update = c.in(1);
  int64_t rank = Emit::rank(cache), axis = c.axis(c.intOf("axis", -2), rank);
  Values indices;
  for (int64_t d = 0; d < rank; ++d) indices.push_back(c.iota(d, c.i64(), Emit::dims(update)));
  if (c.hasIn(2))
    indices[axis] = c.add_(indices[axis], c.broadcastAlong(c.in(2), {0}, Emit::dims(update)));
  if (c.stringOf("mode", "linear") == "circular")
    indices[axis] = c.rem_(indices[axis], c.dimAsValue(c.dim(cache, axis)));
  c.out(c.scatter("replace", cache, update, indices, range(0, rank), 0));
}
PLX_ONNX_OP("", TensorScatter, 24, tensorScatter);

}  // namespace
}  // namespace plx::onnxio
