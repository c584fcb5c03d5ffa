// Strings are moved by their places. See MoveStringsPass in Passes.td.
#include "compiler/graph/Passes.h"
#include "ir/interfaces/Interfaces.h"
#include "ir/ops/Build.h"
#include "ir/ops/Host.h"
#include "ir/ops/Reshape.h"
#include "ir/types/HostTypes.h"

namespace plx {

#define GEN_PASS_DEF_MOVESTRINGSPASS
#include "compiler/graph/Passes.h.inc"

namespace {

bool isStrings(mlir::Value value) {
  return mlir::isa<mlir::RankedTensorType>(value.getType()) && isHostValue(value.getType());
}

/// What gives the same strings under other dims needs no move.
bool movesStrings(mlir::Operation *op) {
  auto iterate = mlir::dyn_cast<Iterate>(op);
  return iterate && iterate.nature() != Nature::Whole && !relabelsElements(op) &&
         op->getNumResults() == 1 && isStrings(op->getResult(0)) &&
         llvm::any_of(op->getOperands(), isStrings);
}

/// The op on places instead of strings, and the strings that are there.
mlir::LogicalResult move(mlir::Operation *op) {
  mlir::OpBuilder b(op);
  mlir::Location loc = op->getLoc();
  mlir::Type i64 = b.getI64Type();
  llvm::SmallVector<mlir::Value> arguments;
  mlir::Operation *moved = op->clone();
  Dim next = Dim::constant(op->getContext(), 0);
  for (auto [i, operand] : llvm::enumerate(op->getOperands())) {
    if (!isStrings(operand)) continue;
    Dim count = numElements(operand.getType());
    mlir::Value place = build::iota(b, loc, 0, i64, {count});
    if (!next.isConstant(0)) {
      mlir::Value first = build::broadcastTo(b, loc, build::dimValue(b, loc, next), {count});
      place = build::pointwise(b, loc, ScalarFn::add_, {place, first});
    }
    moved->setOperand(i, build::reshape(b, loc, place, dimsOf(operand.getType())));
    arguments.push_back(operand);
    next = next + count;
  }
  moved->getResult(0).setType(tensorType(i64, dimsOf(op->getResult(0).getType())));
  b.insert(moved);
  llvm::SmallVector<mlir::Value> values = build::finish(b, moved);
  if (values.empty()) return op->emitError() << "strings cannot be moved by this op";
  arguments.push_back(values[0]);
  auto taken = HostOp::create(b, loc, op->getResultTypes(), "host:take_strings", arguments,
                              b.getDictionaryAttr({}), mlir::ArrayAttr());
  op->replaceAllUsesWith(taken);
  op->erase();
  return mlir::success();
}

struct MoveStringsPass : impl::MoveStringsPassBase<MoveStringsPass> {
  void runOnOperation() override {
    llvm::SmallVector<mlir::Operation *> ops;
    getOperation().walk([&](mlir::Operation *op) {
      if (movesStrings(op)) ops.push_back(op);
    });
    for (mlir::Operation *op : ops)
      if (failed(move(op))) return signalPassFailure();
  }
};

}  // namespace
}  // namespace plx
