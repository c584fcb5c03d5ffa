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
// the layout pass made of weights, or from a panel that the unit copies to scratch first. The whole
// of k is summed in one go, in order, so results do not depend on tiles or threads.
#include "compiler/cpu/Nest.h"
#include "ir/kernel/Contraction.h"
#include "ir/types/Types.h"
#include "llvm/IR/Intrinsics.h"

namespace plx::cpu {

namespace {

class Matmul {
 public:
  Matmul(KernelFuncOp kernel, const Facts &facts, llvm::Module &module, llvm::StringRef name)
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
    for (mlir::Operation &op : kernel.getBody().front())
      if (auto store = mlir::dyn_cast<StoreOp>(op)) {
        stores_.push_back(store);
        roots_.push_back(store.getValue());
      } else if (auto apply = mlir::dyn_cast<ApplyOp>(op)) {
        costly_ |= infoOf(apply.function()).cost == ScalarCost::Transcendental;
      }
    ks_ = namesOf(c_.fold.getVariables());
    kExtents_ = c_.fold.getExtents().dims();
    splitOffsets();
  }

  void run() {
    if (!inPlace_) b_.CreateStore(s_.i64(-1), copied_ = s_.local(b_.getInt64Ty()));
    s_.loop(s_.beginUnit(), s_.endUnit(), 1, [&](llvm::Value *unit) { emitUnit(unit); });
    b_.CreateRetVoid();
  }

 private:
  Dim constant(int64_t value) { return Dim::constant(&context_, value); }
  Dim without(Dim offset, llvm::ArrayRef<mlir::StringAttr> names) {
    return offset.substitute([&](DimAtom symbol) {
      return llvm::is_contained(names, symbol.symbol()) ? constant(0) : Dim();
    });
  }

  /// offset = base + sum of step[i] * k[i], for a and b.
  void splitOffsets() {
    Dim offsetA = c_.a.getIndices()[0];
    baseA_ = without(offsetA, ks_);
    for (mlir::StringAttr k : ks_) stepsA_.push_back(offsetA.splitLinear(k)->first);
    Dim block = Dim::symbol(&context_, "$block"), lane = Dim::symbol(&context_, "$lane");
    std::optional<int64_t> columns = c_.columns.constant();
    std::optional<int64_t> blocks;
    if (columns) blocks = (*columns + width_ - 1) / width_;
    Dim offsetB = splitColumn(c_.b.getIndices()[0], c_.column, block, lane, width_, blocks);
    auto perLane = offsetB.splitLinear("$lane");
    auto perBlock = offsetB.splitLinear("$block");
    inPlace_ = perLane && perLane->first.isConstant(1);
    if (inPlace_) {
      baseB_ = without(perLane->second, ks_);
      for (mlir::StringAttr k : ks_) {
        auto step = offsetB.splitLinear(k);
        inPlace_ &= step.has_value();
        stepsB_.push_back(step ? step->first : constant(0));
      }
    }
    // In a packed panel the step between blocks is not the panel's width; such panels are padded to
    // their width.
    padded_ = inPlace_ && perBlock && !perBlock->first.isConstant(width_);
    if (!inPlace_) {
      stepsB_.assign(ks_.size(), Dim());
      Dim step = constant(width_);
      for (size_t i = ks_.size(); i-- > 0;) {
        stepsB_[i] = step;
        step = step * kExtents_[i];
      }
      baseB_ = constant(0);
    }
  }

  // ---- units and tiles ----

