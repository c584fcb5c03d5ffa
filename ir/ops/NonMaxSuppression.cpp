#include "ir/ops/NonMaxSuppression.h"

#include <algorithm>

#include "ir/eval/Order.h"
#include "ir/ops/Sizes.h"
#include "ir/ops/Verify.h"

#define GET_OP_CLASSES
#include "ir/ops/NonMaxSuppression.cpp.inc"

namespace plx {

PLX_REGISTER_OPS(nonMaxSuppression, NonMaxSuppressionOp);

// ---- Verify -------------------------------------------------------------------------------------

mlir::LogicalResult NonMaxSuppressionOp::verify() { return checkTensors(*this); }

// ---- Infer --------------------------------------------------------------------------------------
// [size, 3], i64

namespace {
constexpr llvm::StringLiteral kOp = "non_max_suppression";

mlir::LogicalResult checkBoxes(std::optional<mlir::Location> location, mlir::RankedTensorType boxes,
                               mlir::RankedTensorType scores) {
  mlir::MLIRContext *context = boxes.getContext();
  if (boxes.getRank() != 3 || scores.getRank() != 3 ||  // non_max_suppression.c1
      !mayAgree(dimOf(boxes, 2), Dim::constant(context, 4)) ||
      !mlir::isa<mlir::FloatType>(boxes.getElementType()) ||
      boxes.getElementType() != scores.getElementType())
    return mlir::emitOptionalError(location, kOp, ": `boxes` is ", boxes, " and `scores` ", scores,
                                   ", expected [b, n, 4] and [b, c, n] of one float type");
  for (auto [name, box, score] : {std::tuple("b", 0, 0), std::tuple("n", 1, 2)})
    if (!mayAgree(dimOf(boxes, box), dimOf(scores, score)))  // non_max_suppression.c2
      return mlir::emitOptionalError(location, kOp, ": `boxes` [b, n, 4] and `scores` [b, c, n] ",
                                     "disagree in ", name, ": ", dimOf(boxes, box).str(), " and ",
                                     dimOf(scores, score).str());
  return mlir::success();
}
}  // namespace

mlir::LogicalResult NonMaxSuppressionOp::inferReturnTypes(
    mlir::MLIRContext *context, std::optional<mlir::Location> location, Adaptor adaptor,
    llvm::SmallVectorImpl<mlir::Type> &types) {
  if (failed(checkBoxes(location, mlir::cast<mlir::RankedTensorType>(adaptor.getBoxes().getType()),
                        mlir::cast<mlir::RankedTensorType>(adaptor.getScores().getType()))))
    return mlir::failure();
  mlir::Type i64 = mlir::IntegerType::get(context, 64);
  mlir::Type count = mlir::RankedTensorType::get({}, i64);
  mlir::Type threshold = mlir::RankedTensorType::get({}, mlir::Float32Type::get(context));
  for (auto [name, operand, expected] :  // non_max_suppression.c3
       {std::tuple("max_output", adaptor.getMaxOutput(), count),
        std::tuple("iou_threshold", adaptor.getIouThreshold(), threshold),
        std::tuple("score_threshold", adaptor.getScoreThreshold(), threshold)})
    if (operand.getType() != expected)
      return mlir::emitOptionalError(location, kOp, ": `", name, "` is ", operand.getType(),
                                     ", expected ", expected);
  if (failed(inferFreshName(location, kOp, adaptor.getSize())))  // non_max_suppression.c4
    return mlir::failure();
  return inferTensor(location, kOp, i64,
                     {Dim::symbol(context, adaptor.getSize()), Dim::constant(context, 3)}, types);
}

// ---- Evaluate -----------------------------------------------------------------------------------

namespace {
/// A box by its corners. Computed in T: f32, or f64 where boxes are.
template <typename T>
struct Box {
  Box(const double *b, bool center) {
    T v[4] = {T(b[0]), T(b[1]), T(b[2]), T(b[3])};
    if (center) {
      y1 = v[1] - v[3] / 2, y2 = v[1] + v[3] / 2;
      x1 = v[0] - v[2] / 2, x2 = v[0] + v[2] / 2;
    } else {
      y1 = std::min(v[0], v[2]), y2 = std::max(v[0], v[2]);
      x1 = std::min(v[1], v[3]), x2 = std::max(v[1], v[3]);
    }
  }
  T area() const { return (y2 - y1) * (x2 - x1); }
  T y1, x1, y2, x2;
};

template <typename T>
bool overlaps(const Box<T> &a, const Box<T> &b, T threshold) {
  T height = std::min(a.y2, b.y2) - std::max(a.y1, b.y1);
  T width = std::min(a.x2, b.x2) - std::max(a.x1, b.x1);
  if (!(height > 0) || !(width > 0) || !(a.area() > 0) || !(b.area() > 0)) return false;
  T both = height * width, either = a.area() + b.area() - both;
  return either > 0 && both / either > threshold;
}

struct Limits {
  int64_t maxOutput;
  double iou, score;
  bool center;
};

/// Indices of the boxes taken, in order; boxes [n, 4], scores [n].
template <typename T>
llvm::SmallVector<int64_t> takeBoxes(llvm::ArrayRef<double> boxes, llvm::ArrayRef<double> scores,
                                     const Limits &limits) {
  auto byScore = [&](int64_t i, int64_t j) {
    return scores[i] > scores[j] ? -1 : (scores[i] < scores[j] ? 1 : 0);
  };
  llvm::SmallVector<int64_t> candidates, taken;
  for (auto [i, score] : llvm::enumerate(scores))
    if (score > limits.score) candidates.push_back(i);
  llvm::SmallVector<int64_t> order = eval::stableOrder(
      candidates.size(),
      [&](int64_t i, int64_t j) { return byScore(candidates[i], candidates[j]); });
  llvm::SmallVector<Box<T>> kept;
  for (int64_t place : order) {
    int64_t i = candidates[place];
    if (static_cast<int64_t>(taken.size()) >= limits.maxOutput) break;
    Box<T> box(&boxes[4 * i], limits.center);
    if (llvm::any_of(kept, [&](const Box<T> &k) { return overlaps(k, box, T(limits.iou)); }))
      continue;
    kept.push_back(box);
    taken.push_back(i);
  }
  return taken;
}
}  // namespace

mlir::FailureOr<llvm::SmallVector<eval::Value>> NonMaxSuppressionOp::evaluate(
    llvm::ArrayRef<eval::Value> operands, eval::Scope &scope) {
  const eval::Tensor &boxes = operands[0].tensor(), &scores = operands[1].tensor();
  int64_t batch = scores.shape()[0], classes = scores.shape()[1], n = scores.shape()[2];
  if (boxes.shape() != llvm::ArrayRef<int64_t>({batch, n, 4}))
    return scope.fail(*this, "`boxes` is not [b, n, 4] with b = " + llvm::Twine(batch) +
                                 " and n = " + llvm::Twine(n) + ", as `scores` [b, c, n] has them");
  Limits limits{operands[2].tensor().ints()[0], operands[3].tensor().floats()[0],
                operands[4].tensor().floats()[0], getCenterPointBox()};
  auto take = boxes.elementType().isF64() ? takeBoxes<double> : takeBoxes<float>;
  llvm::SmallVector<int64_t> rows;
  for (int64_t b = 0; b < batch; ++b)
    for (int64_t c = 0; c < classes; ++c)
      for (int64_t i :
           take(llvm::ArrayRef(boxes.floats()).slice(b * n * 4, n * 4),
                llvm::ArrayRef(scores.floats()).slice((b * classes + c) * n, n), limits))
        rows.append({b, c, i});
  int64_t count = static_cast<int64_t>(rows.size()) / 3;
  if (failed(bindSize(*this, getSize(), count, scope))) return mlir::failure();
  eval::Tensor result(mlir::IntegerType::get(getContext(), 64), {count, 3});
  for (auto [i, value] : llvm::enumerate(rows)) result.setInt(i, value);
  return llvm::SmallVector<eval::Value>{result};
}

// ---- Differentiate ------------------------------------------------------------------------------

mlir::LogicalResult NonMaxSuppressionOp::differentiate(Cotangents &ct) {
  return ct.zero("positions are ints");
}

// ---- Check sizes --------------------------------------------------------------------------------

void NonMaxSuppressionOp::sizeChecks(llvm::SmallVectorImpl<SizeCheck> &checks) {
  mlir::Type boxes = getBoxes().getType(), scores = getScores().getType();
  for (auto [box, score] : {std::pair(0, 0), std::pair(1, 2)})
    checks.push_back(SizeCheck::equal(dimOf(boxes, box), dimOf(scores, score), box));
  checks.push_back(SizeCheck::equal(dimOf(boxes, 2), Dim::constant(getContext(), 4), 2));
}

// ---- Iterate ------------------------------------------------------------------------------------

Nature NonMaxSuppressionOp::nature() { return Nature::Whole; }

mlir::Value NonMaxSuppressionOp::iterate(KernelBuilder &b, unsigned, llvm::ArrayRef<Dim>) {
  return b.noLoopNest("non_max_suppression");
}

// ---- Irregular ----------------------------------------------------------------------------------

IrregularForm NonMaxSuppressionOp::irregular() {
  mlir::Builder b(getContext());
  llvm::SmallVector<mlir::NamedAttribute> options;
  if (getCenterPointBox()) options.push_back(b.getNamedAttr("center_point_box", b.getUnitAttr()));
  llvm::SmallVector<Dim> scores = dimsOf(getScores().getType());
  Dim perClass = scores[2];
  mlir::DenseIntElementsAttr limit;
  if (matchPattern(getMaxOutput(), mlir::m_Constant(&limit)))
    perClass = min(perClass, std::max<int64_t>(0, *limit.value_begin<int64_t>()));
  DimsAttr bound = DimsAttr::get(
      getContext(), {scores[0] * scores[1] * perClass, Dim::constant(getContext(), 3)});
  return {IrregularKind::NonMaxSuppression, b.getDictionaryAttr(options), getSizeAttr(), {bound}};
}

}  // namespace plx
