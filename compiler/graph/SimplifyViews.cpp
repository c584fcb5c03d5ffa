// Rules of views: the same elements by a shorter way. All are exact, run-time checks included.
#include "compiler/graph/Simplify.h"
#include "ir/ops/Broadcast.h"
#include "ir/ops/Build.h"
#include "ir/ops/Concat.h"
#include "ir/ops/Gather.h"
#include "ir/ops/Pad.h"
#include "ir/ops/Reshape.h"
#include "ir/ops/Slice.h"
#include "ir/ops/Transpose.h"

namespace plx {

namespace {

using mlir::LogicalResult;
using mlir::OpRewritePattern;
using mlir::PatternRewriter;
using mlir::Value;

LogicalResult replace(PatternRewriter &rewriter, mlir::Operation *op, Value value) {
  if (!value || value.getType() != op->getResult(0).getType()) return mlir::failure();
  rewriter.replaceOp(op, value);
  return mlir::success();
}

/// Places of the operand's dims among the result's, where the reshape does nothing but add dims of
/// size 1.
std::optional<llvm::SmallVector<int64_t>> placesOf(ReshapeOp reshape) {
  llvm::SmallVector<Dim> from = dimsOf(reshape.getOperand().getType());
  llvm::SmallVector<Dim> to = dimsOf(reshape.getType());
  llvm::SmallVector<int64_t> places;
  for (auto [d, dim] : llvm::enumerate(to)) {
    if (places.size() < from.size() && from[places.size()] == dim)
      places.push_back(d);
    else if (!dim.isConstant(1))
      return std::nullopt;
  }
  if (places.size() != from.size()) return std::nullopt;
  return places;
}

/// broadcast(reshape(x)) = broadcast(x) where the reshape only adds dims of size 1.
struct BroadcastOfReshape : OpRewritePattern<BroadcastOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(BroadcastOp op, PatternRewriter &rewriter) const override {
    auto reshape = op.getOperand().getDefiningOp<ReshapeOp>();
    std::optional<llvm::SmallVector<int64_t>> places;
    if (reshape) places = placesOf(reshape);
    if (!places) return mlir::failure();
    llvm::SmallVector<int64_t> along;
    for (int64_t place : *places) along.push_back(op.getDims()[place]);
    return replace(rewriter, op,
                   build::broadcastAlong(rewriter, op.getLoc(), reshape.getOperand(), along,
                                         dimsOf(op.getType())));
  }
};

/// A transpose beside a reshape that moves only dims of size 1 is a reshape, and joins it.
struct TransposeOfOnes : OpRewritePattern<TransposeOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(TransposeOp op, PatternRewriter &rewriter) const override {
    bool isBeside = op.getOperand().getDefiningOp<ReshapeOp>() ||
                    llvm::any_of(op->getUsers(),
                                 [](mlir::Operation *user) { return mlir::isa<ReshapeOp>(user); });
    int64_t last = -1;
    for (int64_t axis : op.getPermutation()) {
      if (dimOf(op.getOperand().getType(), axis).isConstant(1)) continue;
      if (axis < last) return mlir::failure();
      last = axis;
    }
    if (!isBeside) return mlir::failure();
    return replace(rewriter, op,
                   build::reshape(rewriter, op.getLoc(), op.getOperand(), dimsOf(op.getType())));
  }
};

