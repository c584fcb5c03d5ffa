// Weights computed once. See HoistParametersPass in Passes.td.
#include "compiler/graph/ParameterOnly.h"
#include "compiler/graph/Passes.h"
#include "compiler/graph/Prepare.h"
#include "ir/interfaces/Interfaces.h"
#include "ir/ops/Parameter.h"
#include "ir/ops/Reshape.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/ADT/StringSet.h"
#include "mlir/IR/Dominance.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/Transforms/CSE.h"

namespace plx {

#define GEN_PASS_DEF_HOISTPARAMETERSPASS
#include "compiler/graph/Passes.h.inc"

namespace {

bool isView(mlir::Operation *op) {
  auto iterate = mlir::dyn_cast<Iterate>(op);
  return iterate && op->getNumOperands() == 1 && iterate.nature() == Nature::View;
}

/// A view that has more elements than what it shows.
bool isRepetition(mlir::Operation *op) {
  return isView(op) && provablyGreater(numElements(op->getResult(0).getType()),
                                       numElements(op->getOperand(0).getType()));
}

class Hoisting {
 public:
  explicit Hoisting(mlir::func::FuncOp main) : main_(main) {}

  /// Values of @main that are to be prepared, in the order in which the program first asks for
  /// them.
  void find() {
    main_.walk([&](mlir::Operation *op) {
      bool isFixed = op->getNumResults() > 0 && llvm::all_of(op->getResults(), [&](mlir::Value v) {
                       return parameters_.holds(v);
                     });
      if (isFixed) return;
      for (mlir::Value operand : op->getOperands()) demand(operand);
    });
  }

  bool empty() const { return roots_.empty(); }
  /// Makes @prepare and reads its results as parameters.
  void rewrite();

 private:
  void demand(mlir::Value value);
  bool isPrepared(mlir::Value value);
  bool isViewOfPacked(mlir::Operation *op);
  mlir::func::FuncOp clonePrepare();
  std::string freshName();

  mlir::func::FuncOp main_;
  ParameterOnly parameters_;
  llvm::SetVector<mlir::Value> roots_;
  llvm::SmallPtrSet<mlir::Operation *, 16> visited_;
  llvm::StringSet<> taken_;
  int64_t next_ = 0;
};

/// A run needs `value` in memory, or computes it.
void Hoisting::demand(mlir::Value value) {
  llvm::SmallVector<mlir::Value> stack{value};
  while (!stack.empty()) {
    mlir::Value v = stack.pop_back_val();
    if (!parameters_.holds(v) || roots_.contains(v)) continue;
    mlir::Operation *op = v.getDefiningOp();
    if (isPrepared(v)) {
      roots_.insert(v);
    } else if (visited_.insert(op).second) {
      for (mlir::Value operand : llvm::reverse(op->getOperands())) stack.push_back(operand);
    }
  }
}

bool Hoisting::isPrepared(mlir::Value value) {
  mlir::Operation *op = value.getDefiningOp();
  if (op->hasAttr("plx.packed")) return true;
  if (!parameters_.dependsOnParameter(value)) return false;  // constants are folded, or kept
  if (op->getNumOperands() == 0 || relabelsElements(op) || isRepetition(op) || isViewOfPacked(op))
    return false;
  return !enlargesSources(value);
}

/// Undoing a packing at compile time would throw it away.
bool Hoisting::isViewOfPacked(mlir::Operation *op) {
  while (isView(op)) {
    op = op->getOperand(0).getDefiningOp();
    if (op->hasAttr("plx.packed")) return true;
  }
  return false;
}

std::string Hoisting::freshName() {
  std::string name;
  do name = kPreparedPrefix + std::to_string(next_++);
  while (taken_.contains(name));
  return name;
}

/// @prepare, which returns a value for each root; equal ones are one value.
mlir::func::FuncOp Hoisting::clonePrepare() {
  mlir::OpBuilder b(main_.getContext());
  b.setInsertionPointAfter(main_);
  auto prepare =
      mlir::func::FuncOp::create(b, main_.getLoc(), kPrepareFunction, b.getFunctionType({}, {}));
  prepare.setPrivate();
  b.setInsertionPointToStart(prepare.addEntryBlock());
  mlir::IRMapping mapping;
  llvm::SmallPtrSet<mlir::Operation *, 32> cloned;
  llvm::SmallVector<mlir::Value> results;
  for (mlir::Value root : roots_) {
    for (mlir::Operation *op : sourcesOf(root))
      if (cloned.insert(op).second) b.clone(*op, mapping)->removeAttr("plx.packed");
    results.push_back(mapping.lookup(root));
  }
  mlir::func::ReturnOp::create(b, prepare.getLoc(), results);
  mlir::IRRewriter rewriter(main_.getContext());
  mlir::DominanceInfo dominance(prepare);
  mlir::eliminateCommonSubExpressions(rewriter, dominance, prepare);
  return prepare;
}

void Hoisting::rewrite() {
  taken_ = parameterNames(main_->getParentOfType<mlir::ModuleOp>());
  mlir::func::FuncOp prepare = clonePrepare();
  auto exit = mlir::cast<mlir::func::ReturnOp>(prepare.front().getTerminator());
  llvm::SetVector<mlir::Value> results;
  llvm::SmallVector<std::string> names;
  for (auto [i, result] : llvm::enumerate(exit.getOperands())) {
    mlir::Value root = roots_[i];
    if (results.insert(result)) names.push_back(freshName());
    size_t place = llvm::find(results, result) - results.begin();
    mlir::OpBuilder at(root.getDefiningOp());
    mlir::Value(root).replaceAllUsesWith(
        ParameterOp::create(at, root.getLoc(), root.getType(), names[place]));
  }
  exit.getOperandsMutable().assign(results.getArrayRef());
  mlir::OpBuilder b(main_.getContext());
  prepare.setType(b.getFunctionType({}, exit.getOperandTypes()));
  for (auto [i, name] : llvm::enumerate(names))
    prepare.setResultAttr(i, "plx.name", b.getStringAttr(name));
}

void eraseDead(mlir::func::FuncOp function) {
  llvm::SmallVector<mlir::Operation *> ops;
  function.walk([&](mlir::Operation *op) { ops.push_back(op); });
  for (mlir::Operation *op : llvm::reverse(ops))
    if (mlir::isOpTriviallyDead(op)) op->erase();
}

struct HoistParametersPass : impl::HoistParametersPassBase<HoistParametersPass> {
  void runOnOperation() override {
    auto main = getOperation().lookupSymbol<mlir::func::FuncOp>("main");
    if (!main || main.isExternal()) return;
    if (mlir::Operation *other = getOperation().lookupSymbol(kPrepareFunction)) {
      other->emitError() << "`@" << kPrepareFunction
                         << "` is there already; the pass makes a function of that name, and runs "
                            "once a module";
      return signalPassFailure();
    }
    // Equal computations are one from here on.
    mlir::IRRewriter rewriter(&getContext());
    mlir::DominanceInfo dominance(main);
    mlir::eliminateCommonSubExpressions(rewriter, dominance, main);
    Hoisting hoisting(main);
    hoisting.find();
    if (hoisting.empty()) return;
    hoisting.rewrite();
    eraseDead(main);
  }
};

}  // namespace
}  // namespace plx
