// non_max_suppression: one unit, since rows follow one another however many each class has.
#include "compiler/cpu/Irregular.h"
#include "compiler/cpu/Records.h"
#include "ir/kernel/IrregularPlan.h"

namespace plx::cpu {

namespace {

enum Buffer : unsigned {
  kBoxes,   // [b, n, 4]
  kScores,  // [b, c, n]
  kMaxOutput,
  kIouThreshold,
  kScoreThreshold,
  kRows,  // [b * c * min(n, max_output), 3]
  kCount
};

/// A box in registers, of double or float.
struct Box {
  llvm::Value *y1, *x1, *y2, *x2, *area;
};
constexpr int64_t kBoxNumbers = 5;

class Suppression {
 public:
  explicit Suppression(Algorithm &a)
      : a_(a),
        b_(a.builder()),
        number_(registerType(b_.getContext(), a.element(kBoxes))),
        numBoxes_(dimOf(a.type(kScores), 2)),
        order_(a, recordWords(a.element(kScores), numBoxes_)),
        maxOutput_(a.load(kMaxOutput, a.i64(0))),
        iou_(threshold(kIouThreshold)),
        score_(threshold(kScoreThreshold)),
        numRows_(a, a.i64(0)) {}

  void emit() {
    llvm::Value *numClasses = a_.dim(dimOf(a_.type(kScores), 1));
    a_.loop(a_.i64(0), a_.dim(dimOf(a_.type(kScores), 0)), 1, [&](llvm::Value *batch) {
      a_.loop(a_.i64(0), numClasses, 1, [&](llvm::Value *category) {
        llvm::Value *line = a_.add(a_.mul(batch, numClasses), category);
        llvm::Value *count = collect(a_.mul(line, a_.dim(numBoxes_)));
        take(batch, category, count);
      });
    });
    a_.storeInt(kCount, a_.i64(0), numRows_.get());
  }

 private:
  llvm::Value *threshold(unsigned buffer) {
    return b_.CreateFPCast(a_.load(buffer, a_.i64(0)), number_);
  }

  /// Records of the boxes whose score is above the threshold, into scratch memory; gives their
  /// number.
  llvm::Value *collect(llvm::Value *scores) {
    Cell count(a_, a_.i64(0));
    a_.loop(a_.i64(0), a_.dim(numBoxes_), 1, [&](llvm::Value *i) {
      llvm::Value *score = a_.load(kScores, a_.add(scores, i));
      a_.ifThen(b_.CreateFCmpOGT(score, score_), [&] {
        llvm::Value *key = orderKey(a_, a_.element(kScores), score, /*descending=*/true);
        order_.store(a_.scratchPart(0), count.get(), order_.make(key, i));
        count.add(a_.i64(1));
      });
    });
    return count.get();
  }

  /// Goes through the candidates by falling score; those that overlap none taken before become
  /// rows.
  void take(llvm::Value *batch, llvm::Value *category, llvm::Value *count) {
    llvm::Value *records = emitMergeSort(a_, order_, a_.scratchPart(0), a_.scratchPart(1), count);
    Cell next(a_, a_.i64(0)), taken(a_, a_.i64(0));
    a_.whileLoop(
        [&] { return b_.CreateAnd(a_.less(next.get(), count), a_.less(taken.get(), maxOutput_)); },
        [&] {
          llvm::Value *index = order_.positionOf(order_.load(records, next.get()));
          Box box = loadBox(a_.add(a_.mul(batch, a_.dim(numBoxes_)), index));
          a_.ifThen(b_.CreateNot(overlapsTaken(box, taken.get())), [&] {
            keep(box, taken.get());
            taken.add(a_.i64(1));
            writeRow(batch, category, index);
          });
          next.add(a_.i64(1));
        });
  }

  void writeRow(llvm::Value *batch, llvm::Value *category, llvm::Value *index) {
    llvm::Value *at = a_.mul(numRows_.get(), a_.i64(3));
    llvm::Value *row[] = {batch, category, index};
    for (auto [column, value] : llvm::enumerate(row))
      a_.storeInt(kRows, a_.add(at, a_.i64(column)), value);
    numRows_.add(a_.i64(1));
  }

