// Contractions by register tiles: schedules matmul and conv.
//
//   for unit = (outer.., panel of columns, chunk of rows):
//     for tile of rows in the chunk:
//       acc[rows][vectors] = 0
//       for k..: b[0..vectors) = load; for each row: a = load, broadcast; acc += a * b
//       for each row and vector: epilogue(acc), store
//
// One template serves products of matrices, convolutions (a row is an output pixel, its address
// found by the index map, k runs over the window and the channels) and batched products. Reads of b
// are consecutive in the column: either as it lies, or in panels [column block][k..][columns] that
// the layout pass made of weights, or from a panel that is copied to scratch first. k is summed in
// order, so results do not depend on tiles, blocks or threads.
//
// A long k is cut into blocks of terms, so that what a block reads of a and b stays in the cache
// while all rows of the unit are gone through; their sums wait in scratch memory:
//
//   for unit = (outer.., panel of columns, chunk of rows):
//     sums[inner..][rows of the chunk][columns] = 0
//     for block of k:
//       copy the block's panel of b
//       for inner..: copy the chunk's rows of a; for tile: acc = sums; for k..: as above; sums =
//       acc
//     for inner.., tile: epilogue(sums), store
//
// Rows of a are copied, tile by tile, where each term of k lies in a line of its own: at steps of a
// power of two such lines share a few sets of the cache.
#include "compiler/cpu/MatmulEmitter.h"
#include "ir/types/Types.h"
#include "llvm/IR/Intrinsics.h"

