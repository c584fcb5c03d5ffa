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
#include "compiler/cpu/Nest.h"
#include "ir/types/Types.h"
#include "llvm/IR/InlineAsm.h"
#include "llvm/IR/Intrinsics.h"

namespace plx::cpu {

namespace {

using llvm::Value;

/// Rows of an operand in memory: element (row, i) lies at base + row * stride + i * step.
struct Rows {
  mlir::Type element;
  Value *base = nullptr, *stride = nullptr, *step = nullptr;
};

class AttentionEmitter {
 public:
  AttentionEmitter(KernelFuncOp kernel, const Facts &facts, llvm::Module &module,
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
    for (mlir::Operation &op : kernel.getBody().front())
      if (auto store = mlir::dyn_cast<StoreOp>(op)) stores_.push_back(store);
  }

  void run() {
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
    s_.loop(s_.beginUnit(), s_.endUnit(), 1, [&](Value *unit) { emitUnit(unit); });
    b_.CreateRetVoid();
  }

 private:
  // ---- units ----

  void emitUnit(Value *unit) {
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

  /// All of the unit, for rows that fill `vectors` vectors (the last one perhaps in part).
  void emitPanel(int64_t vectors) {
    vectors_ = vectors;
    width_ = vectors * lanes_;
    bool full = a_.rows.constant() && *a_.rows.constant() % width_ == 0;
    rowMasks_.assign(vectors, nullptr);
    for (int64_t v = 0; v < vectors && !full; ++v)
      rowMasks_[v] = laneMask(b_.CreateSub(numRows_, s_.i64(v * lanes_)));
    start();
    packQueries();
    Value *end =
        a_.last ? largest(keysOf(b_.CreateSub(numRows_, s_.i64(1))), s_.i64(0)) : s_.dim(a_.keys);
    s_.loop(s_.i64(0), end, tile_.keys, [&](Value *first) {
      firstKey_ = first;
      numKeys_ = smallest(b_.CreateSub(end, first), s_.i64(tile_.keys));
      keys_ = rowsOf(a_.k, a_.depth, keyCopy_, s_.dim(a_.depths));
      values_ = rowsOf(a_.v, a_.column, valueCopy_, s_.i64(columnVectors_ * lanes_));
      emitDots();
      emitScores();
      emitWeights();
      accumulate();
    });
    emitEpilogue();
  }

  /// Nothing seen yet.
  void start() {
    Value *zero = llvm::Constant::getNullValue(vector_);
    for (int64_t v = 0; v < vectors_; ++v) {
      store(minusInfinity(), highest_, v * lanes_);
      store(zero, totals_, v * lanes_);
    }
    s_.loop(s_.i64(0), s_.i64(width_ * columnVectors_), 1, [&](Value *i) {
      b_.CreateAlignedStore(zero, b_.CreateGEP(vector_, sums_, i), alignment());
    });
  }

  // ---- operands ----

  Dim without(Dim offset, mlir::StringAttr name) {
    return offset.substitute([&](DimAtom symbol) {
      return symbol.symbol() == name ? Dim::constant(kernel_.getContext(), 0) : Dim();
    });
  }
  Value *stepOf(LoadOp load, mlir::StringAttr name) {
    return s_.dim(load.getIndices()[0].splitLinear(name)->first);
  }

  /// Rows of k or v that the block starts at: as they lie, or the copy that is made of them first.
  Rows rowsOf(LoadOp load, mlir::StringAttr inner, Value *copy, Value *copyStride) {
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
    s_.loop(s_.i64(0), numKeys_, 1,
            [&](Value *j) { copyRow(rows, copied, j, extent, consecutive); });
    return copied;
  }

  void copyRow(const Rows &from, const Rows &to, Value *row, Value *extent, bool consecutive) {
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

  Value *at(const Rows &rows, Value *row, Value *i) {
    Value *offset = b_.CreateAdd(b_.CreateMul(row, rows.stride), b_.CreateMul(i, rows.step));
    return b_.CreateGEP(memoryType(b_.getContext(), rows.element), rows.base, offset);
  }

  /// queries[c][row] = q; rows beyond the last repeat it, and are not stored.
  void packQueries() {
    llvm::Type *memory = memoryType(b_.getContext(), a_.q.getType());
    Dim offset = a_.q.getIndices()[0];
    Value *step = stepOf(a_.q, a_.depth), *depth = s_.dim(a_.depths);
    bool consecutive = offset.splitLinear(a_.depth)->first.isConstant(1);
    auto rowStart = [&](Value *row) {
      s_.setVariable(rowVariable_, clampedRow(row));
      Value *start =
          b_.CreateGEP(memory, s_.buffer(a_.q.getBuffer()), s_.dim(without(offset, a_.depth)));
      s_.unsetVariable(rowVariable_);
      return start;
    };
    auto load = [&](Value *start, Value *c, unsigned lanes) {
      Value *p = b_.CreateGEP(memory, start, b_.CreateMul(c, step));
      return cast(s_.loadAs(a_.q.getType(), p, lanes, nullptr));
    };
    s_.loop(s_.i64(0), s_.i64(width_), lanes_, [&](Value *first) {
      llvm::SmallVector<Value *> starts;
      for (int64_t r = 0; r < lanes_; ++r) starts.push_back(rowStart(add(first, r)));
      Value *whole = s_.i64(0);
      if (consecutive) {
        whole = b_.CreateMul(b_.CreateUDiv(depth, s_.i64(lanes_)), s_.i64(lanes_));
        s_.loop(s_.i64(0), whole, lanes_, [&](Value *c) {
          llvm::SmallVector<Value *> square;
          for (Value *start : starts) square.push_back(load(start, c, lanes_));
          transpose(square);
          for (int64_t i = 0; i < lanes_; ++i)
            storeAt(square[i], queries_, b_.CreateMul(add(c, i), s_.i64(width_)), first);
        });
      }
      s_.loop(whole, depth, 1, [&](Value *c) {
        Value *column = llvm::PoisonValue::get(vector_);
        for (int64_t r = 0; r < lanes_; ++r)
          column = b_.CreateInsertElement(column, load(starts[r], c, 1), s_.i64(r));
        storeAt(column, queries_, b_.CreateMul(c, s_.i64(width_)), first);
      });
    });
  }

  /// A square of vectors: log2 steps, each of which interleaves vectors of the two halves.
  void transpose(llvm::SmallVectorImpl<Value *> &square) {
    llvm::SmallVector<int> low, high;
    for (int64_t i = 0; i < lanes_ / 2; ++i)
      for (int64_t half : {int64_t{0}, lanes_}) {
        low.push_back(half + i);
        high.push_back(half + i + lanes_ / 2);
      }
    for (int64_t step = 1; step < lanes_; step *= 2) {
      llvm::SmallVector<Value *> next;
      for (int64_t i = 0; i < lanes_ / 2; ++i) {
        Value *x = square[i], *y = square[i + lanes_ / 2];
        next.push_back(b_.CreateShuffleVector(x, y, low));
        next.push_back(b_.CreateShuffleVector(x, y, high));
      }
      square.assign(next.begin(), next.end());
    }
  }

  // ---- scores ----

  /// weights[key][row] = dot, by register tiles; of the last keys, tiles of a half, a quarter, ...
  void emitDots() {
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

  void emitDotTile(Value *key, int64_t numKeys) {
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
        keepOrder();
      }
    });
    for (int64_t r = 0; r < numKeys; ++r)
      for (int64_t v = 0; v < vectors_; ++v)
        storeAt(read(dots[r * vectors_ + v]), weights_, b_.CreateMul(add(key, r), s_.i64(width_)),
                s_.i64(v * lanes_));
  }

