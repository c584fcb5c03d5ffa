// The meaning of each scalar function, on whole tensors so that the choice of function is made
// once.
#include "ir/eval/ScalarEval.h"

#include <cmath>

#include "ir/eval/Rounding.h"
#include "ir/types/Types.h"

namespace plx::eval {
namespace {

// ---- floats
// ----------------------------------------------------------------------------------------------------------

double sign(double x) { return std::isnan(x) ? x : static_cast<double>((x > 0) - (x < 0)); }
double maxOf(double a, double b) { return std::isnan(a) ? a : std::isnan(b) ? b : a > b ? a : b; }
double minOf(double a, double b) { return std::isnan(a) ? a : std::isnan(b) ? b : a < b ? a : b; }
double sigmoid(double x) {
  if (x >= 0) return 1 / (1 + std::exp(-x));
  double e = std::exp(x);  // no overflow: x < 0 (or NaN)
  return e / (1 + e);
}

/// Calls `use` with the function of one double; false if `fn` has none.
template <typename Use>
bool withFloatUnary(ScalarFn fn, Use use) {
  switch (fn) {
    case ScalarFn::neg_:
      use([](double x) { return -x; });
      return true;
    case ScalarFn::abs_:
      use([](double x) { return std::fabs(x); });
      return true;
    case ScalarFn::sign_:
      use(sign);
      return true;
    case ScalarFn::exp_:
      use([](double x) { return std::exp(x); });
      return true;
    case ScalarFn::expm1_:
      use([](double x) { return std::expm1(x); });
      return true;
    case ScalarFn::log_:
      use([](double x) { return std::log(x); });
      return true;
    case ScalarFn::log1p_:
      use([](double x) { return std::log1p(x); });
      return true;
    case ScalarFn::sqrt_:
      use([](double x) { return std::sqrt(x); });
      return true;
    case ScalarFn::sin_:
      use([](double x) { return std::sin(x); });
      return true;
    case ScalarFn::cos_:
      use([](double x) { return std::cos(x); });
      return true;
    case ScalarFn::tan_:
      use([](double x) { return std::tan(x); });
      return true;
    case ScalarFn::asin_:
      use([](double x) { return std::asin(x); });
      return true;
    case ScalarFn::acos_:
      use([](double x) { return std::acos(x); });
      return true;
    case ScalarFn::atan_:
      use([](double x) { return std::atan(x); });
      return true;
    case ScalarFn::sinh_:
      use([](double x) { return std::sinh(x); });
      return true;
    case ScalarFn::cosh_:
      use([](double x) { return std::cosh(x); });
      return true;
    case ScalarFn::tanh_:
      use([](double x) { return std::tanh(x); });
      return true;
    case ScalarFn::asinh_:
      use([](double x) { return std::asinh(x); });
      return true;
    case ScalarFn::acosh_:
      use([](double x) { return std::acosh(x); });
      return true;
    case ScalarFn::atanh_:
      use([](double x) { return std::atanh(x); });
      return true;
    case ScalarFn::erf_:
      use([](double x) { return std::erf(x); });
      return true;
    case ScalarFn::sigmoid_:
      use(sigmoid);
      return true;
    case ScalarFn::floor_:
      use([](double x) { return std::floor(x); });
      return true;
    case ScalarFn::ceil_:
      use([](double x) { return std::ceil(x); });
      return true;
    case ScalarFn::trunc_:
      use([](double x) { return std::trunc(x); });
      return true;
    case ScalarFn::round_:
      use([](double x) { return std::nearbyint(x); });
      return true;
    default:
      return false;
  }
}

template <typename Use>
bool withFloatBinary(ScalarFn fn, Use use) {
  switch (fn) {
    case ScalarFn::add_:
      use([](double a, double b) { return a + b; });
      return true;
    case ScalarFn::sub_:
      use([](double a, double b) { return a - b; });
      return true;
    case ScalarFn::mul_:
      use([](double a, double b) { return a * b; });
      return true;
    case ScalarFn::div_:
      use([](double a, double b) { return a / b; });
      return true;
    case ScalarFn::rem_:
      use([](double a, double b) { return std::fmod(a, b); });
      return true;
    case ScalarFn::pow_:
      use([](double a, double b) { return std::pow(a, b); });
      return true;
    case ScalarFn::atan2_:
      use([](double a, double b) { return std::atan2(a, b); });
      return true;
    case ScalarFn::max_:
      use(maxOf);
      return true;
    case ScalarFn::min_:
      use(minOf);
      return true;
    default:
      return false;
  }
}

// ---- ints
// ------------------------------------------------------------------------------------------------------------
// Elements are int64 bits; unsigned types hold zero-extended values, so that arithmetic on uint64
// serves every width.

/// base^exponent modulo 2^64; negative exponents truncate: 1 and -1 stay units, all else is 0.
int64_t powInt(int64_t base, int64_t exponent, bool isUnsigned) {
  if (!isUnsigned && exponent < 0) {
    if (base == 1) return 1;
    if (base == -1) return exponent % 2 ? -1 : 1;
    return 0;
  }
  uint64_t result = 1, factor = static_cast<uint64_t>(base);
  for (auto e = static_cast<uint64_t>(exponent); e != 0; e >>= 1) {
    if (e & 1) result *= factor;
    factor *= factor;
  }
  return static_cast<int64_t>(result);
}

int64_t divInt(int64_t a, int64_t b, bool isUnsigned) {
  if (isUnsigned) return static_cast<int64_t>(static_cast<uint64_t>(a) / static_cast<uint64_t>(b));
  return b == -1 ? static_cast<int64_t>(0 - static_cast<uint64_t>(a)) : a / b;
}

int64_t remInt(int64_t a, int64_t b, bool isUnsigned) {
  if (isUnsigned) return static_cast<int64_t>(static_cast<uint64_t>(a) % static_cast<uint64_t>(b));
  return b == -1 ? 0 : a % b;
}

/// Shift counts are read as unsigned: a negative one is a shift by more than the width.
int64_t shlInt(int64_t a, int64_t count, unsigned width) {
  return static_cast<uint64_t>(count) >= width
             ? 0
             : static_cast<int64_t>(static_cast<uint64_t>(a) << count);
}

int64_t shrInt(int64_t a, int64_t count, unsigned width, bool isUnsigned) {
  bool over = static_cast<uint64_t>(count) >= width;
  if (isUnsigned) return over ? 0 : static_cast<int64_t>(static_cast<uint64_t>(a) >> count);
  return a >> (over ? 63 : count);
}

bool lessInt(int64_t a, int64_t b, bool isUnsigned) {
  return isUnsigned ? static_cast<uint64_t>(a) < static_cast<uint64_t>(b) : a < b;
}

int64_t addWrap(int64_t a, int64_t b) {
  return static_cast<int64_t>(static_cast<uint64_t>(a) + static_cast<uint64_t>(b));
}
int64_t subWrap(int64_t a, int64_t b) {
  return static_cast<int64_t>(static_cast<uint64_t>(a) - static_cast<uint64_t>(b));
}
int64_t mulWrap(int64_t a, int64_t b) {
  return static_cast<int64_t>(static_cast<uint64_t>(a) * static_cast<uint64_t>(b));
}

bool isUnsignedType(mlir::Type type) { return type.isUnsignedInteger() || type.isInteger(1); }

template <typename Use>
bool withIntBinary(ScalarFn fn, mlir::Type type, Use use) {
  bool u = isUnsignedType(type);
  unsigned width = type.getIntOrFloatBitWidth();
  using I = int64_t;
  switch (fn) {
    case ScalarFn::add_:
      use(addWrap);
      return true;
    case ScalarFn::sub_:
      use(subWrap);
      return true;
    case ScalarFn::mul_:
      use(mulWrap);
      return true;
    case ScalarFn::div_:
      use([u](I a, I b) { return divInt(a, b, u); });
      return true;
    case ScalarFn::rem_:
      use([u](I a, I b) { return remInt(a, b, u); });
      return true;
    case ScalarFn::pow_:
      use([u](I a, I b) { return powInt(a, b, u); });
      return true;
    case ScalarFn::max_:
      use([u](I a, I b) { return lessInt(a, b, u) ? b : a; });
      return true;
    case ScalarFn::min_:
      use([u](I a, I b) { return lessInt(b, a, u) ? b : a; });
      return true;
    case ScalarFn::and_:
      use([](I a, I b) { return a & b; });
      return true;
    case ScalarFn::or_:
      use([](I a, I b) { return a | b; });
      return true;
    case ScalarFn::xor_:
      use([](I a, I b) { return a ^ b; });
      return true;
    case ScalarFn::shl_:
      use([width](I a, I b) { return shlInt(a, b, width); });
      return true;
    case ScalarFn::shr_:
      use([=](I a, I b) { return shrInt(a, b, width, u); });
      return true;
    default:
      return false;
  }
}

template <typename Use>
bool withIntUnary(ScalarFn fn, mlir::Type type, Use use) {
  bool u = isUnsignedType(type);
  using I = int64_t;
  switch (fn) {
    case ScalarFn::neg_:
      use([](I x) { return subWrap(0, x); });
      return true;
    case ScalarFn::abs_:
      use([u](I x) { return u || x >= 0 ? x : subWrap(0, x); });
      return true;
    case ScalarFn::sign_:
      use([u](I x) { return u ? I{x != 0} : I{x > 0} - I{x < 0}; });
      return true;
    case ScalarFn::not_:
      use([](I x) { return ~x; });
      return true;
    default:
      return false;
  }
}

// ---- comparisons and complex numbers
// ---------------------------------------------------------------------------------

/// `less(a, b)` orders; NaN is neither less nor equal.
template <typename T, typename Less>
bool compare(ScalarFn fn, const T &a, const T &b, Less less) {
  switch (fn) {
    case ScalarFn::eq_:
      return a == b;
    case ScalarFn::ne_:
      return a != b;
    case ScalarFn::lt_:
      return less(a, b);
    case ScalarFn::le_:
      return less(a, b) || a == b;
    case ScalarFn::gt_:
      return less(b, a);
    default:
      return less(b, a) || a == b;
  }
}

using C = std::complex<double>;

bool complexResult(ScalarFn fn, C a, C b, C &out) {
  switch (fn) {
    case ScalarFn::neg_:
      out = -a;
      return true;
    case ScalarFn::add_:
      out = a + b;
      return true;
    case ScalarFn::sub_:
      out = a - b;
      return true;
    case ScalarFn::mul_:
      out = a * b;
      return true;
    case ScalarFn::div_:
      out = a / b;
      return true;
    case ScalarFn::pow_:
      out = std::pow(a, b);
      return true;
    default:
      return false;
  }
}

void roundAll(mlir::Type type, Tensor::Floats &values) {
  if (type.isF64()) return;
  if (type.isF32()) {
    for (double &value : values) value = static_cast<float>(value);
    return;
  }
  for (double &value : values) value = roundTo(type, static_cast<float>(value));
}

template <typename Elements, typename F>
void map(const Elements &x, Elements &out, F f) {
  for (size_t i = 0; i < out.size(); ++i) out[i] = f(x[i]);
}
template <typename Elements, typename F>
void map(const Elements &a, const Elements &b, Elements &out, F f) {
  for (size_t i = 0; i < out.size(); ++i) out[i] = f(a[i], b[i]);
}

// ---- tensors
// ---------------------------------------------------------------------------------------------------------

bool applyFloat(ScalarFn fn, llvm::ArrayRef<Tensor> x, Tensor &result) {
  Tensor::Floats &out = result.floats();
  bool done = x.size() == 1
                  ? withFloatUnary(fn, [&](auto f) { map(x[0].floats(), out, f); })
                  : withFloatBinary(fn, [&](auto f) { map(x[0].floats(), x[1].floats(), out, f); });
  if (done) roundAll(result.elementType(), out);
  return done;
}

bool applyInt(ScalarFn fn, llvm::ArrayRef<Tensor> x, Tensor &result) {
  Tensor::Ints &out = result.ints();
  mlir::Type type = result.elementType();
  bool done = x.size() == 1
                  ? withIntUnary(fn, type, [&](auto f) { map(x[0].ints(), out, f); })
                  : withIntBinary(fn, type, [&](auto f) { map(x[0].ints(), x[1].ints(), out, f); });
  if (type.getIntOrFloatBitWidth() < 64)
    for (int64_t &value : out) value = wrapTo(type, value);
  return done;
}

C roundComplex(mlir::Type type, C value) {
  mlir::Type part = mlir::cast<mlir::ComplexType>(type).getElementType();
  return {roundTo(part, value.real()), roundTo(part, value.imag())};
}

bool applyComplex(ScalarFn fn, llvm::ArrayRef<Tensor> x, Tensor &result) {
  Tensor::Complexes &out = result.complexes();
  for (size_t i = 0; i < out.size(); ++i) {
    C value;
    if (!complexResult(fn, x[0].complexes()[i], x.back().complexes()[i], value)) return false;
    out[i] = roundComplex(result.elementType(), value);
  }
  return true;
}

template <typename Elements, typename Less>
bool compareAll(ScalarFn fn, const Elements &a, const Elements &b, Tensor &result, Less less) {
  Tensor::Ints &out = result.ints();
  for (size_t i = 0; i < out.size(); ++i) out[i] = compare(fn, a[i], b[i], less);
  return true;
}

bool applyComparison(ScalarFn fn, llvm::ArrayRef<Tensor> x, Tensor &result) {
  const Tensor &a = x[0], &b = x[1];
  if (a.isFloat()) return compareAll(fn, a.floats(), b.floats(), result, std::less<double>());
  if (a.isInt()) {
    bool u = isUnsignedType(a.elementType());
    return compareAll(fn, a.ints(), b.ints(), result,
                      [u](int64_t p, int64_t q) { return lessInt(p, q, u); });
  }
  bool ordered = fn != ScalarFn::eq_ && fn != ScalarFn::ne_;
  if (ordered) return false;
  if (mlir::isa<StringType>(a.elementType()))
    return compareAll(fn, a.strings(), b.strings(), result, std::less<std::string>());
  return compareAll(fn, a.complexes(), b.complexes(), result, [](C, C) { return false; });
}

Tensor select(llvm::ArrayRef<Tensor> x) {
  Tensor result(x[1].elementType(), x[1].shape());
  const Tensor::Ints &condition = x[0].ints();
  auto choose = [&](const auto &a, const auto &b, auto &out) {
    for (size_t i = 0; i < out.size(); ++i) out[i] = condition[i] ? a[i] : b[i];
  };
  if (result.isFloat())
    choose(x[1].floats(), x[2].floats(), result.floats());
  else if (result.isInt())
    choose(x[1].ints(), x[2].ints(), result.ints());
  else if (mlir::isa<StringType>(result.elementType()))
    choose(x[1].strings(), x[2].strings(), result.strings());
  else
    choose(x[1].complexes(), x[2].complexes(), result.complexes());
  return result;
}

bool dividesByZero(ScalarFn fn, llvm::ArrayRef<Tensor> operands) {
  bool divides = fn == ScalarFn::div_ || fn == ScalarFn::rem_;
  return divides && operands[1].isInt() && llvm::is_contained(operands[1].ints(), 0);
}

}  // namespace

mlir::FailureOr<Tensor> applyFn(ScalarFn fn, llvm::ArrayRef<Tensor> operands, std::string &error) {
  if (fn == ScalarFn::select_) return select(operands);
  if (dividesByZero(fn, operands)) {
    error = (infoOf(fn).name + ": integer division by zero").str();
    return mlir::failure();
  }
  llvm::SmallVector<mlir::Type> elements;
  for (const Tensor &operand : operands) elements.push_back(operand.elementType());
  Tensor result(scalarResultType(fn, elements), operands[0].shape());
  bool done = infoOf(fn).result == ScalarResult::Bool ? applyComparison(fn, operands, result)
              : result.isFloat()                      ? applyFloat(fn, operands, result)
              : result.isInt()                        ? applyInt(fn, operands, result)
                                                      : applyComplex(fn, operands, result);
  if (done) return result;
  error = (infoOf(fn).name + ": not defined for this element type").str();
  return mlir::failure();
}

double combineFloat(ScalarFn fn, mlir::Type element, double a, double b) {
  double result = 0;
  withFloatBinary(fn, [&](auto f) { result = f(a, b); });
  return roundTo(element, result);
}

int64_t combineInt(ScalarFn fn, mlir::Type element, int64_t a, int64_t b) {
  int64_t result = 0;
  withIntBinary(fn, element, [&](auto f) { result = f(a, b); });
  return wrapTo(element, result);
}

// ---- conversions
// -----------------------------------------------------------------------------------------------------

/// Float kinds of 8 bits and less, whose overflow is ruled by `saturate`.
static bool isNarrow(mlir::FloatType type) { return type.getWidth() <= 8; }

double convertFloat(double x, mlir::FloatType to, bool saturate) {
  if (!isNarrow(to) || std::isnan(x)) return roundTo(to, x);
  double largest = largestOf(to);
  if (mlir::isa<mlir::Float8E8M0FNUType>(to)) {  // no sign, and infinity is NaN
    bool tooLarge = std::fabs(x) > largest && std::isfinite(x);
    return saturate && tooLarge ? largest : roundTo(to, x);
  }
  if (saturate && std::fabs(x) > largest) return std::copysign(largest, x);
  double rounded = roundTo(to, x);
  bool overflowed = std::isnan(rounded) || std::isinf(rounded);
  return saturate && overflowed ? std::copysign(largest, x) : rounded;
}

int64_t floatToInt(double x, mlir::IntegerType to) {
  if (to.getWidth() == 1) return x != 0;  // NaN is true
  if (std::isnan(x)) return 0;
  x = std::trunc(x);
  unsigned width = to.getWidth();
  if (to.isUnsigned()) {
    if (x <= 0) return 0;
    double limit = std::ldexp(1.0, width);
    if (x >= limit) return wrapTo(to, -1);
    return static_cast<int64_t>(static_cast<uint64_t>(x));
  }
  double limit = std::ldexp(1.0, width - 1);
  auto highest = static_cast<int64_t>((uint64_t{1} << (width - 1)) - 1);
  if (x >= limit) return highest;
  if (x < -limit) return -highest - 1;
  return static_cast<int64_t>(x);
}

/// An int as double whose further rounding to a float type of at most 24 bits is right: bits that
/// double cannot hold are gathered into its last one (rounding to odd). f64 itself rounds to
/// nearest.
static double intToDouble(int64_t x, bool isUnsigned, bool exactlyDouble) {
  if (exactlyDouble)
    return isUnsigned ? static_cast<double>(static_cast<uint64_t>(x)) : static_cast<double>(x);
  bool negative = !isUnsigned && x < 0;
  uint64_t magnitude = negative ? 0 - static_cast<uint64_t>(x) : static_cast<uint64_t>(x);
  if (magnitude >> 53) {
    uint64_t lost = magnitude & 0x7ff;
    magnitude = (magnitude & ~uint64_t{0x7ff}) | (lost ? 0x800 : 0);
  }
  auto value = static_cast<double>(magnitude);
  return negative ? -value : value;
}

static Tensor convertFromFloat(const Tensor &x, mlir::Type element, bool saturate) {
  Tensor result(element, x.shape());
  const Tensor::Floats &in = x.floats();
  if (auto type = mlir::dyn_cast<mlir::IntegerType>(element)) {
    Tensor::Ints &out = result.ints();
    for (size_t i = 0; i < in.size(); ++i) out[i] = floatToInt(in[i], type);
  } else if (auto type = mlir::dyn_cast<mlir::FloatType>(element)) {
    Tensor::Floats &out = result.floats();
    for (size_t i = 0; i < in.size(); ++i) out[i] = convertFloat(in[i], type, saturate);
  } else {
    Tensor::Complexes &out = result.complexes();
    for (size_t i = 0; i < in.size(); ++i) out[i] = roundComplex(element, in[i]);
  }
  return result;
}

static Tensor convertFromInt(const Tensor &x, mlir::Type element, bool saturate) {
  Tensor result(element, x.shape());
  const Tensor::Ints &in = x.ints();
  bool isUnsigned = isUnsignedType(x.elementType());
  if (auto type = mlir::dyn_cast<mlir::IntegerType>(element)) {
    Tensor::Ints &out = result.ints();
    for (size_t i = 0; i < in.size(); ++i)
      out[i] = type.getWidth() == 1 ? in[i] != 0 : wrapTo(type, in[i]);
  } else if (auto type = mlir::dyn_cast<mlir::FloatType>(element)) {
    Tensor::Floats &out = result.floats();
    for (size_t i = 0; i < in.size(); ++i)
      out[i] = convertFloat(intToDouble(in[i], isUnsigned, type.isF64()), type, saturate);
  } else {
    Tensor::Complexes &out = result.complexes();
    for (size_t i = 0; i < in.size(); ++i)
      out[i] = roundComplex(element, intToDouble(in[i], isUnsigned, true));
  }
  return result;
}

Tensor convert(const Tensor &x, mlir::Type element, bool saturate) {
  if (x.elementType() == element) return x;
  if (x.isFloat()) return convertFromFloat(x, element, saturate);
  if (x.isInt()) return convertFromInt(x, element, saturate);
  if (mlir::isa<mlir::ComplexType>(element)) {
    Tensor result(element, x.shape());
    for (int64_t i = 0; i < x.numElements(); ++i)
      result.complexes()[i] = roundComplex(element, x.complexes()[i]);
    return result;
  }
  mlir::Type part = mlir::cast<mlir::ComplexType>(x.elementType()).getElementType();
  Tensor real(part, x.shape());
  for (int64_t i = 0; i < x.numElements(); ++i) real.floats()[i] = x.complexes()[i].real();
  return convert(real, element, saturate);
}

}  // namespace plx::eval
