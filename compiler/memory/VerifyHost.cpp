// Checks the form that targets take. See VerifyHostPass in Passes.td.
#include "ir/kernel/HostProgram.h"
#include "ir/kernel/Kernel.h"
#include "llvm/ADT/DenseSet.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Pass/Pass.h"

namespace plx {

#define GEN_PASS_DEF_VERIFYHOSTPASS
#include "compiler/memory/Passes.h.inc"

namespace {

bool isHostOp(mlir::Operation *op) {
  return mlir::isa<InputOp, OutputOp, WeightOp, AllocOp, StateOp, AdvanceOp, CopyOp, PlaceOp,
                   ReserveOp, SizeOp, SetSymbolOp, RequireOp, LoadScalarOp, StoreScalarsOp, RunOp,
                   InputObjectOp, HostCallOp, ViewOp, OutputObjectOp, MarkOp, KeepOp,
                   CheckCancelledOp, mlir::scf::IfOp, mlir::scf::WhileOp, mlir::scf::YieldOp,
                   mlir::scf::ConditionOp, mlir::arith::ConstantOp, mlir::arith::AddIOp,
                   mlir::arith::SubIOp, mlir::arith::AndIOp, mlir::arith::CmpIOp,
                   mlir::arith::SelectOp, mlir::arith::ExtUIOp>(op);
}

bool isHostType(mlir::Type type) {
  return mlir::isa<BufferType, ObjectType>(type) || type.isInteger(64) || type.isInteger(1);
}

class Verifier {
 public:
  explicit Verifier(ProgramOp program) : program_(program) {
    for (mlir::Attribute type : program.getInputTypes())
      for (Dim dim : dimsOf(mlir::cast<mlir::TypeAttr>(type).getValue()))
        if (auto symbol = dim.asSymbol()) known_.insert(symbol->symbol());
    program.walk([&](SetSymbolOp set) { known_.insert(set.getNameAttr()); });
  }

  mlir::LogicalResult run() {
    mlir::WalkResult walked = program_.walk([&](mlir::Operation *op) {
      return op == program_.getOperation() || mlir::succeeded(check(op))
                 ? mlir::WalkResult::advance()
                 : mlir::WalkResult::interrupt();
    });
    return mlir::failure(walked.wasInterrupted());
  }

 private:
  mlir::LogicalResult check(mlir::Operation *op) {
    if (!isHostOp(op))
      return op->emitError() << "`" << op->getName() << "` is no op of a host program";
    for (mlir::Value value : op->getResults())
      if (!isHostType(value.getType()))
        return op->emitError() << "a host program has no values of type " << value.getType();
    for (mlir::NamedAttribute named : op->getAttrs())
      if (auto dims = mlir::dyn_cast<DimsAttr>(named.getValue()))
        if (failed(checkSymbols(op, dims))) return mlir::failure();
    if (auto run = mlir::dyn_cast<RunOp>(op)) return checkRun(run);
    return mlir::success();
  }

  mlir::LogicalResult checkSymbols(mlir::Operation *op, DimsAttr dims) {
    llvm::SmallVector<DimAtom> symbols;
    for (Dim dim : dims.dims()) dim.collectSymbols(symbols);
    for (DimAtom symbol : symbols)
      if (!known_.contains(symbol.symbol()))
        return op->emitError()
               << "symbol `" << symbol.symbol().getValue()
               << "` has no value: it is neither a dim of an input nor set by the program";
    return mlir::success();
  }

  mlir::LogicalResult checkRun(RunOp run) {
    mlir::Operation *callee =
        mlir::SymbolTable::lookupNearestSymbolFrom(program_->getParentOp(), run.getCalleeAttr());
    auto kernel = mlir::dyn_cast_or_null<KernelFuncOp>(callee);
    auto irregular = mlir::dyn_cast_or_null<IrregularFuncOp>(callee);
    if (!kernel && !irregular) return run.emitError() << "there is no kernel @" << run.getCallee();
    size_t buffers = kernel ? kernel.getBody().getNumArguments() : irregular.getBuffers().size();
    size_t symbols = (kernel ? kernel.getSymbols() : irregular.getSymbols()).size();
    if (run.getBuffers().size() != buffers)
      return run.emitError() << "@" << run.getCallee() << " takes " << buffers << " buffers, found "
                             << run.getBuffers().size();
    if (run.getSizes().size() != symbols)
      return run.emitError() << "@" << run.getCallee() << " takes " << symbols << " sizes, found "
                             << run.getSizes().size();
    return mlir::success();
  }

  ProgramOp program_;
  llvm::DenseSet<mlir::Attribute> known_;  // names of symbols that have a value
};

struct VerifyHostPass : impl::VerifyHostPassBase<VerifyHostPass> {
  void runOnOperation() override {
    for (mlir::Operation &op : *getOperation().getBody()) {
      if (!mlir::isa<ProgramOp, KernelFuncOp, IrregularFuncOp>(op)) {
        op.emitError() << "`" << op.getName() << "` is neither a kernel nor a host program";
        return signalPassFailure();
      }
      auto program = mlir::dyn_cast<ProgramOp>(op);
      if (program && failed(Verifier(program).run())) return signalPassFailure();
    }
  }
};

}  // namespace
}  // namespace plx
