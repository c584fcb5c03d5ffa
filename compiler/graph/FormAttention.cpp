// Attention out of the products and the softmax that it is exported as. See FormAttentionPass in
// Passes.td.
//
//   dot(softmax(dot(q * a, k * b) * scale + mask), v)   ->   attention q, k, v scale a * b * scale
//
// where softmax(x) = div(exp(x - max x), sum exp(x - max x)) along the last dim, and a, b and scale
// are constants of one value, or absent. Exact in meaning: a row with a NaN or of nothing but -inf
// is NaN in both. What differs is rounding: factors are multiplied with each other first, weights
// are divided by their sum after v, and narrow floats, whose softmax may stand between casts, are
// rounded once at the end.
//
// Rows whose weights a select makes 0 (ONNX's Attention, of rows in which nothing takes part) are 0
// by a select behind: there alone infinities and NaN of v, times 0, do not show.
#include <cmath>

#include "compiler/graph/Passes.h"
#include "compiler/graph/Simplify.h"
#include "ir/ops/Attention.h"
#include "ir/ops/Broadcast.h"
#include "ir/ops/Build.h"
#include "ir/ops/Cast.h"
#include "ir/ops/DotGeneral.h"
#include "ir/ops/Pointwise.h"
#include "ir/ops/Reduce.h"
#include "ir/ops/Transpose.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

