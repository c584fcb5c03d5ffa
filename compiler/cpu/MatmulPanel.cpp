// Operands of a contraction that are copied to scratch memory: panels of b, and rows of a where k
// is cut into blocks.
#include "compiler/cpu/MatmulEmitter.h"
#include "compiler/cpu/Turn.h"
#include "ir/types/Types.h"
#include "llvm/IR/Intrinsics.h"

namespace plx::cpu {

llvm::SmallVector<Dim> MatmulEmitter::stepsOfCopy(int64_t width) {
  llvm::SmallVector<Dim> steps(ks_.size());
  Dim step = constant(width);
  for (size_t i = ks_.size(); i-- > 0;) {
    steps[i] = step;
    step = step * kExtents_[i];
  }
  return steps;
}

/// The panel of that number, copied where the unit before had another.
Value *MatmulEmitter::copiedPanel(Value *number) {
  Value *before = b_.CreateLoad(b_.getInt64Ty(), panelInScratch_);
  s_.ifThen(b_.CreateICmpNE(before, number), [&] {
    b_.CreateStore(number, panelInScratch_);
    copyPanel(scratch_);
  });
  return scratch_;
}

void MatmulEmitter::copyPanel(Value *panel) {
  std::optional<int64_t> known = c_.columns.constant();
  Copy whole{c_.b, c_.column, firstColumn_, nullptr, width_, stepsB_, panel}, part(whole);
  if (known && *known % width_ == 0) return copyOperand(whole);
  part.count = columnsLeft_;
  Value *isWhole = b_.CreateICmpSGE(columnsLeft_, s_.i64(width_));
  s_.ifThen(isWhole, [&] { copyOperand(whole); });
  s_.ifThen(b_.CreateNot(isWhole), [&] { copyOperand(part); });
}

/// Behind the sums.
Value *MatmulEmitter::panelOfBlock() {
  Value *terms = b_.CreateMul(s_.dim(stepsB_[cut_]), s_.i64(block_));
  Value *first = b_.CreateGEP(vectorType(), scratch_, numSums());
  return b_.CreateGEP(memoryTypeB(), first, b_.CreateMul(panelInUnit_, terms));
}

/// The chunk's rows of the block, behind the panels: [tile][k..][rows of a tile].
void MatmulEmitter::copyRows() {
  panelInUnit_ = s_.i64(panels_);
  rowsA_ = copied_ ? panelOfBlock() : b_.CreateGEP(vectorType(), scratch_, numSums());
  Scalars::Scope scope(s_);
  overTerms(farthestFirst(c_.a, cut_, ks_.size()), stepsA_, s_.i64(0),
            [&](Value *at) { copyTileRows(at); });
}

Value *MatmulEmitter::tileOfRows(Value *row) {
  llvm::Type *memory = memoryType(b_.getContext(), c_.a.getType());
  Value *size = s_.i64(tileRows_), *from = b_.CreateSub(row, low_);
  Value *terms = b_.CreateMul(s_.dim(stepsA_[cut_]), s_.i64(block_));
  // A vector of each tile is written for each term: tiles a power of two apart would share a set of
  // the cache.
  terms = b_.CreateAdd(terms, s_.i64(rowsWidth()));
  Value *tile = b_.CreateMul(b_.CreateUDiv(from, size), terms);
  return b_.CreateGEP(memory, rowsA_, b_.CreateAdd(tile, b_.CreateURem(from, size)));
}

/// One term: whole vectors, which end in rows of the next tile, then those that end behind the
/// last row.
void MatmulEmitter::copyTileRows(Value *at) {
  llvm::Type *memory = memoryType(b_.getContext(), c_.a.getType());
  auto copyTile = [&](Value *row, bool isWhole) {
    for (int64_t v = 0; v < rowsWidth(); v += lanes_) {
      Value *first = b_.CreateAdd(row, s_.i64(v));
      Value *to = b_.CreateGEP(memory, tileOfRows(row), b_.CreateAdd(at, s_.i64(v)));
      copyVector(c_.a, c_.row, first, isWhole ? nullptr : b_.CreateSub(high_, first), to);
    }
  };
  Value *room = b_.CreateSub(b_.CreateSub(high_, low_), s_.i64(rowsWidth() - tileRows_));
  room = b_.CreateBinaryIntrinsic(llvm::Intrinsic::smax, room, s_.i64(0));
  Value *whole = b_.CreateMul(b_.CreateUDiv(room, s_.i64(tileRows_)), s_.i64(tileRows_));
  Value *end = b_.CreateAdd(low_, whole);
  s_.loop(low_, end, tileRows_, [&](Value *row) { copyTile(row, true); });
  s_.loop(end, high_, tileRows_, [&](Value *row) { copyTile(row, false); });
}

/// Variables number `begin` to `end` of the fold as the operand's terms lie in memory, farthest
/// first: its lines stay in the cache until all of them is read.
llvm::SmallVector<size_t> MatmulEmitter::farthestFirst(LoadOp load, size_t begin, size_t end) {
  auto distance = [&](size_t k) {
    auto step = load.getIndices()[0].splitLinear(ks_[k]);
    return std::abs(step ? step->first.constant().value_or(0) : 0);
  };
  auto order = llvm::to_vector(llvm::seq<size_t>(begin, end));
  llvm::sort(order, [&](size_t a, size_t b) {
    return std::pair(-distance(a), a) < std::pair(-distance(b), b);
  });
  return order;
}

void MatmulEmitter::copyOperand(Copy copy) {
  Dim offset = copy.load.getIndices()[0];
  llvm::Type *memory = memoryType(b_.getContext(), copy.load.getType());
  llvm::SmallVector<size_t> order = farthestFirst(copy.load, cut_, ks_.size());
  Scalars::Scope scope(s_);
  auto copyAt = [&](int64_t v, Value *at) {
    Value *left = copy.count ? b_.CreateSub(copy.count, s_.i64(v)) : nullptr;
    copyVector(copy.load, copy.along, b_.CreateAdd(copy.first, s_.i64(v)), left,
               b_.CreateGEP(memory, copy.to, b_.CreateAdd(at, s_.i64(v))));
  };
  auto along = offset.splitLinear(copy.along);
  if (along && along->first.isConstant(1))
    return overTerms(order, copy.steps, s_.i64(0), [&](Value *at) {
      for (int64_t v = 0; v < copy.width; v += lanes_) copyAt(v, at);
    });
  auto inner = offset.splitLinear(ks_[order.back()]);
  if (!copy.count && along && along->first.constant() && inner && inner->first.isConstant(1))
    return overTerms(llvm::ArrayRef(order).drop_back(), copy.steps, s_.i64(0),
                     [&](Value *at) { turnSquares(copy, order.back(), at); });
  for (int64_t v = 0; v < copy.width; v += lanes_)
    overTerms(order, copy.steps, s_.i64(0), [&](Value *at) { copyAt(v, at); });
}

void MatmulEmitter::copyVector(LoadOp load, mlir::StringAttr along, Value *first, Value *count,
                               Value *to) {
  Scalars::Scope scope(s_);
  Value *mask = nullptr;
  if (count) {
    Value *here = b_.CreateBinaryIntrinsic(llvm::Intrinsic::smax, count, s_.i64(0));
    mask = s_.firstLanes(b_.CreateBinaryIntrinsic(llvm::Intrinsic::smin, here, s_.i64(lanes_)),
                         lanes_);
  }
  s_.setLanes(along, first, lanes_, mask);
  s_.storeAs(load.getType(), s_.emit(load), to, nullptr);
}

/// Where the terms of variable `last` lie side by side: squares of as many of them as there are
/// lanes, turned in registers, which takes a quarter of the time of gathers.
void MatmulEmitter::turnSquares(Copy copy, size_t last, Value *at) {
  Value *count = last == cut_ ? numTerms_ : s_.dim(kExtents_[last]);
  Value *first = last == cut_ ? firstTerm_ : s_.i64(0), *step = s_.dim(copy.steps[last]);
  llvm::Type *memory = memoryType(b_.getContext(), copy.load.getType());
  Value *whole = b_.CreateMul(b_.CreateUDiv(count, s_.i64(lanes_)), s_.i64(lanes_));
  auto target = [&](Value *k, int64_t v) {
    Value *place = b_.CreateAdd(at, b_.CreateMul(k, step));
    return b_.CreateGEP(memory, copy.to, b_.CreateAdd(place, s_.i64(v)));
  };
  for (int64_t v = 0; v < copy.width; v += lanes_) {
    s_.loop(s_.i64(0), whole, lanes_, [&](Value *k) {
      llvm::SmallVector<Value *> square;
      for (int64_t r = 0; r < lanes_; ++r) {
        Scalars::Scope scope(s_);
        s_.setVariable(copy.along, b_.CreateAdd(copy.first, s_.i64(v + r)));
        s_.setLanes(ks_[last], b_.CreateAdd(first, k), lanes_, nullptr);
        square.push_back(s_.emit(copy.load));
      }
      turn(b_, square);
      for (int64_t r = 0; r < lanes_; ++r)
        s_.storeAs(copy.load.getType(), square[r], target(b_.CreateAdd(k, s_.i64(r)), v), nullptr);
    });
    s_.loop(whole, count, 1, [&](Value *k) {
      Scalars::Scope scope(s_);
      s_.setVariable(ks_[last], b_.CreateAdd(first, k));
      copyVector(copy.load, copy.along, b_.CreateAdd(copy.first, s_.i64(v)), nullptr, target(k, v));
    });
  }
}

void MatmulEmitter::overTerms(llvm::ArrayRef<size_t> order, llvm::ArrayRef<Dim> steps, Value *at,
                              llvm::function_ref<void(Value *)> body) {
  if (order.empty()) return body(at);
  size_t i = order.front();
  Value *step = s_.dim(steps[i]), *count = i == cut_ ? numTerms_ : s_.dim(kExtents_[i]);
  Value *first = i == cut_ ? firstTerm_ : s_.i64(0);
  s_.loop(s_.i64(0), count, 1, [&](Value *k) {
    s_.setVariable(ks_[i], b_.CreateAdd(first, k));
    overTerms(order.drop_front(), steps, b_.CreateAdd(at, b_.CreateMul(k, step)), body);
  });
}

}  // namespace plx::cpu
