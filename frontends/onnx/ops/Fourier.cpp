// Stockham's form of the mixed-radix transform (FFTPACK; Reinecke's pocketfft): a pass for each
// factor p of the length n takes n / p transforms of p elements, turns their results by powers of
// the n-th root of one, and leaves them sorted. Operations and their order are those of pocketfft,
// and so of NumPy, with whose rounding ONNX's own expected values were made.
#include "frontends/onnx/ops/Fourier.h"

#include <cmath>

#include "frontends/onnx/Branch.h"

namespace plx::onnxio {

std::optional<Ints> smallFactors(Dim length) {
  if (!length.constant() || *length.constant() < 2) return std::nullopt;
  int64_t rest = *length.constant();
  Ints factors;
  for (; rest % 4 == 0; rest /= 4) factors.push_back(4);
  if (rest % 2 == 0) {
    factors.insert(factors.begin(), 2);
    rest /= 2;
  }
  for (int64_t factor : {3, 5})
    for (; rest % factor == 0; rest /= factor) factors.push_back(factor);
  if (rest != 1) return std::nullopt;
  return factors;
}

namespace {

class Butterfly {
 public:
  Butterfly(NodeContext &c, double sign) : c_(c), sign_(sign) {}

  using Parts = llvm::SmallVector<Complex>;
  Parts operator()(const Parts &x) const {
    switch (x.size()) {
      case 2:
        return {add(x[0], x[1]), sub(x[0], x[1])};
      case 3:
        return ofThree(x);
      case 4:
        return ofFour(x);
      default:
        return ofFive(x);
    }
  }
  /// x times w, elementwise along the last axis.
  Complex times(const Complex &x, const Complex &w) const {
    return {c_.sub_(c_.mul_(x.re, w.re), c_.mul_(x.im, w.im)),
            c_.add_(c_.mul_(x.re, w.im), c_.mul_(x.im, w.re))};
  }

 private:
  Complex add(const Complex &a, const Complex &b) const {
    return {c_.add_(a.re, b.re), c_.add_(a.im, b.im)};
  }
  Complex sub(const Complex &a, const Complex &b) const {
    return {c_.sub_(a.re, b.re), c_.sub_(a.im, b.im)};
  }
  Complex scaled(const Complex &a, double by) const {
    return {c_.mul_(a.re, by), c_.mul_(a.im, by)};
  }
  // Times the imaginary unit.
  Complex turned(const Complex &a) const { return {c_.neg_(a.im), a.re}; }

  Parts ofThree(const Parts &x) const {
    Complex sum = add(x[1], x[2]), difference = sub(x[1], x[2]);
    Complex a = add(x[0], scaled(sum, -0.5));
    Complex b = turned(scaled(difference, sign_ * 0.8660254037844386));  // sin(pi/3)
    return {add(x[0], sum), add(a, b), sub(a, b)};
  }

  Parts ofFour(const Parts &x) const {
    Complex even = add(x[0], x[2]), evenDifference = sub(x[0], x[2]);
    Complex odd = add(x[1], x[3]), oddDifference = sub(x[1], x[3]);
    Complex quarter =
        sign_ > 0 ? turned(oddDifference) : Complex{oddDifference.im, c_.neg_(oddDifference.re)};
    return {add(even, odd), add(evenDifference, quarter), sub(even, odd),
            sub(evenDifference, quarter)};
  }

  Parts ofFive(const Parts &x) const {
    const double cos1 = 0.30901699437494742, sin1 = sign_ * 0.95105651629515357,  // of 2 pi / 5
        cos2 = -0.80901699437494742, sin2 = sign_ * 0.58778525229247313;          // of 4 pi / 5
    Complex sum1 = add(x[1], x[4]), difference1 = sub(x[1], x[4]);
    Complex sum2 = add(x[2], x[3]), difference2 = sub(x[2], x[3]);
    Complex a = add(add(x[0], scaled(sum1, cos1)), scaled(sum2, cos2));
    Complex b = turned(add(scaled(difference1, sin1), scaled(difference2, sin2)));
    Complex d = add(add(x[0], scaled(sum1, cos2)), scaled(sum2, cos1));
    Complex e = turned(sub(scaled(difference1, sin2), scaled(difference2, sin1)));
    return {add(add(x[0], sum1), sum2), add(a, b), add(d, e), sub(d, e), sub(a, b)};
  }