/// A slice that lies in one operand of a concat is a slice of that operand.
struct SliceOfConcat : OpRewritePattern<SliceOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(SliceOp op, PatternRewriter &rewriter) const override {
    auto concat = op.getOperand().getDefiningOp<ConcatOp>();
    if (!concat) return mlir::failure();
    uint64_t axis = concat.getAxis();
    Dim first = op.getStarts()[axis];
    Dim last = first + (op.getSizes()[axis] - 1) * op.getSteps()[axis];
    // An empty slice reads nothing; which operand it would be of is not known.
    Dim one = Dim::constant(getContext(), 1);
    if (!last || !provablyGreaterEqual(op.getSizes()[axis], one)) return mlir::failure();
    Dim begin = Dim::constant(getContext(), 0);
    for (Value operand : concat.getOperands()) {
      Dim end = begin + dimOf(operand.getType(), axis);
      auto isInside = [&](Dim index) {
        return provablyGreaterEqual(index, begin) && provablyGreater(end, index);
      };
      if (isInside(first) && isInside(last)) {
        llvm::SmallVector<Dim> starts(op.getStarts().dims());
        starts[axis] = first - begin;
        return replace(rewriter, op,
                       build::slice(rewriter, op.getLoc(), operand, starts, op.getSizes().dims(),
                                    op.getSteps().dims()));
      }
      begin = end;
    }
    return mlir::failure();
  }
};

/// pad(pad(x)) with one value is one pad, where the inner one takes nothing away and neither puts
/// anything between elements.
struct PadOfPad : OpRewritePattern<PadOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(PadOp op, PatternRewriter &rewriter) const override {
    auto inner = op.getOperand().getDefiningOp<PadOp>();
    if (!inner || !sameValue(inner.getValue(), op.getValue())) return mlir::failure();
    Dim zero = Dim::constant(getContext(), 0);
    llvm::SmallVector<Dim> low, high;
    for (size_t d = 0; d < op.getLow().size(); ++d) {
      if (!op.getInterior()[d].isConstant(0) || !inner.getInterior()[d].isConstant(0) ||
          !provablyGreaterEqual(inner.getLow()[d], zero) ||
          !provablyGreaterEqual(inner.getHigh()[d], zero))
        return mlir::failure();
      low.push_back(inner.getLow()[d] + op.getLow()[d]);
      high.push_back(inner.getHigh()[d] + op.getHigh()[d]);
    }
    return replace(rewriter, op,
                   build::pad(rewriter, op.getLoc(), inner.getOperand(), op.getValue(), low, high,
                              op.getInterior().dims()));
  }

 private:
  static bool sameValue(Value a, Value b) {
    if (a == b) return true;
    mlir::Attribute element = uniformElement(a);
    return element && element == uniformElement(b);
  }
};

/// A gather at one constant place of each axis is a slice.
struct GatherAtConstant : OpRewritePattern<GatherOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(GatherOp op, PatternRewriter &rewriter) const override {
    mlir::Type operand = op.getOperand().getType();
    llvm::SmallVector<Dim> sizes = dimsOf(operand);
    llvm::SmallVector<Dim> starts(sizes.size(), Dim::constant(getContext(), 0));
    Dim one = Dim::constant(getContext(), 1);
    for (auto [axis, indices] : llvm::zip(op.getAxes(), op.getIndices())) {
      std::optional<llvm::SmallVector<Dim>> known = build::knownDims(indices);
      if (!known || known->size() != 1 || !(*known)[0].constant()) return mlir::failure();
      Dim index = (*known)[0], size = sizes[axis];
      bool wraps = !mlir::getElementTypeOrSelf(indices.getType()).isUnsignedInteger();
      if (wraps && *index.constant() < 0) index = index + size;
      // Out of range is said at run time, by the gather.
      if (!provablyGreaterEqual(index, starts[axis] * 0) || !provablyGreater(size, index))
        return mlir::failure();
      starts[axis] = index;
      sizes[axis] = one;
    }
    llvm::SmallVector<Dim> steps(sizes.size(), one);
    Value slice = build::slice(rewriter, op.getLoc(), op.getOperand(), starts, sizes, steps);
    return replace(rewriter, op,
                   build::reshape(rewriter, op.getLoc(), slice, dimsOf(op.getType())));
  }
};

}  // namespace

void addViewRules(mlir::RewritePatternSet &rules) {
  rules.add<BroadcastOfReshape, TransposeOfOnes, SliceOfConcat, PadOfPad, GatherAtConstant>(
      rules.getContext());
}

}  // namespace plx