namespace plx::cpu {

MatmulEmitter::MatmulEmitter(KernelFuncOp kernel, const Facts &facts, llvm::Module &module,
                             llvm::StringRef name)
    : kernel_(kernel),
      c_(*findContraction(kernel)),
      s_(kernel, facts, module, name),
      b_(s_.builder()),
      context_(*kernel.getContext()) {
  auto tile = kernel->getAttrOfType<mlir::DenseI64ArrayAttr>("tile");
  tileRows_ = tile[0];
  width_ = tile[1];
  element_ = c_.fold.getValue().getType();
  lanes_ = facts.vectorBytes / bytesOfElement(element_);
  chunk_ = kernel->getAttrOfType<mlir::IntegerAttr>("chunk").getInt();
  copied_ = kernel->hasAttr("copied");
  copiesRows_ = kernel->hasAttr("copied_rows");
  for (mlir::Operation &op : kernel.getBody().front())
    if (auto store = mlir::dyn_cast<StoreOp>(op)) {
      stores_.push_back(store);
      roots_.push_back(store.getValue());
    } else if (auto apply = mlir::dyn_cast<ApplyOp>(op)) {
      costly_ |= infoOf(apply.function()).cost == ScalarCost::Transcendental;
    }
  ks_ = namesOf(c_.fold.getVariables());
  kExtents_ = c_.fold.getExtents().dims();
  if (auto terms = kernel->getAttrOfType<mlir::DenseI64ArrayAttr>("terms")) {
    cut_ = terms[0];
    block_ = terms[1];
  }
  // Blocks step over k in order, but where b is copied as its terms lie in memory: the taps of a
  // convolution lie inside of the channels.
  blockOrder_ =
      copied_ ? farthestFirst(c_.b, 0, cut_ + 1) : llvm::to_vector(llvm::seq<size_t>(0, cut_ + 1));
  if (auto panels = kernel->getAttrOfType<mlir::IntegerAttr>("panels")) panels_ = panels.getInt();
  if (auto inner = kernel->getAttrOfType<mlir::ArrayAttr>("inner")) inner_ = namesOf(inner);
  splitOffsets();
}

Dim MatmulEmitter::without(Dim offset, llvm::ArrayRef<mlir::StringAttr> names) {
  return offset.substitute([&](DimAtom symbol) {
    return llvm::is_contained(names, symbol.symbol()) ? constant(0) : Dim();
  });
}

/// offset = base + sum of step[i] * k[i], for a and b.
void MatmulEmitter::splitOffsets() {
  Dim offsetA = c_.a.getIndices()[0];
  baseA_ = without(offsetA, ks_);
  for (mlir::StringAttr k : ks_) stepsA_.push_back(offsetA.splitLinear(k)->first);
  if (copiesRows_) stepsA_ = stepsOfCopy(rowsWidth());
  if (copied_) {
    stepsB_ = stepsOfCopy(width_);
    return;
  }
  Dim block = Dim::symbol(&context_, "$block"), lane = Dim::symbol(&context_, "$lane");
  std::optional<int64_t> columns = c_.columns.constant(), blocks;
  if (columns) blocks = (*columns + width_ - 1) / width_;
  Dim offsetB = splitColumn(c_.b.getIndices()[0], c_.column, block, lane, width_, blocks);
  auto perBlock = offsetB.splitLinear("$block");
  baseB_ = without(offsetB.splitLinear("$lane")->second, ks_);
  for (mlir::StringAttr k : ks_) stepsB_.push_back(offsetB.splitLinear(k)->first);
  // In a packed panel the step between blocks is not the panel's width; such panels are padded to
  // their width.
  padded_ = perBlock && !perBlock->first.isConstant(width_);
}

void MatmulEmitter::run() {
  if (copied_ || block_) scratch_ = s_.scratch();
  if (copied_ && !block_) b_.CreateStore(s_.i64(-1), panelInScratch_ = s_.local(b_.getInt64Ty()));
  s_.loop(s_.beginUnit(), s_.endUnit(), 1, [&](Value *unit) { emitUnit(unit); });
  b_.CreateRetVoid();
}

// ---- units --------------------------------------------------------------------------------------

bool MatmulEmitter::sharesPanel(mlir::StringAttr variable) {
  return copied_ && !c_.b.getIndices()[0].usesSymbol(variable);
}

Value *MatmulEmitter::takeOuter(Value *unit, bool sharingPanel) {
  auto names = namesOf(kernel_.getVariables());
  for (size_t i = names.size(); i-- > 0;) {
    if (names[i] == c_.row || names[i] == c_.column || llvm::is_contained(inner_, names[i]) ||
        sharesPanel(names[i]) != sharingPanel)
      continue;
    Value *extent = s_.dim(kernel_.getExtents()[i]);
    s_.setVariable(names[i], b_.CreateURem(unit, extent));
    unit = b_.CreateUDiv(unit, extent);
  }
  return unit;
}

void MatmulEmitter::emitUnit(Value *unit) {
  Value *chunk = s_.i64(0);
  std::optional<int64_t> knownRows = c_.rows.constant();
  if (!knownRows || *knownRows > chunk_) {
    Value *chunks = s_.dim(ceilDiv(c_.rows, chunk_));
    chunk = b_.CreateURem(unit, chunks);
    unit = b_.CreateUDiv(unit, chunks);
  }
  // Units that share a copied panel follow each other.
  Value *panelNumber = takeOuter(unit, /*sharingPanel=*/true);
  Value *groups = s_.dim(ceilDiv(ceilDiv(c_.columns, width_), panels_));
  Value *group = b_.CreateURem(panelNumber, groups);
  takeOuter(b_.CreateUDiv(panelNumber, groups), /*sharingPanel=*/false);
  low_ = b_.CreateMul(chunk, s_.i64(chunk_));
  high_ = b_.CreateBinaryIntrinsic(llvm::Intrinsic::smin, s_.dim(c_.rows),
                                   b_.CreateAdd(low_, s_.i64(chunk_)));
  firstPanel_ = b_.CreateMul(group, s_.i64(panels_));
  if (block_) return emitInBlocks();
  setPanel(firstPanel_);
  emitWhole(panelNumber);
}

void MatmulEmitter::setPanel(Value *panel) {
  s_.setVariable(mlir::StringAttr::get(&context_, "$block"), panel);
  firstColumn_ = b_.CreateMul(panel, s_.i64(width_));
  columnsLeft_ = b_.CreateSub(s_.dim(c_.columns), firstColumn_);
  if (!copied_) panelB_ = b_.CreateGEP(memoryTypeB(), s_.buffer(c_.b.getBuffer()), s_.dim(baseB_));
}

void MatmulEmitter::emitWhole(Value *panelNumber) {
  firstTerm_ = offsetA_ = offsetB_ = s_.i64(0);
  numTerms_ = s_.dim(kExtents_[0]);
  if (copied_) panelB_ = copiedPanel(panelNumber);
  emitTiles([&](Value *row, int64_t rows, Masks masks) {
    Sums sums = locals(rows * masks.size());
    for (llvm::AllocaInst *sum : sums)
      b_.CreateStore(llvm::Constant::getNullValue(vectorType()), sum);
    prefetchResults(row, rows, static_cast<int64_t>(masks.size()));
    accumulate(row, rows, masks, sums);
    finishWhole(row, rows, masks, sums);
  });
}

void MatmulEmitter::emitInBlocks() {
  clearSums();
  forBlocks(blockOrder_, s_.i64(0), s_.i64(0), [&] {
    if (copied_) forPanels([&] { copyPanel(panelOfBlock()); });
    forInner([&] {
      if (copiesRows_) copyRows();
      forPanels([&] {
        if (copied_) panelB_ = panelOfBlock();
        emitTiles([&](Value *row, int64_t rows, Masks masks) { addBlock(row, rows, masks); });
      });
    });
  });
  forInner([&] {
    forPanels([&] {
      emitTiles([&](Value *row, int64_t rows, Masks masks) {
        Value *sums = sumsOf(row);
        if (costly_) return epilogueInLoops(row, rows, masks, sums, width_ / lanes_);
        epilogueUnrolled(row, rows, masks,
                         [&](int64_t r, int64_t v) { return loadSum(sumAt(sums, r, v)); });
      });
    });
  });
}

/// The tile's sums from memory and back.
void MatmulEmitter::addBlock(Value *row, int64_t rows, Masks masks) {
  auto vectors = static_cast<int64_t>(masks.size());
  Sums sums = locals(rows * vectors);
  Value *kept = sumsOf(row);
  for (int64_t i = 0; i < rows * vectors; ++i)
    b_.CreateStore(loadSum(sumAt(kept, i / vectors, i % vectors)), sums[i]);
  accumulate(row, rows, masks, sums);
  for (int64_t i = 0; i < rows * vectors; ++i)
    storeSum(b_.CreateLoad(vectorType(), sums[i]), sumAt(kept, i / vectors, i % vectors));
}

void MatmulEmitter::forBlocks(llvm::ArrayRef<size_t> order, Value *offsetA, Value *offsetB,
                              llvm::function_ref<void()> body) {
  if (order.empty()) {
    offsetA_ = offsetA;
    offsetB_ = offsetB;
    return body();
  }
  Scalars::Scope scope(s_);
  size_t i = order.front();
  bool isCut = i == cut_;
  Value *extent = s_.dim(kExtents_[i]);
  Value *stepA = copiesRows_ ? s_.i64(0) : s_.dim(stepsA_[i]);
  Value *stepB = copied_ ? s_.i64(0) : s_.dim(stepsB_[i]);
  s_.loop(s_.i64(0), extent, isCut ? block_ : 1, [&](Value *k) {
    s_.setVariable(ks_[i], k);
    if (isCut) {
      firstTerm_ = k;
      numTerms_ =
          b_.CreateBinaryIntrinsic(llvm::Intrinsic::smin, b_.CreateSub(extent, k), s_.i64(block_));
    }
    forBlocks(order.drop_front(), b_.CreateAdd(offsetA, b_.CreateMul(k, stepA)),
              b_.CreateAdd(offsetB, b_.CreateMul(k, stepB)), body);
  });
}

void MatmulEmitter::forPanels(llvm::function_ref<void()> body) {
  Scalars::Scope scope(s_);
  Value *left = b_.CreateSub(s_.dim(ceilDiv(c_.columns, width_)), firstPanel_);
  Value *count = b_.CreateBinaryIntrinsic(llvm::Intrinsic::smin, left, s_.i64(panels_));
  s_.loop(s_.i64(0), count, 1, [&](Value *panel) {
    panelInUnit_ = panel;
    setPanel(b_.CreateAdd(firstPanel_, panel));
    body();
  });
}

void MatmulEmitter::forInner(llvm::function_ref<void()> body) {
  Scalars::Scope scope(s_);
  std::function<void(size_t, Value *)> loops = [&](size_t i, Value *number) {
    if (i == inner_.size()) {
      innerNumber_ = number;
      return body();
    }
    auto names = namesOf(kernel_.getVariables());
    Value *extent = s_.dim(kernel_.getExtents()[llvm::find(names, inner_[i]) - names.begin()]);
    s_.loop(s_.i64(0), extent, 1, [&](Value *index) {
      s_.setVariable(inner_[i], index);
      loops(i + 1, b_.CreateAdd(b_.CreateMul(number, extent), index));
    });
  };
  loops(0, s_.i64(0));
}

// ---- tiles --------------------------------------------------------------------------------------

void MatmulEmitter::emitTiles(OnTile tile) {
  std::optional<int64_t> known = c_.columns.constant();
  if (known && *known % width_ == 0) return emitRows(width_, nullptr, tile);
  Value *isWhole = b_.CreateICmpSGE(columnsLeft_, s_.i64(width_));
  if (!known || *known > width_) s_.ifThen(isWhole, [&] { emitRows(width_, nullptr, tile); });
  s_.ifThen(b_.CreateNot(isWhole),
            [&] { emitRows(known ? *known % width_ : width_, columnsLeft_, tile); });
}

llvm::SmallVector<Value *> MatmulEmitter::masksOf(int64_t columns, Value *left) {
  llvm::SmallVector<Value *> masks((columns + lanes_ - 1) / lanes_, nullptr);
  for (auto [v, mask] : llvm::enumerate(masks)) {
    bool isFull = c_.columns.constant() && static_cast<int64_t>(v + 1) * lanes_ <= columns;
    if (!left || isFull) continue;
    Value *here = b_.CreateSub(left, s_.i64(v * lanes_));
    here = b_.CreateBinaryIntrinsic(llvm::Intrinsic::smax, here, s_.i64(0));
    here = b_.CreateBinaryIntrinsic(llvm::Intrinsic::smin, here, s_.i64(lanes_));
    mask = s_.firstLanes(here, lanes_);
  }
  return masks;
}

/// All row tiles of the chunk for the panel's first `columns` columns (at most; `left` of them
/// where not null).
void MatmulEmitter::emitRows(int64_t columns, Value *left, OnTile tile) {
  llvm::SmallVector<Value *> masks = masksOf(columns, left);
  std::optional<int64_t> known = c_.rows.constant();
  int64_t size = tileRows_;
  Value *whole = b_.CreateUDiv(b_.CreateSub(high_, low_), s_.i64(size));
  Value *end = b_.CreateAdd(low_, b_.CreateMul(whole, s_.i64(size)));
  s_.loop(low_, end, size, [&](Value *row) { tile(row, size, masks); });
  if (known) {
    if (int64_t rest = *known % size; rest && (rest + *known / size * size) == *known)
      s_.ifThen(b_.CreateICmpSLT(end, high_), [&] { tile(end, rest, masks); });
    return;
  }
  // Any number of rows may remain: tiles of half the size, a quarter, ...
  llvm::AllocaInst *next = s_.local(b_.getInt64Ty());
  b_.CreateStore(end, next);
  int64_t half = 1;
  while (half * 2 < size) half *= 2;
  for (; half >= 1; half /= 2) {
    Value *row = b_.CreateLoad(b_.getInt64Ty(), next);
    Value *fits = b_.CreateICmpSLE(b_.CreateAdd(row, s_.i64(half)), high_);
    s_.ifThen(fits, [&] {
      tile(row, half, masks);
      b_.CreateStore(b_.CreateAdd(row, s_.i64(half)), next);
    });
    if (half == 1) break;
  }
}

MatmulEmitter::Sums MatmulEmitter::locals(int64_t count) {
  Sums sums;
  for (int64_t i = 0; i < count; ++i) sums.push_back(s_.local(vectorType()));
  return sums;
}

/// An operand's register value as the accumulator's type.
Value *MatmulEmitter::widen(LoadOp load, Value *value) {
  if (load.getType() == element_ ||
      value->getType()->getScalarType() == vectorType()->getScalarType())
    return value;
  llvm::Type *type = registerType(b_.getContext(), element_);
  if (value->getType()->isVectorTy()) type = llvm::FixedVectorType::get(type, lanes_);
  return b_.CreateFPCast(value, type);
}

void MatmulEmitter::accumulate(Value *row, int64_t rows, Masks masks, const Sums &sums) {
  Scalars::Scope scope(s_);
  // Rows at a constant distance share one address; others have one each.
  llvm::Type *memoryA = memoryType(b_.getContext(), c_.a.getType());
  auto stride = c_.row ? baseA_.splitLinear(c_.row) : std::nullopt;
  std::optional<int64_t> distance = stride ? stride->first.constant() : std::nullopt;
  llvm::SmallVector<Value *> rowA;
  if (copiesRows_) rowA.push_back(tileOfRows(row));
  for (int64_t r = 0; r < (copiesRows_ ? 0 : distance ? 1 : rows); ++r) {
    if (c_.row) s_.setVariable(c_.row, b_.CreateAdd(row, s_.i64(r)));
    rowA.push_back(b_.CreateGEP(memoryA, s_.buffer(c_.a.getBuffer()), s_.dim(baseA_)));
  }
  sumOverK(cut_, offsetA_, copied_ ? s_.i64(0) : offsetB_, [&](Value *offsetA, Value *offsetB) {
    addTerm(rowA, distance, rows, masks, sums, offsetA, offsetB);
  });
}

void MatmulEmitter::addTerm(llvm::ArrayRef<Value *> rowA, std::optional<int64_t> distance,
                            int64_t rows, Masks masks, const Sums &sums, Value *offsetA,
                            Value *offsetB) {
  auto vectors = static_cast<int64_t>(masks.size());
  llvm::Type *memoryA = memoryType(b_.getContext(), c_.a.getType());
  llvm::SmallVector<Value *> columns;
  for (int64_t v = 0; v < vectors; ++v) {
    Value *p = b_.CreateGEP(memoryTypeB(), panelB_, b_.CreateAdd(offsetB, s_.i64(v * lanes_)));
    Value *mask = padded_ || copied_ ? nullptr : masks[v];
    columns.push_back(widen(c_.b, s_.loadAs(c_.b.getType(), p, lanes_, mask)));
  }
  Value *shared = distance ? b_.CreateGEP(memoryA, rowA[0], offsetA) : nullptr;
  if (block_) prefetchNextBlock(distance == 1 ? shared : nullptr, offsetB, vectors);
  for (int64_t r = 0; r < rows; ++r) {
    Value *p = shared ? b_.CreateConstGEP1_64(memoryA, shared, r * *distance)
                      : b_.CreateGEP(memoryA, rowA[r], offsetA);
    Value *a = widen(c_.a, s_.loadAs(c_.a.getType(), p, 1, nullptr));
    Value *wide = b_.CreateVectorSplat(lanes_, a);
    for (int64_t v = 0; v < vectors; ++v) {
      llvm::AllocaInst *sum = sums[r * vectors + v];
      b_.CreateStore(s_.multiplyAdd(wide, columns[v], b_.CreateLoad(vectorType(), sum)), sum);
    }
    s_.keepOrder();
  }
}

void MatmulEmitter::sumOverK(size_t i, Value *offsetA, Value *offsetB,
                             llvm::function_ref<void(Value *, Value *)> body) {
  if (i == ks_.size()) return body(offsetA, offsetB);
  Value *stepA = s_.dim(stepsA_[i]), *stepB = s_.dim(stepsB_[i]);
  Value *count = i == cut_ ? numTerms_ : s_.dim(kExtents_[i]);
  s_.loop(s_.i64(0), count, 1, [&](Value *k) {
    sumOverK(i + 1, b_.CreateAdd(offsetA, b_.CreateMul(k, stepA)),
             b_.CreateAdd(offsetB, b_.CreateMul(k, stepB)), body);
  });
}

void emitMatmul(KernelFuncOp kernel, const Facts &facts, llvm::Module &module,
                llvm::StringRef name) {
  MatmulEmitter(kernel, facts, module, name).run();
}

}  // namespace plx::cpu
