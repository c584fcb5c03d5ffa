// Emits kernels of schedules matmul and conv; how is said in Matmul.cpp.
#ifndef PLEXUS_COMPILER_CPU_MATMUL_EMITTER_H
#define PLEXUS_COMPILER_CPU_MATMUL_EMITTER_H

#include "compiler/cpu/Nest.h"
#include "ir/kernel/Contraction.h"

namespace plx::cpu {

using llvm::Value;

/// One kernel: Matmul.cpp holds units, blocks of terms and tiles, MatmulPanel.cpp what is copied,
/// MatmulEpilogue.cpp what becomes of the sums, MatmulPrefetch.cpp what is asked for early. One
/// use.
class MatmulEmitter {
 public:
  MatmulEmitter(KernelFuncOp kernel, const Facts &facts, llvm::Module &module,
                llvm::StringRef name);
  void run();

 private:
  using Masks = llvm::ArrayRef<Value *>;  // of a tile's vectors of columns; null: all lanes
  using OnTile = llvm::function_ref<void(Value *row, int64_t rows, Masks masks)>;

  Dim constant(int64_t value) { return Dim::constant(&context_, value); }
  Dim without(Dim offset, llvm::ArrayRef<mlir::StringAttr> names);
  void splitOffsets();

  // ---- units ----

  void emitUnit(Value *unit);
  /// Gives the variables outside of row and column their values of the unit; what remains of it.
  Value *takeOuter(Value *unit, bool sharingPanel);
  bool sharesPanel(mlir::StringAttr variable);
  /// All of k at once, or block by block with the sums in scratch memory between.
  void emitWhole(Value *panelNumber);
  void emitInBlocks();
  void addBlock(Value *row, int64_t rows, Masks masks);
  /// Runs body for each block of terms, with firstTerm_, numTerms_ and offsets set.
  void forBlocks(llvm::ArrayRef<size_t> order, Value *offsetA, Value *offsetB,
                 llvm::function_ref<void()> body);
  /// Runs body at each place of the variables inside of a unit, with innerNumber_ set.
  void forInner(llvm::function_ref<void()> body);
  /// Runs body for each of the unit's panels, with what is known of it set.
  void forPanels(llvm::function_ref<void()> body);
  void setPanel(Value *panel);
  Value *innerPlaces();

  // ---- tiles ----

  /// All row tiles of the unit, in a full or partial panel of columns.
  void emitTiles(OnTile tile);
  void emitRows(int64_t columns, Value *left, OnTile tile);
  llvm::SmallVector<Value *> masksOf(int64_t columns, Value *left);
  using Sums = llvm::SmallVector<llvm::AllocaInst *>;
  Sums locals(int64_t count);
  /// sums += products of the block's terms.
  void accumulate(Value *row, int64_t rows, Masks masks, const Sums &sums);
  void addTerm(llvm::ArrayRef<Value *> rowA, std::optional<int64_t> distance, int64_t rows,
               Masks masks, const Sums &sums, Value *offsetA, Value *offsetB);
  /// Loops over the fold's variables from `i` on; body gets the offsets of a and b that they add up
  /// to.
  void sumOverK(size_t i, Value *offsetA, Value *offsetB,
                llvm::function_ref<void(Value *, Value *)> body);
  Value *widen(LoadOp load, Value *value);
  llvm::Type *memoryTypeB() { return memoryType(b_.getContext(), c_.b.getType()); }
  llvm::Type *vectorType() {
    return llvm::FixedVectorType::get(registerType(b_.getContext(), element_), lanes_);
  }

  // ---- sums in scratch memory ----

  /// Vectors of all rows and panels that a unit may have.
  Value *numSums();
  void clearSums();
  /// The first vector of a row.
  Value *sumsOf(Value *row);
  /// Vector v of the r-th row from there.
  Value *sumAt(Value *sums, int64_t r, int64_t v) {
    return b_.CreateConstGEP1_64(vectorType(), sums, r * (width_ / lanes_) + v);
  }
  Value *loadSum(Value *at) { return b_.CreateAlignedLoad(vectorType(), at, alignment()); }
  void storeSum(Value *sum, Value *at) { b_.CreateAlignedStore(sum, at, alignment()); }
  llvm::Align alignment() const { return llvm::Align(bytesOfElement(element_)); }

