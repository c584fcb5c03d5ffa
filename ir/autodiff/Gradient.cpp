#include "ir/autodiff/Gradient.h"

#include "ir/interfaces/Interfaces.h"
#include "ir/ops/BuildDerivatives.h"
#include "llvm/ADT/SetVector.h"

namespace plx {

namespace {

/// Calls `use` with the operands of `op` and with what its regions use from outside of it.
void forEachUsed(mlir::Operation *op, llvm::function_ref<void(mlir::Value)> use) {
  for (mlir::Value operand : op->getOperands()) use(operand);
  for (mlir::Region &region : op->getRegions())
    region.walk([&](mlir::Operation *inner) {
      for (mlir::Value operand : inner->getOperands())
        if (!op->isAncestor(operand.getParentBlock()->getParentOp())) use(operand);
    });
}

/// One way back, from results to inputs of one block.
class Walk final : public Cotangents {
 public:
  /// `isCut`: what an input is made of does not matter. `replaced` outlives all walks.
  Walk(const mlir::OpBuilder &b, bool isCut, llvm::SetVector<mlir::Operation *> &replaced)
      : Cotangents(b), isCut_(isCut), replaced_(replaced) {}

  mlir::FailureOr<llvm::SmallVector<mlir::Value>> run(mlir::ValueRange results,
                                                      llvm::ArrayRef<mlir::Value> seeds,
                                                      llvm::ArrayRef<mlir::Value> inputs) {
    inputs_.insert(inputs.begin(), inputs.end());
    dependents_ = inputs_;
    llvm::SmallVector<mlir::Operation *> path = madeOfInputs(results);
    for (auto [result, seed] : llvm::zip_equal(results, seeds))
      if (seed && dependents_.contains(result)) {
        location_ = result.getLoc();
        add(result, seed);
      }
    for (mlir::Operation *op : llvm::reverse(path))
      if (failed(differentiate(op))) return mlir::failure();
    return llvm::map_to_vector(inputs,
                               [&](mlir::Value input) { return cotangents_.lookup(input); });
  }

  mlir::Value of(mlir::Value result) const override {
    if (isCut_ && inputs_.contains(result)) return {};
    return cotangents_.lookup(result);
  }

  bool wants(mlir::Value operand) const override { return dependents_.contains(operand); }

  void add(mlir::Value operand, mlir::Value contribution) override {
    if (!wants(operand)) return;
    contribution = build::rebind(builder_, location_, contribution, dimsOf(operand.getType()));
    mlir::Value &sum = cotangents_[operand];
    if (sum) contribution = build::add(builder_, location_, sum, contribution);
    hasFailed_ |= !contribution;
    sum = contribution;
  }

  mlir::FailureOr<llvm::SmallVector<mlir::Value>> through(
      mlir::OpBuilder &b, mlir::ValueRange results, llvm::ArrayRef<mlir::Value> cotangents,
      llvm::ArrayRef<mlir::Value> inputs) override {
    return Walk(b, /*isCut=*/true, replaced_).run(results, cotangents, inputs);
  }

  void replaceForward(mlir::Operation *replacement) override {
    llvm::SmallVector<mlir::Value> results(
        replacement->getResults().take_front(op_->getNumResults()));
    op_->replaceAllUsesWith(results);
    replaced_.insert(op_);
  }

 private:
  /// The ops of the block that make `results` of inputs, in order; notes what depends on inputs.
  llvm::SmallVector<mlir::Operation *> madeOfInputs(mlir::ValueRange results) {
    mlir::Block *block = builder_.getInsertionBlock();
    llvm::SetVector<mlir::Operation *> ops;
    auto visit = [&](mlir::Value value) {
      if (!value || (isCut_ && inputs_.contains(value))) return;
      mlir::Operation *op = value.getDefiningOp();
      if (op && op->getBlock() == block) ops.insert(op);
    };
    for (mlir::Value result : results) visit(result);
    for (size_t i = 0; i < ops.size(); ++i) forEachUsed(ops[i], visit);
    llvm::SmallVector<mlir::Operation *> path = ops.takeVector();
    llvm::sort(path, [](auto *a, auto *b) { return a->isBeforeInBlock(b); });
    llvm::erase_if(path, [&](mlir::Operation *op) { return !depends(op); });
    return path;
  }

  bool depends(mlir::Operation *op) {
    bool any = false;
    forEachUsed(op, [&](mlir::Value used) { any |= dependents_.contains(used); });
    if (any)
      for (mlir::Value result : op->getResults())
        if (isContinuous(result.getType())) dependents_.insert(result);
    return any;
  }

  mlir::LogicalResult differentiate(mlir::Operation *op) {
    if (llvm::none_of(op->getResults(), [&](mlir::Value result) { return of(result); }))
      return mlir::success();
    op_ = op;
    location_ = op->getLoc();
    auto rule = mlir::dyn_cast<Differentiate>(op);
    if (!rule) return refuse("an op without rule");
    if (failed(rule.differentiate(*this))) return mlir::failure();
    return mlir::failure(hasFailed_);
  }

  bool isCut_, hasFailed_ = false;
  llvm::SetVector<mlir::Operation *> &replaced_;
  mlir::Location location_ = builder_.getUnknownLoc();
  llvm::DenseSet<mlir::Value> inputs_, dependents_;      // what depends on inputs, these included
  llvm::DenseMap<mlir::Value, mlir::Value> cotangents_;  // sums so far
};

/// Values that follow when an op is replaced: operands of an op that is there only meanwhile.
class Followed {
 public:
  Followed(mlir::OpBuilder &b, llvm::ArrayRef<mlir::Value> values) {
    mlir::OperationState state(b.getUnknownLoc(), "builtin.unrealized_conversion_cast");
    state.addOperands(values);
    op_ = b.create(state);
  }
  ~Followed() { op_->erase(); }
  mlir::ValueRange values() const { return op_->getOperands(); }

 private:
  mlir::Operation *op_;
};

}  // namespace

mlir::FailureOr<llvm::SmallVector<mlir::Value>> gradient(
    mlir::OpBuilder &b, llvm::MutableArrayRef<mlir::Value> results,
    llvm::ArrayRef<mlir::Value> seeds, llvm::MutableArrayRef<mlir::Value> inputs) {
  llvm::SetVector<mlir::Operation *> replaced;
  llvm::SmallVector<mlir::Value> values(results);
  llvm::append_range(values, inputs);
  Followed followed(b, values);
  auto cotangents = Walk(b, /*isCut=*/false, replaced).run(results, seeds, inputs);
  if (failed(cotangents)) return mlir::failure();
  for (mlir::Operation *op : llvm::reverse(replaced)) op->erase();
  for (auto [place, value] : llvm::enumerate(followed.values()))
    (place < results.size() ? results[place] : inputs[place - results.size()]) = value;
  return cotangents;
}

}  // namespace plx
