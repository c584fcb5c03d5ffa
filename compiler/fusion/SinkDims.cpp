// plx-sink-dims (Passes.td).
#include "compiler/fusion/Passes.h"
#include "ir/ops/Dims.h"

namespace plx {

#define GEN_PASS_DEF_SINKDIMSPASS
#include "compiler/fusion/Passes.h.inc"

namespace {

void sink(DimsOp op) {
  // The first user of each block; those in regions of an op are users of their own blocks.
  llvm::MapVector<mlir::Block *, mlir::Operation *> first;
  for (mlir::Operation *user : op->getUsers()) {
    mlir::Operation *&known = first[user->getBlock()];
    if (!known || user->isBeforeInBlock(known)) known = user;
  }
  for (auto [block, user] : first) {
    mlir::Operation *copy = op->clone();
    user->getBlock()->getOperations().insert(user->getIterator(), copy);
    op.getResult().replaceUsesWithIf(copy->getResult(0), [&](mlir::OpOperand &use) {
      return use.getOwner()->getBlock() == block;
    });
  }
  op.erase();
}

struct SinkDimsPass : impl::SinkDimsPassBase<SinkDimsPass> {
  void runOnOperation() override {
    llvm::SmallVector<DimsOp> all;
    getOperation().walk([&](DimsOp op) { all.push_back(op); });
    for (DimsOp op : all) sink(op);
  }
};

}  // namespace
}  // namespace plx
