// From tensors to buffers: what the parts of plx-lower-to-host share.
#ifndef PLEXUS_COMPILER_MEMORY_LOWERING_H
#define PLEXUS_COMPILER_MEMORY_LOWERING_H

#include <functional>

#include "ir/interfaces/HostCall.h"
#include "ir/kernel/HostProgram.h"
#include "ir/kernel/Kernel.h"
#include "ir/ops/Bind.h"
#include "ir/ops/Dims.h"
#include "ir/ops/If.h"
#include "ir/ops/Loop.h"
#include "ir/ops/Rebind.h"
#include "ir/ops/Scan.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/DenseSet.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/IRMapping.h"

namespace plx {

/// Bytes of one element in memory, strings as plx_string.
int64_t elementBytesOf(mlir::Type tensor);
DimsAttr dimsAttrOf(mlir::Type tensor);

class Lowering {
 public:
  /// Writes `program`, whose body is empty.
  Lowering(mlir::func::FuncOp main, ProgramOp program);
  mlir::LogicalResult run();

 private:
  /// Gives the buffer that a launch writes a result to, created where the launch is.
  using Destination = std::function<mlir::Value(mlir::Location)>;

  mlir::LogicalResult checkSymbols();
  mlir::LogicalResult lowerBlock(mlir::Block &block);
  mlir::LogicalResult lowerOp(mlir::Operation *op);
  void lowerLaunch(LaunchOp launch);
  void lowerCounts(LaunchOp launch, mlir::ArrayRef<mlir::Value> results);
  void lowerBind(BindOp bind);
  void lowerRebind(RebindOp rebind);
  void lowerDims(DimsOp dims);
  // ---- values of the host (LowerHostCalls.cpp)
  void lowerHostCall(mlir::Operation *op);
  /// Names sizes of `type` that are alone a symbol of `fresh` by these numbers; others have to be
  /// equal.
  void takeSizes(mlir::Location location, mlir::ValueRange sizes, mlir::Type type,
                 mlir::ArrayAttr fresh, llvm::DenseSet<mlir::Attribute> &set);
  mlir::Value stringConstant(mlir::Location location, mlir::Type type, mlir::ElementsAttr value);
  /// The object of a tensor of strings that is in a buffer.
  mlir::Value objectOf(mlir::Location location, mlir::Value buffer, mlir::Type type);
  // ---- control (LowerControl.cpp)
  struct Repeat;
  struct State;
  struct Collected;
  mlir::LogicalResult lowerIf(IfOp op);
  mlir::LogicalResult lowerLoop(LoopOp op);
  mlir::LogicalResult lowerScan(ScanOp op);
  mlir::LogicalResult lowerRepeat(Repeat &repeat);
  State beginState(const Repeat &repeat, size_t index);
  Collected beginOutput(const Repeat &repeat, size_t index);
  mlir::LogicalResult lowerIteration(Repeat &repeat, mlir::Block *target,
                                     mlir::MutableArrayRef<State> states,
                                     mlir::MutableArrayRef<Collected> outputs,
                                     mlir::TypeRange argumentTypes);
  void claimYields(const Repeat &repeat, mlir::Value iteration, mlir::MutableArrayRef<State> states,
                   mlir::MutableArrayRef<Collected> outputs);
  mlir::LogicalResult finishIteration(const Repeat &repeat, mlir::Value iteration,
                                      mlir::Value condition, mlir::MutableArrayRef<State> states,
                                      mlir::ArrayRef<Collected> outputs,
                                      mlir::TypeRange argumentTypes);
  void keepObjects(const Repeat &repeat, mlir::ArrayRef<State> states);
  void finishRepeat(const Repeat &repeat, mlir::ValueRange results, mlir::ArrayRef<State> states,
                    mlir::ArrayRef<Collected> outputs, mlir::TypeRange argumentTypes);
  mlir::Value stateTarget(mlir::Location location, const State &state, mlir::Type yielded);
  mlir::Value outputTarget(mlir::Location location, const Collected &output, mlir::Value iteration,
                           mlir::Type yielded);
  void checkOutput(mlir::Location location, const Repeat &repeat, mlir::Value iteration,
                   mlir::Type yielded, DimsAttr wanted);
  void bindScalar(mlir::BlockArgument tensor, mlir::Value value);
  void conform(mlir::Location location, mlir::TypeRange given, mlir::TypeRange wanted,
               mlir::ArrayAttr names);
  mlir::Value number(mlir::Location location, int64_t value);
  mlir::Value truth(mlir::Location location, mlir::Value tensor);  // i1

  // ---- returns
  void claimOutputs(mlir::func::ReturnOp ret);
  void lowerReturn(mlir::func::ReturnOp ret);

  /// The value whose memory `tensor` is seen through reshapes alone: the same bytes, however the
  /// run goes.
  static mlir::Value throughReshapes(mlir::Value tensor);
  /// If `tensor` is written by a launch of `block` and nobody else claimed it, the launch will
  /// write where `destination` says.
  bool claim(mlir::Value tensor, mlir::Block *block, Destination destination);

  mlir::Value bufferOf(mlir::Value tensor);
  mlir::Value weight(mlir::Operation *op);
  mlir::Value alloc(mlir::Location location, DimsAttr dims, int64_t elementBytes);
  mlir::Value size(mlir::Location location, Dim dim);
  void copy(mlir::Location location, mlir::Value tensor, mlir::Value target);
  void require(mlir::Location location, Dim first, Dim second, int64_t axis);
  /// The same with values taken before: the expressions are for the message.
  void require(mlir::Location location, mlir::Value firstValue, Dim first, mlir::Value secondValue,
               Dim second, int64_t axis);
  /// Element `index` of an int tensor: an expression where that is known, else loaded.
  mlir::Value element(mlir::Location location, mlir::Value tensor, int64_t index);

  mlir::func::FuncOp main_;
  ProgramOp program_;
  mlir::OpBuilder builder_;
  llvm::DenseMap<mlir::Value, mlir::Value> buffers_;  // tensor -> buffer; host value -> object
  llvm::DenseMap<mlir::Value, Destination>
      destinations_;                                  // result of a launch -> where it is written
  llvm::DenseMap<mlir::Value, mlir::Value> scalars_;  // tensor of one element -> its value
  mlir::IRMapping numbers_;                           // of conditions on sizes
  llvm::DenseSet<int64_t> writtenOutputs_;
  int64_t numSlots_ = 0;                                  // growable buffers so far
  llvm::DenseMap<mlir::Attribute, mlir::Value> weights_;  // name or constant -> buffer
};

}  // namespace plx

#endif  // PLEXUS_COMPILER_MEMORY_LOWERING_H
