#include "compiler/layout/Transposed.h"

#include "ir/interfaces/Interfaces.h"
#include "ir/ops/Broadcast.h"
#include "ir/ops/Build.h"
#include "ir/ops/Transpose.h"

namespace plx {

namespace {
// What a symbolic size is taken for.
constexpr int64_t kTypicalSize = 32;
// Ops looked through before a transpose is put.
constexpr int kMostDepth = 8;

/// The op behind `value` if it works on operands in the other order just as well and nobody else
/// wants its result.
Permute permutableAlike(mlir::Value value, llvm::ArrayRef<int64_t> permutation) {
  auto op = mlir::dyn_cast_if_present<Permute>(value.getDefiningOp());
  if (!op || !value.hasOneUse() || op.numPermuted() == 0) return {};
  for (mlir::Value operand : op->getOperands().take_front(op.numPermuted()))
    if (mlir::cast<mlir::RankedTensorType>(operand.getType()).getRank() !=
        static_cast<int64_t>(permutation.size()))
      return {};
  Permutation undone = inverse(permutation);
  std::optional<PermutedResult> result = op.permutedResult(undone);
  return result && result->isExact && result->permutation == undone ? op : Permute();
}
}  // namespace

bool movesOnlyOnes(mlir::Type type, llvm::ArrayRef<int64_t> permutation) {
  int64_t last = -1;
  for (int64_t axis : permutation) {
    if (dimOf(type, axis).isConstant(1)) continue;
    if (axis < last) return false;
    last = axis;
  }
  return true;
}

double elementsOf(mlir::Type type) {
  double elements = 1;
  for (Dim dim : dimsOf(type))
    elements *= static_cast<double>(
        dim.evaluate([](DimAtom) { return std::optional<int64_t>(kTypicalSize); })
            .value_or(kTypicalSize));
  return elements;
}

double Transposed::cost(mlir::Value value, llvm::ArrayRef<int64_t> permutation, int depth) {
  if (movesOnlyOnes(value.getType(), permutation) || parameters_.holds(value)) return 0;
  double whole = elementsOf(value.getType());
  mlir::Operation *op = value.getDefiningOp();
  if (auto transpose = mlir::dyn_cast_if_present<TransposeOp>(op)) {
    Permutation both = compose(transpose.getPermutation(), permutation);
    return movesOnlyOnes(transpose.getOperand().getType(), both) ? 0 : whole;
  }
  if (!op || op->getNumResults() != 1 || depth == kMostDepth) return whole;
  if (mlir::isa<Permute>(op) && op->getNumOperands() == 0) return 0;  // a constant, an iota
  if (auto broadcast = mlir::dyn_cast<BroadcastOp>(op))
    return cost(broadcast.getOperand(), broadcast.operandOrder(permutation), depth + 1);
  Permute alike = permutableAlike(value, permutation);
  if (!alike) return whole;
  double sum = 0;
  for (mlir::Value operand : op->getOperands().take_front(alike.numPermuted()))
    sum += cost(operand, permutation, depth + 1);
  return std::min(sum, whole);
}

mlir::Value Transposed::source(mlir::OpBuilder &b, mlir::Value value,
                               llvm::ArrayRef<int64_t> permutation) {
  auto op = mlir::dyn_cast_if_present<Permute>(value.getDefiningOp());
  if (!op) return {};
  mlir::OpBuilder::InsertionGuard guard(b);
  b.setInsertionPoint(op);  // operands are those of this op, whose block may be an outer one
  return op.withPermutedResult(
      b, permutation, [&](mlir::Value v, llvm::ArrayRef<int64_t> p) { return build(b, v, p); });
}

mlir::Value Transposed::rebuilt(mlir::OpBuilder &b, mlir::Value value,
                                llvm::ArrayRef<int64_t> permutation) {
  if (cost(value, permutation) >= elementsOf(value.getType())) return {};
  Permute op = permutableAlike(value, permutation);
  if (!op) return {};
  mlir::OpBuilder::InsertionGuard guard(b);
  b.setInsertionPoint(op);
  llvm::SmallVector<mlir::Value> given;
  for (mlir::Value operand : op->getOperands().take_front(op.numPermuted()))
    given.push_back(build(b, operand, permutation));
  return op.rebuildPermuted(b, inverse(permutation), given);
}

mlir::Value Transposed::build(mlir::OpBuilder &b, mlir::Value value,
                              llvm::ArrayRef<int64_t> permutation) {
  if (isIdentity(permutation)) return value;
  if (auto transpose = value.getDefiningOp<TransposeOp>())
    return build(b, transpose.getOperand(), compose(transpose.getPermutation(), permutation));
  if (mlir::Value made = source(b, value, permutation)) return made;
  if (!parameters_.holds(value) && !movesOnlyOnes(value.getType(), permutation))
    if (mlir::Value made = rebuilt(b, value, permutation)) return made;
  return build::transpose(b, value.getLoc(), value, permutation);
}

}  // namespace plx
