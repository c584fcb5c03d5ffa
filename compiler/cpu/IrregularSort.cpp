// sort and top_k: a unit is a line of the operand along the axis.
#include "compiler/cpu/Irregular.h"
#include "compiler/cpu/Records.h"
#include "ir/kernel/IrregularPlan.h"

namespace plx::cpu {

namespace {

enum Buffer : unsigned { kOperand, kValues, kIndices };

/// One line of a tensor: element k is at base + k * stride.
struct Line {
  llvm::Value *base, *stride;
};

/// Lines of the operand and, of the same number, of both results.
class Lines {
 public:
  Lines(Algorithm &a, bool descending)
      : a_(a),
        b_(a.builder()),
        descending_(descending),
        axis_(intOption(a.kernel(), "axis")),
        from_(a.type(kOperand), axis_),
        to_(a.type(kValues), axis_),
        order_(a, recordWords(a.element(kOperand), from_.size)) {}

  void forEach(llvm::function_ref<void(Line from, Line to)> body) {
    a_.loop(a_.beginUnit(), a_.endUnit(), 1,
            [&](llvm::Value *unit) { body(lineOf(from_, unit), lineOf(to_, unit)); });
  }
  /// Length of a line, and how many of its elements the results keep.
  llvm::Value *size() { return a_.dim(from_.size); }
  llvm::Value *kept() { return a_.dim(to_.size); }
  KeyOrder &order() { return order_; }

  Record record(Line line, llvm::Value *k) {
    llvm::Value *value = a_.load(kOperand, a_.add(line.base, a_.mul(k, line.stride)));
    return order_.make(orderKey(a_, a_.element(kOperand), value, descending_), k);
  }

  /// Records [0, count), sorted, to the results.
  void write(llvm::Value *records, llvm::Value *count, Line from, Line to) {
    a_.loop(a_.i64(0), count, 1, [&](llvm::Value *k) {
      llvm::Value *position = order_.positionOf(order_.load(records, k));
      llvm::Value *at = a_.add(to.base, a_.mul(k, to.stride));
      a_.copyElement(kValues, at, kOperand, a_.add(from.base, a_.mul(position, from.stride)));
      a_.storeInt(kIndices, at, position);
    });
  }

 private:
  Line lineOf(const LineDims &dims, llvm::Value *unit) {
    llvm::Value *inner = a_.dim(dims.inner);
    if (dims.inner.isConstant(1)) return {a_.mul(unit, a_.dim(dims.size)), inner};
    llvm::Value *outer = b_.CreateSDiv(unit, inner), *within = b_.CreateSRem(unit, inner);
    return {a_.add(a_.mul(outer, a_.dim(dims.size * dims.inner)), within), inner};
  }

  Algorithm &a_;
  llvm::IRBuilder<> &b_;
  bool descending_;
  int64_t axis_;
  LineDims from_, to_;
  KeyOrder order_;
};

}  // namespace

void emitSort(Algorithm &a) {
  Lines lines(a, hasOption(a.kernel(), "descending"));
  KeyOrder &order = lines.order();
  llvm::Value *size = lines.size();
  lines.forEach([&](Line from, Line to) {
    a.loop(a.i64(0), size, 1,
           [&](llvm::Value *k) { order.store(a.scratchPart(0), k, lines.record(from, k)); });
    lines.write(emitMergeSort(a, order, a.scratchPart(0), a.scratchPart(1), size), size, from, to);
  });
}

/// A heap holds the k elements that come first among those seen; whatever comes before its last
/// replaces it.
void emitTopK(Algorithm &a) {
  Lines lines(a, !hasOption(a.kernel(), "smallest"));
  KeyOrder &order = lines.order();
  llvm::Value *size = lines.size(), *k = lines.kept(), *heapArray = a.scratchPart(0);
  llvm::Value *tooMany = a.builder().CreateICmpUGT(k, size);
  a.failIf(tooMany, kIndexFault, k, a.i64(0), size);
  a.ifThen(a.builder().CreateAnd(a.builder().CreateNot(tooMany), a.less(a.i64(0), k)), [&] {
    lines.forEach([&](Line from, Line to) {
      a.loop(a.i64(0), k, 1,
             [&](llvm::Value *i) { order.store(heapArray, i, lines.record(from, i)); });
      a.ifThen(a.less(k, size), [&] {
        LastFirstHeap heap(a, order, heapArray, k);
        heap.build();
        a.loop(k, size, 1, [&](llvm::Value *i) {
          Record record = lines.record(from, i);
          a.ifThen(order.before(record, heap.root()), [&] { heap.replaceRoot(record); });
        });
      });
      lines.write(emitMergeSort(a, order, heapArray, a.scratchPart(1), k), k, from, to);
    });
  });
}

}  // namespace plx::cpu
