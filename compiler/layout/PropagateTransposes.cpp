// Sinks transposes. See PropagateTransposesPass in Passes.td.
//
//   add(transpose(x, p), transpose(y, p))   ->   transpose(add(x, y), p)
//
// One sweep over each block, in order: when an op is reached, what is before it has its transposes
// as late as they go. An op whose operands are transposed alike, or for free, is rebuilt on what
// they were made of, and the transpose stands after it. Where an operand disagrees, elements moved
// are counted: transposes that the op takes away and those that its result would cancel further on,
// against those that the other operands would need and those that would remain.
#include "compiler/layout/Passes.h"
#include "compiler/layout/Transposed.h"
#include "ir/interfaces/Interfaces.h"
#include "ir/ops/Build.h"
#include "ir/ops/Transpose.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

namespace plx {

#define GEN_PASS_DEF_PROPAGATETRANSPOSESPASS
#include "compiler/layout/Passes.h.inc"

namespace {

// Ops looked at behind a result before it is taken that nothing cancels there.
constexpr int kMostOpsAhead = 200;
// A result this much larger than what was transposed is weighed like a disagreement.
constexpr double kMostGrowth = 2;

/// What would become of a value's transpose further on.
struct Future {
  double cancels = 0;  // elements of transposes that would vanish
  double remains = 0;  // elements that would be moved before ops that stop it
};

class BlockLayout {
 public:
  BlockLayout(mlir::Block &block, ParameterOnly &parameters)
      : block_(block), parameters_(parameters), transposed_(parameters) {}

  void run() {
    llvm::SmallVector<mlir::Operation *> ops;
    for (mlir::Operation &op : block_) ops.push_back(&op);
    for (mlir::Operation *op : ops) {
      if (auto transpose = mlir::dyn_cast<TransposeOp>(op))
        join(transpose);
      else if (auto permute = mlir::dyn_cast<Permute>(op); permute && op->getNumResults() == 1)
        sink(permute);
    }
  }

 private:
  void join(TransposeOp outer);
  void sink(Permute op);
  bool pays(Permute op, llvm::ArrayRef<int64_t> permutation, const PermutedResult &result);
  void rebuild(Permute op, llvm::ArrayRef<int64_t> permutation, const PermutedResult &result);
  /// The transpose before `value` that may move on: one of this block that a run pays for.
  TransposeOp transposeOf(mlir::Value value);
  Future futureOf(mlir::Value value, llvm::ArrayRef<int64_t> permutation);
  void lookAhead(mlir::Value value, llvm::ArrayRef<int64_t> permutation, Future &future,
                 llvm::SmallPtrSetImpl<mlir::Operation *> &seen);