  NodeContext &c_;
  double sign_;
};

// exp(sign * j 2 pi * step * i / length) for i < count.
Complex rootsOf(NodeContext &c, int64_t step, int64_t count, int64_t length, Type type,
                double sign) {
  llvm::SmallVector<double> re, im;
  for (int64_t i = 0; i < count; ++i) {
    double angle = 2 * M_PI * static_cast<double>(step * i % length) / static_cast<double>(length);
    re.push_back(std::cos(angle));
    im.push_back(sign * std::sin(angle));
  }
  return {c.floats(re, type), c.floats(im, type)};
}

// The same where they are known only when the program runs, by the same operations.
Complex openRootsOf(NodeContext &c, Dim step, Dim count, Dim length, Type type, double sign) {
  Value phase =
      c.rem_(c.mul_(c.iota(0, c.i64(), {count}), c.dimAsValue(step)), c.dimAsValue(length));
  Value angle =
      c.div_(c.mul_(c.cast(phase, c.f64()), 2 * M_PI), c.cast(c.dimAsValue(length), c.f64()));
  return {c.cast(c.cos_(angle), type), c.cast(c.mul_(c.sin_(angle), sign), type)};
}

using Roots = llvm::function_ref<Complex(int64_t)>;  // for the j-th part

// One pass along the last axis: done * factor * rest elements, `done` the product of the factors
// before.
Complex pass(NodeContext &c, const Butterfly &butterfly, Complex x, Dim done, int64_t factor,
             Dim rest, Roots roots) {
  int64_t rank = Emit::rank(x.re);
  Dims whole = Emit::dims(x.re), split(whole.begin(), whole.end() - 1);
  split.append({done, c.k(factor), rest});
  Value re = c.reshape(x.re, split), im = c.reshape(x.im, split);
  Butterfly::Parts parts;
  for (int64_t j = 0; j < factor; ++j)
    parts.push_back({c.squeeze(c.sliceAxis(re, rank, j, 1), {rank}),
                     c.squeeze(c.sliceAxis(im, rank, j, 1), {rank})});
  parts = butterfly(parts);  // each [.., done, rest]
  Values res, ims;
  for (int64_t j = 0; j < factor; ++j) {
    Complex part = parts[j];
    if (j > 0 && !rest.isConstant(1)) part = butterfly.times(part, roots(j));
    res.push_back(c.expandDims(part.re, {rank - 1}));
    ims.push_back(c.expandDims(part.im, {rank - 1}));
  }
  return {c.reshape(c.concat(rank - 1, res), whole), c.reshape(c.concat(rank - 1, ims), whole)};
}

// The axis brought to the end, and back.
Ints toLast(int64_t axis, int64_t rank) {
  Ints permutation;
  for (int64_t d = 0; d < rank; ++d)
    if (d != axis) permutation.push_back(d);
  permutation.push_back(axis);
  return permutation;
}
Ints fromLast(int64_t axis, int64_t rank) {
  Ints permutation;
  for (int64_t d = 0; d + 1 < rank; ++d) permutation.push_back(d);
  permutation.insert(permutation.begin() + axis, rank - 1);
  return permutation;
}

Complex transpose(NodeContext &c, const Complex &x, llvm::ArrayRef<int64_t> permutation) {
  return {c.transpose(x.re, permutation), c.transpose(x.im, permutation)};
}

// The factor of the first pass over `rest` elements, as smallFactors has them: 2 first, where the
// power of two is odd, then 4, 3 and 5; 0: none.
Value nextFactor(NodeContext &c, Value rest) {
  Value lowestBit = c.and_(rest, c.neg_(rest));
  auto divides = [&](int64_t factor) {
    return c.eq_(c.rem_(rest, static_cast<double>(factor)), 0);
  };
  Value factor = c.select_(divides(5), c.scalarInt(5, c.i64()), 0);
  factor = c.select_(divides(3), 3, factor);
  factor = c.select_(divides(4), 4, factor);
  factor = c.select_(c.eq_(c.rem_(lowestBit, 3), 2), 2, factor);  // 2^odd = 2 modulo 3
  return c.select_(c.le_(rest, 1), 0, factor);
}

// One pass by a factor that is known only when the program runs.
Complex openPass(NodeContext &c, Complex x, Value done, Value factor, double sign) {
  Dim length = Emit::dims(x.re).back();
  auto by = [&](int64_t p) {
    return [&c, x, done, length, sign, p] {
      Dim before = c.bindDims(done, c.stem(), 1)[0];
      Value left = c.div_(c.dimAsValue(length), c.mul_(done, static_cast<double>(p)));
      Dim rest = c.bindDims(left, c.stem(), 1)[0];
      Type type = Emit::elem(x.re);
      Complex y = pass(c, Butterfly(c, sign), x, before, p, rest, [&](int64_t j) {
        return openRootsOf(c, before * j, rest, length, type, sign);
      });
      return Values{y.re, y.im};
    };
  };
  auto is = [&](int64_t p) { return c.eq_(factor, static_cast<double>(p)); };
  auto threeOrFive = [&] { return branch(c, is(3), by(3), by(5)); };
  auto odd = [&] { return branch(c, is(2), by(2), threeOrFive); };
  Values y = branch(c, is(4), by(4), odd);
  return {y[0], y[1]};
}

}  // namespace

Complex transformed(NodeContext &c, Complex x, int64_t axis, llvm::ArrayRef<int64_t> factors,
                    double sign) {
  int64_t rank = Emit::rank(x.re), length = *c.dim(x.re, axis).constant(), done = 1;
  x = transpose(c, x, toLast(axis, rank));
  Type type = Emit::elem(x.re);
  for (int64_t factor : factors) {
    int64_t rest = length / (done * factor);
    x = pass(c, Butterfly(c, sign), x, c.k(done), factor, c.k(rest),
             [&](int64_t j) { return rootsOf(c, j * done, rest, length, type, sign); });
    done *= factor;
  }
  return transpose(c, x, fromLast(axis, rank));
}

std::pair<Complex, Value> openTransformed(NodeContext &c, Complex x, int64_t axis, Value wanted,
                                          double sign) {
  int64_t rank = Emit::rank(x.re);
  x = transpose(c, x, toLast(axis, rank));
  Value length = c.dimAsValue(Emit::dims(x.re).back());
  Value first = c.select_(wanted, nextFactor(c, length), 0);
  Values states{x.re, x.im, c.scalarInt(1, c.i64()), first};
  auto region = std::make_unique<mlir::Region>();
  {
    mlir::OpBuilder::InsertionGuard guard(c.builder());
    mlir::Block *body = c.builder().createBlock(region.get());
    body->addArgument(tensorType(c.i64(), {}), c.loc());
    body->addArgument(tensorType(c.i1(), {}), c.loc());
    for (Value state : states) body->addArgument(state.getType(), c.loc());
    Value done = body->getArgument(4), factor = body->getArgument(5);
    Complex y = openPass(c, {body->getArgument(2), body->getArgument(3)}, done, factor, sign);
    done = c.mul_(done, factor);
    factor = nextFactor(c, c.div_(length, done));
    yield(c, *region, {c.ne_(factor, 0), y.re, y.im, done, factor});
  }
  llvm::SmallVector<std::unique_ptr<mlir::Region>> regions;
  regions.push_back(std::move(region));
  Values operands{c.scalarInt(INT64_MAX, c.i64()), c.ne_(first, 0)};
  llvm::append_range(operands, states);
  llvm::SmallVector<Type> types;
  for (Value state : states) types.push_back(state.getType());
  Values y = c.regionsOp("plx.loop", operands, {}, regions, types);
  return {transpose(c, {y[0], y[1]}, fromLast(axis, rank)), c.and_(wanted, c.eq_(y[2], length))};
}

}  // namespace plx::onnxio