  /// weights = score(dot) or -inf; highest takes part in each.
  void emitScores() {
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

  /// What the new `highest` makes of earlier weights.
  void emitFactor(int64_t v, Value *highest) {
    Value *before = load(highest_, v * lanes_);
    Value *factor = exp(b_.CreateFSub(before, finite(highest)));
    store(factor, factors_, v * lanes_);
    store(b_.CreateFMul(load(totals_, v * lanes_), factor), totals_, v * lanes_);
    store(highest, highest_, v * lanes_);
  }

  void emitWeights() {
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

  // ---- sums ----

  /// sums = sums * factor + weights * v, by register tiles.
  void accumulate() {
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

  void accumulateTile(Value *row, int64_t numRows, int64_t firstVector, int64_t numVectors) {
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

  void sumOverKeys(Value *row, int64_t numRows, Value *column, int64_t numVectors,
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
        keepOrder();
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

  // ---- epilogue ----

  void emitEpilogue() {
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

  // ---- small things ----

  Value *smallest(Value *x, Value *y) {
    return b_.CreateBinaryIntrinsic(llvm::Intrinsic::smin, x, y);
  }
  Value *largest(Value *x, Value *y) {
    return b_.CreateBinaryIntrinsic(llvm::Intrinsic::smax, x, y);
  }
  Value *add(Value *x, int64_t y) { return b_.CreateAdd(x, s_.i64(y)); }
  Value *clampedRow(Value *row) {
    return b_.CreateAdd(firstRow_, smallest(row, b_.CreateSub(numRows_, s_.i64(1))));
  }
  /// How many keys take part in the panel's row `row`, or in its last; at most all of them.
  Value *keysOf(Value *row) {
    Scalars::Scope scope(s_);
    s_.setVariable(rowVariable_, clampedRow(row));
    return smallest(add(s_.dim(a_.last), 1), s_.dim(a_.keys));
  }
  /// The first `count` lanes, of any number.
  Value *laneMask(Value *count) {
    return s_.firstLanes(smallest(largest(count, s_.i64(0)), s_.i64(lanes_)), lanes_);
  }
  llvm::Align alignment() { return llvm::Align(bytesOfElement(element_)); }
  Value *loadAt(Value *base, Value *line, Value *i) {
    Value *p = b_.CreateGEP(scalar_, base, b_.CreateAdd(line, i));
    return b_.CreateAlignedLoad(vector_, p, alignment());
  }
  void storeAt(Value *value, Value *base, Value *line, Value *i) {
    Value *p = b_.CreateGEP(scalar_, base, b_.CreateAdd(line, i));
    b_.CreateAlignedStore(value, p, alignment());
  }
  Value *load(Value *base, int64_t i) { return loadAt(base, s_.i64(0), s_.i64(i)); }
  void store(Value *value, Value *base, int64_t i) { storeAt(value, base, s_.i64(0), s_.i64(i)); }
  Value *read(llvm::AllocaInst *local) { return b_.CreateLoad(vector_, local); }
  llvm::SmallVector<llvm::AllocaInst *> zeros(int64_t count) {
    llvm::SmallVector<llvm::AllocaInst *> locals;
    for (int64_t i = 0; i < count; ++i) {
      locals.push_back(s_.local(vector_));
      b_.CreateStore(llvm::Constant::getNullValue(vector_), locals.back());
    }
    return locals;
  }
  /// A loaded value as the type accumulated in.
  Value *cast(Value *value) {
    llvm::Type *type = value->getType()->isVectorTy() ? vector_ : scalar_;
    return value->getType() == type ? value : b_.CreateFPCast(value, type);
  }
  Value *exp(Value *x) { return emitExp(b_, s_.facts().math, x); }
  Value *minusInfinity() { return llvm::ConstantFP::getInfinity(vector_, /*Negative=*/true); }
  Value *finite(Value *highest) {
    return b_.CreateSelect(b_.CreateFCmpOEQ(highest, minusInfinity()),
                           llvm::Constant::getNullValue(vector_), highest);
  }
  void multiplyAdd(llvm::AllocaInst *sum, Value *x, Value *y) {
    Value *before = read(sum);
    b_.CreateStore(s_.facts().math.fma
                       ? b_.CreateIntrinsic(llvm::Intrinsic::fma, {vector_}, {x, y, before})
                       : b_.CreateFAdd(b_.CreateFMul(x, y), before),
                   sum);
  }
  /// Reads before and after stay so: else the scheduler loads all rows first, and sums spill
  /// (Matmul.cpp).
  void keepOrder() {
    auto *type = llvm::FunctionType::get(b_.getVoidTy(), /*isVarArg=*/false);
    b_.CreateCall(llvm::InlineAsm::get(type, "", "~{memory}", /*hasSideEffects=*/true));
  }

  KernelFuncOp kernel_;
  Attention a_;
  Scalars s_;
  llvm::IRBuilder<> &b_;
  mlir::Type element_;  // accumulated in
  int64_t lanes_;
  llvm::Type *scalar_;
  llvm::FixedVectorType *vector_;
  int64_t columns_, columnVectors_;
  AttentionTile tile_;
  mlir::StringAttr rowVariable_;  // that of the nest, or a name of none
  llvm::SmallVector<StoreOp> stores_;
  // Parts of the scratch (AttentionScratch).
  Value *queries_, *weights_, *sums_, *highest_, *totals_, *factors_, *keyCopy_, *valueCopy_;
  // Of the unit: rows [firstRow_, firstRow_ + numRows_), in `vectors_` vectors of `width_` lanes.
  Value *firstRow_ = nullptr, *numRows_ = nullptr;
  int64_t vectors_ = 0, width_ = 0;
  llvm::SmallVector<Value *> rowMasks_;
  // Of the block: keys [firstKey_, firstKey_ + numKeys_), and where rows of k and v begin.
  Value *firstKey_ = nullptr, *numKeys_ = nullptr;
  Rows keys_, values_;
};

}  // namespace

void emitAttention(KernelFuncOp kernel, const Facts &facts, llvm::Module &module,
                   llvm::StringRef name) {
  AttentionEmitter(kernel, facts, module, name).run();
}

}  // namespace plx::cpu
