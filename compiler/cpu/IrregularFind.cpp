// nonzero and unique: one unit, since the place of a result depends on all before it.
#include "compiler/cpu/Irregular.h"
#include "compiler/cpu/Records.h"
#include "ir/kernel/IrregularPlan.h"

namespace plx::cpu {

namespace {

// ---- nonzero
// ---------------------------------------------------------------------------------------------------------

class Nonzero {
 public:
  explicit Nonzero(Algorithm &a) : a_(a), b_(a.builder()), rank_(a.type(kOperand).getRank()) {}

  void emit() {
    Cell count(a_, a_.i64(0));
    a_.loop(a_.i64(0), a_.dim(numElements(a_.type(kOperand))), 1,
            [&](llvm::Value *i) { count.add(b_.CreateZExt(isNonzero(i), b_.getInt64Ty())); });
    a_.storeInt(kCount, a_.i64(0), count.get());
    // Rows of the result are `count` long: known now.
    Cell found(a_, a_.i64(0)), position(a_, a_.i64(0));
    llvm::SmallVector<llvm::Value *> coordinates;
    visit(coordinates, [&] {
      a_.ifThen(isNonzero(position.get()), [&] {
        for (auto [d, coordinate] : llvm::enumerate(coordinates))
          a_.storeInt(kRows, a_.add(a_.mul(a_.i64(d), count.get()), found.get()), coordinate);
        found.add(a_.i64(1));
      });
      position.add(a_.i64(1));
    });
  }

 private:
  enum Buffer : unsigned { kOperand, kRows, kCount };

  /// Loops over the dims that coordinates has no value for yet.
  void visit(llvm::SmallVector<llvm::Value *> &coordinates, llvm::function_ref<void()> body) {
    int64_t d = coordinates.size();
    if (d == rank_) return body();
    a_.loop(a_.i64(0), a_.dim(dimOf(a_.type(kOperand), d)), 1, [&](llvm::Value *i) {
      coordinates.push_back(i);
      visit(coordinates, body);
      coordinates.pop_back();
    });
  }

  llvm::Value *isNonzero(llvm::Value *position) {
    mlir::Type element = a_.element(kOperand);
    auto complex = mlir::dyn_cast<mlir::ComplexType>(element);
    if (!complex) return isNonzeroValue(a_.load(kOperand, position));
    llvm::Value *place = a_.address(kOperand, position), *any = b_.getFalse();
    for (int64_t part : {0, 1}) {
      mlir::Type type = complex.getElementType();
      llvm::Value *at = b_.CreateConstGEP1_64(registerType(b_.getContext(), type), place, part);
      any = b_.CreateOr(any, isNonzeroValue(a_.loadAs(type, at, 1, nullptr)));
    }
    return any;
  }

  llvm::Value *isNonzeroValue(llvm::Value *value) {
    llvm::Value *zero = llvm::Constant::getNullValue(value->getType());
    return zero->getType()->isFloatingPointTy() ? b_.CreateFCmpUNE(value, zero)
                                                : b_.CreateICmpNE(value, zero);
  }

  Algorithm &a_;
  llvm::IRBuilder<> &b_;
  int64_t rank_;
};

// ---- unique
// ----------------------------------------------------------------------------------------------------------

/// Slices of a tensor along an axis in lexicographic order of their elements; a record is a slice's
/// position.
class SliceOrder : public RecordOrder {
 public:
  SliceOrder(Algorithm &a, const LineDims &slices) : RecordOrder(a, 1), slices_(slices) {}

  llvm::Value *before(Record x, Record y) override {
    llvm::IRBuilder<> &b = a_.builder();
    llvm::Value *compared = compare(x.first, y.first);
    llvm::Value *isTie = b.CreateICmpEQ(compared, a_.i64(0));
    return b.CreateSelect(isTie, a_.less(x.first, y.first), a_.less(compared, a_.i64(0)));
  }
  llvm::Value *alike(Record x, Record y) override {
    return a_.builder().CreateICmpEQ(compare(x.first, y.first), a_.i64(0));
  }
  llvm::Value *positionOf(Record record) override { return record.first; }

 private:
  /// -1, 0 or 1.
  llvm::Value *compare(llvm::Value *x, llvm::Value *y) {
    llvm::IRBuilder<> &b = a_.builder();
    llvm::Value *inner = a_.dim(slices_.inner), *size = a_.dim(slices_.size);
    llvm::Value *numElements = a_.mul(a_.dim(slices_.outer), inner);
    Cell compared(a_, a_.i64(0)), outer(a_, a_.i64(0)), within(a_, a_.i64(0)), seen(a_, a_.i64(0));
    auto key = [&](llvm::Value *item) {
      llvm::Value *line = a_.add(a_.mul(outer.get(), size), item);
      llvm::Value *value = a_.load(0, a_.add(a_.mul(line, inner), within.get()));
      return orderKey(a_, a_.element(0), value, /*descending=*/false);
    };
    a_.whileLoop(
        [&] {
          return b.CreateAnd(a_.less(seen.get(), numElements),
                             b.CreateICmpEQ(compared.get(), a_.i64(0)));
        },
        [&] {
          llvm::Value *u = key(x), *v = key(y);
          llvm::Value *above = b.CreateZExt(b.CreateICmpUGT(u, v), b.getInt64Ty());
          llvm::Value *below = b.CreateZExt(b.CreateICmpULT(u, v), b.getInt64Ty());
          compared.set(a_.sub(above, below));
          seen.add(a_.i64(1));
          llvm::Value *next = a_.add(within.get(), a_.i64(1));
          llvm::Value *wraps = b.CreateICmpEQ(next, inner);
          within.set(b.CreateSelect(wraps, a_.i64(0), next));
          outer.add(b.CreateZExt(wraps, b.getInt64Ty()));
        });
    return compared.get();
  }

