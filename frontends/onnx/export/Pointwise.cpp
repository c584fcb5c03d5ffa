// Pointwise functions, casts, constants. Functions that ONNX lacks are written out.
#include "ir/ops/Pointwise.h"
#include "frontends/onnx/export/Broadcast.h"
#include "ir/ops/Bitcast.h"
#include "ir/ops/Cast.h"
#include "ir/ops/Constant.h"
#include "ir/ops/Parameter.h"
#include "ir/ops/Transpose.h"
#include "llvm/ADT/StringExtras.h"

namespace plx::onnxio {
namespace {

Type elementOf(Value x) { return mlir::cast<mlir::RankedTensorType>(x.getType()).getElementType(); }

// Repeats only what the other operands' sizes do not: usually nothing.
Names broadcastOperands(Exporter &e, mlir::ValueRange values) {
  std::vector<Repeated> operands;
  for (Value value : values) operands.push_back(repeatedOf(value));
  Dims wanted = dimsOf(values[0].getType());
  for (size_t axis = 0; axis < wanted.size(); ++axis) {
    if (llvm::any_of(operands, [&](Repeated &o) { return o.dims[axis] == wanted[axis]; })) continue;
    operands[0] = {operands[0].value, {}, wanted, {}};
  }
  Names names;
  for (const Repeated &operand : operands) names.push_back(unrepeated(e, operand));
  return names;
}

// ---- functions ONNX lacks. `t` is the element type; each takes and gives names.

// exp(x) - 1 without cancellation: with u = exp(x), (u - 1) * x / log(u) (Kahan; Higham, "Accuracy
// and Stability of Numerical Algorithms", 1.14.1), but x where u is 1 and u - 1 where log(u) is
// useless: infinities.
Name expm1(Exporter &e, const Name &x, Type t) {
  Name one = e.scalar(1, t), u = e.node("Exp", {x}), less = e.node("Sub", {u, one});
  Name log = e.node("Log", {u});
  Name exact = e.node("Div", {e.node("Mul", {less, x}), log});
  Name isInfinite = e.node("Equal", {e.node("Abs", {log}), e.scalar(INFINITY, t)});
  Name finite = e.node("Where", {isInfinite, less, exact});
  return e.node("Where", {e.node("Equal", {u, one}), x, finite});
}

// Likewise log(1 + x): with u = 1 + x, log(u) * x / (u - 1).
Name log1p(Exporter &e, const Name &x, Type t) {
  Name one = e.scalar(1, t), u = e.node("Add", {x, one}), log = e.node("Log", {u});
  Name exact = e.node("Div", {e.node("Mul", {log, x}), e.node("Sub", {u, one})});
  Name isInfinite = e.node("Equal", {u, e.scalar(INFINITY, t)});
  Name finite = e.node("Where", {isInfinite, log, exact});
  return e.node("Where", {e.node("Equal", {u, one}), x, finite});
}

// atan(y / x), moved by pi to the half plane of x; zeros and infinities as C has them but for the
// sign of a zero x.
Name atan2(Exporter &e, const Name &y, const Name &x, Type t) {
  Name zero = e.scalar(0, t), pi = e.scalar(3.14159265358979323846, t);
  Name half = e.scalar(1.57079632679489661923, t);
  Name angle = e.node("Atan", {e.node("Div", {y, x})});
  Name turn = e.node("Where", {e.node("Less", {y, zero}), e.node("Neg", {pi}), pi});
  Name left = e.node("Where", {e.node("Less", {x, zero}), e.node("Add", {angle, turn}), angle});
  Name up = e.node("Mul", {e.node("Sign", {y}), half});
  return e.node("Where", {e.node("Equal", {x, zero}), up, left});
}

Name trunc(Exporter &e, const Name &x) {
  return e.node("Mul", {e.node("Sign", {x}), e.node("Floor", {e.node("Abs", {x})})});
}

Type unsignedOf(Type t) {
  return mlir::IntegerType::get(t.getContext(), t.getIntOrFloatBitWidth(),
                                mlir::IntegerType::Unsigned);
}

// ONNX shifts unsigned ints alone. A shift to the right of a negative number is that of its
// complement, complemented.
Name shift(Exporter &e, const Names &in, Type t, llvm::StringRef direction) {
  if (t.isUnsignedInteger()) return e.node("BitShift", in, {attrOf("direction", direction)});
  Type u = unsignedOf(t);
  auto shifted = [&](const Name &x) {
    Names operands{e.cast(x, u), e.cast(in[1], u)};
    return e.cast(e.node("BitShift", operands, {attrOf("direction", direction)}), t);
  };
  if (direction == "LEFT") return shifted(in[0]);
  Name isNegative = e.node("Less", {in[0], e.scalarInt(0, t)});
  Name complement = e.node("BitwiseNot", {shifted(e.node("BitwiseNot", {in[0]}))});
  return e.node("Where", {isNegative, complement, shifted(in[0])});
}

// ONNX's op of the same meaning and operands; "" if there is none. Most are called alike.
std::string directOp(ScalarFn fn, bool isBool) {
  static constexpr std::pair<ScalarFn, llvm::StringLiteral> renamed[] = {
      {ScalarFn::eq_, "Equal"},
      {ScalarFn::lt_, "Less"},
      {ScalarFn::gt_, "Greater"},
      {ScalarFn::le_, "LessOrEqual"},
      {ScalarFn::ne_, ""},
      {ScalarFn::neg_, ""},
      {ScalarFn::ge_, "GreaterOrEqual"},
      {ScalarFn::expm1_, ""},
      {ScalarFn::log1p_, ""},
      {ScalarFn::select_, "Where"},
      {ScalarFn::trunc_, ""},
      {ScalarFn::rem_, ""},
      {ScalarFn::atan2_, ""},
      {ScalarFn::shl_, ""},
      {ScalarFn::shr_, ""}};
  for (const auto &[from, to] : renamed)
    if (fn == from) return to.str();
  std::string name = infoOf(fn).name.str();
  name[0] = llvm::toUpper(name[0]);
  return (infoOf(fn).domain == ScalarDomain::Int && !isBool ? "Bitwise" : "") + name;
}

Name writtenOut(Exporter &e, ScalarFn fn, const Names &in, Type t) {
  switch (fn) {
    case ScalarFn::neg_:  // of unsigned ints too, unlike ONNX's
      return t.isUnsignedInteger() ? e.node("Sub", {e.scalarInt(0, t), in[0]}) : e.node("Neg", in);
    case ScalarFn::expm1_:
      return expm1(e, in[0], t);
    case ScalarFn::log1p_:
      return log1p(e, in[0], t);
    case ScalarFn::trunc_:
      return trunc(e, in[0]);
    case ScalarFn::rem_:
      return e.node("Mod", in, {attrOf("fmod", int64_t{1})});
    case ScalarFn::atan2_:
      return atan2(e, in[0], in[1], t);
    case ScalarFn::shl_:
      return shift(e, in, t, "LEFT");
    case ScalarFn::shr_:
      return shift(e, in, t, "RIGHT");
    case ScalarFn::ne_:
      return e.node("Not", {e.node("Equal", in)});
    default:
      unsupported("ONNX does not have the function '" + infoOf(fn).name + "'");
  }
}

bool isOnlyUse(Value x) {
  if (!x.hasOneUse()) return false;
  auto transpose = transposeOf(x);
  return !transpose || transpose.getOperand().hasOneUse();
}

// A vector of channels added to a convolution or a Gemm is its bias. Channels are dim 1 of what
// ONNX's give; a Transpose between is another name. "" where it is not so.
Name biased(Exporter &e, PointwiseOp op) {
  if (op.getFn() != "add") return {};
  for (int i = 0; i < 2; ++i) {
    Value x = op.getOperands()[i];
    Repeated bias = repeatedOf(op.getOperands()[1 - i]);
    if (!e.takesBias(e.of(x)) || !isOnlyUse(x) || !bias.source) continue;
    Dim channels = dimsOf(x.getType())[1];
    bool fits = bias.dims[1] == channels && !channels.isConstant(1);
    for (size_t axis = 0; axis < bias.dims.size(); ++axis)
      fits &= axis == 1 || bias.dims[axis].isConstant(1);
    if (!fits) continue;
    if (Value vector = vectorOf(bias.source, channels)) return e.withBias(e.of(x), e.of(vector));
    Dims from = dimsOf(bias.source.getType());
    return e.withBias(e.of(x), e.reshape(e.of(bias.source), from, {channels}));
  }
  return {};
}

// ---- normalisation by channel, as import and builder write it:
// x * f + (bias - mean * f) with f = scale * (1 / sqrt(variance + epsilon))

/// Operands of `fn` where it gives `x`; else none.
llvm::SmallVector<Value> operandsOf(Value x, llvm::StringRef fn) {
  auto op = x.getDefiningOp<PointwiseOp>();
  if (!op || op.getFn() != fn) return {};
  return llvm::to_vector(op.getOperands());
}

bool isNumber(Value x, double number) {
  mlir::DenseElementsAttr splat = splatOf(x);
  return splat && mlir::isa<mlir::FloatType>(splat.getElementType()) &&
         eval::Tensor::fromAttr(splat).floats()[0] == number;
}

struct ChannelNorm {
  Value x, scale, bias, mean, variance;
  double epsilon;
};
/// What is repeated along all axes but the channels'; null where `x` is not so.
Value perChannel(Value x) {
  Repeated repeated = repeatedOf(x);
  if (!repeated.source) return {};
  Dim channels = dimsOf(x.getType())[1];
  for (auto [axis, dim] : llvm::enumerate(repeated.dims))
    if (axis == 1 ? dim != channels : !dim.isConstant(1)) return {};
  return repeated.source;
}

/// Operands of `fn` where its result is repeated so.
llvm::SmallVector<Value> operandsPerChannel(Value x, llvm::StringRef fn) {
  Value source = perChannel(x);
  return source ? operandsOf(source, fn) : llvm::SmallVector<Value>();
}

std::optional<ChannelNorm> channelNormOf(PointwiseOp op) {
  Value result = op.getResult();
  auto product = operandsOf(result, "add");
  if (product.empty() || mlir::cast<mlir::RankedTensorType>(result.getType()).getRank() < 2)
    return std::nullopt;
  auto scaled = operandsOf(product[0], "mul"), shift = operandsPerChannel(product[1], "sub");
  if (scaled.empty() || shift.empty()) return std::nullopt;
  auto factor = operandsPerChannel(scaled[1], "mul"), moved = operandsOf(shift[1], "mul");
  if (factor.empty() || moved.empty() || moved[1] != perChannel(scaled[1])) return std::nullopt;
  auto inverse = operandsOf(factor[1], "div");
  if (inverse.empty() || !isNumber(inverse[0], 1)) return std::nullopt;
  auto root = operandsOf(inverse[1], "sqrt");
  auto sum = root.empty() ? root : operandsOf(root[0], "add");
  mlir::DenseElementsAttr epsilon = sum.empty() ? mlir::DenseElementsAttr() : splatOf(sum[1]);
  if (!epsilon) return std::nullopt;
  Dim channels = dimsOf(result.getType())[1];
  auto vector = [&](Value x) { return vectorOf(x, channels); };
  ChannelNorm norm{scaled[0],        vector(factor[0]),
                   vector(shift[0]), vector(moved[0]),
                   vector(sum[0]),   eval::Tensor::fromAttr(epsilon).floats()[0]};
  // An attribute is f32.
  bool isExact = static_cast<double>(static_cast<float>(norm.epsilon)) == norm.epsilon;
  if (!isExact || !norm.scale || !norm.bias || !norm.mean || !norm.variance) return std::nullopt;
  return norm;
}

// "" where it is none.
Name channelNormalized(Exporter &e, PointwiseOp op) {
  std::optional<ChannelNorm> norm = channelNormOf(op);
  if (!norm) return {};
  return e.node("BatchNormalization",
                e.of({norm->x, norm->scale, norm->bias, norm->mean, norm->variance}),
                {floatAttrOf("epsilon", norm->epsilon)});
}

// e / sum(e) with e = exp(x - max(x)), along one axis. "" where it is none.
Name softmax(Exporter &e, PointwiseOp op) {
  auto quotient = operandsOf(op.getResult(), "div");
  FoldedRow sum = quotient.empty() ? FoldedRow() : foldedRowOf(quotient[1], "sum");
  if (!sum.row || sum.row != quotient[0]) return {};
  auto exponent = operandsOf(sum.row, "exp");
  auto shifted = exponent.empty() ? exponent : operandsOf(exponent[0], "sub");
  FoldedRow max = shifted.empty() ? FoldedRow() : foldedRowOf(shifted[1], "max");
  if (!max.row || max.row != shifted[0] || max.axis != sum.axis) return {};
  return e.node("Softmax", {e.of(max.row)}, {attrOf("axis", sum.axis)});
}

// max(x, 0)
bool isRelu(PointwiseOp op) {
  if (op.getFn() != "max") return false;
  Repeated bound = repeatedOf(op.getOperands()[1]);
  mlir::DenseElementsAttr splat = bound.source ? splatOf(bound.source) : mlir::DenseElementsAttr();
  return splat && mlir::isa<mlir::FloatType>(splat.getElementType()) &&
         splat.getSplatValue<llvm::APFloat>().isPosZero();
}

void exportPointwise(Exporter &e, PointwiseOp op) {
  ScalarFn fn = *scalarFnNamed(op.getFn());
  Type t = elementOf(op.getOperands().back());
  if (Name sum = biased(e, op); !sum.empty()) return e.define(op.getResult(), sum);
  if (Name normalized = channelNormalized(e, op); !normalized.empty())
    return e.define(op.getResult(), normalized);
  if (Name soft = softmax(e, op); !soft.empty()) return e.define(op.getResult(), soft);
  if (isRelu(op)) return e.define(op.getResult(), e.node("Relu", {e.of(op.getOperands()[0])}));
  Names in = broadcastOperands(e, op.getOperands());
  std::string direct = directOp(fn, t.isInteger(1));
  e.define(op.getResult(), direct.empty() ? writtenOut(e, fn, in, t) : e.node(direct, in));
}
PLX_ONNX_EXPORT(PointwiseOp, exportPointwise);

void exportCast(Exporter &e, CastOp op) {
  Name name = e.of(op.getOperand());
  Type to = elementOf(op.getResult());
  bool isNarrow = mlir::isa<mlir::FloatType>(to) && to.getIntOrFloatBitWidth() <= 8;
  if (mlir::isa<mlir::ComplexType>(to) || mlir::isa<mlir::ComplexType>(elementOf(op.getOperand())))
    unsupported("ONNX does not cast complex numbers");
  if (!isNarrow || op.getSaturate()) return e.define(op.getResult(), e.cast(name, to));
  e.define(op.getResult(),
           e.node("Cast", {name},
                  {attrOf("to", int64_t{elementTypeCode(to)}), attrOf("saturate", int64_t{0})}));
}
PLX_ONNX_EXPORT(CastOp, exportCast);

void exportBitcast(Exporter &e, BitcastOp op) {
  int64_t to = elementTypeCode(elementOf(op.getResult()));
  e.define(op.getResult(), e.node("BitCast", {e.of(op.getOperand())}, {attrOf("to", to)}));
}
PLX_ONNX_EXPORT(BitcastOp, exportBitcast);

void exportConstant(Exporter &e, ConstantOp op) {
  e.define(op.getResult(), e.constant(mlir::cast<mlir::ElementsAttr>(op.getValue())));
}
PLX_ONNX_EXPORT(ConstantOp, exportConstant);

void exportParameter(Exporter &e, ParameterOp op) {
  e.define(op.getResult(), e.parameter(op.getName(), op.getResult().getType()));
}
PLX_ONNX_EXPORT(ParameterOp, exportParameter);

}  // namespace
}  // namespace plx::onnxio
