// Emits the scalars of a kernel body as LLVM IR, one value or a vector of lanes at a time.
//
// At most one iteration or fold variable runs along the lanes (`setLanes`); a scalar that does not
// depend on it is emitted once, as a plain value. Loop emitters (Nest, Matmul) open loops, give
// variables their values, and ask for scalars; each is emitted where it is first asked for and
// remembered until the scope it was made in is left.
#ifndef PLEXUS_COMPILER_CPU_SCALARS_H
#define PLEXUS_COMPILER_CPU_SCALARS_H

#include <functional>

#include "compiler/cpu/Facts.h"
#include "ir/kernel/Kernel.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/Module.h"

namespace plx::cpu {

/// Register type of an element: double, float (f32 and every narrower float: values are kept
/// rounded to their type), iN.
llvm::Type *registerType(llvm::LLVMContext &context, mlir::Type element);
/// Type in memory: narrow floats as the integer of their bits, bool and sub-byte ints as i8.
llvm::Type *memoryType(llvm::LLVMContext &context, mlir::Type element);

class Scalars {
 public:
  /// Starts function `name` in `module`, with the kernel signature of plexus_abi.h; the builder is
  /// at its entry.
  Scalars(KernelFuncOp kernel, const Facts &facts, llvm::Module &module, llvm::StringRef name);
  /// The same for a kernel without a body of scalars: control flow, memory, sizes and functions of
  /// elements.
  Scalars(IrregularFuncOp kernel, const Facts &facts, llvm::Module &module, llvm::StringRef name);

  llvm::IRBuilder<> &builder() { return b_; }
  const Facts &facts() const { return facts_; }
  const VariableUse &use() const { return use_; }
  llvm::Function *function() { return function_; }
  llvm::Value *beginUnit() { return function_->getArg(3); }
  llvm::Value *endUnit() { return function_->getArg(4); }
  /// This thread's scratch memory.
  llvm::Value *scratch();
  llvm::Value *buffer(mlir::Value argument) { return buffers_.lookup(argument); }
  llvm::Value *buffer(unsigned number) { return bufferPointers_[number]; }

  // ---- variables, lanes, scopes ----
  void setVariable(mlir::StringAttr name, llvm::Value *value) { variables_[name] = value; }
  void unsetVariable(mlir::StringAttr name) { variables_.erase(name); }
  llvm::Value *variable(mlir::StringAttr name) const { return variables_.lookup(name); }
  /// Variable `name` takes base, base + 1, ... along `lanes` lanes; `mask` (vector of i1, or null:
  /// all) says which count.
  void setLanes(mlir::StringAttr name, llvm::Value *base, unsigned lanes, llvm::Value *mask);
  void clearLanes();
  bool hasLanes() const { return lanes_ > 1; }
  unsigned lanes() const { return lanes_; }
  llvm::Value *mask() const { return mask_; }
  mlir::StringAttr laneVariable() const { return laneVariable_; }
  bool dependsOnLanes(mlir::Value scalar) const {
    return laneVariable_ && use_.uses(scalar, laneVariable_);
  }
  /// Values emitted between construction and destruction are forgotten afterwards; so are variables
  /// set.
  class Scope {
   public:
    explicit Scope(Scalars &scalars);
    ~Scope();

   private:
    Scalars &scalars_;
    llvm::DenseMap<mlir::Value, llvm::Value *> values_;
    llvm::DenseMap<mlir::StringAttr, llvm::Value *> variables_;
    mlir::StringAttr laneVariable_;
    unsigned lanes_;
    llvm::Value *mask_;
  };
  /// Gives a scalar its value, e.g. a fold computed by a matmul's tile.
  void define(mlir::Value scalar, llvm::Value *value) { values_[scalar] = value; }