  // ---- epilogues ----

  void storeAt(Value *sum);
  void hoistAboveRows();
  void setColumns(int64_t vector, Value *mask);
  void finishWhole(Value *row, int64_t rows, Masks masks, const Sums &sums);
  void epilogueUnrolled(Value *row, int64_t rows, Masks masks,
                        llvm::function_ref<Value *(int64_t r, int64_t v)> sum);
  void epilogueInLoops(Value *row, int64_t rows, Masks masks, Value *tile, int64_t vectorsARow);

  // ---- prefetching ----

  void prefetch(Value *at, bool isWritten);
  /// What the next block of terms reads where this one's term is: of b, and of rows side by side.
  void prefetchNextBlock(Value *rowsA, Value *offsetB, int64_t vectors);
  /// The lines that a tile's results go to.
  void prefetchResults(Value *row, int64_t rows, int64_t vectors);

  // ---- copies ----

  /// Where and how a panel is copied: [k..][width] of elements along `along`, beyond the last zero.
  struct Copy {
    LoadOp load;
    mlir::StringAttr along;
    Value *first, *count;  // count null: `width` of them
    int64_t width;
    llvm::ArrayRef<Dim> steps;  // of the copy
    Value *to;
  };
  Value *copiedPanel(Value *number);
  /// The present panel's place among those of a block.
  Value *panelOfBlock();
  void copyPanel(Value *panel);
  void copyRows();
  void copyTileRows(Value *at);
  /// Elements of a copied tile's rows, a term, and of all its terms.
  int64_t rowsWidth() { return llvm::alignTo(tileRows_, lanes_); }
  Value *tileOfRows(Value *row);
  llvm::SmallVector<size_t> farthestFirst(LoadOp load, size_t begin, size_t end);
  void copyOperand(Copy copy);
  /// Elements first, first + 1, .. of one term (`count` of them, or all lanes), to `to`.
  void copyVector(LoadOp load, mlir::StringAttr along, Value *first, Value *count, Value *to);
  void turnSquares(Copy copy, size_t last, Value *at);
  /// Loops over the fold's variables in that order; body gets the place in the copy.
  void overTerms(llvm::ArrayRef<size_t> order, llvm::ArrayRef<Dim> steps, Value *at,
                 llvm::function_ref<void(Value *)> body);
  /// Steps of copies whose terms are `width` elements apart.
  llvm::SmallVector<Dim> stepsOfCopy(int64_t width);

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
  llvm::SmallVector<size_t> blockOrder_;  // of the variables that blocks step over, outermost first
  bool copied_ = false, padded_ = false;
  bool copiesRows_ = false;  // a's, of a block
  Value *scratch_ = nullptr;
  llvm::AllocaInst *panelInScratch_ = nullptr;  // its number; -1: none yet
  // Blocks of terms: fold variable `cut_` in steps of `block_` (0: no blocks), those before it one
  // value at a time.
  size_t cut_ = 0;
  int64_t block_ = 0, panels_ = 1;             // panels: of a unit
  llvm::SmallVector<mlir::StringAttr> inner_;  // outer variables that are loops inside a unit
  // Of the present unit, block and place.
  Value *low_ = nullptr, *high_ = nullptr;  // rows
  Value *panelB_ = nullptr, *firstColumn_ = nullptr, *columnsLeft_ = nullptr;
  Value *firstTerm_ = nullptr, *numTerms_ = nullptr;  // of variable cut_
  Value *offsetA_ = nullptr, *offsetB_ = nullptr;     // of the block's first term
  Value *innerNumber_ = nullptr, *rowsA_ = nullptr;
  Value *firstPanel_ = nullptr, *panelInUnit_ = nullptr;
};

}  // namespace plx::cpu

#endif  // PLEXUS_COMPILER_CPU_MATMUL_EMITTER_H
