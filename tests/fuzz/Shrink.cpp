#include "tests/fuzz/Shrink.h"

#include <functional>

#include "ir/eval/Evaluator.h"
#include "llvm/ADT/StringExtras.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "tests/fuzz/Run.h"

namespace plx::fuzz {

namespace {

using Module = mlir::OwningOpRef<mlir::ModuleOp>;

void dropDead(mlir::func::FuncOp main) {
  llvm::SmallVector<mlir::Operation *> ops;
  for (mlir::Operation &op : main.getBody().front().without_terminator()) ops.push_back(&op);
  for (mlir::Operation *op : llvm::reverse(ops))
    if (op->use_empty()) op->erase();
}

/// Drops unused arguments; not those whose sizes say what a symbol is, where others need it.
void dropArguments(mlir::func::FuncOp main) {
  for (unsigned i = main.getNumArguments(); i-- > 0;) {
    mlir::BlockArgument argument = main.getArgument(i);
    bool isStatic = mlir::cast<mlir::RankedTensorType>(argument.getType()).hasStaticShape();
    if (argument.use_empty() && isStatic) (void)main.eraseArgument(i);
  }
}

class Shrinker {
 public:
  Shrinker(mlir::ModuleOp module, unsigned budget) : best_(module.clone()), budget_(budget) {
    what_ = runGuarded(*best_).what;
  }

  Shrunk run() {
    findFirstOp();
    dropOutputs();
    for (bool changed = true; changed && budget_ > 0;) {
      changed = cutValues();
      changed |= bypassOps();
    }
    tryChange([](mlir::func::FuncOp main) {
      dropArguments(main);
      return true;
    });
    for (unsigned i = mainOf(*best_).getNumArguments(); i-- > 0;)
      tryChange([&](mlir::func::FuncOp main) {
        return main.getArgument(i).use_empty() && succeeded(main.eraseArgument(i));
      });
    return {std::move(best_), what_, firstOp_};
  }

 private:
  /// Keeps the change where the case still fails.
  bool tryChange(llvm::function_ref<bool(mlir::func::FuncOp)> change) {
    if (budget_ == 0) return false;
    Module candidate(best_->clone());
    if (!change(mainOf(*candidate))) return false;
    dropDead(mainOf(*candidate));
    --budget_;
    Outcome outcome = runGuarded(*candidate);
    // The same kind of failure: a change may also make a program that fails for another reason.
    if (outcome.verdict != Verdict::Failed || kindOf(outcome.what) != kindOf(what_)) return false;
    what_ = outcome.what;
    best_ = std::move(candidate);
    return true;
  }

  static llvm::StringRef kindOf(llvm::StringRef what) {
    return what.take_until([](char c) { return c == ':' || llvm::isDigit(c); });
  }

  static mlir::Operation *opAt(mlir::func::FuncOp main, unsigned index) {
    mlir::Block &block = main.getBody().front();
    auto it = block.begin();
    for (unsigned i = 0; i < index && it != block.end(); ++i) ++it;
    return it == block.end() || it->hasTrait<mlir::OpTrait::IsTerminator>() ? nullptr : &*it;
  }
  unsigned numOps() { return mainOf(*best_).getBody().front().getOperations().size() - 1; }

  /// The first op that fails when its result is the only output, with all that is in front of it.
  void findFirstOp() {
    for (unsigned i = 0; i < numOps(); ++i) {
      bool fails = tryChange([&](mlir::func::FuncOp main) {
        mlir::Operation *op = opAt(main, i);
        if (op->getNumResults() == 0) return false;
        if (!mlir::isa<mlir::RankedTensorType>(op->getResult(0).getType())) return false;
        firstOp_.clear();
        llvm::raw_string_ostream(firstOp_) << *op;
        setOutputs(main, op->getResult(0));
        return true;
      });
      if (fails) return;
    }
    firstOp_.clear();
  }

  void dropOutputs() {
    for (unsigned i = mainOf(*best_).getNumResults(); i-- > 0;)
      tryChange([&](mlir::func::FuncOp main) {
        llvm::SmallVector<mlir::Value> outputs(
            main.getBody().front().getTerminator()->getOperands());
        if (outputs.size() < 2) return false;
        outputs.erase(outputs.begin() + i);
        setOutputs(main, outputs);
        return true;
      });
  }

  /// Makes results inputs, the last first: what is in front of them is no longer needed.
  bool cutValues() {
    std::vector<std::optional<eval::Tensor>> values = valuesOfOps();
    bool changed = false;
    for (unsigned i = numOps(); i-- > 0;) {
      if (i >= values.size() || !values[i]) continue;
      bool cut = tryChange([&](mlir::func::FuncOp main) {
        mlir::Operation *op = opAt(main, i);
        if (!op || op->use_empty() || op->getNumOperands() == 0) return false;
        mlir::Value value = op->getResult(0);
        value.replaceAllUsesWith(addInput(main, value.getType(), *values[i]));
        return true;
      });
      if (!cut) continue;
      changed = true;
      values = valuesOfOps();
    }
    return changed;
  }

  /// Puts an operand of the same type in an op's place.
  bool bypassOps() {
    bool changed = false;
    for (unsigned i = numOps(); i-- > 0;)
      changed |= tryChange([&](mlir::func::FuncOp main) {
        mlir::Operation *op = opAt(main, i);
        if (!op || op->getNumResults() != 1) return false;
        for (mlir::Value operand : op->getOperands())
          if (operand.getType() == op->getResult(0).getType()) {
            op->getResult(0).replaceAllUsesWith(operand);
            return true;
          }
        return false;
      });
    return changed;
  }

  std::vector<std::optional<eval::Tensor>> valuesOfOps() {
    llvm::DenseMap<mlir::Operation *, eval::Tensor> results;
    eval::Evaluator evaluator(*best_);
    evaluator.setHook([&](mlir::Operation *op, llvm::ArrayRef<eval::Value> values) {
      if (values.size() == 1)
        if (auto *tensor = std::get_if<eval::Tensor>(&values[0].is)) results[op] = *tensor;
    });
    auto inputs = inputsOf(*best_);
    std::vector<std::optional<eval::Tensor>> values;
    if (failed(inputs) || failed(evaluator.run("main", *inputs))) return values;
    for (mlir::Operation &op : mainOf(*best_).getBody().front().without_terminator()) {
      auto found = results.find(&op);
      values.push_back(found == results.end() ? std::nullopt : std::optional(found->second));
    }
    return values;
  }

  Module best_;
  unsigned budget_;
  std::string what_, firstOp_;
};

}  // namespace

Shrunk shrink(mlir::ModuleOp module, unsigned budget) { return Shrinker(module, budget).run(); }

}  // namespace plx::fuzz
