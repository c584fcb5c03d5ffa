// Pointwise rules. Each keeps every bit of the result, NaN payloads aside; pow(x, 2) becomes the
// correctly rounded product, which C's pow only promises to come near.
#include "compiler/graph/Simplify.h"
#include "ir/interfaces/Interfaces.h"
#include "ir/ops/Build.h"
#include "ir/ops/Cast.h"
#include "ir/ops/Pointwise.h"
#include "ir/ops/Reduce.h"
#include "mlir/IR/Matchers.h"

namespace plx {

/// The operand of an op that only gives elements of it other places; null for others.
static mlir::Value viewed(mlir::Operation *op) {
  auto iterate = mlir::dyn_cast<Iterate>(op);
  bool isView = iterate && op->getNumOperands() == 1 && iterate.nature() == Nature::View;
  return isView ? op->getOperand(0) : mlir::Value();
}

mlir::Attribute uniformElement(mlir::Value value) {
  while (mlir::Operation *op = value.getDefiningOp()) {
    mlir::Value behind = viewed(op);
    if (!behind) break;
    value = behind;
  }
  mlir::DenseElementsAttr dense;
  bool isSplat = mlir::matchPattern(value, mlir::m_Constant(&dense)) && dense.isSplat();
  return isSplat ? dense.getSplatValue<mlir::Attribute>() : mlir::Attribute();
}

namespace {

bool isNumber(mlir::Attribute element, double number) {
  if (auto value = mlir::dyn_cast_if_present<mlir::FloatAttr>(element))
    return value.getValueAsDouble() == number &&
           value.getValue().isNegative() == std::signbit(number);
  auto value = mlir::dyn_cast_if_present<mlir::IntegerAttr>(element);
  return value && value.getValue().getBitWidth() <= 64 &&
         value.getValue() == static_cast<uint64_t>(static_cast<int64_t>(number));
}

bool isFloat(mlir::Value value) {
  return mlir::isa<mlir::FloatType>(mlir::getElementTypeOrSelf(value.getType()));
}

/// x where fn(x, c) is x for the neutral element c; null otherwise. x + 0.0 is none: it loses the
/// sign of -0.0.
mlir::Value withoutNeutral(PointwiseOp op) {
  if (op->getNumOperands() != 2) return {};
  mlir::Value x = op.getOperand(0), y = op.getOperand(1);
  mlir::Attribute left = uniformElement(x), right = uniformElement(y);
  double zero = isFloat(x) ? -0.0 : 0;
  switch (op.function()) {
    case ScalarFn::mul_:
      return isNumber(right, 1) ? x : isNumber(left, 1) ? y : mlir::Value();
    case ScalarFn::add_:
      return isNumber(right, zero) ? x : isNumber(left, zero) ? y : mlir::Value();
    case ScalarFn::sub_:
      return isNumber(right, 0) ? x : mlir::Value();
    case ScalarFn::div_:
    case ScalarFn::pow_:
      return isNumber(right, 1) ? x : mlir::Value();
    default:
      return {};
  }
}

struct Neutral : mlir::OpRewritePattern<PointwiseOp> {
  using OpRewritePattern::OpRewritePattern;
  mlir::LogicalResult matchAndRewrite(PointwiseOp op,
                                      mlir::PatternRewriter &rewriter) const override {
    mlir::Value x = withoutNeutral(op);
    if (!x || x.getType() != op.getType()) return mlir::failure();
    rewriter.replaceOp(op, x);
    return mlir::success();
  }
};

/// True where no element is below zero or is -0.0 (NaN may be).
bool isNeverNegative(mlir::Value value, int depth = 0) {
  mlir::Operation *op = value.getDefiningOp();
  if (!op || depth > 6) return false;
  auto operandsAre = [&] {
    return llvm::all_of(op->getOperands(),
                        [&](mlir::Value v) { return isNeverNegative(v, depth + 1); });
  };
  if (viewed(op)) return operandsAre();
  if (auto reduce = mlir::dyn_cast<ReduceOp>(op))
    return (reduce.getKind() == "sum" || reduce.getKind() == "product") && operandsAre();
  if (auto element = mlir::dyn_cast_if_present<mlir::FloatAttr>(uniformElement(value)))
    return !element.getValue().isNegative();
  auto pointwise = mlir::dyn_cast<PointwiseOp>(op);
  if (!pointwise) return false;
  switch (pointwise.function()) {
    case ScalarFn::abs_:
    case ScalarFn::exp_:
    case ScalarFn::sigmoid_:
      return true;
    case ScalarFn::mul_:
      return op->getOperand(0) == op->getOperand(1) || operandsAre();
    case ScalarFn::add_:
    case ScalarFn::div_:
      return operandsAre();
    default:
      return false;
  }
}

/// pow(x, 2) = x * x; pow(x, 0.5) = sqrt(x) where x is not negative (pow(-0.0, 0.5) is 0.0,
/// pow(-inf, 0.5) is inf).
struct Power : mlir::OpRewritePattern<PointwiseOp> {
  using OpRewritePattern::OpRewritePattern;
  mlir::LogicalResult matchAndRewrite(PointwiseOp op,
                                      mlir::PatternRewriter &rewriter) const override {
    if (op.function() != ScalarFn::pow_) return mlir::failure();
    mlir::Value x = op.getOperand(0);
    mlir::Attribute exponent = uniformElement(op.getOperand(1));
    if (isNumber(exponent, 2)) {
      rewriter.replaceOpWithNewOp<PointwiseOp>(op, op.getType(), "mul", mlir::ValueRange{x, x});
      return mlir::success();
    }
    if (!isFloat(x) || !isNumber(exponent, 0.5) || !isNeverNegative(x)) return mlir::failure();
    rewriter.replaceOpWithNewOp<PointwiseOp>(op, op.getType(), "sqrt", mlir::ValueRange{x});
    return mlir::success();
  }
};

/// Division by a power of two is multiplication by its reciprocal: both round the same number.
struct ExactReciprocal : mlir::OpRewritePattern<PointwiseOp> {
  using OpRewritePattern::OpRewritePattern;
  mlir::LogicalResult matchAndRewrite(PointwiseOp op,
                                      mlir::PatternRewriter &rewriter) const override {
    if (op.function() != ScalarFn::div_) return mlir::failure();
    auto divisor = mlir::dyn_cast_if_present<mlir::FloatAttr>(uniformElement(op.getOperand(1)));
    llvm::APFloat reciprocal(0.0);
    if (!divisor || !divisor.getValue().getExactInverse(&reciprocal)) return mlir::failure();
    auto element = mlir::FloatAttr::get(divisor.getType(), reciprocal);
    mlir::Value scalar = build::constant(
        rewriter, op.getLoc(),
        mlir::DenseElementsAttr::get(mlir::RankedTensorType::get({}, divisor.getType()),
                                     mlir::Attribute(element)));
    mlir::Value factor =
        build::broadcastAlong(rewriter, op.getLoc(), scalar, {}, dimsOf(op.getType()));
    rewriter.replaceOpWithNewOp<PointwiseOp>(op, op.getType(), "mul",
                                             mlir::ValueRange{op.getOperand(0), factor});
    return mlir::success();
  }
};

}  // namespace

void addPointwiseRules(mlir::RewritePatternSet &rules) {
  rules.add<Neutral, Power, ExactReciprocal>(rules.getContext());
}

}  // namespace plx
