// Stockham's form of the mixed-radix transform (FFTPACK; Reinecke's pocketfft): a pass for each
// factor p of the length n takes n / p transforms of p elements, turns their results by powers of
// the n-th root of one, and leaves them sorted. Operations and their order are those of pocketfft,
// and so of NumPy, with whose rounding ONNX's own expected values were made.
#include "frontends/onnx/ops/Fourier.h"

#include <cmath>

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

}  // namespace

Complex transformed(NodeContext &c, Complex x, int64_t axis, llvm::ArrayRef<int64_t> factors,
                    double sign) {
  int64_t rank = Emit::rank(x.re), length = *c.dim(x.re, axis).constant(), done = 1;
  Ints toLast, back;
  for (int64_t d = 0; d < rank; ++d)
    if (d != axis) toLast.push_back(d);
  toLast.push_back(axis);
  for (int64_t d = 0; d + 1 < rank; ++d) back.push_back(d);
  back.insert(back.begin() + axis, rank - 1);
  x = {c.transpose(x.re, toLast), c.transpose(x.im, toLast)};
  Dims whole = Emit::dims(x.re);
  Butterfly butterfly(c, sign);
  for (int64_t factor : factors) {
    int64_t rest = length / (done * factor);
    Dims split(whole.begin(), whole.end() - 1);
    split.append({c.k(done), c.k(factor), c.k(rest)});
    Value re = c.reshape(x.re, split), im = c.reshape(x.im, split);
    Butterfly::Parts parts;
    for (int64_t j = 0; j < factor; ++j)
      parts.push_back({c.squeeze(c.sliceAxis(re, rank, j, 1), {rank}),
                       c.squeeze(c.sliceAxis(im, rank, j, 1), {rank})});
    parts = butterfly(parts);  // each [.., done, rest]
    Values res, ims;
    for (int64_t j = 0; j < factor; ++j) {
      Complex part = parts[j];
      if (rest > 1 && j > 0)
        part = butterfly.times(part, rootsOf(c, j * done, rest, length, Emit::elem(re), sign));
      res.push_back(c.expandDims(part.re, {rank - 1}));
      ims.push_back(c.expandDims(part.im, {rank - 1}));
    }
    x = {c.reshape(c.concat(rank - 1, res), whole), c.reshape(c.concat(rank - 1, ims), whole)};
    done *= factor;
  }
  return {c.transpose(x.re, back), c.transpose(x.im, back)};
}

}  // namespace plx::onnxio