  void emitUnit(llvm::Value *unit) {
    llvm::Value *rows = s_.dim(c_.rows), *columns = s_.dim(c_.columns);
    auto take = [&](llvm::Value *count) {
      llvm::Value *part = b_.CreateURem(unit, count);
      unit = b_.CreateUDiv(unit, count);
      return part;
    };
    auto takeOuter = [&](llvm::function_ref<bool(mlir::StringAttr)> wanted) {
      auto names = namesOf(kernel_.getVariables());
      for (size_t i = names.size(); i-- > 0;)
        if (names[i] != c_.row && names[i] != c_.column && wanted(names[i]))
          s_.setVariable(names[i], take(s_.dim(kernel_.getExtents()[i])));
    };
    std::optional<int64_t> knownRows = c_.rows.constant();
    bool oneChunk = knownRows && *knownRows <= chunk_;
    llvm::Value *chunk = oneChunk ? s_.i64(0) : take(s_.dim(ceilDiv(c_.rows, chunk_)));
    // Units that share a copied panel follow each other.
    auto sharesPanel = [&](mlir::StringAttr name) {
      return !inPlace_ && !c_.b.getIndices()[0].usesSymbol(name);
    };
    takeOuter(sharesPanel);
    llvm::Value *numberOfPanel = unit;
    llvm::Value *panel = take(s_.dim(ceilDiv(c_.columns, width_)));
    takeOuter([&](mlir::StringAttr name) { return !sharesPanel(name); });
    llvm::Value *low = b_.CreateMul(chunk, s_.i64(chunk_));
    llvm::Value *high =
        b_.CreateBinaryIntrinsic(llvm::Intrinsic::smin, rows, b_.CreateAdd(low, s_.i64(chunk_)));
    s_.setVariable(mlir::StringAttr::get(&context_, "$block"), panel);
    firstColumn_ = b_.CreateMul(panel, s_.i64(width_));
    llvm::Value *left = b_.CreateSub(columns, firstColumn_);
    panelB_ = inPlace_ ? b_.CreateGEP(memoryTypeB(), s_.buffer(c_.b.getBuffer()), s_.dim(baseB_))
                       : copiedPanel(numberOfPanel, left);
    std::optional<int64_t> known = c_.columns.constant();
    if (known && *known % width_ == 0) return emitRows(low, high, width_, nullptr);
    if (!known || *known > width_)
      s_.ifThen(b_.CreateICmpSGE(left, s_.i64(width_)),
                [&] { emitRows(low, high, width_, nullptr); });
    s_.ifThen(b_.CreateICmpSLT(left, s_.i64(width_)),
              [&] { emitRows(low, high, known ? *known % width_ : width_, left); });
  }

  /// All row tiles of [low, high) for the panel's first `columns` columns (at most; `left` of them
  /// where not null).
  void emitRows(llvm::Value *low, llvm::Value *high, int64_t columns, llvm::Value *left) {
    int64_t vectors = (columns + lanes_ - 1) / lanes_;
    llvm::SmallVector<llvm::Value *> masks(vectors, nullptr);
    for (int64_t v = 0; v < vectors && left; ++v) {
      bool full = c_.columns.constant() && (v + 1) * lanes_ <= columns;
      if (full) continue;
      llvm::Value *here = b_.CreateBinaryIntrinsic(
          llvm::Intrinsic::smax, b_.CreateSub(left, s_.i64(v * lanes_)), s_.i64(0));
      here = b_.CreateBinaryIntrinsic(llvm::Intrinsic::smin, here, s_.i64(lanes_));
      masks[v] = s_.firstLanes(here, lanes_);
    }
    std::optional<int64_t> known = c_.rows.constant();
    int64_t size = tileRows_;
    llvm::AllocaInst *next = s_.local(b_.getInt64Ty());
    b_.CreateStore(low, next);
    auto tile = [&](int64_t rows, llvm::Value *row) { emitTile(row, rows, masks); };
    llvm::Value *whole = b_.CreateUDiv(b_.CreateSub(high, low), s_.i64(size));
    llvm::Value *end = b_.CreateAdd(low, b_.CreateMul(whole, s_.i64(size)));
    s_.loop(low, end, size, [&](llvm::Value *row) { tile(size, row); });
    if (known) {
      if (int64_t rest = *known % size; rest && (rest + *known / size * size) == *known)
        s_.ifThen(b_.CreateICmpSLT(end, high), [&] { tile(rest, end); });
      return;
    }
    // Any number of rows may remain: tiles of half the size, a quarter, ...
    b_.CreateStore(end, next);
    int64_t half = 1;
    while (half * 2 < size) half *= 2;
    for (; half >= 1; half /= 2) {
      llvm::Value *row = b_.CreateLoad(b_.getInt64Ty(), next);
      llvm::Value *fits = b_.CreateICmpSLE(b_.CreateAdd(row, s_.i64(half)), high);
      s_.ifThen(fits, [&] {
        tile(half, row);
        b_.CreateStore(b_.CreateAdd(row, s_.i64(half)), next);
      });
      if (half == 1) break;
    }
  }

