// What becomes of a contraction's sums: the epilogue and the store, from registers or memory.
#include "compiler/cpu/MatmulEmitter.h"

namespace plx::cpu {

// ---- sums in scratch memory ---------------------------------------------------------------------

Value *MatmulEmitter::innerPlaces() {
  Value *places = s_.i64(1);
  auto names = namesOf(kernel_.getVariables());
  for (mlir::StringAttr name : inner_) {
    Dim extent = kernel_.getExtents()[llvm::find(names, name) - names.begin()];
    places = b_.CreateMul(places, s_.dim(extent));
  }
  return places;
}

Value *MatmulEmitter::numSums() {
  return b_.CreateMul(innerPlaces(), s_.i64(panels_ * chunk_ * (width_ / lanes_)));
}

void MatmulEmitter::clearSums() {
  s_.loop(s_.i64(0), numSums(), 1, [&](Value *i) {
    storeSum(llvm::Constant::getNullValue(vectorType()), b_.CreateGEP(vectorType(), scratch_, i));
  });
}

Value *MatmulEmitter::sumsOf(Value *row) {
  Value *place = b_.CreateAdd(b_.CreateMul(panelInUnit_, innerPlaces()), innerNumber_);
  Value *number = b_.CreateAdd(b_.CreateMul(place, s_.i64(chunk_)), b_.CreateSub(row, low_));
  return b_.CreateGEP(vectorType(), scratch_, b_.CreateMul(number, s_.i64(width_ / lanes_)));
}

// ---- epilogues ----------------------------------------------------------------------------------

void MatmulEmitter::storeAt(Value *sum) {
  Scalars::Scope scope(s_);
  s_.define(c_.fold, sum);
  for (StoreOp store : stores_) s_.emitStore(store);
}

/// Emits what the epilogue needs but does not depend on the row.
void MatmulEmitter::hoistAboveRows() {
  if (!c_.row) return;
  s_.unsetVariable(c_.row);
  s_.hoist(roots_, {});
}

void MatmulEmitter::setColumns(int64_t vector, Value *mask) {
  s_.setLanes(c_.column, b_.CreateAdd(firstColumn_, s_.i64(vector * lanes_)), lanes_, mask);
}

void MatmulEmitter::finishWhole(Value *row, int64_t rows, Masks masks, const Sums &sums) {
  auto vectors = static_cast<int64_t>(masks.size());
  if (!costly_)
    return epilogueUnrolled(row, rows, masks, [&](int64_t r, int64_t v) {
      return b_.CreateLoad(vectorType(), sums[r * vectors + v]);
    });
  llvm::AllocaInst *tile = s_.local(llvm::ArrayType::get(vectorType(), rows * vectors));
  tile->setAlignment(llvm::Align(64));
  for (int64_t i = 0; i < rows * vectors; ++i)
    storeSum(b_.CreateLoad(vectorType(), sums[i]), b_.CreateConstGEP1_64(vectorType(), tile, i));
  epilogueInLoops(row, rows, masks, tile, vectors);
}

/// Cheap epilogues work on the registers; what does not depend on the row (a bias) is loaded once
/// a column vector.
void MatmulEmitter::epilogueUnrolled(Value *row, int64_t rows, Masks masks,
                                     llvm::function_ref<Value *(int64_t r, int64_t v)> sum) {
  for (auto [v, mask] : llvm::enumerate(masks)) {
    Scalars::Scope scope(s_);
    setColumns(v, mask);
    hoistAboveRows();
    for (int64_t r = 0; r < rows; ++r) {
      if (c_.row) s_.setVariable(c_.row, b_.CreateAdd(row, s_.i64(r)));
      storeAt(sum(r, v));
    }
  }
}

/// Costly ones work on the tile in memory, hot in L1, in loops: unrolled they would spill and
/// fill the code cache.
void MatmulEmitter::epilogueInLoops(Value *row, int64_t rows, Masks masks, Value *tile,
                                    int64_t vectorsARow) {
  for (auto [v, mask] : llvm::enumerate(masks)) {
    Scalars::Scope scope(s_);
    setColumns(v, mask);
    hoistAboveRows();
    s_.loop(s_.i64(0), s_.i64(rows), 1, [&](Value *r) {
      if (c_.row) s_.setVariable(c_.row, b_.CreateAdd(row, r));
      Value *i = b_.CreateAdd(b_.CreateMul(r, s_.i64(vectorsARow)), s_.i64(v));
      storeAt(loadSum(b_.CreateGEP(vectorType(), tile, i)));
    });
  }
}

}  // namespace plx::cpu