  mlir::Block &block_;
  ParameterOnly &parameters_;
  Transposed transposed_;
};

TransposeOp BlockLayout::transposeOf(mlir::Value value) {
  auto transpose = value.getDefiningOp<TransposeOp>();
  if (!transpose || transpose->getBlock() != &block_) return {};
  return parameters_.holds(transpose.getOperand()) ? TransposeOp() : transpose;
}

/// Two transposes become one, or none.
void BlockLayout::join(TransposeOp outer) {
  auto inner = outer.getOperand().getDefiningOp<TransposeOp>();
  if (!inner) return;
  Permutation both = compose(inner.getPermutation(), outer.getPermutation());
  if (isIdentity(both)) {
    outer.getResult().replaceAllUsesWith(inner.getOperand());
    return;
  }
  outer.getOperandMutable().assign(inner.getOperand());
  outer.setPermutation(both);
}

void BlockLayout::sink(Permute op) {
  llvm::SmallVector<Permutation> candidates;
  for (mlir::Value operand : op->getOperands().take_front(op.numPermuted()))
    if (TransposeOp transpose = transposeOf(operand))
      if (Permutation p(transpose.getPermutation()); !llvm::is_contained(candidates, p))
        candidates.push_back(p);
  for (const Permutation &candidate : candidates) {
    std::optional<PermutedResult> result = op.permutedResult(candidate);
    if (!result || !pays(op, candidate, *result)) continue;
    return rebuild(op, candidate, *result);
  }
}

bool BlockLayout::pays(Permute op, llvm::ArrayRef<int64_t> permutation,
                       const PermutedResult &result) {
  Permutation undone = inverse(permutation);
  double saved = 0, added = 0;
  for (mlir::Value operand : op->getOperands().take_front(op.numPermuted())) {
    TransposeOp transpose = transposeOf(operand);
    if (transpose && transpose.getPermutation() == permutation)
      saved += elementsOf(operand.getType());
    else
      added += transposed_.cost(operand, undone);
  }
  if (!result.isExact) added += elementsOf(op->getOperand(0).getType());
  mlir::Value value = op->getResult(0);
  if (added == 0 && elementsOf(value.getType()) <= kMostGrowth * saved) return true;
  Future future = futureOf(value, result.permutation);
  return added + future.remains < saved + future.cancels;
}

Future BlockLayout::futureOf(mlir::Value value, llvm::ArrayRef<int64_t> permutation) {
  Future future;
  llvm::SmallPtrSet<mlir::Operation *, 16> seen;
  if (!movesOnlyOnes(value.getType(), inverse(permutation)))
    lookAhead(value, permutation, future, seen);
  return future;
}

/// `value` would be transpose(.., permutation). Other operands of ops that follow are taken to
/// agree.
void BlockLayout::lookAhead(mlir::Value value, llvm::ArrayRef<int64_t> permutation, Future &future,
                            llvm::SmallPtrSetImpl<mlir::Operation *> &seen) {
  double elements = elementsOf(value.getType());
  bool remains = false;
  for (mlir::OpOperand &use : value.getUses()) {
    mlir::Operation *user = use.getOwner();
    if (auto transpose = mlir::dyn_cast<TransposeOp>(user)) {
      mlir::Type given = tensorType(mlir::getElementTypeOrSelf(value.getType()),
                                    unpermuted(dimsOf(value.getType()), permutation));
      if (movesOnlyOnes(given, compose(permutation, transpose.getPermutation())))
        future.cancels += elements;
      continue;
    }
    auto permute = mlir::dyn_cast<Permute>(user);
    bool follows = permute && user->getBlock() == &block_ && user->getNumResults() == 1 &&
                   use.getOperandNumber() < permute.numPermuted() &&
                   seen.size() < static_cast<size_t>(kMostOpsAhead);
    std::optional<PermutedResult> result;
    if (follows) result = permute.permutedResult(permutation);
    if (!result || !result->isExact) {
      remains = true;
    } else if (seen.insert(user).second && !isIdentity(result->permutation)) {
      lookAhead(user->getResult(0), result->permutation, future, seen);
    }
  }
  if (remains) future.remains += elements;
}

void BlockLayout::rebuild(Permute op, llvm::ArrayRef<int64_t> permutation,
                          const PermutedResult &result) {
  mlir::OpBuilder b(op);
  Permutation undone = inverse(permutation);
  llvm::SmallVector<mlir::Value> given;
  for (mlir::Value operand : op->getOperands().take_front(op.numPermuted()))
    given.push_back(transposed_.build(b, operand, undone));
  mlir::Value rebuilt = op.rebuildPermuted(b, permutation, given);
  if (!rebuilt) return;
  mlir::Value back = build::transpose(b, op.getLoc(), rebuilt, result.permutation);
  if (back && back.getType() == op->getResult(0).getType())
    op->getResult(0).replaceAllUsesWith(back);
}

/// Transposes of dims of size 1 become reshapes; what has lost its users goes.
void tidy(mlir::func::FuncOp function) {
  llvm::SmallVector<mlir::Operation *> ops;
  function.walk([&](mlir::Operation *op) { ops.push_back(op); });
  for (mlir::Operation *op : llvm::reverse(ops))
    if (mlir::isOpTriviallyDead(op)) op->erase();
  llvm::SmallVector<TransposeOp> views;
  function.walk([&](TransposeOp op) {
    if (movesOnlyOnes(op.getOperand().getType(), op.getPermutation())) views.push_back(op);
  });
  for (TransposeOp op : views) {
    mlir::OpBuilder b(op);
    mlir::Value view = build::reshape(b, op.getLoc(), op.getOperand(), dimsOf(op.getType()));
    if (!view) continue;
    op.getResult().replaceAllUsesWith(view);
    op.erase();
  }
}

struct PropagateTransposesPass : impl::PropagateTransposesPassBase<PropagateTransposesPass> {
  void runOnOperation() override {
    ParameterOnly parameters;
    llvm::SmallVector<mlir::Block *> blocks;
    getOperation()->walk<mlir::WalkOrder::PreOrder>(
        [&](mlir::Block *block) { blocks.push_back(block); });
    for (mlir::Block *block : blocks) BlockLayout(*block, parameters).run();
    tidy(getOperation());
  }
};

}  // namespace
}  // namespace plx
