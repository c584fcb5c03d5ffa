// Builds the body of one kernel by asking ops for their scalars, through every op that is fused
// into it.
#ifndef PLEXUS_COMPILER_FUSION_FUSEDBUILDER_H
#define PLEXUS_COMPILER_FUSION_FUSEDBUILDER_H

#include <functional>
#include <map>
#include <vector>

#include "ir/kernel/Builder.h"
#include "ir/kernel/Kernel.h"
#include "mlir/IR/Builders.h"

namespace plx {

/// KernelBuilder that writes ops into a kernel's block. An operand whose value `isLoaded` becomes a
/// load of a block argument; any other is produced by its own op, here. One instance a kernel;
/// single-threaded.
class FusedBuilder final : public KernelBuilder {
 public:
  /// `isLoaded(value)`: the value is in memory when the kernel runs.
  FusedBuilder(mlir::OpBuilder &builder, mlir::Block &block,
               std::function<bool(mlir::Value)> isLoaded);

  /// Declares an iteration variable `name` over [0, extent) and gives it as an index.
  Dim declareVariable(llvm::StringRef name, Dim extent);
  /// The scalar of `value` at `indices`; null with whyNot() set when some op has no loop nest.
  mlir::Value scalarOf(mlir::Value value, llvm::ArrayRef<Dim> indices);
  /// Values in memory that the body reads, in order of the block arguments made for them.
  llvm::ArrayRef<mlir::Value> inputs() const { return inputs_; }
  /// The ops whose scalars were built, for locations and names.
  llvm::ArrayRef<mlir::Operation *> fusedOps() const { return fusedOps_; }

  /// The tensor op a scalar of the body was first built for.
  mlir::Operation *sourceOf(mlir::Value scalar) const { return source_.lookup(scalar); }
  /// Extent of a variable of the body; null for other names.
  Dim extentOf(mlir::StringAttr variable) const { return extentOf_.lookup(variable); }

  mlir::Value operand(unsigned operand, llvm::ArrayRef<Dim> indices) override;
  mlir::RankedTensorType operandType(unsigned operand) override;
  mlir::Value apply(ScalarFn fn, mlir::ValueRange operands) override;
  mlir::Value convert(mlir::Value scalar, mlir::Type element, bool saturate) override;
  mlir::Value bitcast(mlir::Value scalar, mlir::Type element) override;
  mlir::Value constant(mlir::TypedAttr value) override;
  using KernelBuilder::constant;
  mlir::Value position(Dim index, mlir::Type element) override;
  Dim bindIndex(mlir::Value index, Dim extent, bool wrapNegative) override;
  mlir::Value fold(FoldKind kind, llvm::ArrayRef<Dim> extents,
                   llvm::function_ref<mlir::Value(llvm::ArrayRef<Dim>)> body) override;
  mlir::Value argFold(FoldKind kind, bool last, Dim extent,
                      llvm::function_ref<mlir::Value(Dim)> body) override;
  mlir::Value prefix(FoldKind kind, bool exclusive, Dim position, Dim extent,
                     llvm::function_ref<mlir::Value(Dim)> body) override;
  mlir::Value inside(llvm::ArrayRef<IndexBound> bounds, llvm::function_ref<mlir::Value()> body,
                     llvm::function_ref<mlir::Value()> otherwise) override;
  mlir::Value piece(Dim index, llvm::ArrayRef<Dim> starts,
                    llvm::function_ref<mlir::Value(unsigned)> body) override;

 private:
  Dim simplify(Dim index) const;
  mlir::Value load(mlir::Value value, llvm::ArrayRef<Dim> indices);
  /// The plx.index values behind the data symbols that occur in `dims`.
  llvm::SmallVector<mlir::Value> dataIndices(llvm::ArrayRef<Dim> dims) const;
  /// An op without a twin earlier in the body, or that twin.
  mlir::Value unique(mlir::Operation *op);
  Dim freshVariable(llvm::StringRef prefix, Dim extent);

  mlir::OpBuilder &b_;
  mlir::Block &block_;
  std::function<bool(mlir::Value)> isLoaded_;
  mlir::Location loc_;
  mlir::Operation *current_ = nullptr;  // the op being iterated
  mlir::Value guard_;                   // i1 under which reads may happen; null: always
  unsigned numFresh_ = 0;
  llvm::SmallVector<mlir::Value> inputs_;
  llvm::DenseMap<mlir::Value, mlir::BlockArgument> argumentOf_;
  llvm::SmallVector<mlir::Operation *> fusedOps_;
  llvm::DenseMap<mlir::StringAttr, Dim> extentOf_;           // of every variable
  llvm::DenseMap<mlir::StringAttr, mlir::Value> dataIndex_;  // symbol -> plx.index
  // (value, indices as one attribute, guard) -> scalar
  std::map<std::tuple<const void *, const void *, const void *>, mlir::Value> memo_;
  llvm::DenseMap<mlir::Value, mlir::Operation *> source_;
  std::multimap<unsigned, mlir::Operation *> twins_;  // by hash
};

}  // namespace plx

#endif  // PLEXUS_COMPILER_FUSION_FUSEDBUILDER_H
