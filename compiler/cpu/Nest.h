// The loop nest emitter: schedules map, row and window, and folds of any kernel.
#ifndef PLEXUS_COMPILER_CPU_NEST_H
#define PLEXUS_COMPILER_CPU_NEST_H

#include "compiler/cpu/Scalars.h"
#include "ir/kernel/RunningFolds.h"

namespace plx::cpu {

/// Lanes that fill a vector register with the elements a kernel computes with.
unsigned lanesFor(KernelFuncOp kernel, const Facts &facts);

/// Emits folds where Scalars asks for them. While lanes run along an iteration variable a fold is a
/// plain loop, a result a lane; otherwise the fold's own last variable runs along the lanes, with
/// several partial results that are joined in an order that depends on the extent alone.
class Folds {
 public:
  Folds(Scalars &scalars, unsigned lanes) : s_(scalars), b_(scalars.builder()), lanes_(lanes) {
    scalars.emitFold = [this](mlir::Operation *op) { return emit(op); };
  }
  /// Runs body at each step of a pass; `prefixes` keep what they have folded from step to step.
  void run(const RunningFolds &pass, llvm::ArrayRef<PrefixOp> prefixes,
           llvm::function_ref<void()> body);

  /// The fold's results where variable `along` is base, base + 1, ..: `count` of them, computed
  /// side by side.
  llvm::SmallVector<llvm::Value *> foldPlaces(FoldOp fold, mlir::StringAttr along,
                                              llvm::Value *base, int64_t count);

 private:
  llvm::Value *emit(mlir::Operation *op);
  /// sum = combine(sum, the fold's term at the present values of its variables).
  void addTerm(FoldOp fold, llvm::AllocaInst *sum);
  llvm::Value *foldByLoop(FoldOp fold);
  llvm::Value *foldAlongLanes(FoldOp fold);
  llvm::Value *argFold(ArgFoldOp fold);
  llvm::Value *prefix(PrefixOp prefix);
  llvm::Value *startOf(PrefixOp prefix);
  /// Opens a loop a variable and runs body inside them.
  void loops(llvm::ArrayRef<mlir::StringAttr> names, llvm::ArrayRef<Dim> extents, mlir::Value value,
             llvm::function_ref<void()> body);

  Scalars &s_;
  llvm::IRBuilder<> &b_;
  unsigned lanes_;
  llvm::DenseMap<mlir::Operation *, llvm::AllocaInst *> running_;  // inside of a pass
};

/// Emits the function of a kernel of schedule map, row or window into `module` under `name`.
void emitNest(KernelFuncOp kernel, const Facts &facts, llvm::Module &module, llvm::StringRef name);

/// Emits the function of a kernel of schedule attention.
void emitAttention(KernelFuncOp kernel, const Facts &facts, llvm::Module &module,
                   llvm::StringRef name);

/// Emits the function of a kernel of schedule matmul or conv.
void emitMatmul(KernelFuncOp kernel, const Facts &facts, llvm::Module &module,
                llvm::StringRef name);

}  // namespace plx::cpu

#endif  // PLEXUS_COMPILER_CPU_NEST_H
