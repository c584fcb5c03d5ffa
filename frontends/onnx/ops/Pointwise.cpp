// Operators that work element by element.
#include "frontends/onnx/NodeContext.h"

namespace plx::onnxio {
namespace {

template <ScalarFn Fn>
void unary(NodeContext &c) {
  c.out(c.fn(Fn, {c.in(0)}));
}
template <ScalarFn Fn>
void binary(NodeContext &c) {
  c.out(c.fn(Fn, {c.in(0), c.in(1)}));
}
template <ScalarFn Fn>
void variadic(NodeContext &c) {
  Value result = c.in(0);
  for (int64_t i = 1; i < c.numInputs(); ++i) result = c.fn(Fn, {result, c.in(i)});
  c.out(result);
}
void mean(NodeContext &c) {
  Value sum = c.in(0);
  for (int64_t i = 1; i < c.numInputs(); ++i) sum = c.add_(sum, c.in(i));
  c.out(c.div_(sum, static_cast<double>(c.numInputs())));
}

PLX_ONNX_OP("", Abs, 6, unary<ScalarFn::abs_>);
PLX_ONNX_OP("", Neg, 6, unary<ScalarFn::neg_>);
PLX_ONNX_OP("", Sign, 9, unary<ScalarFn::sign_>);
PLX_ONNX_OP("", Exp, 6, unary<ScalarFn::exp_>);
PLX_ONNX_OP("", Log, 6, unary<ScalarFn::log_>);
PLX_ONNX_OP("", Sqrt, 6, unary<ScalarFn::sqrt_>);
PLX_ONNX_OP("", Sin, 7, unary<ScalarFn::sin_>);
PLX_ONNX_OP("", Cos, 7, unary<ScalarFn::cos_>);
PLX_ONNX_OP("", Tan, 7, unary<ScalarFn::tan_>);
PLX_ONNX_OP("", Asin, 7, unary<ScalarFn::asin_>);
PLX_ONNX_OP("", Acos, 7, unary<ScalarFn::acos_>);
PLX_ONNX_OP("", Atan, 7, unary<ScalarFn::atan_>);
PLX_ONNX_OP("", Sinh, 9, unary<ScalarFn::sinh_>);
PLX_ONNX_OP("", Cosh, 9, unary<ScalarFn::cosh_>);
PLX_ONNX_OP("", Tanh, 6, unary<ScalarFn::tanh_>);
PLX_ONNX_OP("", Asinh, 9, unary<ScalarFn::asinh_>);
PLX_ONNX_OP("", Acosh, 9, unary<ScalarFn::acosh_>);
PLX_ONNX_OP("", Atanh, 9, unary<ScalarFn::atanh_>);
PLX_ONNX_OP("", Erf, 9, unary<ScalarFn::erf_>);
PLX_ONNX_OP("", Sigmoid, 6, unary<ScalarFn::sigmoid_>);
PLX_ONNX_OP("", Floor, 6, unary<ScalarFn::floor_>);
PLX_ONNX_OP("", Ceil, 6, unary<ScalarFn::ceil_>);
PLX_ONNX_OP("", Round, 11, unary<ScalarFn::round_>);
PLX_ONNX_OP("", Not, 1, unary<ScalarFn::not_>);
PLX_ONNX_OP("", BitwiseNot, 18, unary<ScalarFn::not_>);
PLX_ONNX_OP("", Add, 7, binary<ScalarFn::add_>);
PLX_ONNX_OP("", Sub, 7, binary<ScalarFn::sub_>);
PLX_ONNX_OP("", Mul, 7, binary<ScalarFn::mul_>);
PLX_ONNX_OP("", Div, 7, binary<ScalarFn::div_>);
PLX_ONNX_OP("", And, 7, binary<ScalarFn::and_>);
PLX_ONNX_OP("", Or, 7, binary<ScalarFn::or_>);
PLX_ONNX_OP("", Xor, 7, binary<ScalarFn::xor_>);
PLX_ONNX_OP("", BitwiseAnd, 18, binary<ScalarFn::and_>);
PLX_ONNX_OP("", BitwiseOr, 18, binary<ScalarFn::or_>);
PLX_ONNX_OP("", BitwiseXor, 18, binary<ScalarFn::xor_>);

void equal(NodeContext &c) {
  Value x = c.in(0), y = c.in(1);
  if (!Emit::isString(x) || !Emit::isString(y)) return binary<ScalarFn::eq_>(c);
  Type type = tensorType(c.i1(), c.commonDims({Emit::dims(x), Emit::dims(y)}));
  c.out(c.host("host:string_equal", {x, y}, {}, {type})[0]);
}
PLX_ONNX_OP("", Equal, 7, equal);
PLX_ONNX_OP("", Less, 7, binary<ScalarFn::lt_>);
PLX_ONNX_OP("", LessOrEqual, 12, binary<ScalarFn::le_>);
PLX_ONNX_OP("", Greater, 7, binary<ScalarFn::gt_>);
PLX_ONNX_OP("", GreaterOrEqual, 12, binary<ScalarFn::ge_>);
PLX_ONNX_OP("", Max, 8, variadic<ScalarFn::max_>);
PLX_ONNX_OP("", Min, 8, variadic<ScalarFn::min_>);
PLX_ONNX_OP("", Sum, 8, variadic<ScalarFn::add_>);
PLX_ONNX_OP("", Mean, 8, mean);

void where(NodeContext &c) { c.out(c.select_(c.in(0), c.in(1), c.in(2))); }
PLX_ONNX_OP("", Where, 9, where);

// The exponent may have a type of its own: computed in the wider of both where that is a float.
void pow(NodeContext &c) {
  Value x = c.in(0), y = c.in(1);
  Type type = Emit::elem(x);
  if (Emit::elem(y) != type) {
    if (Emit::isFloat(y) && !Emit::isFloat(x)) {
      Type wide = Emit::elem(c.wide(y));
      x = c.cast(x, wide);
      y = c.cast(y, wide);
    } else {
      y = c.cast(y, type);
    }
  }
  c.out(c.cast(c.pow_(x, y), type));
}
PLX_ONNX_OP("", Pow, 7, pow);

// Before opset 7: B broadcasts to A, its dims along those of A from `axis` on, or along the last.
Value oldOperand(NodeContext &c) {
  Value a = c.in(0), b = c.in(1);
  int64_t rank = Emit::rank(a), own = Emit::rank(b);
  if (c.intOf("broadcast", 0) == 0 || !c.has("axis") || own == 0) return b;
  int64_t axis = c.axis(c.intOf("axis", 0), rank);
  if (axis + own > rank)
    invalid("B of rank " + llvm::Twine(own) + " does not fit A of rank " + llvm::Twine(rank) +
            " from axis " + llvm::Twine(axis) + " on");
  Ints behind;
  for (int64_t d = own; d < rank - axis; ++d) behind.push_back(d);
  return c.expandDims(b, behind);
}
template <ScalarFn Fn>
void oldBinary(NodeContext &c) {
  c.out(c.fn(Fn, {c.in(0), oldOperand(c)}));
}
PLX_ONNX_OP("plx.withdrawn", Add, 1, oldBinary<ScalarFn::add_>);
PLX_ONNX_OP("plx.withdrawn", Sub, 1, oldBinary<ScalarFn::sub_>);
PLX_ONNX_OP("plx.withdrawn", Mul, 1, oldBinary<ScalarFn::mul_>);
PLX_ONNX_OP("plx.withdrawn", Div, 1, oldBinary<ScalarFn::div_>);
PLX_ONNX_OP("plx.withdrawn", Pow, 1, oldBinary<ScalarFn::pow_>);
PLX_ONNX_OP("plx.withdrawn", And, 1, oldBinary<ScalarFn::and_>);
PLX_ONNX_OP("plx.withdrawn", Or, 1, oldBinary<ScalarFn::or_>);
PLX_ONNX_OP("plx.withdrawn", Xor, 1, oldBinary<ScalarFn::xor_>);
PLX_ONNX_OP("plx.withdrawn", Equal, 1, oldBinary<ScalarFn::eq_>);
PLX_ONNX_OP("plx.withdrawn", Less, 1, oldBinary<ScalarFn::lt_>);
PLX_ONNX_OP("plx.withdrawn", Greater, 1, oldBinary<ScalarFn::gt_>);

// fmod 1: sign of the dividend. fmod 0: of the divisor; ints only in the standard, floats in
// practice.
void mod(NodeContext &c) {
  Value x = c.in(0), y = c.in(1), r = c.rem_(x, y);
  auto type = mlir::dyn_cast<mlir::IntegerType>(Emit::elem(x));
  bool isUnsigned = type && type.isUnsigned();
  if (c.intOf("fmod", 0) == 0 && !isUnsigned) {
    Value differs = c.ne_(c.lt_(r, 0), c.lt_(y, 0));
    r = c.select_(c.and_(c.ne_(r, 0), differs), c.add_(r, y), r);
    if (Emit::isFloat(r)) {  // a zero has the divisor's sign too
      Value zero =
          c.select_(c.lt_(y, 0), c.scalar(-0.0, Emit::elem(r)), c.scalar(0, Emit::elem(r)));
      r = c.select_(c.eq_(r, 0), zero, r);
    }
  }
  c.out(r);
}
PLX_ONNX_OP("", Mod, 10, mod);

void bitShift(NodeContext &c) {
  bool left = c.stringOf("direction", "") == "LEFT";
  c.out(left ? c.shl_(c.in(0), c.in(1)) : c.shr_(c.in(0), c.in(1)));
}
PLX_ONNX_OP("", BitShift, 11, bitShift);

void reciprocal(NodeContext &c) { c.out(c.div_(1, c.in(0))); }
PLX_ONNX_OP("", Reciprocal, 6, reciprocal);

void isNaN(NodeContext &c) { c.out(c.ne_(c.in(0), c.in(0))); }
PLX_ONNX_OP("", IsNaN, 9, isNaN);

void isInf(NodeContext &c) {
  Value x = c.in(0);
  Value positive = c.eq_(x, INFINITY), negative = c.eq_(x, -INFINITY);
  bool takesPositive = c.intOf("detect_positive", 1) != 0,
       takesNegative = c.intOf("detect_negative", 1) != 0;
  if (takesPositive && takesNegative) return c.out(c.or_(positive, negative));
  if (takesPositive) return c.out(positive);
  c.out(takesNegative ? negative : c.ne_(c.eq_(x, x), c.eq_(x, x)));
}
PLX_ONNX_OP("", IsInf, 10, isInf);

// ---- activations
// -----------------------------------------------------------------------------------------------------

void relu(NodeContext &c) { c.out(c.max_(c.in(0), 0)); }
PLX_ONNX_OP("", Relu, 6, relu);

void leakyRelu(NodeContext &c) {
  Value x = c.in(0);
  c.out(c.select_(c.lt_(x, 0), c.mul_(x, c.floatOf("alpha", 0.01f)), x));
}
PLX_ONNX_OP("", LeakyRelu, 6, leakyRelu);

// The slope broadcasts to x only; before opset 7 it was one a channel.
void prelu(NodeContext &c) {
  Value x = c.in(0), slope = c.in(1);
  bool isOld = c.node.domain() == "plx.withdrawn";
  if (isOld && Emit::rank(slope) == 1 && Emit::rank(x) > 1)
    slope = c.along(slope, 1, Emit::rank(x));
  c.out(c.select_(c.lt_(x, 0), c.mul_(x, slope), x));
}
PLX_ONNX_OP("", PRelu, 7, prelu);
PLX_ONNX_OP("plx.withdrawn", PRelu, 1, prelu);

void elu(NodeContext &c) {
  Value x = c.in(0);
  c.out(c.select_(c.lt_(x, 0), c.mul_(c.expm1_(c.min_(x, 0)), c.floatOf("alpha", 1)), x));
}
PLX_ONNX_OP("", Elu, 6, elu);

void selu(NodeContext &c) {
  Value x = c.in(0);
  double alpha = c.floatOf("alpha", 1.67326319217681884765625f),
         gamma = c.floatOf("gamma", 1.05070102214813232421875f);
  c.out(c.mul_(c.select_(c.gt_(x, 0), x, c.mul_(c.expm1_(c.min_(0, x)), alpha)), gamma));
}
PLX_ONNX_OP("", Selu, 6, selu);

void celu(NodeContext &c) {
  Value x = c.in(0);
  double alpha = c.floatOf("alpha", 1);
  // At 0, where both have a kink, the slope is the second one's alone: max(x, 0) has none there.
  c.out(c.add_(c.max_(x, 0), c.min_(0, c.mul_(c.expm1_(c.div_(x, alpha)), alpha))));
}
PLX_ONNX_OP("", Celu, 12, celu);

void hardSigmoid(NodeContext &c) {
  Value x = c.in(0);
  c.out(c.clamp(c.add_(c.mul_(x, c.floatOf("alpha", 0.2f)), c.floatOf("beta", 0.5f)), 0, 1));
}
PLX_ONNX_OP("", HardSigmoid, 6, hardSigmoid);

void hardSwish(NodeContext &c) {
  Value x = c.in(0);
  c.out(c.mul_(x, c.clamp(c.add_(c.mul_(x, 1.0 / 6), 0.5), 0, 1)));
}
PLX_ONNX_OP("", HardSwish, 14, hardSwish);

// log(1 + exp(x)) without overflow.
Value softplusOf(NodeContext &c, Value x) {
  // -|x| as a difference that has slope 1 at 0, and max(x, 0), which has none, sum up to a smooth
  // one.
  Value positive = c.max_(x, 0), negative = c.sub_(c.min_(0, x), positive);
  return c.add_(positive, c.log1p_(c.exp_(negative)));
}
void softplus(NodeContext &c) { c.out(softplusOf(c, c.in(0))); }
PLX_ONNX_OP("", Softplus, 1, softplus);

void softsign(NodeContext &c) { c.out(c.div_(c.in(0), c.add_(c.abs_(c.in(0)), 1))); }
PLX_ONNX_OP("", Softsign, 1, softsign);

void mish(NodeContext &c) { c.out(c.mul_(c.in(0), c.tanh_(softplusOf(c, c.in(0))))); }
PLX_ONNX_OP("", Mish, 18, mish);

void swish(NodeContext &c) {
  Value x = c.in(0);
  double alpha = c.floatOf("alpha", 1);
  c.out(c.mul_(x, c.sigmoid_(alpha == 1 ? x : c.mul_(x, alpha))));
}
PLX_ONNX_OP("", Swish, 24, swish);

void thresholdedRelu(NodeContext &c) {
  Value x = c.in(0);
  c.out(c.select_(c.gt_(x, c.floatOf("alpha", 1)), x, 0));
}
PLX_ONNX_OP("", ThresholdedRelu, 10, thresholdedRelu);

void shrink(NodeContext &c) {
  Value x = c.in(0);
  double bias = c.floatOf("bias", 0), lambda = c.floatOf("lambd", 0.5);
  Type type = Emit::elem(x);
  Value wide = Emit::isFloat(x) ? x : c.cast(x, c.f32());
  Value low = c.select_(c.lt_(wide, -lambda), c.add_(wide, bias), 0);
  c.out(c.cast(c.select_(c.gt_(wide, lambda), c.sub_(wide, bias), low), type));
}
PLX_ONNX_OP("", Shrink, 9, shrink);

void gelu(NodeContext &c) {
  Value given = c.in(0), x = c.wide(given);
  Value inner;
  if (c.stringOf("approximate", "none") == "tanh") {
    Value cubic = c.add_(x, c.mul_(c.mul_(c.mul_(x, x), x), 0.044715));
    inner = c.tanh_(c.mul_(cubic, 0.7978845608028654));  // sqrt(2 / pi)
  } else {
    inner = c.erf_(c.mul_(x, 0.7071067811865476));  // sqrt(1 / 2)
  }
  c.out(c.cast(c.mul_(c.mul_(x, 0.5), c.add_(inner, 1)), Emit::elem(given)));
}
PLX_ONNX_OP("", Gelu, 20, gelu);

// Bounds are operands (or attributes before opset 11). Where low > high, high wins. They come
// first: where x is a bound, the second operand gets the derivative, as in torch.
void clip(NodeContext &c) {
  Value x = c.in(0);
  if (c.hasIn(1))
    x = c.max_(c.in(1), x);
  else if (c.has("min"))
    x = c.max_(c.floatOf("min", 0), x);
  if (c.hasIn(2))
    x = c.min_(c.in(2), x);
  else if (c.has("max"))
    x = c.min_(c.floatOf("max", 0), x);
  c.out(x);
}
PLX_ONNX_OP("", Clip, 6, clip);

// ---- types
// -----------------------------------------------------------------------------------------------------------

void identity(NodeContext &c) { c.out(c.anyIn(0)); }
PLX_ONNX_OP("", Identity, 1, identity);

// To E8M0, whose numbers are powers of two: the mantissa is rounded away beforehand, up, down or to
// the nearest.
Value powerOfTwo(NodeContext &c, Value x) {
  std::string mode = c.stringOf("round_mode", "up");
  Value bits = c.bitcast(c.cast(x, c.f32()), c.i32());
  if (mode != "down") bits = c.add_(bits, mode == "up" ? 0x7FFFFF : 0x400000);
  Value rounded = c.bitcast(c.and_(bits, static_cast<double>(0x7F800000)), c.f32());
  Value finite = c.lt_(c.abs_(c.cast(x, c.f32())), INFINITY);
  return c.select_(finite, rounded, c.cast(x, c.f32()));
}

// Host functions read and write the widest type of each kind, and f32.
Type textType(NodeContext &c, Type type) {
  if (mlir::isa<mlir::FloatType>(type)) return type.isF64() ? type : c.f32();
  return type.isUnsignedInteger()
             ? mlir::IntegerType::get(c.context(), 64, mlir::IntegerType::Unsigned)
             : c.i64();
}

Value asStrings(NodeContext &c, Value x) {
  if (mlir::isa<mlir::ComplexType>(Emit::elem(x)))
    unsupported("a cast of complex numbers to strings");
  Value wide = c.cast(x, textType(c, Emit::elem(x)));
  Type type = tensorType(StringType::get(c.context()), Emit::dims(x));
  return c.host("host:format_numbers", {wide}, {}, {type})[0];
}

Value fromStrings(NodeContext &c, Value x, Type type) {
  if (mlir::isa<mlir::ComplexType>(type)) unsupported("a cast of strings to complex numbers");
  Type wide = textType(c, type);
  Value read = c.host("host:parse_numbers", {x}, {c.intAttr("to", elementTypeCode(wide))},
                      {tensorType(wide, Emit::dims(x))})[0];
  return c.cast(read, type, c.intOf("saturate", 1) != 0);
}

}  // namespace

Value castAny(NodeContext &c, Value x, Type type) {
  if (mlir::isa<StringType>(type) || mlir::isa<StringType>(Emit::elem(x))) {
    if (type == Emit::elem(x)) return x;
    return mlir::isa<StringType>(type) ? asStrings(c, x) : fromStrings(c, x, type);
  }
  // Floats to ints below a byte wrap, as they do by way of a wider int.
  if (auto integer = mlir::dyn_cast<mlir::IntegerType>(type);
      integer && integer.getWidth() > 1 && integer.getWidth() < 8)
    if (Emit::isFloat(x)) x = c.cast(x, c.i32());
  if (mlir::isa<mlir::Float8E8M0FNUType>(type) && Emit::isFloat(x)) x = powerOfTwo(c, x);
  return c.cast(x, type, c.intOf("saturate", 1) != 0);
}

namespace {

void castTo(NodeContext &c, Type type) { c.out(castAny(c, c.in(0), type)); }
void cast(NodeContext &c) { castTo(c, c.elementTypeOf(c.intOf("to", 0))); }
PLX_ONNX_OP("", Cast, 6, cast);
// Before opset 6 the type was named.
void castToNamed(NodeContext &c) {
  std::string name = c.stringOf("to", "");
  onnx::TensorProto::DataType code = onnx::TensorProto::UNDEFINED;
  if (!onnx::TensorProto::DataType_Parse(llvm::StringRef(name).upper(), &code))
    invalid("`to` is '" + name + "', which is no element type");
  castTo(c, c.elementTypeOf(code));
}
PLX_ONNX_OP("plx.withdrawn", Cast, 1, castToNamed);
void castLike(NodeContext &c) { castTo(c, Emit::elem(c.in(1))); }
PLX_ONNX_OP("", CastLike, 15, castLike);
// A bool is a byte of 0 or 1.
void bitCast(NodeContext &c) {
  Type type = c.elementTypeOf(c.intOf("to", 0));
  bool isBool = type.isInteger(1) || Emit::elem(c.in(0)).isInteger(1);
  c.out(isBool ? c.cast(c.in(0), type) : c.bitcast(c.in(0), type));
}
PLX_ONNX_OP("", BitCast, 26, bitCast);

}  // namespace
}  // namespace plx::onnxio
