#include "compiler/cpu/Records.h"

#include "ir/kernel/IrregularPlan.h"

namespace plx::cpu {

namespace {
// Runs this long are sorted by insertion: cheaper than three more rounds of merging.
constexpr int64_t kRun = 8;
}  // namespace

llvm::Value *orderKey(Scalars &s, mlir::Type element, llvm::Value *value, bool descending) {
  llvm::IRBuilder<> &b = s.builder();
  llvm::IntegerType *type = b.getIntNTy(keyBits(element));
  llvm::APInt top = llvm::APInt::getSignMask(type->getBitWidth());
  llvm::Value *sign = llvm::ConstantInt::get(type, top), *key;
  if (mlir::isa<mlir::FloatType>(element)) {
    llvm::Value *zero = llvm::ConstantFP::get(value->getType(), 0.0);
    llvm::Value *plain = b.CreateSelect(b.CreateFCmpOEQ(value, zero), zero, value);
    llvm::Value *bits = b.CreateBitCast(plain, type);
    // Negative numbers count backwards: all their bits are turned; of the others the sign alone.
    llvm::Value *turned = b.CreateOr(b.CreateAShr(bits, type->getBitWidth() - 1), sign);
    key = b.CreateSelect(b.CreateFCmpUNO(value, value), llvm::Constant::getAllOnesValue(type),
                         b.CreateXor(bits, turned));
  } else if (element.isUnsignedInteger() || element.isInteger(1)) {
    key = b.CreateZExt(value, type);
  } else {
    key = b.CreateXor(b.CreateSExt(value, type), sign);
  }
  return descending ? b.CreateNot(key) : key;
}

// ---- records
// ---------------------------------------------------------------------------------------------------------

llvm::Value *RecordOrder::wordAddress(llvm::Value *array, llvm::Value *index, unsigned word) {
  llvm::IRBuilder<> &b = a_.builder();
  llvm::Value *at = words_ == 1 ? index : a_.add(a_.mul(index, a_.i64(words_)), a_.i64(word));
  return b.CreateGEP(b.getInt64Ty(), array, at);
}

Record RecordOrder::load(llvm::Value *array, llvm::Value *index) {
  llvm::IRBuilder<> &b = a_.builder();
  Record record{b.CreateLoad(b.getInt64Ty(), wordAddress(array, index, 0))};
  if (words_ == 2) record.second = b.CreateLoad(b.getInt64Ty(), wordAddress(array, index, 1));
  return record;
}

void RecordOrder::store(llvm::Value *array, llvm::Value *index, Record record) {
  a_.builder().CreateStore(record.first, wordAddress(array, index, 0));
  if (words_ == 2) a_.builder().CreateStore(record.second, wordAddress(array, index, 1));
}

Record KeyOrder::make(llvm::Value *key, llvm::Value *position) {
  llvm::IRBuilder<> &b = a_.builder();
  llvm::Value *wide = b.CreateZExt(key, b.getInt64Ty());
  if (words_ == 1) return {b.CreateOr(b.CreateShl(wide, 32), position)};
  return {wide, position};
}

llvm::Value *KeyOrder::before(Record x, Record y) {
  llvm::IRBuilder<> &b = a_.builder();
  llvm::Value *below = b.CreateICmpULT(x.first, y.first);
  if (words_ == 1) return below;
  llvm::Value *equal = b.CreateICmpEQ(x.first, y.first);
  return b.CreateOr(below, b.CreateAnd(equal, b.CreateICmpULT(x.second, y.second)));
}

llvm::Value *KeyOrder::alike(Record x, Record y) {
  llvm::IRBuilder<> &b = a_.builder();
  if (words_ == 2) return b.CreateICmpEQ(x.first, y.first);
  return b.CreateICmpEQ(b.CreateLShr(x.first, 32), b.CreateLShr(y.first, 32));
}

llvm::Value *KeyOrder::positionOf(Record record) {
  if (words_ == 2) return record.second;
  return a_.builder().CreateAnd(record.first, a_.i64(UINT32_MAX));
}

// ---- merge sort
// ------------------------------------------------------------------------------------------------------

namespace {

class MergeSort {
 public:
  MergeSort(Algorithm &a, RecordOrder &order, llvm::Value *count)
      : a_(a), b_(a.builder()), order_(order), count_(count) {}

  llvm::Value *emit(llvm::Value *array, llvm::Value *other) {
    sortRuns(array);
    Cell from(a_, array), to(a_, other), width(a_, a_.i64(kRun));
    a_.whileLoop([&] { return a_.less(width.get(), count_); },
                 [&] {
                   llvm::Value *source = from.get(), *target = to.get();
                   mergeRuns(source, target, width.get());
                   from.set(target);
                   to.set(source);
                   width.set(b_.CreateShl(width.get(), 1));
                 });
    return from.get();
  }

 private:
  void sortRuns(llvm::Value *array) {
    a_.loop(a_.i64(0), count_, kRun, [&](llvm::Value *begin) {
      llvm::Value *end = a_.smaller(a_.add(begin, a_.i64(kRun)), count_);
      a_.loop(a_.add(begin, a_.i64(1)), end, 1, [&](llvm::Value *i) { insert(array, begin, i); });
    });
  }