namespace plx {

#define GEN_PASS_DEF_FORMATTENTIONPASS
#include "compiler/graph/Passes.h.inc"

namespace {

using mlir::Value;

PointwiseOp pointwise(Value value, ScalarFn fn) { return pointwiseOf(value.getDefiningOp(), fn); }

bool hasUses(Value value, unsigned count) {
  return std::distance(value.use_begin(), value.use_end()) == count;
}

/// The value that `value` repeats along its last dim, where it is the fold of `x` over that dim.
bool isFoldOf(Value value, llvm::StringRef kind, Value x) {
  auto broadcast = broadcastOf(value);
  auto reduce = broadcast ? broadcast.getOperand().getDefiningOp<ReduceOp>() : ReduceOp();
  if (!reduce || reduce.getKind() != kind || reduce.getOperand() != x) return false;
  int64_t last = mlir::cast<mlir::RankedTensorType>(x.getType()).getRank() - 1;
  return reduce.getAxes() == llvm::ArrayRef<int64_t>{last} &&
         llvm::equal(broadcast.getDims(), llvm::seq<int64_t>(0, last)) && reduce->hasOneUse();
}

/// What a value used once was cast from, or the value.
Value behindCast(Value value) {
  Value source = build::uncast(value);
  return source && value.hasOneUse() ? source : value;
}

/// x where `weights` = softmax(x) along the last dim and nothing else uses what lies between.
Value softmaxOperand(Value weights) {
  PointwiseOp div = pointwise(weights, ScalarFn::div_);
  if (!div || !weights.hasOneUse()) return {};
  Value numerator = div.getOperand(0);
  PointwiseOp exp = pointwise(numerator, ScalarFn::exp_);
  if (!exp || !hasUses(numerator, 2) || !isFoldOf(div.getOperand(1), "sum", numerator)) return {};
  PointwiseOp sub = pointwise(exp.getOperand(0), ScalarFn::sub_);
  if (!sub || !sub->hasOneUse()) return {};
  Value x = sub.getOperand(0);
  return hasUses(x, 2) && isFoldOf(sub.getOperand(1), "max", x) ? x : Value();
}

/// A factor by which all elements are multiplied, taken off; 1 where there is none.
double takeFactor(Value &value) {
  for (ScalarFn fn : {ScalarFn::mul_, ScalarFn::div_}) {
    PointwiseOp op = pointwise(value, fn);
    if (!op) continue;
    for (unsigned i : {1u, 0u}) {
      auto number = mlir::dyn_cast_if_present<mlir::FloatAttr>(uniformElement(op.getOperand(i)));
      if (!number || (i == 0 && fn == ScalarFn::div_)) continue;
      double factor = number.getValueAsDouble();
      if (fn == ScalarFn::div_) factor = 1 / factor;
      if (!std::isnormal(factor)) continue;  // 0, infinities: not the same function of infinities
      value = op.getOperand(1 - i);
      return factor;
    }
  }
  return 1;
}

/// The same of an operand of a product, through transposes.
double takeFactor(mlir::OpBuilder &b, Value &value) {
  if (auto transpose = transposeOf(value)) {
    Value inner = transpose.getOperand();
    double factor = takeFactor(b, inner);
    if (factor != 1)
      value = build::transpose(b, transpose.getLoc(), inner, transpose.getPermutation());
    return factor;
  }
  return takeFactor(value);
}

/// dot(lhs [b.., m, c], rhs [b.., n, c]) over c, whatever the order of their dims.
struct Product {
  DotGeneralOp op;
  int64_t lhsFree, rhsFree;  // m and n
};

/// The one axis that is neither of the batch nor summed over; -1 where there is another number.
int64_t freeAxis(Value operand, llvm::ArrayRef<int64_t> batch, int64_t contract) {
  int64_t rank = mlir::cast<mlir::RankedTensorType>(operand.getType()).getRank();
  if (rank != static_cast<int64_t>(batch.size()) + 2) return -1;
  for (int64_t axis = 0; axis < rank; ++axis)
    if (axis != contract && !llvm::is_contained(batch, axis)) return axis;
  return -1;
}

std::optional<Product> productOf(DotGeneralOp dot) {
  if (!dot || dot.getLhsContract().size() != 1) return std::nullopt;
  Product product{dot, freeAxis(dot.getLhs(), dot.getLhsBatch(), dot.getLhsContract()[0]),
                  freeAxis(dot.getRhs(), dot.getRhsBatch(), dot.getRhsContract()[0])};
  if (product.lhsFree < 0 || product.rhsFree < 0) return std::nullopt;
  return product;
}

/// scale * product + mask.
struct Scores {
  Product product;
  double scale;
  Value mask;  // may be null
};

/// Whether `value` is the product times a factor, the product used by nothing else.
std::optional<Scores> scaledProduct(Value value) {
  Value inner = value;
  double scale = takeFactor(inner);
  if (inner != value && !inner.hasOneUse()) return std::nullopt;
  std::optional<Product> product = productOf(inner.getDefiningOp<DotGeneralOp>());
  if (!product) return std::nullopt;
  return Scores{*product, scale, {}};
}

std::optional<Scores> scoresOf(Value value) {
  // A softmax of narrow floats is computed in a wider type; all of attention is.
  if (Value source = build::uncast(value)) {
    value = source;
    if (!value.hasOneUse()) return std::nullopt;
  }
  PointwiseOp add = pointwise(value, ScalarFn::add_);
  if (!add) return scaledProduct(value);
  for (unsigned i : {0u, 1u}) {
    if (!add.getOperand(i).hasOneUse()) continue;
    std::optional<Scores> scores = scaledProduct(add.getOperand(i));
    if (!scores) continue;
    scores->mask = add.getOperand(1 - i);
    return scores;
  }
  return std::nullopt;
}

/// `value` with its dims in the order batch.., row, column.
Value ordered(mlir::OpBuilder &b, Value value, llvm::ArrayRef<int64_t> batch, int64_t row,
              int64_t column) {
  llvm::SmallVector<int64_t> order(batch);
  order.push_back(row);
  order.push_back(column);
  if (llvm::equal(order, llvm::seq<int64_t>(0, order.size()))) return value;
  return build::transpose(b, value.getLoc(), value, order);
}

/// Whether there are keys wherever there are rows.
bool rowsHaveKeys(Dim rows, Dim keys) {
  return keys.lowerBound().value_or(0) > 0 || provablyGreaterEqual(keys, rows);
}

/// A sum over no keys is 0, attention to none is NaN: 0 in its place where there may be none.
Value zeroWithoutKeys(mlir::OpBuilder &b, Value attention, Dim rows, Dim keys) {
  if (!attention || rowsHaveKeys(rows, keys)) return attention;
  mlir::Location loc = attention.getLoc();
  Value zero = build::constantScalar(b, loc, 0, mlir::getElementTypeOrSelf(attention.getType()));
  Value none = build::broadcasting(
      b, loc, ScalarFn::eq_,
      {build::dimValue(b, loc, keys), build::constantInt(b, loc, 0, b.getI64Type())});
  return build::broadcasting(b, loc, ScalarFn::select_, {none, zero, attention});
}

bool isZero(Value value) {
  auto number = mlir::dyn_cast_if_present<mlir::FloatAttr>(uniformElement(value));
  return number && number.getValue().isPosZero();
}

/// Takes select(rows, 0, weights) off; `rows`, the same along the last dim, is the select's
/// broadcast. Null where there is none.
BroadcastOp takeZeroRows(Value &weights) {
  PointwiseOp select = pointwise(weights, ScalarFn::select_);
  BroadcastOp rows = select ? broadcastOf(select.getOperand(0)) : BroadcastOp();
  if (!rows || !select->hasOneUse() || !isZero(select.getOperand(1))) return {};
  int64_t last = select.getType().getRank() - 1;
  for (auto [axis, along] : llvm::enumerate(rows.getDims()))
    if (along == last && !dimOf(rows.getOperand().getType(), axis).isConstant(1)) return {};
  weights = select.getOperand(2);
  return rows;
}

/// `attention` with 0 in those rows.
Value zeroInRows(mlir::OpBuilder &b, Value attention, BroadcastOp rows) {
  if (!attention || !rows) return attention;
  mlir::Location loc = attention.getLoc();
  Value isZero =
      build::broadcastAlong(b, loc, rows.getOperand(), rows.getDims(), dimsOf(attention.getType()));
  Value zero = build::constantScalar(b, loc, 0, mlir::getElementTypeOrSelf(attention.getType()));
  return build::broadcasting(b, loc, ScalarFn::select_, {isZero, zero, attention});
}

struct Form : mlir::OpRewritePattern<DotGeneralOp> {
  using OpRewritePattern::OpRewritePattern;

