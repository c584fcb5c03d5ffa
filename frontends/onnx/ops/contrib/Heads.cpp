// Attention over heads: what the operators of com.microsoft have in common.
#include <cmath>

#include "frontends/onnx/ops/contrib/Contrib.h"

namespace plx::onnxio {

int64_t headsOf(NodeContext &c, llvm::StringRef name) {
  int64_t heads = c.intOf(name, 0);
  if (heads < 1) invalid(name + " is " + llvm::Twine(heads) + ", must be 1 or more");
  return heads;
}

Value splitHeads(NodeContext &c, Value x, int64_t heads) {
  Dims d = Emit::dims(x);
  if (d.size() != 3)
    invalid("an operand of attention has rank " + llvm::Twine(d.size()) + ", must be 3");
  if (auto size = d[2].constant(); size && *size % heads != 0)
    invalid(llvm::Twine(*size) + " elements cannot be divided among " + llvm::Twine(heads) +
            " heads");
  return c.transpose(c.reshape(x, {d[0], d[1], c.k(heads), floorDiv(d[2], heads)}), {0, 2, 1, 3});
}

Value joinHeads(NodeContext &c, Value x) {
  Dims d = Emit::dims(x);
  return c.reshape(c.transpose(x, {0, 2, 1, 3}), {d[0], d[2], d[1] * d[3]});
}

Arg scaleOf(NodeContext &c, Value q) {
  double scale = c.floatOf("scale", 0);
  if (scale != 0) return scale;
  Dim size = c.dim(q, -1);
  if (size.isConstant(0)) invalid("heads have no elements");
  if (auto known = size.constant()) return 1 / std::sqrt(static_cast<double>(*known));
  return c.div_(1, c.sqrt_(c.cast(c.dimAsValue(size), Emit::elem(c.wide(q)))));
}

Value attend(NodeContext &c, Value q, Value k, Value v, const AttentionTerms &terms) {
  // The op's scale is a number: a head size that is known at run time scales the queries instead.
  Arg scale = scaleOf(c, q);
  if (scale.value) {
    q = c.cast(c.mul_(c.wide(q), scale), Emit::elem(q));
    scale = 1;
  }
  llvm::SmallVector<mlir::NamedAttribute> attributes{
      c.attr("scale", c.builder().getF64FloatAttr(scale.number))};
  if (terms.causal)
    attributes.push_back(c.attr("causal", DimsAttr::get(c.context(), Dims{*terms.causal})));
  Values operands{q, k, v};
  if (terms.mask) {
    Dims dims = Emit::dims(q);
    dims.back() = c.dim(k, -2);
    operands.push_back(c.broadcastTo(c.cast(terms.mask, Emit::elem(q)), dims));
  }
  return c.op("plx.attention", operands, attributes);
}

// Where keys do not take part, mask_filter_value is added: a row without any keeps its own order.
static Value filtered(NodeContext &c, Value takesPart) {
  return c.select_(takesPart, c.scalar(0, c.f32()), c.floatOf("mask_filter_value", -10000));
}

Value maskTerm(NodeContext &c, Value mask, Value q, Value k) {
  Dim batch = c.dim(q, 0), rows = c.dim(q, -2), keys = c.dim(k, -2);
  int64_t rank = Emit::rank(mask);
  if (rank == 1) {
    Value at = c.iota(3, Emit::elem(mask), {batch, c.k(1), c.k(1), keys});
    auto part = [&](Dim from) {
      return c.reshape(c.sliceAxis(mask, 0, from, batch), {batch, c.k(1), c.k(1), c.k(1)});
    };
    Value takes = c.lt_(at, part(c.k(0)));
    bool hasStarts = c.dim(mask, 0) == batch * 2;
    if (!hasStarts && provablyDifferent(c.dim(mask, 0), batch))
      unsupported("a mask of " + c.dim(mask, 0).str() + " entries for " + batch.str() + " rows");
    return filtered(c, hasStarts ? c.and_(takes, c.ge_(at, part(batch))) : takes);
  }
  Value takes = c.gt_(mask, 0);
  if (rank == 2) return filtered(c, c.expandDims(takes, {1, 2}));
  if (rank == 3) return filtered(c, c.expandDims(takes, {1}));
  if (rank != 4) invalid("the mask has rank " + llvm::Twine(rank) + ", must be 1 to 4");
  takes = c.sliceAxis(c.sliceAxis(takes, 2, keys - rows, rows), 3, c.k(0), keys);
  return filtered(c, takes);
}

static Value turned(NodeContext &c, Value a, Value b, Value cosine, Value sine, bool second) {
  return second ? c.add_(c.mul_(a, sine), c.mul_(b, cosine))
                : c.sub_(c.mul_(a, cosine), c.mul_(b, sine));
}

Value rotated(NodeContext &c, Value x, Value cosine, Value sine, bool interleaved) {
  Type type = Emit::elem(x);
  x = c.wide(x);
  cosine = c.expandDims(c.cast(cosine, Emit::elem(x)), {1});
  sine = c.expandDims(c.cast(sine, Emit::elem(x)), {1});
  Dims d = Emit::dims(x);
  Dim half = c.dim(cosine, 3), turning = half * 2, rest = d[3] - turning;
  Value turns = c.sliceAxis(x, 3, c.k(0), turning);
  Value a, b, y;
  if (interleaved) {
    Value pairs = c.reshape(turns, {d[0], d[1], d[2], half, c.k(2)});
    a = c.squeeze(c.sliceAxis(pairs, 4, 0, 1), {4});
    b = c.squeeze(c.sliceAxis(pairs, 4, 1, 1), {4});
  } else {
    a = c.sliceAxis(turns, 3, c.k(0), half);
    b = c.sliceAxis(turns, 3, half, half);
  }
  Value first = turned(c, a, b, cosine, sine, false), second = turned(c, a, b, cosine, sine, true);
  if (interleaved)
    y = c.reshape(c.concat(4, {c.expandDims(first, {4}), c.expandDims(second, {4})}),
                  {d[0], d[1], d[2], turning});
  else
    y = c.concat(3, {first, second});
  if (!rest.isConstant(0)) y = c.concat(3, {y, c.sliceAxis(x, 3, turning, rest)});
  return c.cast(y, type);
}

}  // namespace plx::onnxio
