// scatter: each unit is a coordinate of the operand along one axis. It copies that part of the
// operand, then goes through all updates in row-major order and applies those that fall into it; so
// an element's updates are combined in that order whatever the cut.
//
// Loops stand in row-major order of the updates: kept axes before `position`, index positions, kept
// axes after it.
#include "compiler/cpu/Algorithm.h"
#include "compiler/cpu/Irregular.h"
#include "ir/kernel/IrregularPlan.h"
#include "ir/types/Types.h"

namespace plx::cpu {

namespace {

enum Buffer : unsigned { kOperand, kUpdates, kFirstIndices };

class Scatter {
 public:
  explicit Scatter(Algorithm &a);
  void emit();

 private:
  void copyOperand();
  void applyUpdates();
  void loopKept(size_t begin, size_t end, llvm::Value *offset, llvm::Value *update,
                llvm::function_ref<void(llvm::Value *offset, llvm::Value *update)> body);
  void atIndices(llvm::Value *j, llvm::Value *offset,
                 llvm::function_ref<void(llvm::Value *offset)> body);
  void combineRun(llvm::Value *to, llvm::Value *from, llvm::Value *count);
  void combineLanes(llvm::Value *to, llvm::Value *from, unsigned lanes);
  bool endsInRun() const;
  Dim stride(int64_t axis) const { return LineDims(a_.type(kOperand), axis).inner; }
  llvm::Value *begin(int64_t axis) { return axis == unitAxis_ ? first_ : a_.i64(0); }
  llvm::Value *end(int64_t axis) {
    return axis == unitAxis_ ? last_ : a_.dim(dimOf(a_.type(kOperand), axis));
  }
  unsigned result() const { return kFirstIndices + axes_.size(); }

