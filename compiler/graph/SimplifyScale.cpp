// Scales into weights: what is left of a BatchNormalization behind a convolution.
//
//   mul(convolution(x, w), s)             ->   convolution(x, mul(w, s))
//   mul(add(y, b), s)                     ->   add(mul(y, s), mul(b, s))     so that the first
//   applies add(add(y, b), c)                     ->   add(y, add(b, c))
//
// where w, s, b and c are made of weights alone, and s, b and c are vectors along the output
// channels (or scalars). y is a convolution, or dot_general of weights on the right.
//
// Rounding: each product of weight and scale is rounded once to the weights' type before the sum,
// instead of the sum once after it: a relative error of at most half an ulp a weight, as exporters
// make it that fold BatchNormalization themselves. Only floats of 32 bits and more.
#include "compiler/graph/ParameterOnly.h"
#include "compiler/graph/Simplify.h"
#include "ir/ops/Broadcast.h"
#include "ir/ops/Build.h"
#include "ir/ops/Cast.h"
#include "ir/ops/Convolution.h"
#include "ir/ops/DotGeneral.h"
#include "ir/ops/Pointwise.h"
#include "mlir/IR/IRMapping.h"

namespace plx {

namespace {

using mlir::LogicalResult;
using mlir::PatternRewriter;
using mlir::Value;

// Ops of a scale's own computation that are followed.
constexpr int kMostDepth = 8;

/// `value` as a vector along `axis` of its result dims, where it is made of weights and depends on
/// nothing else; built where `b` stands, null where it is not so.
Value vectorAlong(mlir::OpBuilder &b, Value value, int64_t axis, ParameterOnly &parameters,
                  int depth = 0) {
  mlir::Operation *op = value.getDefiningOp();
  if (!op || depth == kMostDepth) return {};
  mlir::Type element = mlir::getElementTypeOrSelf(value.getType());
  llvm::SmallVector<Dim> length{dimOf(value.getType(), axis)};
  if (auto broadcast = mlir::dyn_cast<BroadcastOp>(op)) {
    Value x = broadcast.getOperand();
    if (!parameters.holds(x)) return {};
    bool runsAlong = false;
    for (auto [dim, along] : llvm::zip(dimsOf(x.getType()), broadcast.getDims())) {
      if (dim.isConstant(1)) continue;
      if (along != axis) return {};
      runsAlong = true;
    }
    if (runsAlong) return build::reshape(b, value.getLoc(), x, length);
    return build::broadcastAlong(b, value.getLoc(), build::reshape(b, value.getLoc(), x, {}), {},
                                 length);
  }
  if (op->hasTrait<mlir::OpTrait::ConstantLike>()) {
    auto uniform = mlir::dyn_cast_if_present<mlir::TypedAttr>(uniformElement(value));
    if (!uniform) return {};
    auto scalar = mlir::DenseElementsAttr::get(mlir::RankedTensorType::get({}, element),
                                               mlir::Attribute(uniform));
    return build::broadcastAlong(b, value.getLoc(), build::constant(b, value.getLoc(), scalar), {},
                                 length);
  }
  if (!mlir::isa<PointwiseOp, CastOp>(op)) return {};
  llvm::SmallVector<Value> operands;
  for (Value operand : op->getOperands()) {
    operands.push_back(vectorAlong(b, operand, axis, parameters, depth + 1));
    if (!operands.back()) return {};
  }
  if (auto pointwise = mlir::dyn_cast<PointwiseOp>(op))
    return build::pointwise(b, op->getLoc(), pointwise.function(), operands);
  return build::cast(b, op->getLoc(), operands[0], element, mlir::cast<CastOp>(op).getSaturate());
}

/// Whether vectorAlong gives something, without building it.
bool isVectorAlong(Value value, int64_t axis, ParameterOnly &parameters, int depth = 0) {
  mlir::Operation *op = value.getDefiningOp();
  if (!op || depth == kMostDepth) return false;
  if (auto broadcast = mlir::dyn_cast<BroadcastOp>(op)) {
    Value x = broadcast.getOperand();
    return parameters.holds(x) &&
           llvm::all_of(llvm::zip(dimsOf(x.getType()), broadcast.getDims()), [&](auto pair) {
             return std::get<0>(pair).isConstant(1) || std::get<1>(pair) == axis;
           });
  }
  if (op->hasTrait<mlir::OpTrait::ConstantLike>()) return static_cast<bool>(uniformElement(value));
  return mlir::isa<PointwiseOp, CastOp>(op) && llvm::all_of(op->getOperands(), [&](Value operand) {
           return isVectorAlong(operand, axis, parameters, depth + 1);
         });
}

/// A contraction whose right operand is made of weights: which result dims are whose of it.
struct Weighted {
  mlir::Operation *op = nullptr;
  Value weights;
  llvm::SmallVector<std::pair<int64_t, int64_t>> axes;  // (result dim, weights' dim)
};

std::optional<Weighted> weightedOf(Value value, ParameterOnly &parameters) {
  mlir::Operation *op = value.getDefiningOp();
  auto element = mlir::dyn_cast<mlir::FloatType>(mlir::getElementTypeOrSelf(value.getType()));
  if (!op || !element || element.getWidth() < 32) return std::nullopt;
  if (auto convolution = mlir::dyn_cast<ConvolutionOp>(op)) {
    int64_t last = convolution.getType().getRank() - 1;
    Weighted weighted{op, convolution.getWeights(), {{last, last}}};
    return parameters.dependsOnParameter(weighted.weights) ? std::optional(weighted) : std::nullopt;
  }
  auto dot = mlir::dyn_cast<DotGeneralOp>(op);
  if (!dot || !parameters.dependsOnParameter(dot.getRhs())) return std::nullopt;
  int64_t rank = dot.getRhs().getType().getRank();
  Weighted weighted{op, dot.getRhs(), {}};
  int64_t numFree = rank - dot.getRhsBatch().size() - dot.getRhsContract().size();
  int64_t next = dot.getType().getRank() - numFree;
  for (int64_t axis = 0; axis < rank; ++axis)
    if (!llvm::is_contained(dot.getRhsBatch(), axis) &&
        !llvm::is_contained(dot.getRhsContract(), axis))
      weighted.axes.push_back({next++, axis});
  return weighted;
}

/// The pair (result dim, weights' dim) along which `factor` runs.
std::optional<std::pair<int64_t, int64_t>> axesOf(const Weighted &weighted, Value factor,
                                                  ParameterOnly &parameters) {
  for (auto pair : weighted.axes)
    if (isVectorAlong(factor, pair.first, parameters)) return pair;
  return std::nullopt;
}

/// mul or div of a weighted contraction by a factor a channel.
struct ScaleIntoWeights : mlir::OpRewritePattern<PointwiseOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(PointwiseOp op, PatternRewriter &rewriter) const override {
    ScalarFn fn = op.function();
    if (fn != ScalarFn::mul_ && fn != ScalarFn::div_) return mlir::failure();
    Value y = op.getOperand(0), factor = op.getOperand(1);
    ParameterOnly parameters;
    std::optional<Weighted> weighted = weightedOf(y, parameters);
    if (!weighted && fn == ScalarFn::mul_) {
      std::swap(y, factor);
      weighted = weightedOf(y, parameters);
    }
    if (!weighted || !y.hasOneUse()) return mlir::failure();
    auto axes = axesOf(*weighted, factor, parameters);
    if (!axes) return mlir::failure();
    Value vector = vectorAlong(rewriter, factor, axes->first, parameters);
    Value along = build::broadcastAlong(rewriter, op.getLoc(), vector, {axes->second},
                                        dimsOf(weighted->weights.getType()));
    Value scaled = build::pointwise(rewriter, op.getLoc(), fn, {weighted->weights, along});
    if (!scaled) return mlir::failure();
    mlir::IRMapping mapping;
    mapping.map(weighted->weights, scaled);
    rewriter.replaceOp(op, rewriter.clone(*weighted->op, mapping)->getResults());
    return mlir::success();
  }
};

/// An addition of a vector a channel to a weighted contraction, of one user.
struct Biased {
  Value y, bias;
  int64_t axis = 0;
};
std::optional<Biased> biasedOf(Value value, ParameterOnly &parameters) {
  PointwiseOp add = pointwiseOf(value.getDefiningOp(), ScalarFn::add_);
  if (!add || !value.hasOneUse()) return std::nullopt;
  for (auto [y, bias] : {std::pair(add.getOperand(0), add.getOperand(1)),
                         std::pair(add.getOperand(1), add.getOperand(0))}) {
    std::optional<Weighted> weighted = weightedOf(y, parameters);
    if (!weighted || !y.hasOneUse()) continue;
    if (auto axes = axesOf(*weighted, bias, parameters)) return Biased{y, bias, axes->first};
  }
  return std::nullopt;
}

/// add(y, b) scaled or added to once more.
struct AfterBias : mlir::OpRewritePattern<PointwiseOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(PointwiseOp op, PatternRewriter &rewriter) const override {
    ScalarFn fn = op.function();
    bool isScale = fn == ScalarFn::mul_ || fn == ScalarFn::div_;
    if (!isScale && fn != ScalarFn::add_) return mlir::failure();
    ParameterOnly parameters;
    Value other = op.getOperand(1);
    std::optional<Biased> biased = biasedOf(op.getOperand(0), parameters);
    if (!biased && fn != ScalarFn::div_) {
      other = op.getOperand(0);
      biased = biasedOf(op.getOperand(1), parameters);
    }
    if (!biased || !isVectorAlong(other, biased->axis, parameters)) return mlir::failure();
    Value bias = vectorAlong(rewriter, biased->bias, biased->axis, parameters);
    Value vector = vectorAlong(rewriter, other, biased->axis, parameters);
    Value joined = build::broadcastAlong(
        rewriter, op.getLoc(), build::pointwise(rewriter, op.getLoc(), fn, {bias, vector}),
        {biased->axis}, dimsOf(op.getType()));
    Value y = biased->y;
    if (isScale) y = build::pointwise(rewriter, op.getLoc(), fn, {y, other});
    if (!y || !joined) return mlir::failure();
    rewriter.replaceOpWithNewOp<PointwiseOp>(op, op.getType(), "add", mlir::ValueRange{y, joined});
    return mlir::success();
  }
};

}  // namespace

void addScaleRules(mlir::RewritePatternSet &rules) {
  rules.add<ScaleIntoWeights, AfterBias>(rules.getContext());
}

}  // namespace plx
