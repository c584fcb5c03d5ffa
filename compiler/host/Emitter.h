// LLVM IR of a host program. Internal to compiler/host.
//
// Symbols are variables (promoted to registers later) beside run->symbols, which messages read.
// Anything that can fail leaves through one block that returns run->fault.code. Addresses of
// inputs, weights and arena buffers are computed where they are used, so that thousands of them do
// not live in registers.
#ifndef PLEXUS_COMPILER_HOST_EMITTER_H
#define PLEXUS_COMPILER_HOST_EMITTER_H

#include "compiler/host/Tables.h"
#include "llvm/IR/IRBuilder.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/SymbolTable.h"

namespace plx {

/// Functions of the runtime (plexus_abi.h) as a module declares them.
struct RuntimeCalls {
  explicit RuntimeCalls(llvm::Module &module);
  llvm::FunctionCallee parallel, arena, scratch, output, state, fail, cancelled, hostCall, view,
      mark, keep, outputObject, load, store, copy;
};

class Emitter {
 public:
  Emitter(ProgramOp program, mlir::SymbolTable &kernels, Tables &tables, const HostOptions &options,
          HostProgram &out);
  absl::Status run();

 private:
  using DimValues = llvm::DenseMap<mlir::Attribute, llvm::Value *>;

  void emitEntry();
  void makeVariables();
  absl::Status emitBlock(mlir::Block &block);
  absl::Status emitOp(mlir::Operation &op);
  absl::Status emitIf(mlir::scf::IfOp op);
  absl::Status emitWhile(mlir::scf::WhileOp op);
  absl::Status emitRegion(mlir::Region &region);
  void emitArith(mlir::Operation &op);

  absl::Status emitRun(RunOp op);
  llvm::Value *kernelFunction(llvm::StringRef callee);  // null where it is a device's
  void emitOutput(OutputOp op);
  void emitState(StateOp op);
  void emitAdvance(AdvanceOp op);
  void emitCopy(CopyOp op);
  void emitPlace(PlaceOp op);
  void emitReserve(ReserveOp op);
  void emitSetSymbol(SetSymbolOp op);
  void emitRequire(RequireOp op);
  void emitLoadScalar(LoadScalarOp op);
  void emitStoreScalars(StoreScalarsOp op);
  void emitCheckCancelled();
  // ---- values of the host (EmitObjects.cpp)
  void makeTensors();
  void emitHostCall(HostCallOp op);
  void emitView(ViewOp op);
  void emitOutputObject(OutputObjectOp op);
  void emitMark(MarkOp op);
  void emitKeep(KeepOp op);
  /// Writes entry `index` of an array of plx_tensor; its dims go into sizesArray_ from `firstDim`
  /// on.
  void storeTensor(llvm::AllocaInst *array, size_t index, mlir::Type type, llvm::Value *data,
                   bool isObject, size_t &firstDim);

  // ---- values
  llvm::Value *value(mlir::Value value);
  llvm::Value *address(mlir::Operation *op);
  llvm::Value *slotField(int64_t slot, bool isEnd);
  llvm::Value *loadSlot(int64_t slot, bool isEnd);
  void storeSlot(int64_t slot, bool isEnd, llvm::Value *value);
  llvm::Value *runField(uint64_t offset, llvm::Type *type);
  llvm::Value *dim(Dim dim);
  llvm::Value *evaluate(Dim dim, llvm::function_ref<llvm::Value *(DimAtom)> valueOf);
  llvm::Value *checked(llvm::Intrinsic::ID operation, llvm::Value *a, llvm::Value *b);
  /// Bytes of a tensor of these dims, times `count` if there is one; sizes below zero and overflow
  /// fail the run.
  llvm::Value *bytes(DimsAttr dims, int64_t elementBytes, llvm::Value *count = nullptr);
  /// Rounded up to the alignment of buffers.
  llvm::Value *roundedBytes(DimsAttr dims, int64_t elementBytes);
  void checkNotNegative(DimsAttr dims);
  /// An array in memory that holds these for the next call.
  llvm::Value *array(llvm::ArrayRef<llvm::Value *> values, llvm::AllocaInst *&storage);
  llvm::AllocaInst *variable(llvm::Type *type, llvm::Value *initial, const llvm::Twine &name);
  /// Forgets values of expressions that use one of these symbols.
  void forget(const llvm::DenseSet<mlir::Attribute> &symbols);
  llvm::DenseSet<mlir::Attribute> symbolsSetIn(mlir::Operation *op);

  // ---- failure
  void failIf(llvm::Value *condition, int32_t code, int32_t site,
              llvm::ArrayRef<llvm::Value *> values);
  void leaveIf(llvm::Value *condition);
  void leaveIfFaulted();

  ProgramOp program_;
  mlir::SymbolTable &kernels_;
  Tables &tables_;
  const HostOptions &options_;
  HostProgram &out_;
  llvm::Module &module_;
  llvm::IRBuilder<> b_;
  RuntimeCalls calls_;
  llvm::Type *i32_, *i64_, *ptr_;
  llvm::Function *function_ = nullptr;
  llvm::Value *run_ = nullptr;
  llvm::BasicBlock *leave_ = nullptr;
  llvm::Value *inputs_ = nullptr, *parameters_ = nullptr, *symbols_ = nullptr;
  llvm::AllocaInst *buffersArray_ = nullptr, *sizesArray_ = nullptr;
  llvm::AllocaInst *argumentTensors_ = nullptr, *resultTensors_ = nullptr;  // of host calls
  llvm::AllocaInst *arena_ = nullptr, *reserved_ = nullptr;
  llvm::DenseMap<mlir::Attribute, llvm::AllocaInst *> symbolVariables_;  // by name
  // Offset and end of each slot, in memory that LLVM leaves alone (volatile): thousands of values
  // alive all the time would cost its scheduler and register allocator minutes (4000 slots did not
  // finish in ten).
  llvm::AllocaInst *slots_ = nullptr;  // holds their address
  int64_t numSlots_ = 0;
  llvm::DenseMap<mlir::Value, llvm::Value *> values_;
  DimValues dimValues_;
  mlir::Operation *current_ = nullptr;  // to blame
};

}  // namespace plx

#endif  // PLEXUS_COMPILER_HOST_EMITTER_H