  llvm::Type *memoryTypeB() {
    return inPlace_ ? memoryType(b_.getContext(), c_.b.getType())
                    : memoryType(b_.getContext(), c_.b.getType());
  }
  llvm::Type *vectorType() {
    return llvm::FixedVectorType::get(registerType(b_.getContext(), element_), lanes_);
  }

  /// An operand's register value as the accumulator's type.
  llvm::Value *widen(LoadOp load, llvm::Value *value) {
    if (load.getType() == element_ ||
        value->getType()->getScalarType() == vectorType()->getScalarType())
      return value;
    llvm::Type *type = registerType(b_.getContext(), element_);
    if (value->getType()->isVectorTy()) type = llvm::FixedVectorType::get(type, lanes_);
    return b_.CreateFPCast(value, type);
  }

  void emitTile(llvm::Value *row, int64_t rows, llvm::ArrayRef<llvm::Value *> masks) {
    Scalars::Scope scope(s_);
    int64_t vectors = masks.size();
    // Rows at a constant distance share one address; others have one each.
    llvm::Type *memoryA = memoryType(b_.getContext(), c_.a.getType());
    auto stride = c_.row ? baseA_.splitLinear(c_.row) : std::nullopt;
    std::optional<int64_t> distance = stride ? stride->first.constant() : std::nullopt;
    llvm::SmallVector<llvm::Value *> rowA;
    for (int64_t r = 0; r < (distance ? 1 : rows); ++r) {
      if (c_.row) s_.setVariable(c_.row, b_.CreateAdd(row, s_.i64(r)));
      rowA.push_back(b_.CreateGEP(memoryA, s_.buffer(c_.a.getBuffer()), s_.dim(baseA_)));
    }
    llvm::SmallVector<llvm::AllocaInst *> sums;
    for (int64_t i = 0; i < rows * vectors; ++i) {
      sums.push_back(s_.local(vectorType()));
      b_.CreateStore(llvm::Constant::getNullValue(vectorType()), sums.back());
    }
    sumOverK(0, s_.i64(0), s_.i64(0), [&](llvm::Value *offsetA, llvm::Value *offsetB) {
      llvm::SmallVector<llvm::Value *> columns;
      for (int64_t v = 0; v < vectors; ++v) {
        llvm::Value *p =
            b_.CreateGEP(memoryTypeB(), panelB_, b_.CreateAdd(offsetB, s_.i64(v * lanes_)));
        columns.push_back(widen(
            c_.b, s_.loadAs(c_.b.getType(), p, lanes_, padded_ || !inPlace_ ? nullptr : masks[v])));
      }
      llvm::Value *shared = distance ? b_.CreateGEP(memoryA, rowA[0], offsetA) : nullptr;
      for (int64_t r = 0; r < rows; ++r) {
        llvm::Value *p = shared ? b_.CreateConstGEP1_64(memoryA, shared, r * *distance)
                                : b_.CreateGEP(memoryA, rowA[r], offsetA);
        llvm::Value *a = widen(c_.a, s_.loadAs(c_.a.getType(), p, 1, nullptr));
        llvm::Value *wide = b_.CreateVectorSplat(lanes_, a);
        for (int64_t v = 0; v < vectors; ++v) {
          llvm::AllocaInst *sum = sums[r * vectors + v];
          b_.CreateStore(s_.multiplyAdd(wide, columns[v], b_.CreateLoad(vectorType(), sum)), sum);
        }
        s_.keepOrder();
      }
    });
    if (costly_)
      epilogueInLoops(row, rows, masks, sums);
    else
      epilogueUnrolled(row, rows, masks, sums);
  }