  // As std::min and std::max have it: the first where they do not compare.
  llvm::Value *least(llvm::Value *x, llvm::Value *y) {
    return b_.CreateSelect(b_.CreateFCmpOLT(y, x), y, x);
  }
  llvm::Value *most(llvm::Value *x, llvm::Value *y) {
    return b_.CreateSelect(b_.CreateFCmpOLT(x, y), y, x);
  }

  Box loadBox(llvm::Value *index) {
    llvm::Value *v[4];
    for (int64_t i = 0; i < 4; ++i)
      v[i] = a_.load(kBoxes, a_.add(a_.mul(index, a_.i64(4)), a_.i64(i)));
    Box box;
    if (hasOption(a_.kernel(), "center_point_box")) {
      llvm::Value *two = llvm::ConstantFP::get(number_, 2.0);
      llvm::Value *halfWidth = b_.CreateFDiv(v[2], two), *halfHeight = b_.CreateFDiv(v[3], two);
      box = {b_.CreateFSub(v[1], halfHeight), b_.CreateFSub(v[0], halfWidth),
             b_.CreateFAdd(v[1], halfHeight), b_.CreateFAdd(v[0], halfWidth), nullptr};
    } else {
      box = {least(v[0], v[2]), least(v[1], v[3]), most(v[0], v[2]), most(v[1], v[3]), nullptr};
    }
    box.area = b_.CreateFMul(b_.CreateFSub(box.y2, box.y1), b_.CreateFSub(box.x2, box.x1));
    return box;
  }

  llvm::Value *keptNumber(llvm::Value *place, int64_t i) {
    llvm::Value *at = a_.add(a_.mul(place, a_.i64(kBoxNumbers)), a_.i64(i));
    return b_.CreateGEP(number_, a_.scratchPart(2), at);
  }
  void keep(const Box &box, llvm::Value *place) {
    llvm::Value *numbers[] = {box.y1, box.x1, box.y2, box.x2, box.area};
    for (auto [i, value] : llvm::enumerate(numbers)) b_.CreateStore(value, keptNumber(place, i));
  }
  Box kept(llvm::Value *place) {
    auto at = [&](int64_t i) { return b_.CreateLoad(number_, keptNumber(place, i)); };
    return {at(0), at(1), at(2), at(3), at(4)};
  }

  llvm::Value *overlapsTaken(const Box &box, llvm::Value *numTaken) {
    Cell found(a_, b_.getFalse()), i(a_, a_.i64(0));
    a_.whileLoop(
        [&] { return b_.CreateAnd(a_.less(i.get(), numTaken), b_.CreateNot(found.get())); },
        [&] {
          found.set(overlap(kept(i.get()), box));
          i.add(a_.i64(1));
        });
    return found.get();
  }

  /// Whether intersection over union is above the threshold; false for areas that are not positive.
  llvm::Value *overlap(const Box &x, const Box &y) {
    llvm::Value *zero = llvm::ConstantFP::get(number_, 0.0);
    auto positive = [&](llvm::Value *value) { return b_.CreateFCmpOGT(value, zero); };
    llvm::Value *height = b_.CreateFSub(least(x.y2, y.y2), most(x.y1, y.y1));
    llvm::Value *width = b_.CreateFSub(least(x.x2, y.x2), most(x.x1, y.x1));
    llvm::Value *both = b_.CreateFMul(height, width);
    llvm::Value *either = b_.CreateFSub(b_.CreateFAdd(x.area, y.area), both);
    llvm::Value *all = b_.CreateFCmpOGT(b_.CreateFDiv(both, either), iou_);
    for (llvm::Value *value : {height, width, x.area, y.area, either})
      all = b_.CreateAnd(all, positive(value));
    return all;
  }

  Algorithm &a_;
  llvm::IRBuilder<> &b_;
  llvm::Type *number_;
  Dim numBoxes_;
  KeyOrder order_;
  llvm::Value *maxOutput_, *iou_, *score_;
  Cell numRows_;
};

}  // namespace

void emitNonMaxSuppression(Algorithm &a) {
  a.ifThen(a.less(a.beginUnit(), a.endUnit()), [&] { Suppression(a).emit(); });
}

}  // namespace plx::cpu
