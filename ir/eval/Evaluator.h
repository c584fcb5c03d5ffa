// Runs functions of a module on the reference semantics of the ops.
//
// Example:
//   eval::Evaluator evaluator(module);
//   FailureOr<SmallVector<Value>> results = evaluator.run("main", inputs);
//   if (failed(results)) report(evaluator.error());
//
// Symbolic sizes are bound from the arguments: an argument of dims [n, 2*n] binds n by its first
// size and checks the second. Not thread-safe; one Evaluator may run many times.
#ifndef PLEXUS_IR_EVAL_EVALUATOR_H
#define PLEXUS_IR_EVAL_EVALUATOR_H

#include <functional>
#include <string>
#include <unordered_map>

#include "ir/eval/Value.h"
#include "llvm/ADT/DenseMap.h"
#include "mlir/IR/BuiltinOps.h"

namespace plx::eval {

class Evaluator {
 public:
  /// Bytes of a plx.parameter; the op says which type is wanted. Failure: its message is the
  /// evaluator's own
  /// ("parameter X is not known").
  using ParameterSource =
      std::function<mlir::FailureOr<Tensor>(llvm::StringRef name, mlir::Operation *op)>;
  /// Called after each op with its results, in order of execution (`plexus diff`).
  using Hook = std::function<void(mlir::Operation *op, llvm::ArrayRef<Value> results)>;

  explicit Evaluator(mlir::ModuleOp module) : module_(module) {}
  void setParameterSource(ParameterSource source) { parameterSource_ = std::move(source); }
  void setHook(Hook hook) { hook_ = std::move(hook); }

  /// Runs `function` on `inputs`, one a parameter. On failure error() says what and where.
  mlir::FailureOr<llvm::SmallVector<Value>> run(llvm::StringRef function,
                                                llvm::ArrayRef<Value> inputs);

  /// First message of the last run: "LOCATION: OP: what".
  const std::string &error() const { return error_; }
  /// The op that failed, null if none did.
  mlir::Operation *failedOp() const { return failedOp_; }

 private:
  friend class Frame;
  /// The values of a block whose last use is an op of it: freed there.
  using LastUses = llvm::DenseMap<mlir::Operation *, llvm::SmallVector<mlir::Value, 2>>;
  const LastUses &lastUsesOf(mlir::Block &block);

  mlir::ModuleOp module_;
  ParameterSource parameterSource_;
  Hook hook_;
  std::string error_;
  mlir::Operation *failedOp_ = nullptr;
  unsigned depth_ = 0;                                    // nested calls and regions
  std::unordered_map<mlir::Block *, LastUses> lastUses_;  // references stay valid while it grows
};

/// Evaluates one op by its Evaluate duty, outside of any function: symbols are unbound, regions and
/// calls refused. For folding. Nothing when it fails.
mlir::FailureOr<llvm::SmallVector<Value>> evaluateAlone(mlir::Operation *op,
                                                        llvm::ArrayRef<Value> operands);

}  // namespace plx::eval

#endif  // PLEXUS_IR_EVAL_EVALUATOR_H
