// Attention without its matrix of scores: schedule attention.
//
//   for unit = (outer.., panel of rows of q):
//     queries = panel of q, [depth][rows]; highest = -inf; totals = 0; sums = 0
//     for block of keys:
//       weights[keys][rows] = scores: register tiles of keys x rows
//       raise highest; weights = exp(weights - highest); totals, sums *= exp(old highest - highest)
//       totals += sum of weights;  sums[rows][columns] += weights * v: tiles of rows x columns
//     epilogue(sums, totals), store
//
// Rows of q run along the lanes of scores, so that max, exp and sum go by whole vectors without
// joining lanes, and only q is turned, once a unit; k and v are read as they lie. (Dao et al.,
// FlashAttention, 2022: the running max and sum.) Blocks start at multiples of a constant and rows
// are never shared, so the order of sums depends on the sizes alone.
//
// Not numbers: a NaN score makes the row's total NaN, whatever `highest` is, which therefore
// ignores them. While nothing but -inf was seen, 0 stands for the max: weights are 0, and a row
// that ends so divides 0 by 0. What does not take part is never multiplied: 0 * inf would be NaN.
#include "ir/kernel/Attention.h"
#include "compiler/cpu/AttentionEmitter.h"
#include "compiler/cpu/Turn.h"
#include "ir/types/Types.h"
#include "llvm/IR/Intrinsics.h"