  Algorithm &a_;
  llvm::IRBuilder<> &b_;
  std::optional<FoldKind> combiner_;
  llvm::ArrayRef<int64_t> axes_;
  int64_t position_, unitAxis_;
  llvm::SmallVector<int64_t> kept_;
  int64_t rank_, indexRank_;
  llvm::Value *first_ = nullptr, *last_ = nullptr;  // coordinates along unitAxis_ to write
};

Scatter::Scatter(Algorithm &a) : a_(a), b_(a.builder()) {
  mlir::DictionaryAttr options = a.kernel().getOptions();
  combiner_ = foldKindNamed(options.getAs<mlir::StringAttr>("combine").getValue());
  axes_ = options.getAs<mlir::DenseI64ArrayAttr>("axes").asArrayRef();
  position_ = intOption(a.kernel(), "position");
  unitAxis_ = scatterUnitAxis(a.kernel());
  rank_ = a.type(kOperand).getRank();
  indexRank_ = a.type(kFirstIndices).getRank();
  for (int64_t axis = 0; axis < rank_; ++axis)
    if (!llvm::is_contained(axes_, axis)) kept_.push_back(axis);
}

void Scatter::emit() {
  // The launch has one unit at least, also where there are no coordinates.
  first_ = a_.beginUnit();
  last_ = a_.smaller(a_.endUnit(), a_.dim(dimOf(a_.type(kOperand), unitAxis_)));
  a_.ifThen(a_.less(a_.beginUnit(), a_.endUnit()), [&] {
    copyOperand();
    llvm::Value *numUpdates = a_.dim(numElements(a_.type(kUpdates)));
    a_.ifThen(a_.less(a_.i64(0), numUpdates), [&] { applyUpdates(); });
  });
}

void Scatter::copyOperand() {
  LineDims lines(a_.type(kOperand), unitAxis_);
  llvm::Value *inner = a_.dim(lines.inner), *count = a_.sub(last_, first_);
  // The memory plan may have made operand and result one.
  llvm::Value *differ =
      b_.CreateICmpNE(a_.address(result(), a_.i64(0)), a_.address(kOperand, a_.i64(0)));
  a_.ifThen(b_.CreateAnd(differ, a_.less(a_.i64(0), count)), [&] {
    a_.loop(a_.i64(0), a_.dim(lines.outer), 1, [&](llvm::Value *outer) {
      llvm::Value *line = a_.add(a_.mul(outer, a_.dim(lines.size)), first_);
      llvm::Value *at = a_.mul(line, inner);
      a_.copyElements(result(), at, kOperand, at, a_.mul(count, inner));
    });
  });
}

/// Loops over kept axes [begin, end) of kept_: `offset` goes through the operand, `update` through
/// the updates.
void Scatter::loopKept(size_t begin, size_t end, llvm::Value *offset, llvm::Value *update,
                       llvm::function_ref<void(llvm::Value *, llvm::Value *)> body) {
  if (begin == end) return body(offset, update);
  int64_t axis = kept_[begin];
  int64_t dim = static_cast<int64_t>(begin) < position_ ? begin : begin + indexRank_;
  Dim updateStride = LineDims(a_.type(kUpdates), dim).inner;
  a_.loop(this->begin(axis), this->end(axis), 1, [&](llvm::Value *i) {
    loopKept(begin + 1, end, a_.add(offset, a_.mul(i, a_.dim(stride(axis)))),
             a_.add(update, a_.mul(i, a_.dim(updateStride))), body);
  });
}

/// body with the offset that the indices at j add, where all are in range and in this unit's part.
void Scatter::atIndices(llvm::Value *j, llvm::Value *offset,
                        llvm::function_ref<void(llvm::Value *)> body) {
  llvm::Value *good = b_.getTrue(), *mine = b_.getTrue();
  for (auto [m, axis] : llvm::enumerate(axes_)) {
    bool isUnsigned = a_.element(kFirstIndices + m).isUnsignedInteger();
    llvm::Value *raw = a_.load(kFirstIndices + m, j);
    llvm::Value *index =
        isUnsigned ? b_.CreateZExt(raw, b_.getInt64Ty()) : b_.CreateSExt(raw, b_.getInt64Ty());
    llvm::Value *size = a_.dim(dimOf(a_.type(kOperand), axis)), *wrapped = index;
    if (!isUnsigned)
      wrapped = b_.CreateSelect(a_.less(index, a_.i64(0)), a_.add(index, size), index);
    llvm::Value *bad = b_.CreateICmpUGE(wrapped, size);
    llvm::Value *lowest = isUnsigned ? a_.i64(0) : b_.CreateNeg(size);
    a_.failIf(b_.CreateAnd(good, bad), kIndexFault, index, lowest, a_.sub(size, a_.i64(1)));
    good = b_.CreateAnd(good, b_.CreateNot(bad));
    if (axis == unitAxis_)
      mine = b_.CreateAnd(b_.CreateICmpSGE(wrapped, first_), a_.less(wrapped, last_));
    offset = a_.add(offset, a_.mul(wrapped, a_.dim(stride(axis))));
  }
  a_.ifThen(b_.CreateAnd(good, mine), [&] { body(offset); });
}

/// Whether the last kept axis is the last of operand and updates alike, and no unit axis: a run of
/// neighbours.
bool Scatter::endsInRun() const {
  return static_cast<int64_t>(kept_.size()) > position_ && kept_.back() == rank_ - 1 &&
         kept_.back() != unitAxis_;
}

void Scatter::applyUpdates() {
  Dim numIndices = numElements(a_.type(kFirstIndices));
  // Elements of the updates from one index position to the next.
  Dim updateStride = Dim::constant(a_.kernel().getContext(), 1);
  for (size_t i = position_; i < kept_.size(); ++i)
    updateStride = updateStride * dimOf(a_.type(kOperand), kept_[i]);
  size_t end = kept_.size() - (endsInRun() ? 1 : 0);
  loopKept(0, position_, a_.i64(0), a_.i64(0), [&](llvm::Value *outer, llvm::Value *outerUpdate) {
    a_.loop(a_.i64(0), a_.dim(numIndices), 1, [&](llvm::Value *j) {
      atIndices(j, outer, [&](llvm::Value *offset) {
        llvm::Value *update = a_.add(outerUpdate, a_.mul(j, a_.dim(updateStride)));
        loopKept(position_, end, offset, update, [&](llvm::Value *to, llvm::Value *from) {
          llvm::Value *count = endsInRun() ? this->end(kept_.back()) : a_.i64(1);
          combineRun(to, from, count);
        });
      });
    });
  });
}

/// Combines `count` neighbours from the updates into the result: vectors first, then one by one.
void Scatter::combineRun(llvm::Value *to, llvm::Value *from, llvm::Value *count) {
  mlir::Type element = a_.element(kOperand);
  if (!endsInRun()) return combineLanes(to, from, 1);
  if (!combiner_) return a_.copyElements(result(), to, kUpdates, from, count);
  int64_t registerBits = registerType(b_.getContext(), element)->getScalarSizeInBits();
  int64_t lanes =
      std::max<int64_t>(1, 8 * a_.facts().vectorBytes / std::max<int64_t>(8, registerBits));
  llvm::Value *whole = a_.mul(b_.CreateUDiv(count, a_.i64(lanes)), a_.i64(lanes));
  a_.loop(a_.i64(0), whole, lanes,
          [&](llvm::Value *i) { combineLanes(a_.add(to, i), a_.add(from, i), lanes); });
  a_.loop(whole, count, 1,
          [&](llvm::Value *i) { combineLanes(a_.add(to, i), a_.add(from, i), 1); });
}

void Scatter::combineLanes(llvm::Value *to, llvm::Value *from, unsigned lanes) {
  if (!combiner_) return a_.copyElement(result(), to, kUpdates, from);
  mlir::Type element = a_.element(kOperand);
  llvm::Value *place = a_.address(result(), to);
  llvm::Value *old = a_.loadAs(element, place, lanes, nullptr);
  llvm::Value *update = a_.loadAs(element, a_.address(kUpdates, from), lanes, nullptr);
  a_.storeAs(element, a_.combine(*combiner_, element, old, update), place, nullptr);
}

}  // namespace

void emitScatter(Algorithm &a) { Scatter(a).emit(); }

}  // namespace plx::cpu
