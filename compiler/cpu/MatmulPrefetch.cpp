// What a contraction will touch soon and the hardware does not foresee. Measured on a step of
// ResNet-18: gradients of 3x3 weights at 56x56 take 0.85 of the time, convolutions there 0.97.
#include "compiler/cpu/MatmulEmitter.h"
#include "ir/types/Types.h"
#include "llvm/IR/Intrinsics.h"

namespace plx::cpu {

namespace {
// Terms of a sum that take longer than it takes a line to come from memory.
constexpr int64_t kDeep = 128;
}  // namespace

void MatmulEmitter::prefetch(Value *at, bool isWritten) {
  constexpr int kAllLevels = 3, kData = 1;
  b_.CreateIntrinsic(llvm::Intrinsic::prefetch, {at->getType()},
                     {at, b_.getInt32(isWritten), b_.getInt32(kAllLevels), b_.getInt32(kData)});
}

/// Every tile asks for its share again, which costs a load port what the multiply-adds leave idle.
void MatmulEmitter::prefetchNextBlock(Value *rowsA, Value *offsetB, int64_t vectors) {
  size_t last = blockOrder_.back();
  Value *step = s_.i64(last == cut_ ? block_ : 1);
  if (!copied_) {
    Value *next = b_.CreateAdd(offsetB, b_.CreateMul(s_.dim(stepsB_[last]), step));
    for (int64_t v = 0; v < vectors; ++v)
      prefetch(b_.CreateGEP(memoryTypeB(), panelB_, b_.CreateAdd(next, s_.i64(v * lanes_))), false);
  }
  if (!copiesRows_ && rowsA) {
    Value *ahead = b_.CreateMul(s_.dim(stepsA_[last]), step);
    prefetch(b_.CreateGEP(memoryType(b_.getContext(), c_.a.getType()), rowsA, ahead), false);
  }
}

void MatmulEmitter::prefetchResults(Value *row, int64_t rows, int64_t vectors) {
  int64_t depth = 1;
  for (Dim extent : kExtents_)
    if (depth < kDeep) depth *= extent.constant().value_or(1);
  if (depth < kDeep || !c_.row) return;
  for (StoreOp store : stores_) {
    Dim offset = store.getIndices()[0];
    auto perColumn = offset.splitLinear(c_.column), perRow = offset.splitLinear(c_.row);
    std::optional<int64_t> distance = perRow ? perRow->first.constant() : std::nullopt;
    if (!perColumn || !perColumn->first.isConstant(1) || !distance) continue;
    Scalars::Scope scope(s_);
    s_.setVariable(c_.row, row);
    s_.setVariable(c_.column, firstColumn_);
    llvm::Type *memory = memoryType(b_.getContext(), store.getValue().getType());
    Value *first = b_.CreateGEP(memory, s_.buffer(store.getBuffer()), s_.dim(offset));
    for (int64_t r = 0; r < rows; ++r)
      for (int64_t v = 0; v < vectors; ++v)
        prefetch(b_.CreateConstGEP1_64(memory, first, r * *distance + v * lanes_), true);
  }
}

}  // namespace plx::cpu