namespace plx::cpu {

AttentionEmitter::AttentionEmitter(KernelFuncOp kernel, const Facts &facts, llvm::Module &module,
                                   llvm::StringRef name)
    : kernel_(kernel),
      a_(*findAttention(kernel)),
      s_(kernel, facts, module, name),
      b_(s_.builder()),
      element_(a_.sum.getType()),
      lanes_(facts.vectorBytes / bytesOfElement(element_)),
      scalar_(registerType(b_.getContext(), element_)),
      vector_(llvm::FixedVectorType::get(scalar_, lanes_)),
      columns_(*a_.columns.constant()),
      columnVectors_((columns_ + lanes_ - 1) / lanes_) {
  auto tile = kernel->getAttrOfType<mlir::DenseI64ArrayAttr>("tile");
  tile_ = {tile[0], tile[1]};
  rowVariable_ = a_.row ? a_.row : mlir::StringAttr::get(kernel.getContext(), "$row");
  stores_ = llvm::to_vector(kernel.getBody().getOps<StoreOp>());
}

void AttentionEmitter::run() {
  AttentionScratch parts = scratchOf(a_, tile_, lanes_);
  Value *scratch = s_.scratch();
  auto part = [&](Dim offset) {
    return offset ? b_.CreateGEP(scalar_, scratch, s_.dim(offset)) : nullptr;
  };
  queries_ = part(parts.queries);
  weights_ = part(parts.weights);
  sums_ = part(parts.sums);
  highest_ = part(parts.highest);
  totals_ = part(parts.totals);
  factors_ = part(parts.factors);
  keyCopy_ = part(parts.keyCopy);
  valueCopy_ = part(parts.valueCopy);
  turned_ = part(parts.turned);
  s_.loop(s_.beginUnit(), s_.endUnit(), 1, [&](Value *unit) { emitUnit(unit); });
  b_.CreateRetVoid();
}

void AttentionEmitter::emitUnit(Value *unit) {
  auto take = [&](Value *count) {
    Value *part = b_.CreateURem(unit, count);
    unit = b_.CreateUDiv(unit, count);
    return part;
  };
  Value *panel = take(s_.dim(ceilDiv(a_.rows, tile_.rows)));
  auto names = namesOf(kernel_.getVariables());
  for (size_t i = names.size(); i-- > 0;)
    if (names[i] != a_.row && names[i] != a_.column)
      s_.setVariable(names[i], take(s_.dim(kernel_.getExtents()[i])));
  firstRow_ = b_.CreateMul(panel, s_.i64(tile_.rows));
  numRows_ = smallest(b_.CreateSub(s_.dim(a_.rows), firstRow_), s_.i64(tile_.rows));
  std::optional<int64_t> known = a_.rows.constant();
  if (tile_.rows == lanes_) return emitPanel(1);
  // A rest of one vector or less is not padded to two.
  if (known && (*known - 1) % tile_.rows >= lanes_) return emitPanel(2);
  Value *isWide = b_.CreateICmpSGT(numRows_, s_.i64(lanes_));
  s_.ifThen(isWide, [&] { emitPanel(2); });
  s_.ifThen(b_.CreateNot(isWide), [&] { emitPanel(1); });
}

void AttentionEmitter::emitPanel(int64_t vectors) {
  vectors_ = vectors;
  width_ = vectors * lanes_;
  bool full = a_.rows.constant() && *a_.rows.constant() % width_ == 0;
  rowMasks_.assign(vectors, nullptr);
  for (int64_t v = 0; v < vectors && !full; ++v)
    rowMasks_[v] = laneMask(b_.CreateSub(numRows_, s_.i64(v * lanes_)));
  start();
  turn(a_.q, a_.depth, s_.i64(0), s_.dim(a_.depths), queries_);
  Value *end =
      a_.last ? largest(keysOf(b_.CreateSub(numRows_, s_.i64(1))), s_.i64(0)) : s_.dim(a_.keys);
  s_.loop(s_.i64(0), end, tile_.keys, [&](Value *first) {
    firstKey_ = first;
    numKeys_ = smallest(b_.CreateSub(end, first), s_.i64(tile_.keys));
    keys_ = rowsOf(a_.k, a_.depth, keyCopy_, s_.dim(a_.depths));
    values_ = rowsOf(a_.v, a_.column, valueCopy_, s_.i64(columnVectors_ * lanes_));
    if (turned_) turn(a_.turned, a_.key, first, numKeys_, turned_);
    emitDots();
    emitScores();
    emitWeights();
    accumulate();
  });
  emitEpilogue();
}

void AttentionEmitter::start() {
  Value *zero = llvm::Constant::getNullValue(vector_);
  for (int64_t v = 0; v < vectors_; ++v) {
    store(minusInfinity(), highest_, v * lanes_);
    store(zero, totals_, v * lanes_);
  }
  s_.loop(s_.i64(0), s_.i64(width_ * columnVectors_), 1, [&](Value *i) {
    b_.CreateAlignedStore(zero, b_.CreateGEP(vector_, sums_, i), alignment());
  });
}

Rows AttentionEmitter::rowsOf(LoadOp load, mlir::StringAttr inner, Value *copy, Value *copyStride) {
  llvm::Type *memory = memoryType(b_.getContext(), load.getType());
  s_.setVariable(a_.key, firstKey_);
  Dim offset = without(load.getIndices()[0], inner);
  Rows rows{load.getType(), b_.CreateGEP(memory, s_.buffer(load.getBuffer()), s_.dim(offset)),
            stepOf(load, a_.key), stepOf(load, inner)};
  s_.unsetVariable(a_.key);
  if (!copy) return rows;
  Rows copied{element_, copy, copyStride, s_.i64(1)};
  bool consecutive = load.getIndices()[0].splitLinear(inner)->first.isConstant(1);
  Value *extent = inner == a_.depth ? s_.dim(a_.depths) : s_.i64(columns_);
  s_.loop(s_.i64(0), numKeys_, 1, [&](Value *j) { copyRow(rows, copied, j, extent, consecutive); });
  return copied;
}

void AttentionEmitter::copyRow(const Rows &from, const Rows &to, Value *row, Value *extent,
                               bool consecutive) {
  Value *whole = s_.i64(0);
  auto copy = [&](Value *i, unsigned lanes) {
    Value *value = cast(s_.loadAs(from.element, at(from, row, i), lanes, nullptr));
    s_.storeAs(element_, value, at(to, row, i), nullptr);
  };
  if (consecutive) {
    whole = b_.CreateMul(b_.CreateUDiv(extent, s_.i64(lanes_)), s_.i64(lanes_));
    s_.loop(s_.i64(0), whole, lanes_, [&](Value *i) { copy(i, lanes_); });
  }
  s_.loop(whole, extent, 1, [&](Value *i) { copy(i, 1); });
}

void AttentionEmitter::turn(LoadOp load, mlir::StringAttr inner, Value *first, Value *count,
                            Value *to) {
  llvm::Type *memory = memoryType(b_.getContext(), load.getType());
  Dim offset = load.getIndices()[0];
  Value *step = stepOf(load, inner);
  bool consecutive = offset.splitLinear(inner)->first.isConstant(1);
  s_.setVariable(inner, first);
  auto rowStart = [&](Value *row) {
    s_.setVariable(rowVariable_, clampedRow(row));
    Value *start = b_.CreateGEP(memory, s_.buffer(load.getBuffer()), s_.dim(offset));
    s_.unsetVariable(rowVariable_);
    return start;
  };
  auto read = [&](Value *start, Value *c, unsigned lanes) {
    Value *p = b_.CreateGEP(memory, start, b_.CreateMul(c, step));
    return cast(s_.loadAs(load.getType(), p, lanes, nullptr));
  };
  s_.loop(s_.i64(0), s_.i64(width_), lanes_, [&](Value *row) {
    llvm::SmallVector<Value *> starts;
    for (int64_t r = 0; r < lanes_; ++r) starts.push_back(rowStart(add(row, r)));
    Value *whole = s_.i64(0);
    if (consecutive) {
      whole = b_.CreateMul(b_.CreateUDiv(count, s_.i64(lanes_)), s_.i64(lanes_));
      s_.loop(s_.i64(0), whole, lanes_, [&](Value *c) {
        llvm::SmallVector<Value *> square;
        for (Value *start : starts) square.push_back(read(start, c, lanes_));
        cpu::turn(b_, square);
        for (int64_t i = 0; i < lanes_; ++i)
          storeAt(square[i], to, b_.CreateMul(add(c, i), s_.i64(width_)), row);
      });
    }
    s_.loop(whole, count, 1, [&](Value *c) {
      Value *column = llvm::PoisonValue::get(vector_);
      for (int64_t r = 0; r < lanes_; ++r)
        column = b_.CreateInsertElement(column, read(starts[r], c, 1), s_.i64(r));
      storeAt(column, to, b_.CreateMul(c, s_.i64(width_)), row);
    });
  });
  s_.unsetVariable(inner);
}

void AttentionEmitter::emitEpilogue() {
  s_.loop(s_.i64(0), numRows_, 1, [&](Value *row) {
    s_.setVariable(rowVariable_, b_.CreateAdd(firstRow_, row));
    s_.define(a_.total, b_.CreateLoad(scalar_, b_.CreateGEP(scalar_, totals_, row)));
    Value *line = b_.CreateMul(row, s_.i64(columnVectors_ * lanes_));
    auto emit = [&](Value *column, Value *mask) {
      Scalars::Scope scope(s_);
      s_.setLanes(a_.column, column, lanes_, mask);
      s_.define(a_.sum, loadAt(sums_, line, column));
      for (StoreOp store : stores_) s_.emitStore(store);
    };
    int64_t whole = columns_ / lanes_ * lanes_;
    s_.loop(s_.i64(0), s_.i64(whole), lanes_, [&](Value *column) { emit(column, nullptr); });
    if (whole < columns_) emit(s_.i64(whole), laneMask(s_.i64(columns_ - whole)));
  });
}

Value *AttentionEmitter::laneMask(Value *count) {
  return s_.firstLanes(smallest(largest(count, s_.i64(0)), s_.i64(lanes_)), lanes_);
}

void emitAttention(KernelFuncOp kernel, const Facts &facts, llvm::Module &module,
                   llvm::StringRef name) {
  AttentionEmitter(kernel, facts, module, name).run();
}

}  // namespace plx::cpu
