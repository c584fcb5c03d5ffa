// Operators about sizes, and views: they move elements and compute nothing.
#include "frontends/onnx/Graph.h"
#include "frontends/onnx/NodeContext.h"

namespace plx::onnxio {
namespace {

// ---- sizes as values
// -------------------------------------------------------------------------------------------------

void shape(NodeContext &c) {
  Dims dims = Emit::dims(c.in(0));
  int64_t rank = dims.size();
  auto clampTo = [&](int64_t i) { return std::clamp<int64_t>(i < 0 ? i + rank : i, 0, rank); };
  int64_t start = clampTo(c.intOf("start", 0)), end = clampTo(c.intOf("end", rank));
  c.out(c.dimsAsValue(llvm::ArrayRef(dims).slice(start, std::max<int64_t>(end - start, 0))));
}
PLX_ONNX_OP("", Shape, 1, shape);

void size(NodeContext &c) { c.out(c.dimAsValue(numElements(c.in(0).getType()))); }
PLX_ONNX_OP("", Size, 1, size);

void constant(NodeContext &c) {
  std::string name = c.node.output(0);
  if (const auto *tensor = c.find("value")) return c.out(c.graph.tensorValue(c, tensor->t(), name));
  if (const auto *number = c.find("value_float")) return c.out(c.scalar(number->f(), c.f32()));
  if (const auto *number = c.find("value_int")) return c.out(c.scalarInt(number->i(), c.i64()));
  if (c.has("value_ints")) return c.out(c.ints(c.intsOf("value_ints")));
  if (c.has("value_floats")) return c.out(c.floats(c.floatsOf("value_floats"), c.f32()));
  onnx::TensorProto strings;
  strings.set_data_type(onnx::TensorProto::STRING);
  if (const auto *one = c.find("value_string")) {
    strings.add_string_data(one->s());
  } else if (const auto *many = c.find("value_strings")) {
    *strings.mutable_string_data() = many->strings();
    strings.add_dims(many->strings_size());
  } else {
    unsupported("a constant that is sparse or has no value");
  }
  c.out(c.graph.tensorValue(c, strings, name));
}
PLX_ONNX_OP("", Constant, 1, constant);

void constantOfShape(NodeContext &c) {
  Dims dims = c.dimsIn(0, 0);
  Value value = c.scalar(0, c.f32());
  if (const auto *given = c.find("value"))
    value = c.reshape(c.graph.tensorValue(c, given->t(), c.node.output(0)), {});
  c.out(c.broadcastTo(value, dims));
}
PLX_ONNX_OP("", ConstantOfShape, 9, constantOfShape);

// ---- reshape and its kin
// ---------------------------------------------------------------------------------------------

// A target that is only known at run time: zeros and -1 are replaced there, then the sizes bound.
Dims resolvedAtRunTime(NodeContext &c, Value x, Value target, bool allowZero) {
  c.lengthOf(target);
  Ints length = c.staticDims(target, "the shape operand");
  Dims from = Emit::dims(x);
  target = c.cast(target, c.i64());
  if (!allowZero) {
    from.resize(length[0], c.k(0));  // zeros beyond the rank have nothing to copy
    target = c.select_(c.eq_(target, 0), c.dimsAsValue(from), target);
  }
  Value isOpen = c.eq_(target, -1);
  Value others = c.reduce("product", c.select_(isOpen, 1, target), {0});
  Value total = c.dimAsValue(numElements(x.getType()));
  Value open = c.div_(total, c.max_(others, 1));
  target = c.select_(isOpen, open, target);
  return c.bindDims(target, c.stem(), 0);
}

void reshape(NodeContext &c) {
  Value x = c.in(0);
  bool allowZero = c.intOf("allowzero", 0) != 0;
  Dims target;
  if (c.has("shape")) {
    target = c.ks(c.intsOf("shape"));
  } else {
    Value shape = c.in(1);
    if (Emit::rank(shape) != 1)
      invalid("the shape operand has rank " + llvm::Twine(Emit::rank(shape)) + ", must be 1");
    bool isInput =
        !c.knownDims(shape) &&
        (!shape.getDefiningOp() || shape.getDefiningOp()->getName().getStringRef() != "plx.concat");
    target = isInput ? resolvedAtRunTime(c, x, shape, allowZero) : c.dimsIn(1, 0);
  }
  Dims from = Emit::dims(x);
  std::optional<size_t> open;
  Dim known = c.k(1);
  for (size_t i = 0; i < target.size(); ++i) {
    if (target[i].isConstant(0) && !allowZero) {
      if (i >= from.size())
        invalid("entry " + llvm::Twine(i) + " of the shape is 0, but the operand has rank " +
                llvm::Twine(from.size()));
      target[i] = from[i];
    }
    if (target[i].isConstant(-1)) {
      if (open) invalid("the shape has two entries of -1");
      open = i;
    } else {
      known = known * target[i];
    }
  }
  if (open) {
    Dim total = numElements(x.getType());
    std::optional<Dim> exact = exactDiv(total, known);
    target[*open] = exact ? *exact : floorDiv(total, known);
    if (known.isConstant(0)) target[*open] = c.k(0);
  }
  c.out(c.reshape(x, target));
}
PLX_ONNX_OP("", Reshape, 1, reshape);

Dim productOf(NodeContext &c, llvm::ArrayRef<Dim> dims) {
  Dim product = c.k(1);
  for (Dim dim : dims) product = product * dim;
  return product;
}

void flatten(NodeContext &c) {
  Value x = c.in(0);
  Dims dims = Emit::dims(x);
  int64_t rank = dims.size(), axis = c.intOf("axis", 1);
  if (axis < -rank || axis > rank)
    invalid("axis " + llvm::Twine(axis) + " is outside the operand of rank " + llvm::Twine(rank));
  if (axis < 0) axis += rank;
  llvm::ArrayRef<Dim> all(dims);
  c.out(c.reshape(x, {productOf(c, all.take_front(axis)), productOf(c, all.drop_front(axis))}));
}
PLX_ONNX_OP("", Flatten, 1, flatten);

// Whether axes are an operand whose values come when the program runs; their number must be known.
bool areAxesOpen(NodeContext &c, int64_t i) {
  if (!c.hasIn(i) || c.knownInts(c.in(i))) return false;
  return c.lengthOf(c.in(i)).has_value();
}

// 1 at each of `axes` in a list of `rank`, else 0. Fails the run where there is no such axis.
Value markedAxes(NodeContext &c, Value axes, int64_t rank) {
  Value ones = c.splat(1, c.i64(), Emit::dims(axes));
  return c.scatter("replace", c.ints(Ints(rank, 0)), ones, {axes}, {0}, 0);
}

// Which of the entries that are not marked each one is, or was the last.
Value unmarkedPosition(NodeContext &c, Value marked) {
  return c.sub_(c.cumulative("sum", c.sub_(1, marked), 0), 1);
}

// Sizes of the axes that stay, by their place; then as many elements, which is checked: the others
// were 1.
void squeezeOpen(NodeContext &c, Value x) {
  Value axes = c.cast(c.in(1), c.i64());
  int64_t rank = Emit::rank(x), kept = rank - *c.dim(axes, 0).constant();
  if (kept < 0) invalid("there are more axes than the operand has");
  Value marked = markedAxes(c, axes, rank), place = c.max_(unmarkedPosition(c, marked), 0);
  Dims dims;
  if (kept > 0) {
    Value sizes =
        c.select_(c.ne_(marked, 0), c.scalarInt(0, c.i64()), c.dimsAsValue(Emit::dims(x)));
    dims = c.bindDims(c.scatter("sum", c.ints(Ints(kept, 0)), sizes, {place}, {0}, 0), c.stem(), 0);
  }
  c.out(c.reshape(x, dims));
}

void squeeze(NodeContext &c) {
  Value x = c.in(0);
  if (areAxesOpen(c, 1)) return squeezeOpen(c, x);
  Ints axes;
  if (c.has("axes")) {
    axes = c.intsOf("axes");
  } else if (c.hasIn(1)) {
    axes = c.intsIn(1);
  } else {
    for (int64_t i = 0; i < Emit::rank(x); ++i)
      if (c.dim(x, i).isConstant(1)) axes.push_back(i);
  }
  axes = c.axes(axes, Emit::rank(x));
  for (int64_t axis : axes)
    if (provablyDifferent(c.dim(x, axis), c.k(1)))
      invalid("axis " + llvm::Twine(axis) + " has the size " + c.dim(x, axis).str() +
              ", must be 1 to be left out");
  c.out(c.squeeze(x, axes));
}
PLX_ONNX_OP("", Squeeze, 1, squeeze);

void unsqueezeOpen(NodeContext &c, Value x) {
  Value axes = c.cast(c.in(1), c.i64());
  int64_t rank = Emit::rank(x) + *c.dim(axes, 0).constant();
  if (Emit::rank(x) == 0) return c.out(c.reshape(x, Dims(rank, c.k(1))));
  Value marked = markedAxes(c, axes, rank);
  Value sizes = c.take(c.dimsAsValue(Emit::dims(x)), unmarkedPosition(c, marked), 0);
  sizes = c.select_(c.ne_(marked, 0), c.scalarInt(1, c.i64()), sizes);
  c.out(c.reshape(x, c.bindDims(sizes, c.stem(), 0)));
}

void unsqueeze(NodeContext &c) {
  Value x = c.in(0);
  if (areAxesOpen(c, 1)) return unsqueezeOpen(c, x);
  Ints axes = c.has("axes") ? c.intsOf("axes") : c.intsIn(1);
  c.out(c.expandDims(x, c.axes(axes, Emit::rank(x) + axes.size())));
}
PLX_ONNX_OP("", Unsqueeze, 1, unsqueeze);

void expand(NodeContext &c) {
  Value x = c.in(0);
  Dims wanted = c.dimsIn(1, 0), common = c.commonDims({Emit::dims(x), wanted}), claimed = common;
  // Where the operand's size alone makes the result's, nothing else would check the one asked for.
  for (size_t i = 0; i < wanted.size(); ++i) {
    Dim &size = claimed[common.size() - wanted.size() + i];
    if (!wanted[i].constant()) size = max(size, wanted[i]);
  }
  c.out(c.rebind(c.broadcastTo(x, claimed), common));
}
PLX_ONNX_OP("", Expand, 8, expand);

void transpose(NodeContext &c) {
  Value x = c.in(0);
  Ints permutation = c.intsOf("perm");
  if (!c.has("perm"))
    for (int64_t i = Emit::rank(x) - 1; i >= 0; --i) permutation.push_back(i);
  c.out(c.transpose(x, permutation));
}
PLX_ONNX_OP("", Transpose, 1, transpose);

void concat(NodeContext &c) {
  Values operands = c.allIn();
  if (operands.empty()) invalid("there is no operand");
  c.out(c.concat(c.axis(c.intOf("axis", 1), Emit::rank(operands[0])), operands));
}
PLX_ONNX_OP("", Concat, 4, concat);

void split(NodeContext &c) {
  Value x = c.in(0);
  int64_t axis = c.axis(c.intOf("axis", 0), Emit::rank(x)), parts = c.numOutputs();
  Dim whole = c.dim(x, axis);
  Dims sizes;
  if (c.has("split"))
    sizes = c.ks(c.intsOf("split"));
  else if (c.hasIn(1))  // numbers of the operand's type in the first version
    sizes = c.bindDims(c.cast(c.in(1), c.i64()), c.stem(), 0);
  if (sizes.empty()) {
    // Equal parts, the last smaller where they do not divide.
    Dim part = ceilDiv(whole, parts);
    Dim start = c.k(0);
    for (int64_t i = 0; i < parts; ++i, start = start + part)
      sizes.push_back(whole.constant() ? max(min(part, whole - start), 0)
                      : i + 1 < parts  ? part
                                       : whole - start);
  }
  if (static_cast<int64_t>(sizes.size()) != parts)
    invalid("there are " + llvm::Twine(parts) + " outputs, but " + llvm::Twine(sizes.size()) +
            " sizes");
  Dim sum = c.k(0), start = c.k(0);
  for (Dim size : sizes) sum = sum + size;
  if (provablyDifferent(sum, whole))
    invalid("the parts' sizes add up to " + sum.str() + ", the operand has " + whole.str());
  x = c.withSize(x, axis, sum);
  for (int64_t i = 0; i < parts; ++i) {
    if (c.wants(i)) c.out(i, c.sliceAxis(x, axis, start, sizes[i]));
    start = start + sizes[i];
  }
}
PLX_ONNX_OP("", Split, 2, split);
PLX_ONNX_OP("plx.withdrawn", Split, 1, split);

// ---- slices
// ----------------------------------------------------------------------------------------------------------

// An index as ONNX gives it, counted from the end where negative, brought into [low, high].
Dim clampedIndex(NodeContext &c, Dim index, Dim size, Dim low, Dim high) {
  constexpr int64_t kFar = INT32_MAX;  // exporters write "to the end" so
  if (auto number = index.constant()) {
    if (*number >= kFar) return high;
    if (*number <= -kFar) return low;
  }
  if (provablyGreaterEqual(c.k(-1), index)) {
    index = index + size;
  } else if (!provablyGreaterEqual(index, c.k(0))) {
    // The sign is only known at run time.
    Value value = c.dimAsValue(index);
    value = c.select_(c.lt_(value, 0), c.add_(value, c.dimAsValue(size)), value);
    value = c.clamp(value, c.dimAsValue(low), c.dimAsValue(high));
    return c.bindDims(value, c.stem(), -1)[0];
  }
  return max(min(index, high), low);
}

struct Range {
  Dim start, size;
};
Range rangeOf(NodeContext &c, Dim start, Dim end, int64_t step, Dim size) {
  if (step == 0) invalid("a step is 0");
  if (step > 0) {
    start = clampedIndex(c, start, size, c.k(0), size);
    end = clampedIndex(c, end, size, c.k(0), size);
    return {start, max(ceilDiv(end - start, step), 0)};
  }
  start = clampedIndex(c, start, size, c.k(0), size - 1);
  end = clampedIndex(c, end, size, c.k(-1), size - 1);
  return {start, max(ceilDiv(start - end, -step), 0)};
}

// Where axes or steps come when the program runs: starts, sizes and steps of all axes are computed
// there.
void sliceOpen(NodeContext &c, Value x) {
  int64_t rank = Emit::rank(x);
  Value size = c.dimsAsValue(Emit::dims(x)), zero = c.ints(Ints(rank, 0));
  Value axes = c.hasIn(3) ? c.cast(c.in(3), c.i64()) : c.iota(0, c.i64(), Emit::dims(c.in(1)));
  auto ofAll = [&](int64_t i, Value otherwise) {
    return c.scatter("replace", otherwise, c.cast(c.in(i), c.i64()), {axes}, {0}, 0);
  };
  Value step = c.ints(Ints(rank, 1));
  if (c.hasIn(4)) step = c.clamp(ofAll(4, step), -INT32_MAX, INT32_MAX);
  Value isDown = c.lt_(step, 0), magnitude = c.abs_(step);
  c.bindDims(magnitude, c.stem(), 1);  // no step is 0
  auto fromFront = [&](Value index) {
    return c.select_(c.lt_(index, 0), c.add_(index, size), index);
  };
  Value high = c.select_(isDown, c.sub_(size, 1), size);
  Value start = c.clamp(fromFront(ofAll(1, zero)), 0, high);
  // An end before the first element can only be written as a far negative number.
  Value end = c.clamp(fromFront(ofAll(2, size)), c.neg_(c.cast(isDown, c.i64())), high);
  Value distance = c.select_(isDown, c.sub_(start, end), c.sub_(end, start));
  Value number = c.max_(c.div_(c.add_(distance, c.sub_(magnitude, 1)), magnitude), 0);
  start = c.select_(c.eq_(number, 0), zero, start);
  Dims from = c.bindDims(start, c.stem(), 0), sizes = c.bindDims(number, c.stem(), 0);
  c.out(c.slice(x, from, sizes, c.bindDims(step, c.stem(), -INT32_MAX)));
}

void slice(NodeContext &c) {
  Value x = c.in(0);
  if (areAxesOpen(c, 3) || areAxesOpen(c, 4)) return sliceOpen(c, x);
  bool byAttribute = c.has("starts");
  constexpr int64_t kAny = INT64_MIN / 4;
  Dims starts = byAttribute ? c.ks(c.intsOf("starts")) : c.dimsIn(1, kAny);
  Dims ends = byAttribute ? c.ks(c.intsOf("ends")) : c.dimsIn(2, kAny);
  Ints axes, steps(starts.size(), 1);
  if (c.has("axes"))
    axes = c.intsOf("axes");
  else if (c.hasIn(3))
    axes = c.intsIn(3);
  else
    for (size_t i = 0; i < starts.size(); ++i) axes.push_back(i);
  if (c.hasIn(4)) steps = c.intsIn(4);
  if (ends.size() != starts.size() || axes.size() != starts.size() || steps.size() != starts.size())
    invalid("starts, ends, axes and steps differ in length");
  Dims from(Emit::rank(x), c.k(0)), sizes = Emit::dims(x), strides(Emit::rank(x), c.k(1));
  for (size_t i = 0; i < starts.size(); ++i) {
    int64_t axis = c.axis(axes[i], Emit::rank(x));
    Range range = rangeOf(c, starts[i], ends[i],
                          std::clamp<int64_t>(steps[i], -INT32_MAX, INT32_MAX), c.dim(x, axis));
    from[axis] = range.size.isConstant(0) ? c.k(0) : range.start;
    sizes[axis] = range.size;
    strides[axis] =
        c.k(range.size.isConstant(0) ? 1 : std::clamp<int64_t>(steps[i], -INT32_MAX, INT32_MAX));
  }
  c.out(c.slice(x, from, sizes, strides));
}
PLX_ONNX_OP("", Slice, 1, slice);

// ---- repetition and rearrangement
// ------------------------------------------------------------------------------------

// The first version repeated along one axis; both are numbers of the operand's type there.
Dims repeatsOf(NodeContext &c) {
  if (c.version >= 6) return c.dimsIn(1, 0);
  auto number = [&](int64_t i) { return c.reshape(c.cast(c.in(i), c.i64()), {}); };
  int64_t rank = Emit::rank(c.in(0));
  std::optional<Ints> axis = c.knownInts(number(2));
  if (!axis) unsupported("an axis that is known only when the program runs");
  Dims repeats(rank, c.k(1));
  repeats[c.axis((*axis)[0], rank)] = c.bindDims(number(1), c.stem(), 0)[0];
  return repeats;
}

void tile(NodeContext &c) {
  Value x = c.in(0);
  Dims repeats = repeatsOf(c), dims = Emit::dims(x);
  if (repeats.size() != dims.size())
    invalid("there are " + llvm::Twine(repeats.size()) + " repeats for rank " +
            llvm::Twine(dims.size()));
  Dims split, wide, flat;
  for (auto [repeat, dim] : llvm::zip(repeats, dims)) {
    split.append({c.k(1), dim});
    wide.append({repeat, dim});
    flat.push_back(repeat * dim);
  }
  c.out(c.reshape(c.broadcastTo(c.reshape(x, split), wide), flat));
}
PLX_ONNX_OP("", Tile, 6, tile);
PLX_ONNX_OP("plx.withdrawn", Tile, 1, tile);

// [n, c, h, w] with c = b*b*c'; DCR: (b, b, c'), CRD: (c', b, b).
void depthToSpace(NodeContext &c) {
  Value x = c.in(0);
  if (Emit::rank(x) != 4)
    invalid("the operand has rank " + llvm::Twine(Emit::rank(x)) + ", must be 4");
  int64_t block = c.intOf("blocksize", 0);
  if (block < 1 || block > 4096) invalid("blocksize is " + llvm::Twine(block));
  Dims d = Emit::dims(x);
  Dim b = c.k(block), channels = floorDiv(d[1], block * block);
  if (provablyDifferent(channels * block * block, d[1]))
    invalid("the " + d[1].str() + " channels are no multiple of blocksize * blocksize, " +
            llvm::Twine(block * block));
  bool dcr = c.stringOf("mode", "DCR") == "DCR";
  Value split = dcr ? c.reshape(x, {d[0], b, b, channels, d[2], d[3]})
                    : c.reshape(x, {d[0], channels, b, b, d[2], d[3]});
  Value moved =
      dcr ? c.transpose(split, {0, 3, 4, 1, 5, 2}) : c.transpose(split, {0, 1, 4, 2, 5, 3});
  c.out(c.reshape(moved, {d[0], channels, d[2] * b, d[3] * b}));
}
PLX_ONNX_OP("", DepthToSpace, 1, depthToSpace);

void spaceToDepth(NodeContext &c) {
  Value x = c.in(0);
  if (Emit::rank(x) != 4)
    invalid("the operand has rank " + llvm::Twine(Emit::rank(x)) + ", must be 4");
  int64_t block = c.intOf("blocksize", 0);
  if (block < 1 || block > 4096) invalid("blocksize is " + llvm::Twine(block));
  Dims d = Emit::dims(x);
  Dim b = c.k(block), h = floorDiv(d[2], block), w = floorDiv(d[3], block);
  if (provablyDifferent(h * block, d[2]) || provablyDifferent(w * block, d[3]))
    invalid("an image of " + d[2].str() + " x " + d[3].str() +
            " elements is no multiple of blocksize " + llvm::Twine(block));
  Value moved = c.reshape(x, {d[0], d[1], h, b, w, b});
  if (c.stringOf("mode", "DCR") == "DCR")
    moved = c.transpose(moved, {0, 3, 5, 1, 2, 4});
  else
    moved = c.transpose(moved, {0, 1, 3, 5, 2, 4});
  c.out(c.reshape(moved, {d[0], d[1] * b * b, h, w}));
}
PLX_ONNX_OP("", SpaceToDepth, 1, spaceToDepth);

void trilu(NodeContext &c) {
  Value x = c.in(0);
  int64_t rank = Emit::rank(x);
  if (rank < 2) invalid("the operand has rank " + llvm::Twine(rank) + ", must be 2 or more");
  Dims plane{c.dim(x, -2), c.dim(x, -1)};
  Value row = c.iota(0, c.i64(), plane), column = c.iota(1, c.i64(), plane);
  if (c.hasIn(1)) row = c.add_(row, c.reshape(c.in(1), {}));
  Value keep = c.intOf("upper", 1) ? c.ge_(column, row) : c.le_(column, row);
  c.out(c.select_(keep, x, c.scalar(0, Emit::elem(x))));
}
PLX_ONNX_OP("", Trilu, 14, trilu);

// ---- pad
// -------------------------------------------------------------------------------------------------------------

// x mod n with the sign of n, n > 0.
Value positiveMod(NodeContext &c, Value x, Value n) {
  Value r = c.rem_(x, n);
  return c.select_(c.lt_(r, 0), c.add_(r, n), r);
}

// Which element of an axis of n each element of the padded axis shows.
Value shownIndex(NodeContext &c, const std::string &mode, Dim size, Dim low, Dim high) {
  Value index = c.sub_(c.iota(0, c.i64(), {size + low + high}), c.dimAsValue(low));
  Value n = c.dimAsValue(size), last = c.sub_(n, 1);
  if (mode == "edge") return c.clamp(index, 0, last);
  if (mode == "wrap") return positiveMod(c, index, c.max_(n, 1));
  if (mode != "reflect") invalid("mode is '" + mode + "'");
  Value turned = positiveMod(c, index, c.max_(c.mul_(last, 2), 1));
  return c.select_(c.gt_(turned, last), c.sub_(c.mul_(last, 2), turned), turned);
}

void pad(NodeContext &c) {
  Value x = c.in(0);
  int64_t rank = Emit::rank(x);
  std::string mode = c.stringOf("mode", "constant");
  llvm::StringRef attribute = c.has("paddings") ? "paddings" : "pads";  // in the first version
  Dims pads = c.has(attribute) ? c.ks(c.intsOf(attribute)) : c.dimsIn(1, INT32_MIN);
  Ints axes;
  if (c.hasIn(3))
    axes = c.axesIn(3, rank);
  else
    for (int64_t i = 0; i < rank; ++i) axes.push_back(i);
  if (pads.size() != 2 * axes.size())
    invalid("there are " + llvm::Twine(pads.size()) + " pads for " + llvm::Twine(axes.size()) +
            " axes");
  Dims low(rank, c.k(0)), high(rank, c.k(0));
  for (size_t i = 0; i < axes.size(); ++i) {
    int64_t axis = c.axis(axes[i], rank);
    low[axis] = pads[i];
    high[axis] = pads[i + axes.size()];
  }
  if (mode == "constant") {
    Value value =
        c.hasIn(2) ? c.reshape(c.in(2), {}) : c.scalar(c.floatOf("value", 0), Emit::elem(x));
    return c.out(c.pad(x, value, low, high));
  }
  for (int64_t axis = 0; axis < rank; ++axis)
    if (!low[axis].isConstant(0) || !high[axis].isConstant(0))
      x = c.take(x, shownIndex(c, mode, c.dim(x, axis), low[axis], high[axis]), axis);
  c.out(x);
}
PLX_ONNX_OP("", Pad, 2, pad);
PLX_ONNX_OP("plx.withdrawn", Pad, 1, pad);

}  // namespace
}  // namespace plx::onnxio