  LineDims slices_;
};

class Unique {
 public:
  explicit Unique(Algorithm &a)
      : a_(a),
        b_(a.builder()),
        bySlices_(hasOption(a.kernel(), "axis")),
        slices_(bySlices_ ? LineDims(a.type(kOperand), intOption(a.kernel(), "axis")) : LineDims()),
        numItems_(a.dim(dimOf(a.type(kInverse), 0))) {}

  void emit() {
    bool sorted = a_.kernel().getOptions().getAs<mlir::BoolAttr>("sorted").getValue();
    llvm::Value *count = bySlices_ ? group<SliceOrder>(sorted) : group<KeyOrder>(sorted);
    a_.storeInt(kCount, a_.i64(0), count);
    writeValues(count);
  }

 private:
  enum Buffer : unsigned { kOperand, kValues, kFirst, kInverse, kCounts, kCount };

  template <typename Order>
  llvm::Value *group(bool sorted) {
    if constexpr (std::is_same_v<Order, SliceOrder>) {
      SliceOrder order(a_, slices_);
      a_.loop(a_.i64(0), numItems_, 1,
              [&](llvm::Value *i) { order.store(a_.scratchPart(0), i, {i}); });
      return sortAndGroup(order, sorted);
    } else {
      KeyOrder order(a_, recordWords(a_.element(kOperand), dimOf(a_.type(kInverse), 0)));
      a_.loop(a_.i64(0), numItems_, 1, [&](llvm::Value *i) {
        llvm::Value *value = a_.load(kOperand, i);
        order.store(a_.scratchPart(0), i,
                    order.make(orderKey(a_, a_.element(kOperand), value, false), i));
      });
      return sortAndGroup(order, sorted);
    }
  }

  llvm::Value *sortAndGroup(RecordOrder &order, bool sorted) {
    llvm::Value *records =
        emitMergeSort(a_, order, a_.scratchPart(0), a_.scratchPart(1), numItems_);
    Cell number(a_, a_.i64(-1)), leader(a_, a_.i64(0));
    a_.loop(a_.i64(0), numItems_, 1, [&](llvm::Value *i) {
      Record record = order.load(records, i);
      Record previous = order.load(records, a_.larger(a_.sub(i, a_.i64(1)), a_.i64(0)));
      llvm::Value *isFirst = b_.CreateICmpEQ(i, a_.i64(0));
      llvm::Value *isNew = b_.CreateOr(isFirst, b_.CreateNot(order.alike(record, previous)));
      llvm::Value *item = order.positionOf(record);
      a_.ifThen(isNew, [&] {
        number.add(a_.i64(1));
        leader.set(item);
        if (sorted) startGroup(number.get(), item);
      });
      if (sorted)
        join(number.get(), item);
      else
        a_.storeInt(kInverse, item, leader.get());  // for the moment: each item's first equal
    });
    return sorted ? a_.add(number.get(), a_.i64(1)) : numberByFirst();
  }

  void startGroup(llvm::Value *number, llvm::Value *first) {
    a_.storeInt(kFirst, number, first);
    a_.storeInt(kCounts, number, a_.i64(0));
  }

  void join(llvm::Value *number, llvm::Value *item) {
    a_.storeInt(kInverse, item, number);
    a_.storeInt(kCounts, number, a_.add(a_.load(kCounts, number), a_.i64(1)));
  }

  /// Numbers groups in order of their first items. Where `inverse` of an item is the item itself, a
  /// group begins; else it names an earlier item, whose `inverse` is the group's number by then.
  llvm::Value *numberByFirst() {
    Cell count(a_, a_.i64(0));
    a_.loop(a_.i64(0), numItems_, 1, [&](llvm::Value *item) {
      llvm::Value *first = a_.load(kInverse, item);
      a_.ifThen(b_.CreateICmpEQ(first, item), [&] {
        startGroup(count.get(), item);
        a_.storeInt(kInverse, item, count.get());
        count.add(a_.i64(1));
      });
      join(a_.load(kInverse, first), item);
    });
    return count.get();
  }

  void writeValues(llvm::Value *count) {
    if (!bySlices_) {
      a_.loop(a_.i64(0), count, 1,
              [&](llvm::Value *g) { a_.copyElement(kValues, g, kOperand, a_.load(kFirst, g)); });
      return;
    }
    llvm::Value *inner = a_.dim(slices_.inner), *size = a_.dim(slices_.size);
    a_.loop(a_.i64(0), a_.dim(slices_.outer), 1, [&](llvm::Value *outer) {
      a_.loop(a_.i64(0), count, 1, [&](llvm::Value *g) {
        llvm::Value *from = a_.add(a_.mul(outer, size), a_.load(kFirst, g));
        llvm::Value *to = a_.add(a_.mul(outer, count), g);
        a_.copyElements(kValues, a_.mul(to, inner), kOperand, a_.mul(from, inner), inner);
      });
    });
  }

  Algorithm &a_;
  llvm::IRBuilder<> &b_;
  bool bySlices_;
  LineDims slices_;
  llvm::Value *numItems_;
};

}  // namespace

void emitNonzero(Algorithm &a) {
  a.ifThen(a.less(a.beginUnit(), a.endUnit()), [&] { Nonzero(a).emit(); });
}

void emitUnique(Algorithm &a) {
  a.ifThen(a.less(a.beginUnit(), a.endUnit()), [&] { Unique(a).emit(); });
}

}  // namespace plx::cpu
