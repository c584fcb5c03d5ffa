// Functions element by element, casts, quantization.
#include <cmath>

#include "ir/ops/Build.h"
#include "tests/fuzz/Generator.h"

namespace plx::fuzz {

namespace {

bool isFloat(mlir::Value value) {
  return mlir::isa<mlir::FloatType>(mlir::getElementTypeOrSelf(value.getType()));
}

/// A function of one float: where it is applied, and what it gives there.
struct FloatUnary {
  ScalarFn fn;
  double low, high;              // domain in which it is smooth and small
  double resultLow, resultHigh;  // of the domain
};
constexpr double kAny = 1e5;
constexpr FloatUnary kFloatUnary[] = {
    {ScalarFn::exp_, -20, 4, 0, 55},
    {ScalarFn::expm1_, -20, 4, -1, 54},
    {ScalarFn::log_, 0.01, kAny, -4.7, 12},
    {ScalarFn::log1p_, -0.9, kAny, -2.4, 12},
    {ScalarFn::sqrt_, 0, kAny, 0, 320},
    {ScalarFn::sin_, -kAny, kAny, -1, 1},
    {ScalarFn::cos_, -kAny, kAny, -1, 1},
    {ScalarFn::tan_, -1.2, 1.2, -2.6, 2.6},
    {ScalarFn::asin_, -0.99, 0.99, -1.5, 1.5},
    {ScalarFn::acos_, -0.99, 0.99, 0, 3.1},
    {ScalarFn::atan_, -kAny, kAny, -1.6, 1.6},
    {ScalarFn::sinh_, -4, 4, -28, 28},
    {ScalarFn::cosh_, -4, 4, 1, 28},
    {ScalarFn::tanh_, -kAny, kAny, -1, 1},
    {ScalarFn::asinh_, -kAny, kAny, -13, 13},
    {ScalarFn::acosh_, 1.1, kAny, 0.4, 13},
    {ScalarFn::atanh_, -0.95, 0.95, -1.9, 1.9},
    {ScalarFn::erf_, -kAny, kAny, -1, 1},
    {ScalarFn::sigmoid_, -kAny, kAny, 0, 1},
};
constexpr ScalarFn kRounding[] = {ScalarFn::floor_, ScalarFn::ceil_, ScalarFn::trunc_,
                                  ScalarFn::round_};
constexpr ScalarFn kComparisons[] = {ScalarFn::eq_, ScalarFn::ne_, ScalarFn::lt_,
                                     ScalarFn::le_, ScalarFn::gt_, ScalarFn::ge_};

double largest(double low, double high) { return std::max(std::fabs(low), std::fabs(high)); }

}  // namespace

void Generator::floatUnary() {
  mlir::Value x = pickFloat();
  Interval at = intervalOf(x);
  double most = largest(at.low, at.high);
  switch (random_.in(0, exactOnly_ ? 4 : 9)) {
    case 0:
      return note(apply(ScalarFn::neg_, {x}), {-at.high, -at.low});
    case 1:
      return note(apply(ScalarFn::abs_, {x}), {0, most});
    case 2:
      return note(apply(ScalarFn::sign_, {x}), {-1, 1});
    case 3:
      return note(apply(random_.of<ScalarFn>(kRounding), {x}), {at.low - 1, at.high + 1});
    case 4:  // relu
      return note(apply(ScalarFn::max_, {x, scalarLike(0, x)}), {0, std::max(0.0, at.high)});
    default: {
      const FloatUnary &row = random_.of<FloatUnary>(kFloatUnary);
      return note(apply(row.fn, {within(x, row.low, row.high)}), {row.resultLow, row.resultHigh});
    }
  }
}

void Generator::floatBinary() {
  mlir::Value x = pickFloat(), y = like(elementOf(x), dimsOf(x.getType()));
  if (random_.oneIn(3)) std::swap(x, y);
  Interval a = intervalOf(x), b = intervalOf(y);
  double product = largest(a.low, a.high) * largest(b.low, b.high);
  switch (random_.in(0, exactOnly_ ? 5 : 9)) {
    case 0:
    case 1:
      return note(apply(ScalarFn::add_, {x, y}), {a.low + b.low, a.high + b.high});
    case 2:
      return note(apply(ScalarFn::sub_, {x, y}), {a.low - b.high, a.high - b.low});
    case 3:
    case 4:
      return note(apply(ScalarFn::mul_, {x, y}), {-product, product});
    case 5: {
      double most = largest(a.low, a.high) * 4;
      return note(apply(ScalarFn::div_, {x, within(apply(ScalarFn::abs_, {y}), 0.25, kAny)}),
                  {-most, most});
    }
    case 6:
      return note(apply(ScalarFn::rem_, {x, within(y, 0.5, kAny)}), a);
    case 7:
      if (random_.oneIn(2))
        return note(apply(ScalarFn::pow_, {within(x, 0.2, 4), within(y, -3, 3)}), {0, 130});
      // Where the sign of a zero does not matter: compiled max and min may give the other zero.
      if (random_.oneIn(2))
        y = within(y, 0.25, kAny);
      else
        x = within(x, 0.25, kAny);
      return note(apply(ScalarFn::atan2_, {x, y}), {-3.2, 3.2});
    case 8:
      return note(apply(ScalarFn::max_, {x, y}),
                  {std::max(a.low, b.low), std::max(a.high, b.high)});
    default:
      return note(apply(ScalarFn::min_, {x, y}),
                  {std::min(a.low, b.low), std::min(a.high, b.high)});
  }
}

void Generator::intUnary() {
  mlir::Value x = pick([](mlir::Value v) { return !isFloat(v); });
  if (!x) x = input(b_.getI32Type(), randomDims(3));
  if (elementOf(x).isInteger(1)) return note(apply(ScalarFn::not_, {x}), {0, 1});
  static constexpr ScalarFn kFns[] = {ScalarFn::neg_, ScalarFn::abs_, ScalarFn::sign_,
                                      ScalarFn::not_};
  note(apply(random_.of<ScalarFn>(kFns), {x}), {-INFINITY, INFINITY});
}

void Generator::intBinary() {
  mlir::Value x = pick([](mlir::Value v) { return !isFloat(v); });
  if (!x) x = input(b_.getI64Type(), randomDims(3));
  mlir::Value y = like(elementOf(x), dimsOf(x.getType()));
  static constexpr ScalarFn kLogic[] = {ScalarFn::and_, ScalarFn::or_, ScalarFn::xor_};
  if (elementOf(x).isInteger(1)) return note(apply(random_.of<ScalarFn>(kLogic), {x, y}), {0, 1});
  static constexpr ScalarFn kFns[] = {
      ScalarFn::add_, ScalarFn::sub_, ScalarFn::mul_, ScalarFn::div_, ScalarFn::rem_,
      ScalarFn::pow_, ScalarFn::max_, ScalarFn::min_, ScalarFn::and_, ScalarFn::or_,
      ScalarFn::xor_, ScalarFn::shl_, ScalarFn::shr_};
  ScalarFn fn = random_.of<ScalarFn>(kFns);
  if (fn == ScalarFn::div_ || fn == ScalarFn::rem_) {
    // Divisors of both signs, never zero: an odd number.
    y = apply(ScalarFn::or_, {y, scalarLike(1, y)});
    return note(apply(fn, {x, y}), intervalOf(x));
  }
  note(apply(fn, {x, y}), {-INFINITY, INFINITY});
}

void Generator::compareAndSelect() {
  mlir::Value x = pickNumber(), y = like(elementOf(x), dimsOf(x.getType()));
  mlir::Value condition = apply(random_.of<ScalarFn>(kComparisons), {x, y});
  note(condition, {0, 1});
  if (random_.oneIn(4) || !condition) return;
  Dims dims = dimsOf(x.getType());
  mlir::Value yes = pick([&](mlir::Value v) { return dimsOf(v.getType()) == dims; });
  if (!yes) yes = x;
  mlir::Value no = like(elementOf(yes), dims);
  Interval a = intervalOf(yes), b = intervalOf(no);
  note(apply(ScalarFn::select_, {condition, yes, no}),
       {std::min(a.low, b.low), std::max(a.high, b.high)});
}

void Generator::castValue() {
  mlir::Value x = pickAny();
  mlir::Type to = randomElement();
  Interval at = intervalOf(x);
  if (to.isInteger(1)) at = {0, 1};
  note(build::cast(b_, loc_, x, to), at);
}

void Generator::quantizeValue() {
  mlir::Value x = pick([](mlir::Value v) { return isFloat(v); });
  if (!x) return;
  Dims dims = dimsOf(x.getType());
  mlir::Value scale = within(apply(ScalarFn::abs_, {like(elementOf(x), dims)}), 0.05, 4);
  bool isUnsigned = random_.oneIn(2);
  mlir::Type type = b_.getIntegerType(8, /*isSigned=*/!isUnsigned);
  if (!isUnsigned) type = b_.getIntegerType(8);
  mlir::Value zero = like(type, dims);
  note(make("plx.quantize", {x, scale, zero}, {}), {isUnsigned ? 0.0 : -128.0, 255});
}

void Generator::dequantizeValue() {
  mlir::Value x = pick([](mlir::Value v) {
    return !isFloat(v) && mlir::getElementTypeOrSelf(v.getType()).getIntOrFloatBitWidth() == 8;
  });
  if (!x) x = input(b_.getIntegerType(8), randomDims(3));
  Dims dims = dimsOf(x.getType());
  mlir::Value scale = within(like(b_.getF32Type(), dims), -1, 1);
  note(make("plx.dequantize", {x, scale, like(elementOf(x), dims)}, {}), {-512, 512});
}

}  // namespace plx::fuzz
