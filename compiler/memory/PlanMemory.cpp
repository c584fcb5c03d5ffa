// Lays out the arena. See PlanMemoryPass in Passes.td.
#include <map>

#include "compiler/memory/Lifetimes.h"
#include "compiler/memory/Plan.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/Builders.h"
#include "mlir/Pass/Pass.h"

namespace plx {

#define GEN_PASS_DEF_PLANMEMORYPASS
#include "compiler/memory/Passes.h.inc"

namespace {

/// Where sizes of a group are known: behind `after`, or at the start of `block`.
struct GroupPoint {
  mlir::Block *block;
  mlir::Operation *after;
};

class MemoryPlan {
 public:
  explicit MemoryPlan(ProgramOp program) : program_(program), positions_(program) {
    program.walk([&](SetSymbolOp set) { setters_[set.getNameAttr()].push_back(set); });
  }

  mlir::LogicalResult run() {
    auto lifetimes = Lifetimes::of(program_, positions_);
    if (failed(lifetimes)) return mlir::failure();
    program_.walk([&](AllocOp alloc) {
      Lifetime life = (*lifetimes)[alloc];
      allocs_.push_back(alloc);
      PlannedBuffer &buffer = buffers_.emplace_back();
      buffer.begin = life.begin;
      buffer.end = life.end;
      buffer.dims = alloc.getDims();
      buffer.elementBytes = alloc.getElementBytes();
      buffer.group = group(alloc);
    });
    write(planBuffers(buffers_));
    return mlir::success();
  }

 private:
  /// The alloc's own block is surely reached when its group is placed, so faults over its size are
  /// not too early.
  int64_t group(AllocOp alloc) {
    mlir::Block *block = alloc->getBlock();
    GroupPoint point{block, nullptr};
    int64_t position = positions_.blockBegin.lookup(block);
    llvm::SmallVector<DimAtom> symbols;
    for (Dim dim : alloc.getDims().dims()) dim.collectSymbols(symbols);
    for (DimAtom symbol : symbols) {
      for (mlir::Operation *set : setters_.lookup(symbol.symbol())) {
        mlir::Operation *here = block->findAncestorOpInBlock(*set);
        if (!here || !here->isBeforeInBlock(alloc) || positions_.end.lookup(here) <= position)
          continue;
        position = positions_.end.lookup(here);
        point.after = here;
      }
    }
    points_.try_emplace(position, point);
    return position;
  }

  void write(const Plan &plan) {
    mlir::OpBuilder builder(program_.getContext());
    program_.setArenaBytes(plan.staticBytes);
    program_.setSymbolicArena(!plan.order.empty());
    std::map<int64_t, llvm::SmallVector<int64_t>> groups;
    for (auto [alloc, buffer] : llvm::zip_equal(allocs_, buffers_))
      if (buffer.isStatic) alloc.setOffset(buffer.base);
    for (int64_t i : plan.order) {
      allocs_[i].setSlot(i);
      groups[buffers_[i].group].push_back(i);
    }
    for (auto &[group, members] : groups) {
      GroupPoint point = points_.at(group);
      if (point.after)
        builder.setInsertionPointAfter(point.after);
      else
        builder.setInsertionPointToStart(point.block);
      for (int64_t i : members)
        PlaceOp::create(builder, allocs_[i].getLoc(), i, buffers_[i].dims, buffers_[i].elementBytes,
                        buffers_[i].base, buffers_[i].below);
      ReserveOp::create(builder, program_.getLoc(), members);
    }
  }

  ProgramOp program_;
  Positions positions_;
  llvm::DenseMap<mlir::Attribute, llvm::SmallVector<mlir::Operation *>> setters_;
  std::map<int64_t, GroupPoint> points_;  // by position, which is the group's number
  std::vector<AllocOp> allocs_;
  std::vector<PlannedBuffer> buffers_;
};

struct PlanMemoryPass : impl::PlanMemoryPassBase<PlanMemoryPass> {
  void runOnOperation() override {
    for (ProgramOp program : getOperation().getOps<ProgramOp>())
      if (failed(MemoryPlan(program).run())) return signalPassFailure();
  }
};

}  // namespace
}  // namespace plx