  // ---- emission ----
  /// The value of a scalar at the variables' present values: a vector if it depends on the lane
  /// variable.
  llvm::Value *emit(mlir::Value scalar);
  /// The same, splatted where it does not depend on the lanes.
  llvm::Value *emitVector(mlir::Value scalar);
  void emitStore(StoreOp store);
  /// Emits now every scalar below `roots` that does not depend on the variables `inner` and whose
  /// variables have values, so that it stands before the loop over them.
  void hoist(llvm::ArrayRef<mlir::Value> roots, llvm::ArrayRef<mlir::StringAttr> inner);
  llvm::Value *dim(Dim dim);
  /// The same with the lane variable as a vector: base, base + 1, ...
  llvm::Value *dimOnLanes(Dim dim);
  llvm::Value *splat(llvm::Value *value);
  /// combine(a, b) of two register values of `element`.
  llvm::Value *combine(FoldKind kind, mlir::Type element, llvm::Value *a, llvm::Value *b);
  /// x * y + sum of f32 or f64 registers, rounded once where the CPU has a fused multiply-add.
  llvm::Value *multiplyAdd(llvm::Value *x, llvm::Value *y, llvm::Value *sum);
  /// Memory is read and written before or after this point as emitted. A tile asks for it after
  /// each row: left to itself the scheduler loads all rows first, and the sums no longer fit the
  /// registers (14 x 32 on AVX-512: 14 spills a step, half the speed).
  void keepOrder();
  llvm::Value *neutral(FoldKind kind, mlir::Type element);
  /// Folds the lanes of a vector by halves: the order depends on their number only.
  llvm::Value *foldLanes(FoldKind kind, mlir::Type element, llvm::Value *vector);
  /// Loads `element`s at `pointer` (a vector of lanes if `lanes` > 1) to register form, and back.
  llvm::Value *loadAs(mlir::Type element, llvm::Value *pointer, unsigned lanes, llvm::Value *mask);
  void storeAs(mlir::Type element, llvm::Value *value, llvm::Value *pointer, llvm::Value *mask);

  // ---- control flow ----
  /// for (i = low; i < high; i += step) body(i); leaves the builder after the loop.
  void loop(llvm::Value *low, llvm::Value *high, int64_t step,
            llvm::function_ref<void(llvm::Value *)> body);
  void ifThen(llvm::Value *condition, llvm::function_ref<void()> body);
  /// A variable in the entry block; promoted to registers later.
  llvm::AllocaInst *local(llvm::Type *type);
  llvm::Value *i64(int64_t value) { return b_.getInt64(value); }
  /// Calls plx_rt_fail (fault codes and their values: plexus_abi.h) where `bad` (i1) holds.
  void failIf(llvm::Value *bad, int code, llvm::Value *v0, llvm::Value *v1, llvm::Value *v2);
  /// lane i holds i < count.
  llvm::Value *firstLanes(llvm::Value *count, unsigned lanes);

  /// Emission of folds is the loop emitter's business: called by emit for plx.fold, plx.arg_fold
  /// and plx.prefix.
  std::function<llvm::Value *(mlir::Operation *)> emitFold;

 private:
  Scalars(const Facts &facts, llvm::Module &module, llvm::StringRef name, size_t numBuffers,
          DimsAttr symbols);
  llvm::Value *emitOp(mlir::Operation *op);
  llvm::Value *emitLoad(LoadOp load);
  llvm::Value *emitIndex(IndexOp index);
  llvm::Value *emitInside(InsideOp inside);
  llvm::Value *emitConvert(mlir::Type from, mlir::Type to, llvm::Value *value, bool saturate);
  llvm::Value *apply(ScalarFn fn, mlir::Type element, llvm::ArrayRef<llvm::Value *> operands);
  llvm::Value *applyFloat(ScalarFn fn, mlir::Type element, llvm::ArrayRef<llvm::Value *> operands);
  llvm::Value *arithmetic(ScalarFn fn, llvm::Value *x, llvm::Value *y);
  llvm::Value *applyInt(ScalarFn fn, mlir::IntegerType element,
                        llvm::ArrayRef<llvm::Value *> operands);
  llvm::Value *intPower(llvm::Value *base, llvm::Value *exponent, bool isSigned);
  llvm::Value *divideInts(ScalarFn fn, bool isSigned, llvm::Value *a, llvm::Value *b);
  llvm::Value *round(mlir::Type element, llvm::Value *value);
  llvm::Value *fromMemory(mlir::Type element, llvm::Value *bits);
  llvm::Value *toMemory(mlir::Type element, llvm::Value *value);
  llvm::Type *vectorOf(llvm::Type *type, unsigned lanes) {
    return lanes > 1 ? llvm::FixedVectorType::get(type, lanes) : type;
  }
  llvm::Type *withLanesOf(llvm::Type *scalar, llvm::Value *like);
  /// Memory that may be read in place of a guarded-off element.
  llvm::Value *dummy();

  KernelFuncOp kernel_;
  Facts facts_;
  llvm::Module &module_;
  VariableUse use_;
  llvm::Function *function_;
  llvm::IRBuilder<> b_;
  llvm::SmallVector<llvm::Value *> bufferPointers_;
  llvm::DenseMap<mlir::Value, llvm::Value *> buffers_, values_;
  llvm::DenseMap<mlir::StringAttr, llvm::Value *> variables_, sizes_;
  mlir::StringAttr laneVariable_;
  unsigned lanes_ = 1;
  llvm::Value *mask_ = nullptr;
  llvm::Value *site_ = nullptr;
  llvm::Value *dummy_ = nullptr;
};

}  // namespace plx::cpu

#endif  // PLEXUS_COMPILER_CPU_SCALARS_H
