#include "ir/eval/Evaluator.h"

#include "ir/eval/Frame.h"

namespace plx::eval {

const Evaluator::LastUses &Evaluator::lastUsesOf(mlir::Block &block) {
  auto [entry, isNew] = lastUses_.try_emplace(&block);
  LastUses &uses = entry->second;
  if (!isNew) return uses;
  auto note = [&](mlir::Value value) {
    mlir::Operation *last = nullptr;
    for (mlir::Operation *user : value.getUsers()) {
      mlir::Operation *here = block.findAncestorOpInBlock(*user);
      if (here && (!last || last->isBeforeInBlock(here))) last = here;
    }
    if (last) uses[last].push_back(value);
  };
  for (mlir::BlockArgument argument : block.getArguments()) note(argument);
  for (mlir::Operation &op : block)
    for (mlir::Value result : op.getResults()) note(result);
  return uses;
}

mlir::FailureOr<llvm::SmallVector<Value>> Evaluator::run(llvm::StringRef function,
                                                         llvm::ArrayRef<Value> inputs) {
  error_.clear();
  failedOp_ = nullptr;
  depth_ = 0;
  lastUses_.clear();
  return Frame(*this, nullptr).call(function, inputs, nullptr);
}

mlir::FailureOr<llvm::SmallVector<Value>> evaluateAlone(mlir::Operation *op,
                                                        llvm::ArrayRef<Value> operands) {
  if (op->getNumRegions() != 0) return mlir::failure();
  Evaluator evaluator{mlir::ModuleOp()};
  return Frame(evaluator, nullptr).evaluate(op, operands);
}

}  // namespace plx::eval
