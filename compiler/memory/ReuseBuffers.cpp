// Lets launches write over buffers that they are the last to read. See ReuseBuffersPass in
// Passes.td.
#include "compiler/memory/KernelFacts.h"
#include "compiler/memory/Lifetimes.h"
#include "mlir/Pass/Pass.h"

namespace plx {

#define GEN_PASS_DEF_REUSEBUFFERSPASS
#include "compiler/memory/Passes.h.inc"

namespace {

bool haveOneSize(AllocOp a, AllocOp b) {
  return a.getElementBytes() == b.getElementBytes() &&
         numElements(a.getContext(), a.getDims().dims()) ==
             numElements(b.getContext(), b.getDims().dims());
}

/// Whether all ops that use the buffer stand in its own block, none behind `last`, and none hands
/// it on.
bool endsAt(AllocOp alloc, mlir::Operation *last) {
  return llvm::all_of(alloc.getResult().getUsers(), [&](mlir::Operation *user) {
    bool handsOn = llvm::any_of(user->getResultTypes(), llvm::IsaPred<BufferType>) ||
                   user->hasTrait<mlir::OpTrait::IsTerminator>();
    return !handsOn && user->getBlock() == last->getBlock() && !last->isBeforeInBlock(user);
  });
}

bool beginsAt(AllocOp alloc, mlir::Operation *first) {
  return llvm::all_of(alloc.getResult().getUsers(), [&](mlir::Operation *user) {
    mlir::Operation *here = first->getBlock()->findAncestorOpInBlock(*user);
    return here && !here->isBeforeInBlock(first);
  });
}

void reuseIn(RunOp run, mlir::SymbolTable &kernels) {
  for (mlir::Value written : llvm::to_vector(run.getBuffers())) {
    AllocOp result = allocOf(written);
    if (!result || result->getBlock() != run->getBlock() || !beginsAt(result, run)) continue;
    for (mlir::Value read : run.getBuffers()) {
      AllocOp operand = allocOf(read);
      if (!operand || operand == result || operand->getBlock() != run->getBlock() ||
          !haveOneSize(operand, result) || beginsAt(operand, run) || !endsAt(operand, run) ||
          !mayShare(run, read, written, kernels))
        continue;
      result.getResult().replaceAllUsesWith(read);
      result.erase();
      break;
    }
  }
}

struct ReuseBuffersPass : impl::ReuseBuffersPassBase<ReuseBuffersPass> {
  void runOnOperation() override {
    mlir::SymbolTable kernels(getOperation());
    for (ProgramOp program : programsOf(getOperation()))
      program.walk([&](RunOp run) { reuseIn(run, kernels); });
  }
};

}  // namespace
}  // namespace plx