  /// Moves record i down to its place among [begin, i).
  void insert(llvm::Value *array, llvm::Value *begin, llvm::Value *i) {
    Record record = order_.load(array, i);
    Cell place(a_, i);
    auto previous = [&] { return a_.larger(a_.sub(place.get(), a_.i64(1)), begin); };
    a_.whileLoop(
        [&] {
          llvm::Value *follows = order_.before(record, order_.load(array, previous()));
          return b_.CreateAnd(follows, a_.less(begin, place.get()));
        },
        [&] {
          order_.store(array, place.get(), order_.load(array, previous()));
          place.set(previous());
        });
    order_.store(array, place.get(), record);
  }

  void mergeRuns(llvm::Value *from, llvm::Value *to, llvm::Value *width) {
    Cell begin(a_, a_.i64(0));
    a_.whileLoop([&] { return a_.less(begin.get(), count_); },
                 [&] {
                   llvm::Value *low = begin.get();
                   llvm::Value *middle = a_.smaller(a_.add(low, width), count_);
                   llvm::Value *high = a_.smaller(a_.add(middle, width), count_);
                   merge(from, to, low, middle, high);
                   begin.set(high);
                 });
  }

  void merge(llvm::Value *from, llvm::Value *to, llvm::Value *low, llvm::Value *middle,
             llvm::Value *high) {
    Cell left(a_, low), right(a_, middle), next(a_, low);
    a_.whileLoop(
        [&] { return b_.CreateAnd(a_.less(left.get(), middle), a_.less(right.get(), high)); },
        [&] {
          Record x = order_.load(from, left.get()), y = order_.load(from, right.get());
          llvm::Value *takeRight = order_.before(y, x);
          Record taken{b_.CreateSelect(takeRight, y.first, x.first)};
          if (x.second) taken.second = b_.CreateSelect(takeRight, y.second, x.second);
          order_.store(to, next.get(), taken);
          llvm::Value *step = b_.CreateZExt(takeRight, b_.getInt64Ty());
          right.add(step);
          left.add(a_.sub(a_.i64(1), step));
          next.add(a_.i64(1));
        });
    copyRest(from, to, left.get(), middle, next);
    copyRest(from, to, right.get(), high, next);
  }

  void copyRest(llvm::Value *from, llvm::Value *to, llvm::Value *begin, llvm::Value *end,
                Cell &next) {
    llvm::Type *byte = b_.getInt8Ty();
    auto at = [&](llvm::Value *array, llvm::Value *index) {
      return b_.CreateGEP(byte, array, a_.mul(index, a_.i64(order_.bytes())));
    };
    llvm::Value *count = a_.sub(end, begin);
    b_.CreateMemCpy(at(to, next.get()), llvm::Align(8), at(from, begin), llvm::Align(8),
                    a_.mul(count, a_.i64(order_.bytes())));
    next.add(count);
  }

  Algorithm &a_;
  llvm::IRBuilder<> &b_;
  RecordOrder &order_;
  llvm::Value *count_;
};

}  // namespace

llvm::Value *emitMergeSort(Algorithm &a, RecordOrder &order, llvm::Value *array, llvm::Value *other,
                           llvm::Value *count) {
  return MergeSort(a, order, count).emit(array, other);
}

// ---- heap
// ------------------------------------------------------------------------------------------------------------

void LastFirstHeap::build() {
  llvm::Value *half = a_.builder().CreateLShr(count_, 1);
  a_.loop(a_.i64(0), half, 1, [&](llvm::Value *i) {
    llvm::Value *start = a_.sub(a_.sub(half, a_.i64(1)), i);
    siftDown(start, order_.load(array_, start));
  });
}

/// Puts `record` at `start` or, as long as a child comes after it, below.
void LastFirstHeap::siftDown(llvm::Value *start, Record record) {
  llvm::IRBuilder<> &b = a_.builder();
  llvm::Value *last = a_.sub(count_, a_.i64(1));
  Cell place(a_, start), going(a_, b.getTrue());
  auto leftChild = [&] { return a_.add(b.CreateShl(place.get(), 1), a_.i64(1)); };
  a_.whileLoop([&] { return b.CreateAnd(going.get(), a_.less(leftChild(), count_)); },
               [&] {
                 llvm::Value *left = leftChild();
                 llvm::Value *right = a_.smaller(a_.add(left, a_.i64(1)), last);
                 Record x = order_.load(array_, left), y = order_.load(array_, right);
                 // The same record twice where there is no right child: then the left one is taken.
                 llvm::Value *takeRight = order_.before(x, y);
                 llvm::Value *child = b.CreateSelect(takeRight, right, left);
                 Record later{b.CreateSelect(takeRight, y.first, x.first)};
                 if (x.second) later.second = b.CreateSelect(takeRight, y.second, x.second);
                 llvm::Value *sinks = order_.before(record, later);
                 going.set(sinks);
                 a_.ifThen(sinks, [&] {
                   order_.store(array_, place.get(), later);
                   place.set(child);
                 });
               });
  order_.store(array_, place.get(), record);
}

}  // namespace plx::cpu