  /// Loops over the fold's variables; body gets the offsets of a and b that they add up to.
  void sumOverK(size_t i, llvm::Value *offsetA, llvm::Value *offsetB,
                llvm::function_ref<void(llvm::Value *, llvm::Value *)> body) {
    if (i == ks_.size()) return body(offsetA, offsetB);
    llvm::Value *stepA = s_.dim(stepsA_[i]), *stepB = s_.dim(stepsB_[i]);
    s_.loop(s_.i64(0), s_.dim(kExtents_[i]), 1, [&](llvm::Value *k) {
      sumOverK(i + 1, b_.CreateAdd(offsetA, b_.CreateMul(k, stepA)),
               b_.CreateAdd(offsetB, b_.CreateMul(k, stepB)), body);
    });
  }

  // ---- epilogues ----

  void storeAt(llvm::Value *sum) {
    Scalars::Scope scope(s_);
    s_.define(c_.fold, sum);
    for (StoreOp store : stores_) s_.emitStore(store);
  }

  /// Emits what the epilogue needs but does not depend on the row.
  void hoistAboveRows() {
    if (!c_.row) return;
    s_.unsetVariable(c_.row);
    s_.hoist(roots_, {});
  }

  void setColumns(int64_t vector, llvm::Value *mask) {
    s_.setLanes(c_.column, b_.CreateAdd(firstColumn_, s_.i64(vector * lanes_)), lanes_, mask);
  }

  /// Cheap epilogues work on the registers; what does not depend on the row (a bias) is loaded once
  /// a column vector.
  void epilogueUnrolled(llvm::Value *row, int64_t rows, llvm::ArrayRef<llvm::Value *> masks,
                        llvm::ArrayRef<llvm::AllocaInst *> sums) {
    int64_t vectors = masks.size();
    for (int64_t v = 0; v < vectors; ++v) {
      Scalars::Scope scope(s_);
      setColumns(v, masks[v]);
      hoistAboveRows();
      for (int64_t r = 0; r < rows; ++r) {
        if (c_.row) s_.setVariable(c_.row, b_.CreateAdd(row, s_.i64(r)));
        storeAt(b_.CreateLoad(vectorType(), sums[r * vectors + v]));
      }
    }
  }

  /// Costly ones work on the tile in memory, hot in L1, in loops: unrolled they would spill and
  /// fill the code cache.
  void epilogueInLoops(llvm::Value *row, int64_t rows, llvm::ArrayRef<llvm::Value *> masks,
                       llvm::ArrayRef<llvm::AllocaInst *> sums) {
    int64_t vectors = masks.size();
    llvm::AllocaInst *tile = s_.local(llvm::ArrayType::get(vectorType(), rows * vectors));
    tile->setAlignment(llvm::Align(64));
    auto at = [&](llvm::Value *i) { return b_.CreateGEP(vectorType(), tile, i); };
    for (int64_t i = 0; i < rows * vectors; ++i)
      b_.CreateStore(b_.CreateLoad(vectorType(), sums[i]), at(s_.i64(i)));
    for (int64_t v = 0; v < vectors; ++v) {
      Scalars::Scope scope(s_);
      setColumns(v, masks[v]);
      hoistAboveRows();
      s_.loop(s_.i64(0), s_.i64(rows), 1, [&](llvm::Value *r) {
        if (c_.row) s_.setVariable(c_.row, b_.CreateAdd(row, r));
        llvm::Value *i = b_.CreateAdd(b_.CreateMul(r, s_.i64(vectors)), s_.i64(v));
        storeAt(b_.CreateLoad(vectorType(), at(i)));
      });
    }
  }

