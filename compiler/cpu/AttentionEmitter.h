// Emits kernels of schedule attention; how is said in Attention.cpp.
#ifndef PLEXUS_COMPILER_CPU_ATTENTION_EMITTER_H
#define PLEXUS_COMPILER_CPU_ATTENTION_EMITTER_H

#include "compiler/cpu/Nest.h"
#include "ir/kernel/Attention.h"

namespace plx::cpu {

using llvm::Value;

/// Rows of an operand in memory, or of a copy: element (row, i) lies at base + row * stride + i *
/// step.
struct Rows {
  mlir::Type element;
  Value *base = nullptr, *stride = nullptr, *step = nullptr;
};

/// One kernel: Attention.cpp holds units, operands and the epilogue, AttentionBlock.cpp what
/// happens over a block of keys. One use.
class AttentionEmitter {
 public:
  AttentionEmitter(KernelFuncOp kernel, const Facts &facts, llvm::Module &module,
                   llvm::StringRef name);
  void run();

 private:
  // ---- units ----

  void emitUnit(Value *unit);

  /// All of the unit, for rows that fill `vectors` vectors (the last one perhaps in part).
  void emitPanel(int64_t vectors);

  /// Nothing seen yet.
  void start();

  // ---- operands ----

  Dim without(Dim offset, mlir::StringAttr name) {
    return offset.substitute([&](DimAtom symbol) {
      return symbol.symbol() == name ? Dim::constant(kernel_.getContext(), 0) : Dim();
    });
  }
  Value *stepOf(LoadOp load, mlir::StringAttr name) {
    return s_.dim(load.getIndices()[0].splitLinear(name)->first);
  }

  /// Rows of k or v that the block starts at: as they lie, or the copy that is made of them first.
  Rows rowsOf(LoadOp load, mlir::StringAttr inner, Value *copy, Value *copyStride);
  void copyRow(const Rows &from, const Rows &to, Value *row, Value *extent, bool consecutive);
  Value *at(const Rows &rows, Value *row, Value *i) {
    Value *offset = b_.CreateAdd(b_.CreateMul(row, rows.stride), b_.CreateMul(i, rows.step));
    return b_.CreateGEP(memoryType(b_.getContext(), rows.element), rows.base, offset);
  }

  /// to[c][row] = load(row, first + c) for c < count; rows beyond the last repeat it, and are not
  /// stored.
  void turn(LoadOp load, mlir::StringAttr inner, Value *first, Value *count, Value *to);

  // ---- scores ----

  /// weights[key][row] = dot, by register tiles; of the last keys, tiles of a half, a quarter, ...
  void emitDots();
  void emitDotTile(Value *key, int64_t numKeys);

  /// weights = score(dot) or -inf; highest takes part in each.
  void emitScores();

  /// What the new `highest` makes of earlier weights.
  void emitFactor(int64_t v, Value *highest);
  void emitWeights();

  // ---- sums ----

  /// sums = sums * factor + weights * v, by register tiles.
  void accumulate();
  void accumulateTile(Value *row, int64_t numRows, int64_t firstVector, int64_t numVectors);
  void sumOverKeys(Value *row, int64_t numRows, Value *column, int64_t numVectors,
                   llvm::ArrayRef<llvm::AllocaInst *> sums);

  // ---- epilogue ----

  void emitEpilogue();

  // ---- small things ----

  Value *smallest(Value *x, Value *y) {
    return b_.CreateBinaryIntrinsic(llvm::Intrinsic::smin, x, y);
  }
  Value *largest(Value *x, Value *y) {
    return b_.CreateBinaryIntrinsic(llvm::Intrinsic::smax, x, y);
  }
  Value *add(Value *x, int64_t y) { return b_.CreateAdd(x, s_.i64(y)); }
  Value *clampedRow(Value *row) {
    return b_.CreateAdd(firstRow_, smallest(row, b_.CreateSub(numRows_, s_.i64(1))));
  }
  /// How many keys take part in the panel's row `row`, or in its last; at most all of them.
  Value *keysOf(Value *row) {
    Scalars::Scope scope(s_);
    s_.setVariable(rowVariable_, clampedRow(row));
    return smallest(add(s_.dim(a_.last), 1), s_.dim(a_.keys));
  }
  /// The first `count` lanes, of any number.
  Value *laneMask(Value *count);
  llvm::Align alignment() { return llvm::Align(bytesOfElement(element_)); }
  Value *loadAt(Value *base, Value *line, Value *i) {
    Value *p = b_.CreateGEP(scalar_, base, b_.CreateAdd(line, i));
    return b_.CreateAlignedLoad(vector_, p, alignment());
  }
  void storeAt(Value *value, Value *base, Value *line, Value *i) {
    Value *p = b_.CreateGEP(scalar_, base, b_.CreateAdd(line, i));
    b_.CreateAlignedStore(value, p, alignment());
  }
  Value *load(Value *base, int64_t i) { return loadAt(base, s_.i64(0), s_.i64(i)); }
  void store(Value *value, Value *base, int64_t i) { storeAt(value, base, s_.i64(0), s_.i64(i)); }
  Value *read(llvm::AllocaInst *local) { return b_.CreateLoad(vector_, local); }
  llvm::SmallVector<llvm::AllocaInst *> zeros(int64_t count);
  /// A loaded value as the type accumulated in.
  Value *cast(Value *value) {
    llvm::Type *type = value->getType()->isVectorTy() ? vector_ : scalar_;
    return value->getType() == type ? value : b_.CreateFPCast(value, type);
  }
  Value *exp(Value *x) { return emitExp(b_, s_.facts().math, x); }
  Value *minusInfinity() { return llvm::ConstantFP::getInfinity(vector_, /*Negative=*/true); }
  Value *finite(Value *highest) {
    return b_.CreateSelect(b_.CreateFCmpOEQ(highest, minusInfinity()),
                           llvm::Constant::getNullValue(vector_), highest);
  }
  void multiplyAdd(llvm::AllocaInst *sum, Value *x, Value *y);

  KernelFuncOp kernel_;
  Attention a_;
  Scalars s_;
  llvm::IRBuilder<> &b_;
  mlir::Type element_;  // accumulated in
  int64_t lanes_;
  llvm::Type *scalar_;
  llvm::FixedVectorType *vector_;
  int64_t columns_, columnVectors_;
  AttentionTile tile_;
  mlir::StringAttr rowVariable_;  // that of the nest, or a name of none
  llvm::SmallVector<StoreOp> stores_;
  // Parts of the scratch (AttentionScratch).
  Value *queries_, *weights_, *sums_, *highest_, *totals_, *factors_, *keyCopy_, *valueCopy_,
      *turned_;
  // Of the unit: rows [firstRow_, firstRow_ + numRows_), in `vectors_` vectors of `width_` lanes.
  Value *firstRow_ = nullptr, *numRows_ = nullptr;
  int64_t vectors_ = 0, width_ = 0;
  llvm::SmallVector<Value *> rowMasks_;
  // Of the block: keys [firstKey_, firstKey_ + numKeys_), and where rows of k and v begin.
  Value *firstKey_ = nullptr, *numKeys_ = nullptr;
  Rows keys_, values_;
};

}  // namespace plx::cpu

#endif  // PLEXUS_COMPILER_CPU_ATTENTION_EMITTER_H
