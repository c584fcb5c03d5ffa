// The kernel ops (Kernel.td) and what all that read a body need: who depends on which iteration
// variable.
#ifndef PLEXUS_IR_KERNEL_KERNEL_H
#define PLEXUS_IR_KERNEL_KERNEL_H

#include "ir/kernel/Irregular.h"
#include "ir/ops/Op.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/SmallPtrSet.h"
#include "mlir/IR/SymbolTable.h"

#define GET_OP_CLASSES
#include "ir/kernel/Kernel.h.inc"

namespace plx {

/// True for names that belong to iteration, fold and data-index variables.
inline bool isKernelVariable(llvm::StringRef symbol) { return symbol.starts_with("$"); }

/// For each scalar of a body: the iteration and fold variables its value is a function of.
class VariableUse {
 public:
  VariableUse() = default;  // of no body
  explicit VariableUse(mlir::Block &body);
  using Set = llvm::SmallPtrSet<mlir::Attribute, 8>;  // of StringAttr
  const Set &of(mlir::Value scalar) const;
  bool uses(mlir::Value scalar, mlir::StringAttr variable) const {
    return of(scalar).contains(variable);
  }

 private:
  Set ofDims(DimsAttr dims, mlir::ValueRange dataIndices) const;
  llvm::DenseMap<mlir::Value, Set> uses_;
};

/// Names of a StrArrayAttr.
llvm::SmallVector<mlir::StringAttr> namesOf(mlir::ArrayAttr names);

/// The variables that an op of a body binds by folding over them.
struct FoldedVariables {
  llvm::SmallVector<mlir::StringAttr> names;
  llvm::SmallVector<Dim> extents;
  bool joinsPartials;  // partial results over parts of the extents can be joined (fold)
};
/// Of fold, arg_fold and prefix; nothing of all others.
std::optional<FoldedVariables> foldedVariables(mlir::Operation *op);

/// Where a load or a store touches memory.
struct Access {
  mlir::Value buffer;
  DimsAttr indices;
};
std::optional<Access> accessOf(mlir::Operation *op);

}  // namespace plx

#endif  // PLEXUS_IR_KERNEL_KERNEL_H
