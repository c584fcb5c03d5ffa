// Sorting in emitted code: records of a key and a position, merge sort, heaps.
//
// An order says what records are and how they compare. All its orders are total: of equal keys the
// lower position comes first, so that any sort is a stable one.
#ifndef PLEXUS_COMPILER_CPU_RECORDS_H
#define PLEXUS_COMPILER_CPU_RECORDS_H

#include "compiler/cpu/Algorithm.h"

namespace plx::cpu {

/// The element of a value in register form as an unsigned int (i32 or i64) whose order is the
/// elements': NaN last and all NaNs one, both zeros one. `descending`: the reverse.
llvm::Value *orderKey(Scalars &s, mlir::Type element, llvm::Value *value, bool descending);

/// A record in registers: its words, all i64.
struct Record {
  llvm::Value *first;
  llvm::Value *second = nullptr;
};

class RecordOrder {
 public:
  RecordOrder(Algorithm &a, unsigned words) : a_(a), words_(words) {}
  virtual ~RecordOrder() = default;
  /// x comes before y (i1); two records of one array are never equal.
  virtual llvm::Value *before(Record x, Record y) = 0;
  /// Whether they are equal but for their positions (i1).
  virtual llvm::Value *alike(Record x, Record y) = 0;
  virtual llvm::Value *positionOf(Record record) = 0;

  Record load(llvm::Value *array, llvm::Value *index);
  void store(llvm::Value *array, llvm::Value *index, Record record);
  int64_t bytes() const { return 8 * static_cast<int64_t>(words_); }

 protected:
  llvm::Value *wordAddress(llvm::Value *array, llvm::Value *index, unsigned word);
  Algorithm &a_;
  unsigned words_;
};

/// Keys in one word with their positions, or apart.
class KeyOrder : public RecordOrder {
 public:
  using RecordOrder::RecordOrder;
  Record make(llvm::Value *key, llvm::Value *position);
  llvm::Value *before(Record x, Record y) override;
  llvm::Value *alike(Record x, Record y) override;
  llvm::Value *positionOf(Record record) override;
};

/// Sorts records [0, count) of `array`, with `other` of the same size to merge into; gives the
/// array the result is in.
llvm::Value *emitMergeSort(Algorithm &a, RecordOrder &order, llvm::Value *array, llvm::Value *other,
                           llvm::Value *count);

/// A heap of records whose root comes last in the order.
class LastFirstHeap {
 public:
  LastFirstHeap(Algorithm &a, RecordOrder &order, llvm::Value *array, llvm::Value *count)
      : a_(a), order_(order), array_(array), count_(count) {}
  /// Makes a heap of any `count` records.
  void build();
  Record root() { return order_.load(array_, a_.i64(0)); }
  void replaceRoot(Record record) { siftDown(a_.i64(0), record); }

 private:
  void siftDown(llvm::Value *start, Record record);
  Algorithm &a_;
  RecordOrder &order_;
  llvm::Value *array_, *count_;
};

}  // namespace plx::cpu

#endif  // PLEXUS_COMPILER_CPU_RECORDS_H
