// One function call or region run of the reference evaluator. Internal to ir/eval.
#ifndef PLEXUS_IR_EVAL_FRAME_H
#define PLEXUS_IR_EVAL_FRAME_H

#include "ir/eval/Evaluator.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/StringMap.h"

namespace plx::eval {

class Frame : public Scope {
 public:
  /// `parent` is the frame whose values and symbols stay visible (regions), null for a function.
  Frame(Evaluator &evaluator, Frame *parent) : evaluator_(evaluator), parent_(parent) {}

  /// Binds the block's arguments and their symbols, runs its ops, gives the operands of its
  /// terminator. `op` is what messages about arguments name.
  mlir::FailureOr<llvm::SmallVector<Value>> runBlock(mlir::Block &block,
                                                     llvm::ArrayRef<Value> arguments,
                                                     mlir::Operation *op);
  /// Evaluates one op on values that lie outside any frame.
  mlir::FailureOr<llvm::SmallVector<Value>> evaluate(mlir::Operation *op,
                                                     llvm::ArrayRef<Value> operands);

  mlir::FailureOr<int64_t> valueOf(Dim dim, mlir::Operation *op) override;
  mlir::LogicalResult bind(DimAtom symbol, int64_t value, mlir::Operation *op) override;
  mlir::FailureOr<llvm::SmallVector<Value>> run(mlir::Region &region,
                                                llvm::ArrayRef<Value> arguments) override;
  mlir::FailureOr<llvm::SmallVector<Value>> call(llvm::StringRef function,
                                                 llvm::ArrayRef<Value> arguments,
                                                 mlir::Operation *op) override;
  mlir::FailureOr<Tensor> parameter(llvm::StringRef name, mlir::Operation *op) override;
  mlir::LogicalResult fail(mlir::Operation *op, const llvm::Twine &message) override;

 private:
  struct Binding {
    int64_t value;
    std::string origin;  // for messages: "dim 0 of argument 1"
  };
  /// One size of an argument that is not a number, and what came for it.
  struct Size {
    Dim dim;
    int64_t value;
    std::string where;
  };
  std::optional<int64_t> symbolValue(llvm::StringRef name) const;
  const Binding *bindingOf(llvm::StringRef name) const;
  /// Gives a symbol that has no value yet the one that `size` says, if it can be solved for it.
  mlir::LogicalResult solve(const Size &size, mlir::Operation *op, bool &progressed);
  mlir::LogicalResult checkSize(const Size &size, mlir::Operation *op);
  mlir::LogicalResult bindArguments(mlir::TypeRange types, llvm::ArrayRef<Value> arguments,
                                    mlir::Operation *op);
  mlir::LogicalResult checkTensor(mlir::Type type, const Value &value, const llvm::Twine &what,
                                  mlir::Operation *op, std::vector<Size> &sizes);
  mlir::LogicalResult checkResults(mlir::Operation *op, llvm::ArrayRef<Value> results);
  mlir::LogicalResult bindSymbol(DimAtom symbol, int64_t value, std::string origin,
                                 mlir::Operation *op);
  const Value *lookup(mlir::Value value) const;
  /// Evaluates an op of this frame and keeps its results.
  mlir::LogicalResult runOp(mlir::Operation *op, llvm::ArrayRef<Value> operands);
  mlir::FailureOr<llvm::SmallVector<Value>> gather(mlir::Operation *op);

  Evaluator &evaluator_;
  Frame *parent_;
  llvm::DenseMap<mlir::Value, Value> values_;
  llvm::StringMap<Binding> symbols_;
};

}  // namespace plx::eval

#endif  // PLEXUS_IR_EVAL_FRAME_H