  /// The unit's columns of b in scratch as [k..][width], those beyond the last zero; copied where
  /// the unit before had others.
  llvm::Value *copiedPanel(llvm::Value *number, llvm::Value *left) {
    llvm::Value *panel = s_.scratch();
    llvm::Value *before = b_.CreateLoad(b_.getInt64Ty(), copied_);
    s_.ifThen(b_.CreateICmpNE(before, number), [&] {
      b_.CreateStore(number, copied_);
      std::optional<int64_t> known = c_.columns.constant();
      if (known && *known % width_ == 0) return copyPanel(panel, nullptr);
      s_.ifThen(b_.CreateICmpSGE(left, s_.i64(width_)), [&] { copyPanel(panel, nullptr); });
      s_.ifThen(b_.CreateICmpSLT(left, s_.i64(width_)), [&] { copyPanel(panel, left); });
    });
    return panel;
  }

  /// In the order of b in memory, a vector of columns at a time: their lines stay in the cache
  /// until all of them is read.
  void copyPanel(llvm::Value *panel, llvm::Value *left) {
    Dim offset = c_.b.getIndices()[0];
    auto distance = [&](size_t k) {
      auto step = offset.splitLinear(ks_[k]);
      return std::abs(step ? step->first.constant().value_or(0) : 0);
    };
    llvm::SmallVector<size_t> order(ks_.size());
    for (size_t i = 0; i < order.size(); ++i) order[i] = i;
    llvm::sort(order, [&](size_t a, size_t b) {
      return std::pair(-distance(a), a) < std::pair(-distance(b), b);
    });
    std::function<void(size_t, llvm::Value *)> copy = [&](size_t i, llvm::Value *to) {
      if (i == order.size()) {
        llvm::Value *target = b_.CreateGEP(memoryTypeB(), panel, to);
        return s_.storeAs(c_.b.getType(), s_.emit(c_.b), target, nullptr);
      }
      mlir::StringAttr name = ks_[order[i]];
      llvm::Value *step = s_.dim(stepsB_[order[i]]);
      s_.loop(s_.i64(0), s_.dim(kExtents_[order[i]]), 1, [&](llvm::Value *k) {
        s_.setVariable(name, k);
        copy(i + 1, b_.CreateAdd(to, b_.CreateMul(k, step)));
      });
    };
    for (int64_t v = 0; v < width_; v += lanes_) {
      Scalars::Scope scope(s_);
      llvm::Value *mask = nullptr;
      if (left) {
        llvm::Value *here = b_.CreateBinaryIntrinsic(llvm::Intrinsic::smax,
                                                     b_.CreateSub(left, s_.i64(v)), s_.i64(0));
        mask = s_.firstLanes(b_.CreateBinaryIntrinsic(llvm::Intrinsic::smin, here, s_.i64(lanes_)),
                             lanes_);
      }
      s_.setLanes(c_.column, b_.CreateAdd(firstColumn_, s_.i64(v)), lanes_, mask);
      copy(0, s_.i64(v));
    }
  }

  KernelFuncOp kernel_;
  Contraction c_;
  Scalars s_;
  llvm::IRBuilder<> &b_;
  mlir::MLIRContext &context_;
  int64_t tileRows_, width_, lanes_, chunk_;
  mlir::Type element_;  // accumulated in
  llvm::SmallVector<StoreOp> stores_;
  llvm::SmallVector<mlir::Value> roots_;
  bool costly_ = false;  // the epilogue
  llvm::SmallVector<mlir::StringAttr> ks_;
  llvm::ArrayRef<Dim> kExtents_;
  Dim baseA_, baseB_;
  llvm::SmallVector<Dim> stepsA_, stepsB_;
  bool inPlace_ = false, padded_ = false;
  llvm::Value *panelB_ = nullptr, *firstColumn_ = nullptr;
  llvm::AllocaInst *copied_ = nullptr;  // number of the panel in scratch; -1: none yet
};

}  // namespace

void emitMatmul(KernelFuncOp kernel, const Facts &facts, llvm::Module &module,
                llvm::StringRef name) {
  Matmul(kernel, facts, module, name).run();
}

}  // namespace plx::cpu
