// Emits algorithms, as irregular kernels are: mutable variables, loops that end on data, arrays in
// scratch memory.
#ifndef PLEXUS_COMPILER_CPU_ALGORITHM_H
#define PLEXUS_COMPILER_CPU_ALGORITHM_H

#include "compiler/cpu/Scalars.h"

namespace plx::cpu {

// Fault codes (runtime/include/plexus_abi.h).
constexpr int kIndexFault = 1;  // index, lowest and highest allowed

/// A mutable variable of emitted code.
class Cell {
 public:
  Cell(Scalars &s, llvm::Value *initial) : s_(&s), slot_(s.local(initial->getType())) {
    set(initial);
  }
  llvm::Value *get() const { return s_->builder().CreateLoad(slot_->getAllocatedType(), slot_); }
  void set(llvm::Value *value) { s_->builder().CreateStore(value, slot_); }
  void add(llvm::Value *value) { set(s_->builder().CreateAdd(get(), value)); }

 private:
  Scalars *s_;
  llvm::AllocaInst *slot_;
};

class Algorithm : public Scalars {
 public:
  Algorithm(IrregularFuncOp kernel, const Facts &facts, llvm::Module &module, llvm::StringRef name);

  IrregularFuncOp kernel() const { return irregular_; }
  mlir::RankedTensorType type(unsigned buffer) const;
  mlir::Type element(unsigned buffer) const { return type(buffer).getElementType(); }
  llvm::Value *scratchPart(unsigned part) const { return scratchParts_[part]; }

  /// while (condition()) body(); the condition may open blocks of its own.
  void whileLoop(llvm::function_ref<llvm::Value *()> condition, llvm::function_ref<void()> body);
  /// The function's end.
  void finish() { builder().CreateRetVoid(); }

  // Arithmetic of i64.
  llvm::Value *add(llvm::Value *x, llvm::Value *y) { return builder().CreateAdd(x, y); }
  llvm::Value *sub(llvm::Value *x, llvm::Value *y) { return builder().CreateSub(x, y); }
  llvm::Value *mul(llvm::Value *x, llvm::Value *y) { return builder().CreateMul(x, y); }
  llvm::Value *less(llvm::Value *x, llvm::Value *y) { return builder().CreateICmpSLT(x, y); }
  llvm::Value *smaller(llvm::Value *x, llvm::Value *y);
  llvm::Value *larger(llvm::Value *x, llvm::Value *y);

  // Elements of buffers, by position.
  /// In register form.
  llvm::Value *load(unsigned buffer, llvm::Value *position);
  void storeInt(unsigned buffer, llvm::Value *position, llvm::Value *value);
  /// Bit by bit, of buffers of one element type.
  void copyElement(unsigned to, llvm::Value *toPosition, unsigned from, llvm::Value *fromPosition);
  llvm::Value *address(unsigned buffer, llvm::Value *position);
  /// Copies `count` elements from one buffer to another; they lie apart.
  void copyElements(unsigned to, llvm::Value *toPosition, unsigned from, llvm::Value *fromPosition,
                    llvm::Value *count);

 private:
  IrregularFuncOp irregular_;
  llvm::SmallVector<llvm::Value *> scratchParts_;
};

}  // namespace plx::cpu

#endif  // PLEXUS_COMPILER_CPU_ALGORITHM_H
