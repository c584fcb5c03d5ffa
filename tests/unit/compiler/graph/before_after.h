// Runs @main of a program on the reference evaluator before and after passes, on the same inputs.
#ifndef PLEXUS_TESTS_UNIT_COMPILER_GRAPH_BEFORE_AFTER_H
#define PLEXUS_TESTS_UNIT_COMPILER_GRAPH_BEFORE_AFTER_H

#include <random>
#include <string>
#include <vector>

#include "ir/eval/Evaluator.h"
#include "llvm/ADT/StringMap.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/IR/OwningOpRef.h"
#include "mlir/Pass/PassManager.h"

namespace plx {

class BeforeAfter {
 public:
  BeforeAfter();

  /// Parses `text` and evaluates it; false, with a test failure, if that does not go.
  bool load(const std::string &text, const std::vector<std::vector<int64_t>> &shapes);
  /// Takes a module as it is.
  bool take(mlir::OwningOpRef<mlir::ModuleOp> module,
            const std::vector<std::vector<int64_t>> &shapes);
  /// Runs passes named as on plexus-opt's command line ("func.func(plx-simplify)").
  bool run(const std::string &pipeline);
  /// Evaluates what is there now; @prepare first, where there is one. The largest difference of a
  /// result from what load saw, relative to 1 + |expected|; infinity where types differ or a run
  /// fails.
  double difference();

  /// Ops named `name` in the module ("plx.transpose").
  int64_t count(llvm::StringRef name);
  std::string text();
  mlir::MLIRContext &context() { return context_; }

  /// Inputs and weights are whole numbers in [-4, 4], whose sums have no rounding; false: reals.
  bool whole = true;

 private:
  mlir::FailureOr<llvm::SmallVector<eval::Value>> evaluate(mlir::ModuleOp module,
                                                           llvm::ArrayRef<eval::Value> inputs);
  eval::Tensor random(mlir::Type element, llvm::ArrayRef<int64_t> shape);

  mlir::MLIRContext context_;
  mlir::OwningOpRef<mlir::ModuleOp> module_;
  std::mt19937 random_{7};
  llvm::StringMap<eval::Tensor> parameters_;
  llvm::SmallVector<eval::Value> inputs_, expected_;
};

}  // namespace plx

#endif  // PLEXUS_TESTS_UNIT_COMPILER_GRAPH_BEFORE_AFTER_H
