// Iterate, run: a KernelBuilder whose scalars are constants of rank 0, folded as they are made.
#ifndef PLEXUS_TESTS_UNIT_IR_EVAL_INTERPRETER_H
#define PLEXUS_TESTS_UNIT_IR_EVAL_INTERPRETER_H

#include <map>
#include <optional>
#include <string>

#include "ir/eval/Value.h"
#include "ir/kernel/Builder.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"

namespace plx::eval {

/// Computes elements of an op's results by its Iterate duty, for given operands and values of
/// symbols.
class Interpreter : public KernelBuilder {
 public:
  using Symbols = std::map<std::string, int64_t>;
  Interpreter(mlir::Operation *op, llvm::ArrayRef<Value> operands, Symbols symbols);
  ~Interpreter() override;

  /// One element; nothing where the op has no loop nest, or an index left its range (then fault()
  /// says so).
  std::optional<Tensor> element(unsigned result, llvm::ArrayRef<int64_t> index);
  const std::string &fault() const { return fault_; }

  mlir::Value operand(unsigned operand, llvm::ArrayRef<Dim> indices) override;
  mlir::RankedTensorType operandType(unsigned operand) override;
  mlir::Value apply(ScalarFn fn, mlir::ValueRange operands) override;
  mlir::Value convert(mlir::Value scalar, mlir::Type element, bool saturate) override;
  mlir::Value bitcast(mlir::Value scalar, mlir::Type element) override;
  mlir::Value constant(mlir::TypedAttr value) override;
  mlir::Value position(Dim index, mlir::Type element) override;
  Dim bindIndex(mlir::Value index, Dim extent, bool wrapNegative) override;
  mlir::Value fold(FoldKind kind, llvm::ArrayRef<Dim> extents,
                   llvm::function_ref<mlir::Value(llvm::ArrayRef<Dim>)> body) override;
  mlir::Value argFold(FoldKind maxOrMin, bool last, Dim extent,
                      llvm::function_ref<mlir::Value(Dim)> body) override;
  mlir::Value prefix(FoldKind kind, bool exclusive, Dim position, Dim extent,
                     llvm::function_ref<mlir::Value(Dim)> body) override;
  mlir::Value inside(llvm::ArrayRef<IndexBound> bounds, llvm::function_ref<mlir::Value()> body,
                     llvm::function_ref<mlir::Value()> otherwise) override;
  mlir::Value piece(Dim index, llvm::ArrayRef<Dim> starts,
                    llvm::function_ref<mlir::Value(unsigned)> body) override;

 private:
  int64_t valueOf(Dim dim);
  mlir::Value scalar(const Tensor &tensor);
  Tensor tensorOf(mlir::Value scalar);
  Dim number(int64_t value);
  mlir::Value combine(FoldKind kind, mlir::Value a, mlir::Value b);

  mlir::Operation *op_;
  llvm::SmallVector<Value> operands_;
  Symbols symbols_;
  mlir::OwningOpRef<mlir::ModuleOp> scratch_;
  std::string fault_;
};

}  // namespace plx::eval

#endif  // PLEXUS_TESTS_UNIT_IR_EVAL_INTERPRETER_H
