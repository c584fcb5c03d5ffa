// Fourier transforms (by factors of the length, or as products with a matrix of sines in f64), mel
// weights, determinants.
#include "frontends/onnx/Branch.h"
#include "frontends/onnx/ops/Fourier.h"

namespace plx::onnxio {
namespace {

// Sines and cosines of 2 pi * k * i / length: [n, length] each.
struct Waves {
  Value cosine, sine;
};
Waves wavesOf(NodeContext &c, Dim frequencies, Dim points, Dim length) {
  Dims plane{frequencies, points};
  // The product is reduced modulo the length as an integer: large arguments lose nothing.
  Value phase =
      c.rem_(c.mul_(c.iota(0, c.i64(), plane), c.iota(1, c.i64(), plane)), c.dimAsValue(length));
  Value angle = c.div_(c.mul_(c.cast(phase, c.f64()), 6.283185307179586),
                       c.cast(c.dimAsValue(length), c.f64()));
  return {c.cos_(angle), c.sin_(angle)};
}

// The axis cut or padded with zeros to `length`.
Value fitted(NodeContext &c, Value x, int64_t axis, Dim length) {
  Dim size = c.dim(x, axis);
  if (size == length) return x;
  if (size.constant() && length.constant() && *size.constant() > *length.constant())
    return c.sliceAxis(x, axis, c.k(0), length);
  Dims low(Emit::rank(x), c.k(0)), high(low);
  high[axis] = length - size;
  return c.pad(x, c.scalar(0, Emit::elem(x)), low, high);
}

// [.., n, ..] x [k, n] -> [.., k, ..]
Value along(NodeContext &c, Value x, int64_t axis, Value matrix) {
  Value y = c.dot(x, matrix, {}, {}, {axis}, {1});
  Ints permutation;
  for (int64_t d = 0; d + 1 < Emit::rank(x); ++d) permutation.push_back(d);
  permutation.insert(permutation.begin() + axis, Emit::rank(x) - 1);
  return c.transpose(y, permutation);
}

// Real and imaginary part of [.., 1 or 2], without that dim; imaginary null where there is none.
std::pair<Value, Value> parts(NodeContext &c, Value x) {
  int64_t last = Emit::rank(x) - 1;
  // Where the size is known only when the program runs, a real operand gets zeros beside it.
  if (!c.dim(x, last).constant()) x = fitted(c, x, last, c.k(2));
  Value real = c.squeeze(c.sliceAxis(x, last, 0, 1), {last});
  if (c.dim(x, last).isConstant(1)) return {real, {}};
  if (!c.dim(x, last).isConstant(2)) invalid("the last dim must be 1 (real) or 2 (complex)");
  return {real, c.squeeze(c.sliceAxis(x, last, 1, 1), {last})};
}
Value joined(NodeContext &c, Value real, Value imaginary, Type type) {
  int64_t rank = Emit::rank(real);
  return c.cast(c.concat(rank, {c.expandDims(real, {rank}), c.expandDims(imaginary, {rank})}),
                type);
}

// Sum over i of (re + j im)[i] * exp(-j 2 pi k i / length) for k < frequencies.
Value forward(NodeContext &c, Value re, Value im, int64_t axis, Dim frequencies, Dim length,
              Type type, double sign) {
  Waves w = wavesOf(c, frequencies, c.dim(re, axis), length);
  Value real = along(c, re, axis, w.cosine), imaginary = c.mul_(along(c, re, axis, w.sine), -sign);
  if (im) {
    real = c.add_(real, c.mul_(along(c, im, axis, w.sine), sign));
    imaginary = c.add_(imaginary, along(c, im, axis, w.cosine));
  }
  return joined(c, real, imaginary, type);
}

// One-sided spectrum to a real signal: the missing half is the conjugate of what is there.
Value inverseReal(NodeContext &c, Value re, Value im, int64_t axis, Dim length, Type type) {
  Dim half = floorDiv(length, 2) + 1;
  re = fitted(c, re, axis, half);
  im = fitted(c, im, axis, half);
  Waves w = wavesOf(c, length, half, length);
  // Each frequency counts twice but the first, and the last of an even length.
  Value k = c.iota(0, c.i64(), {half});
  Value once = c.or_(c.eq_(k, 0), c.eq_(c.mul_(k, 2), c.dimAsValue(length)));
  Value weight =
      c.div_(c.select_(once, c.scalar(1, c.f64()), 2), c.cast(c.dimAsValue(length), c.f64()));
  Value signal = c.sub_(along(c, re, axis, c.mul_(w.cosine, weight)),
                        along(c, im, axis, c.mul_(w.sine, weight)));
  return c.cast(c.expandDims(signal, {Emit::rank(signal)}), type);
}

struct Transform {
  Value x;
  int64_t axis;
  Dim length;
  bool inverse, onesided;
};

// By matrices of sines, in f64: any length, any operand.
Value byMatrices(NodeContext &c, const Transform &t) {
  Type type = Emit::elem(t.x);
  auto [re, im] = parts(c, c.cast(t.x, c.f64()));
  if (t.inverse && t.onesided)
    return inverseReal(c, re, im ? im : c.mul_(re, 0), t.axis, t.length, type);
  re = fitted(c, re, t.axis, t.length);
  if (im) im = fitted(c, im, t.axis, t.length);
  if (!t.inverse) {
    Dim frequencies = t.onesided ? floorDiv(t.length, 2) + 1 : t.length;
    return forward(c, re, im, t.axis, frequencies, t.length, type, 1);
  }
  Value scale = c.cast(c.dimAsValue(t.length), c.f64());
  re = c.div_(re, scale);
  if (im) im = c.div_(im, scale);
  return forward(c, re, im, t.axis, t.length, t.length, type, -1);
}

Value joinedAndScaled(NodeContext &c, const Transform &t, Complex y) {
  if (t.inverse) {
    Value scale = c.div_(c.scalar(1, c.f64()), c.cast(c.dimAsValue(t.length), c.f64()));
    scale = c.cast(scale, Emit::elem(y.re));
    y = {c.mul_(y.re, scale), c.mul_(y.im, scale)};
  }
  return joined(c, y.re, y.im, Emit::elem(t.x));
}

// Complex operands whose length has small factors are transformed pass by pass, in f32 unless they
// are wider. What decides that may be known only when the program runs.
Value transformOf(NodeContext &c, const Transform &t) {
  Dim parted = c.dim(t.x, Emit::rank(t.x) - 1);
  bool isKnown = t.length.constant() && c.dim(t.x, t.axis).constant() && parted.constant();
  std::optional<Ints> factors = smallFactors(t.length);
  bool isFast = !t.onesided && (!parted.constant() || parted.isConstant(2));
  if (!isFast || (isKnown && !factors)) return byMatrices(c, t);
  auto [re, im] = parts(c, c.wide(t.x));
  Complex x{fitted(c, re, t.axis, t.length), fitted(c, im, t.axis, t.length)};
  double sign = t.inverse ? 1 : -1;
  if (isKnown) return joinedAndScaled(c, t, transformed(c, x, t.axis, *factors, sign));
  Value isComplex = c.eq_(c.dimAsValue(parted), 2);
  auto [y, done] = openTransformed(c, x, t.axis, isComplex, sign);
  return branch(
      c, done, [&, y = y] { return Values{joinedAndScaled(c, t, y)}; },
      [&] { return Values{byMatrices(c, t)}; })[0];
}

void dft(NodeContext &c) {
  Value x = c.in(0);
  int64_t rank = Emit::rank(x);
  int64_t axis = c.version >= 20 ? (c.hasIn(2) ? c.axesIn(2, rank, rank - 1).front() : -2)
                                 : c.intOf("axis", 1);
  axis = c.axis(axis, rank);
  if (axis == rank - 1) invalid("the axis is that of the complex parts");
  bool inverse = c.intOf("inverse", 0) != 0, onesided = c.intOf("onesided", 0) != 0;
  Dim length = c.dim(x, axis);
  if (inverse && onesided) length = (length - 1) * 2;
  if (c.hasIn(1)) length = c.bindDims(c.reshape(c.in(1), {}), c.stem(), 1)[0];
  c.out(transformOf(c, {x, axis, length, inverse, onesided}));
}
PLX_ONNX_OP("", DFT, 17, dft);

// signal [n, length, 1 or 2], frame_step, window, frame_length -> [n, frames, bins, 2].
void stft(NodeContext &c) {
  Value x = c.cast(c.in(0), c.f64());
  Type type = Emit::elem(c.in(0));
  Dim step = c.bindDims(c.reshape(c.in(1), {}), c.stem(), 1)[0];
  if (auto known = step.constant(); known && *known < 1)
    invalid("frame_step is " + llvm::Twine(*known));
  Dim length = c.hasIn(3) ? c.bindDims(c.reshape(c.in(3), {}), c.stem(), 1)[0] : c.dim(c.in(2), 0);
  bool onesided = c.intOf("onesided", 1) != 0;
  Dim frames = floorDiv(c.dim(x, 1) - length, step) + 1;
  Dims grid{frames, length};
  Value at = c.add_(c.mul_(c.iota(0, c.i64(), grid), c.dimAsValue(step)), c.iota(1, c.i64(), grid));
  Value framed = c.take(x, at, 1);  // [n, frames, length, 1 or 2]
  if (c.hasIn(2))
    framed = c.mul_(framed, c.expandDims(fitted(c, c.cast(c.in(2), c.f64()), 0, length), {1}));
  auto [re, im] = parts(c, framed);
  c.out(forward(c, re, im, 2, onesided ? floorDiv(length, 2) + 1 : length, length, type, 1));
}
PLX_ONNX_OP("", STFT, 17, stft);

// Triangles over the spectrum: bin i rises from edge i to edge i + 1 and falls to edge i + 2, where
// edges lie evenly on the mel scale (2595 log10(1 + hertz / 700)), rounded down to a row.
void melWeightMatrix(NodeContext &c) {
  auto number = [&](int64_t i) { return c.cast(c.reshape(c.in(i), {}), c.f64()); };
  auto size = [&](int64_t i) { return c.bindDims(c.reshape(c.in(i), {}), c.stem(), 1)[0]; };
  Dim bins = size(0), length = size(1);
  double scale = 2595 / std::log(10.0);
  auto mel = [&](Value hertz) { return c.mul_(c.log1p_(c.div_(hertz, 700)), scale); };
  Value low = mel(number(3)), range = c.sub_(mel(number(4)), low);
  Value spacing = c.div_(range, c.cast(c.dimAsValue(bins + 2), c.f64()));
  Value edge = c.add_(c.mul_(c.iota(0, c.f64(), {bins + 2}), spacing), low);
  edge = c.mul_(c.expm1_(c.div_(edge, scale)), 700);
  edge = c.floor_(c.div_(c.mul_(c.cast(c.dimAsValue(length + 1), c.f64()), edge), number(2)));
  Dims plane{floorDiv(length, 2) + 1, bins};
  auto edgeAt = [&](int64_t shift) {
    return c.broadcastTo(c.sliceAxis(edge, 0, c.k(shift), bins), plane);
  };
  Value row = c.iota(0, c.f64(), plane), left = edgeAt(0), centre = edgeAt(1), right = edgeAt(2);
  auto isWithin = [&](Value from, Value to) { return c.and_(c.ge_(row, from), c.lt_(row, to)); };
  Value rising = c.div_(c.sub_(row, left), c.max_(c.sub_(centre, left), 1));
  Value falling = c.div_(c.sub_(right, row), c.max_(c.sub_(right, centre), 1));
  Value weight = c.select_(isWithin(left, centre), rising, c.splat(0, c.f64(), plane));
  weight = c.select_(isWithin(centre, right), falling, weight);
  weight = c.select_(c.eq_(row, centre), 1, weight);
  c.out(c.cast(weight, c.elementTypeOf(c.intOf("output_datatype", 1))));
}
PLX_ONNX_OP("", MelWeightMatrix, 17, melWeightMatrix);

Ints axesBelow(int64_t count) {
  Ints axes;
  for (int64_t i = 0; i < count; ++i) axes.push_back(i);
  return axes;
}

// One step of elimination on a [.., n, n] and the product of pivots so far [..]: `k` (a scalar) is
// the column, its largest element from row k on the pivot.
Values eliminated(NodeContext &c, Value a, Value product, Value k) {
  int64_t rank = Emit::rank(a);
  Value column = c.take(a, k, rank - 1);  // [.., n]
  Value row = c.iota(rank - 2, c.i64(), Emit::dims(column));
  Value candidates = c.select_(c.ge_(row, k), c.abs_(column), -1);
  Value best = c.argReduce("max", candidates, rank - 2);  // [..]
  Value bestRow = c.expandDims(best, {rank - 2});
  Value from = c.select_(c.eq_(row, k), bestRow, c.select_(c.eq_(row, bestRow), k, row));
  Dims dims = Emit::dims(a);
  Values indices;
  for (int64_t d = 0; d < rank; ++d) indices.push_back(c.iota(d, c.i64(), dims));
  indices[rank - 2] = c.broadcastAlong(from, axesBelow(rank - 1), dims);
  a = c.gather(a, indices, axesBelow(rank), 0);
  Value top = c.take(a, k, rank - 2);      // [.., n]
  Value pivot = c.take(top, k, rank - 2);  // [..]
  Value signedPivot = c.select_(c.ne_(best, k), c.neg_(pivot), pivot);
  Value divisor = c.expandDims(c.select_(c.eq_(pivot, 0), 1, pivot), {rank - 2});
  Value scale = c.div_(c.take(a, k, rank - 1), divisor);
  scale = c.select_(c.gt_(row, k), scale, 0);
  Value change = c.mul_(c.expandDims(scale, {rank - 1}), c.expandDims(top, {rank - 2}));
  return {c.sub_(a, change), c.mul_(product, signedPivot)};
}

// The same for matrices of a size that comes when the program runs, or a large one.
Value detOpen(NodeContext &c, Value a) {
  int64_t rank = Emit::rank(a);
  Dim n = c.dim(a, -2);
  a = c.withSize(a, rank - 1, n);
  Dims lead = Emit::dims(a);
  lead.resize(rank - 2);
  Value one = c.splat(1, c.f64(), lead), steps = c.iota(0, c.i64(), {n});
  auto region = std::make_unique<mlir::Region>();
  {
    mlir::OpBuilder::InsertionGuard guard(c.builder());
    mlir::Block *body = c.builder().createBlock(region.get());
    Value inner = body->addArgument(a.getType(), c.loc());
    Value product = body->addArgument(one.getType(), c.loc());
    Value k = body->addArgument(tensorType(c.i64(), {}), c.loc());
    yield(c, *region, eliminated(c, inner, product, k));
  }
  llvm::SmallVector<std::unique_ptr<mlir::Region>> regions;
  regions.push_back(std::move(region));
  return c.regionsOp("plx.scan", {a, one, steps}, {c.segments({2, 1})}, regions,
                     {a.getType(), one.getType()})[1];
}

// Elimination with the largest pivot of each column, unrolled where matrices are small.
void det(NodeContext &c) {
  Value x = c.in(0);
  Type type = Emit::elem(x);
  int64_t rank = Emit::rank(x);
  if (rank < 2) invalid("the operand has rank " + llvm::Twine(rank) + ", must be 2 or more");
  if (provablyDifferent(c.dim(x, -1), c.dim(x, -2))) invalid("the matrices are not square");
  std::optional<int64_t> size = c.dim(x, -1).constant();
  constexpr int64_t kMostUnrolled = 16;
  Value a = c.cast(x, c.f64());
  if (!size || *size > kMostUnrolled || !c.dim(x, -2).constant())
    return c.out(c.cast(detOpen(c, a), type));
  Dims lead = Emit::dims(x);
  lead.resize(rank - 2);
  Value result = c.splat(1, c.f64(), lead);
  for (int64_t n = *size; n > 0; --n) {
    // a [.., n, n]: the row with the largest first element is swapped to the front.
    Value column = c.squeeze(c.sliceAxis(a, rank - 1, 0, 1), {rank - 1});
    Value best = c.expandDims(c.argReduce("max", c.abs_(column), rank - 2), {rank - 2});  // [.., 1]
    Dims rows = Emit::dims(column);
    Value row = c.iota(rank - 2, c.i64(), rows), pivotAt = c.broadcastTo(best, rows);
    Value from = c.select_(c.eq_(row, 0), pivotAt,
                           c.select_(c.eq_(row, pivotAt), c.scalarInt(0, c.i64()), row));
    Value isSwapped = c.ne_(c.squeeze(best, {rank - 2}), 0);
    Dims dims = Emit::dims(a);
    Values indices;
    for (int64_t d = 0; d < rank; ++d) indices.push_back(c.iota(d, c.i64(), dims));
    indices[rank - 2] = c.broadcastAlong(from, axesBelow(rank - 1), dims);
    a = c.gather(a, indices, axesBelow(rank), 0);
    Value top = c.sliceAxis(a, rank - 2, 0, 1);      // [.., 1, n]
    Value pivot = c.sliceAxis(top, rank - 1, 0, 1);  // [.., 1, 1]
    Value factor = c.squeeze(pivot, {rank - 2, rank - 1});
    result = c.mul_(result, c.select_(isSwapped, c.neg_(factor), factor));
    if (n == 1) break;
    Value rest = c.sliceAxis(a, rank - 2, 1, n - 1);
    Value scale = c.div_(c.sliceAxis(rest, rank - 1, 0, 1),
                         c.select_(c.eq_(pivot, 0), c.scalar(1, c.f64()), pivot));
    a = c.sub_(c.sliceAxis(rest, rank - 1, 1, n - 1),
               c.mul_(scale, c.sliceAxis(top, rank - 1, 1, n - 1)));
  }
  c.out(c.cast(result, type));
}
PLX_ONNX_OP("", Det, 11, det);

}  // namespace
}  // namespace plx::onnxio
