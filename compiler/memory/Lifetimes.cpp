#include "compiler/memory/Lifetimes.h"

#include "mlir/Dialect/SCF/IR/SCF.h"

namespace plx {

Positions::Positions(ProgramOp program) { number(program.getBody().front()); }

void Positions::number(mlir::Block &block) {
  blockBegin[&block] = next_++;
  for (mlir::Operation &op : block) {
    begin[&op] = next_++;
    for (mlir::Region &region : op.getRegions())
      for (mlir::Block &inner : region) number(inner);
    end[&op] = next_++;
  }
}

AllocOp allocOf(mlir::Value buffer) { return buffer.getDefiningOp<AllocOp>(); }

bool Lifetimes::flow(mlir::Value from, mlir::Value to) {
  if (!mlir::isa<BufferType>(to.getType())) return false;
  Roots source = roots_.lookup(from);
  Roots &target = roots_[to];
  size_t before = target.size();
  target.insert_range(source);
  return target.size() != before;
}

bool Lifetimes::flowThrough(mlir::Operation *op) {
  bool changed = false;
  if (auto advance = mlir::dyn_cast<AdvanceOp>(op))
    return flow(advance.getBuffer(), advance.getResult());
  if (auto branch = mlir::dyn_cast<mlir::scf::IfOp>(op)) {
    if (branch.getNumResults() == 0) return false;
    for (mlir::Region *region : branch.getRegions())
      for (auto [i, yielded] : llvm::enumerate(region->front().getTerminator()->getOperands()))
        changed |= flow(yielded, branch.getResult(i));
  }
  if (auto loop = mlir::dyn_cast<mlir::scf::WhileOp>(op)) {
    for (auto [i, argument] : llvm::enumerate(loop.getBeforeArguments())) {
      changed |= flow(loop.getInits()[i], argument);
      changed |= flow(loop.getYieldOp().getOperand(i), argument);
    }
    for (auto [i, passed] : llvm::enumerate(loop.getConditionOp().getArgs())) {
      changed |= flow(passed, loop.getAfterArguments()[i]);
      changed |= flow(passed, loop.getResult(i));
    }
  }
  return changed;
}

void Lifetimes::findRoots(ProgramOp program) {
  program.walk([&](AllocOp alloc) { roots_[alloc.getResult()].insert(alloc); });
  for (bool changed = true; changed;) {
    changed = false;
    program.walk([&](mlir::Operation *op) { changed |= flowThrough(op); });
  }
}

/// What is made before a loop and used in it is used by every iteration.
void Lifetimes::use(mlir::Operation *alloc, mlir::Operation *user, const Positions &positions) {
  int64_t &end = lifetimes_[alloc].end;
  end = std::max(end, positions.begin.lookup(user));
  for (mlir::Operation *around = user->getParentOp(); !around->isProperAncestor(alloc);
       around = around->getParentOp())
    if (mlir::isa<mlir::scf::WhileOp>(around)) end = std::max(end, positions.end.lookup(around));
}

mlir::FailureOr<Lifetimes> Lifetimes::of(ProgramOp program, const Positions &positions) {
  Lifetimes result;
  result.findRoots(program);
  program.walk([&](AllocOp alloc) {
    int64_t at = positions.begin.lookup(alloc);
    result.lifetimes_[alloc] = {at, at};
  });
  mlir::WalkResult walked = program.walk([&](mlir::Operation *op) {
    for (mlir::Value operand : op->getOperands())
      for (mlir::Operation *alloc : result.roots_.lookup(operand)) result.use(alloc, op, positions);
    auto loop = mlir::dyn_cast<mlir::scf::WhileOp>(op);
    if (!loop) return mlir::WalkResult::advance();
    for (mlir::Value yielded : loop.getYieldOp().getOperands())
      for (mlir::Operation *alloc : result.roots_.lookup(yielded))
        if (loop->isProperAncestor(alloc)) {
          alloc->emitError() << "a buffer of the arena made in an iteration is passed to the next";
          return mlir::WalkResult::interrupt();
        }
    return mlir::WalkResult::advance();
  });
  if (walked.wasInterrupted()) return mlir::failure();
  return result;
}

}  // namespace plx