  mlir::LogicalResult matchAndRewrite(DotGeneralOp op,
                                      mlir::PatternRewriter &rewriter) const override {
    mlir::RankedTensorType type = op.getType();
    std::optional<Product> sums = productOf(op);
    if (!sums || !sumsLastDim(op)) return mlir::failure();
    Value weights = op.getLhs();
    BroadcastOp zeroRows = takeZeroRows(weights);
    Value x = softmaxOperand(behindCast(weights));
    std::optional<Scores> scores = x ? scoresOf(x) : std::nullopt;
    int64_t rank = type.getRank();
    if (!scores) return mlir::failure();
    DotGeneralOp dot = scores->product.op;
    Value q = dot.getLhs(), k = dot.getRhs();
    double scale = scores->scale * takeFactor(rewriter, q) * takeFactor(rewriter, k);
    if (!std::isnormal(static_cast<float>(scale)) || !accumulatesWide(type, x))
      return mlir::failure();
    llvm::SmallVector<Value> operands{
        ordered(rewriter, q, dot.getLhsBatch(), scores->product.lhsFree, dot.getLhsContract()[0]),
        ordered(rewriter, k, dot.getRhsBatch(), scores->product.rhsFree, dot.getRhsContract()[0]),
        ordered(rewriter, op.getRhs(), op.getRhsBatch(), op.getRhsContract()[0], sums->rhsFree)};
    if (scores->mask) operands.push_back(scores->mask);
    AttentionOp::Properties properties;
    properties.scale = rewriter.getF64FloatAttr(scale);
    Value attention = build::create<AttentionOp>(rewriter, op.getLoc(), operands, properties);
    if (!attention || attention.getType() != type) return mlir::failure();
    Dim rows = dimOf(type, rank - 2), keys = dimOf(x.getType(), rank - 1);
    attention = zeroInRows(rewriter, zeroWithoutKeys(rewriter, attention, rows, keys), zeroRows);
    rewriter.replaceOp(op, attention);
    return mlir::success();
  }

 private:
  /// The softmax is of the products' type, or of the one that attention computes in.
  static bool accumulatesWide(mlir::RankedTensorType type, Value x) {
    mlir::Type element = type.getElementType(), softmax = mlir::getElementTypeOrSelf(x.getType());
    return softmax == element || softmax == accumulatorType(FoldKind::Sum, element);
  }

  /// Weights are [b.., s, t], and summed over t.
  static bool sumsLastDim(DotGeneralOp op) {
    int64_t rank = op.getLhs().getType().getRank();
    return op.getLhsContract()[0] == rank - 1 &&
           llvm::equal(op.getLhsBatch(), llvm::seq<int64_t>(0, rank - 2));
  }
};

struct FormAttentionPass : impl::FormAttentionPassBase<FormAttentionPass> {
  void runOnOperation() override {
    mlir::RewritePatternSet rules(&getContext());
    rules.add<Form>(&getContext());
    (void)mlir::applyPatternsGreedily(getOperation(), std::move(rules));
  }
};

}  // namespace
}  // namespace plx
