// The loops of attention over a block of keys: scores, weights and their sums with v.
#include "compiler/cpu/AttentionEmitter.h"
#include "llvm/IR/Intrinsics.h"

namespace plx::cpu {

void AttentionEmitter::emitDots() {
  bool manyRegisters = s_.facts().vectorRegisters >= 32;
  int64_t size = vectors_ == 1 ? (manyRegisters ? 16 : 8) : (manyRegisters ? 8 : 6);
  llvm::AllocaInst *next = s_.local(b_.getInt64Ty());
  b_.CreateStore(s_.i64(0), next);
  while (true) {
    Value *low = b_.CreateLoad(b_.getInt64Ty(), next);
    Value *count = b_.CreateUDiv(b_.CreateSub(numKeys_, low), s_.i64(size));
    Value *high = b_.CreateAdd(low, b_.CreateMul(count, s_.i64(size)));
    s_.loop(low, high, size, [&](Value *key) { emitDotTile(key, size); });
    b_.CreateStore(high, next);
    if (size == 1) break;
    size = size == 6 ? 4 : size / 2;
  }
}

void AttentionEmitter::emitDotTile(Value *key, int64_t numKeys) {
  llvm::Type *memory = memoryType(b_.getContext(), keys_.element);
  llvm::SmallVector<Value *> starts;
  for (int64_t r = 0; r < numKeys; ++r) starts.push_back(at(keys_, add(key, r), s_.i64(0)));
  llvm::SmallVector<llvm::AllocaInst *> dots = zeros(numKeys * vectors_);
  s_.loop(s_.i64(0), s_.dim(a_.depths), 1, [&](Value *c) {
    llvm::SmallVector<Value *> rows;
    for (int64_t v = 0; v < vectors_; ++v)
      rows.push_back(loadAt(queries_, b_.CreateMul(c, s_.i64(width_)), s_.i64(v * lanes_)));
    Value *step = b_.CreateMul(c, keys_.step);
    for (int64_t r = 0; r < numKeys; ++r) {
      Value *k = s_.loadAs(keys_.element, b_.CreateGEP(memory, starts[r], step), 1, nullptr);
      Value *wide = b_.CreateVectorSplat(lanes_, k);
      for (int64_t v = 0; v < vectors_; ++v) multiplyAdd(dots[r * vectors_ + v], wide, rows[v]);
      s_.keepOrder();
    }
  });
  for (int64_t r = 0; r < numKeys; ++r)
    for (int64_t v = 0; v < vectors_; ++v)
      storeAt(read(dots[r * vectors_ + v]), weights_, b_.CreateMul(add(key, r), s_.i64(width_)),
              s_.i64(v * lanes_));
}

void AttentionEmitter::emitScores() {
  llvm::SmallVector<llvm::AllocaInst *> highest;
  for (int64_t v = 0; v < vectors_; ++v) {
    highest.push_back(s_.local(vector_));
    b_.CreateStore(load(highest_, v * lanes_), highest[v]);
  }
  s_.loop(s_.i64(0), numKeys_, 1, [&](Value *j) {
    s_.setVariable(a_.key, b_.CreateAdd(firstKey_, j));
    // What does not depend on the row, such as a mask of keys, once for all of them.
    if (a_.row) s_.hoist({a_.score}, {a_.row});
    Value *line = b_.CreateMul(j, s_.i64(width_));
    for (int64_t v = 0; v < vectors_; ++v) {
      Scalars::Scope scope(s_);
      s_.setLanes(rowVariable_, add(firstRow_, v * lanes_), lanes_, rowMasks_[v]);
      s_.define(a_.dot, loadAt(weights_, line, s_.i64(v * lanes_)));
      if (turned_) s_.define(a_.turned, loadAt(turned_, line, s_.i64(v * lanes_)));
      Value *score = s_.emitVector(a_.score);
      if (a_.takesPart)
        score = b_.CreateSelect(s_.emitVector(a_.takesPart.getResult()), score, minusInfinity());
      storeAt(score, weights_, line, s_.i64(v * lanes_));
      Value *before = read(highest[v]);
      b_.CreateStore(b_.CreateSelect(b_.CreateFCmpOGT(score, before), score, before), highest[v]);
    }
  });
  for (int64_t v = 0; v < vectors_; ++v) emitFactor(v, read(highest[v]));
}

void AttentionEmitter::emitFactor(int64_t v, Value *highest) {
  Value *before = load(highest_, v * lanes_);
  Value *factor = exp(b_.CreateFSub(before, finite(highest)));
  store(factor, factors_, v * lanes_);
  store(b_.CreateFMul(load(totals_, v * lanes_), factor), totals_, v * lanes_);
  store(highest, highest_, v * lanes_);
}

void AttentionEmitter::emitWeights() {
  llvm::SmallVector<Value *> highest;
  llvm::SmallVector<llvm::AllocaInst *> sums = zeros(vectors_);
  for (int64_t v = 0; v < vectors_; ++v) highest.push_back(finite(load(highest_, v * lanes_)));
  s_.loop(s_.i64(0), numKeys_, 1, [&](Value *j) {
    Value *line = b_.CreateMul(j, s_.i64(width_));
    for (int64_t v = 0; v < vectors_; ++v) {
      Value *score = loadAt(weights_, line, s_.i64(v * lanes_));
      Value *weight = exp(b_.CreateFSub(score, highest[v]));
      storeAt(weight, weights_, line, s_.i64(v * lanes_));
      b_.CreateStore(b_.CreateFAdd(read(sums[v]), weight), sums[v]);
    }
  });
  for (int64_t v = 0; v < vectors_; ++v)
    store(b_.CreateFAdd(load(totals_, v * lanes_), read(sums[v])), totals_, v * lanes_);
}

void AttentionEmitter::accumulate() {
  bool manyRegisters = s_.facts().vectorRegisters >= 32;
  int64_t most = manyRegisters ? 4 : 3;
  for (int64_t first = 0; first < columnVectors_;) {
    int64_t count = std::min(most, columnVectors_ - first);
    int64_t rows = std::min<int64_t>(width_, manyRegisters && count < 4 ? 8 : 4);
    s_.loop(s_.i64(0), numRows_, rows,
            [&](Value *row) { accumulateTile(row, rows, first, count); });
    first += count;
  }
}

void AttentionEmitter::accumulateTile(Value *row, int64_t numRows, int64_t firstVector,
                                      int64_t numVectors) {
  Value *column = s_.i64(firstVector * lanes_);
  auto place = [&](int64_t r, int64_t v) {
    Value *line = b_.CreateMul(add(row, r), s_.i64(columnVectors_ * lanes_));
    return b_.CreateGEP(scalar_, sums_, b_.CreateAdd(line, add(column, v * lanes_)));
  };
  llvm::SmallVector<llvm::AllocaInst *> sums;
  for (int64_t r = 0; r < numRows; ++r) {
    Value *factor = b_.CreateVectorSplat(
        lanes_, b_.CreateLoad(scalar_, b_.CreateGEP(scalar_, factors_, add(row, r))));
    for (int64_t v = 0; v < numVectors; ++v) {
      sums.push_back(s_.local(vector_));
      Value *before = b_.CreateAlignedLoad(vector_, place(r, v), alignment());
      b_.CreateStore(b_.CreateFMul(before, factor), sums.back());
    }
  }
  sumOverKeys(row, numRows, column, numVectors, sums);
  for (int64_t r = 0; r < numRows; ++r)
    for (int64_t v = 0; v < numVectors; ++v)
      b_.CreateAlignedStore(read(sums[r * numVectors + v]), place(r, v), alignment());
}

void AttentionEmitter::sumOverKeys(Value *row, int64_t numRows, Value *column, int64_t numVectors,
                                   llvm::ArrayRef<llvm::AllocaInst *> sums) {
  auto step = [&](Value *j, llvm::ArrayRef<Value *> ends) {
    llvm::SmallVector<Value *> values;
    for (int64_t v = 0; v < numVectors; ++v)
      values.push_back(
          s_.loadAs(values_.element, at(values_, j, add(column, v * lanes_)), lanes_, nullptr));
    Value *line =
        b_.CreateGEP(scalar_, weights_, b_.CreateAdd(b_.CreateMul(j, s_.i64(width_)), row));
    for (int64_t r = 0; r < numRows; ++r) {
      Value *weight = b_.CreateLoad(scalar_, b_.CreateConstGEP1_64(scalar_, line, r));
      Value *wide = b_.CreateVectorSplat(lanes_, weight);
      for (int64_t v = 0; v < numVectors; ++v) {
        llvm::AllocaInst *sum = sums[r * numVectors + v];
        Value *before = read(sum);
        multiplyAdd(sum, wide, values[v]);
        if (!ends.empty())
          b_.CreateStore(b_.CreateSelect(b_.CreateICmpSLT(j, ends[r]), read(sum), before), sum);
      }
      s_.keepOrder();
    }
  };
  if (!a_.last) return s_.loop(s_.i64(0), numKeys_, 1, [&](Value *j) { step(j, {}); });
  // Rows end one after another: first what all of them take.
  llvm::SmallVector<Value *> ends;
  for (int64_t r = 0; r < numRows; ++r) {
    Value *count = b_.CreateSub(keysOf(add(row, r)), firstKey_);
    ends.push_back(smallest(largest(count, s_.i64(0)), numKeys_));
  }
  s_.loop(s_.i64(0), ends.front(), 1, [&](Value *j) { step(j, {}); });
  s_.loop(ends.front(), ends.back(), 1, [&](Value *j) { step(j, ends); });
}

llvm::SmallVector<llvm::AllocaInst *> AttentionEmitter::zeros(int64_t count) {
  llvm::SmallVector<llvm::AllocaInst *> locals;
  for (int64_t i = 0; i < count; ++i) {
    locals.push_back(s_.local(vector_));
    b_.CreateStore(llvm::Constant::getNullValue(vector_), locals.back());
  }
  return locals;
}

void AttentionEmitter::multiplyAdd(llvm::AllocaInst *sum, Value *x, Value *y) {
  b_.CreateStore(s_.multiplyAdd(x, y, read(sum)), sum);
}

}  // namespace plx::cpu
