// Orders launches so that little is alive at one time. See OrderLaunchesPass in Passes.td.
#include <set>

#include "compiler/memory/Donations.h"
#include "compiler/memory/Steps.h"
#include "ir/ops/Rebind.h"
#include "ir/ops/Reshape.h"
#include "mlir/Pass/Pass.h"

namespace plx {

#define GEN_PASS_DEF_ORDERLAUNCHESPASS
#include "compiler/memory/Passes.h.inc"

namespace {

/// What takes at most this share of what it reads may be done as early as it can: reductions and
/// updates in place, after which what they read can go.
constexpr int64_t kSmallShare = 16;

class Order {
 public:
  explicit Order(mlir::func::FuncOp main)
      : main_(main), body_(main.getBody().front()), end_(body_.getTerminator()) {
    for (mlir::Operation &op : body_.without_terminator()) {
      number_[&op] = static_cast<int64_t>(ops_.size());
      ops_.push_back(&op);
    }
    after_.resize(ops_.size());
    missing_.resize(ops_.size());
    demands_.resize(ops_.size());
    placed_.resize(ops_.size());
    for (mlir::Value result : end_->getOperands()) results_.insert(rootOf(result));
    for (mlir::Operation *op : ops_) onDemand_.push_back(isOnDemand(op));
  }

  void run() {
    for (mlir::Operation *op : ops_) orderByValues(op);
    orderByEffects();
    orderUpdates();
    for (mlir::Operation *op : ops_) takesLittle_.push_back(takesLittle(op));
    for (size_t i = 0; i < ops_.size(); ++i)
      if (missing_[i] == 0 && !onDemand_[i]) ready_.insert(static_cast<int64_t>(i));
    while (!ready_.empty()) {
      auto next = llvm::find_if(ready_, [&](int64_t i) { return takesLittle_[i]; });
      if (next == ready_.end()) next = ready_.begin();
      int64_t i = *next;
      ready_.erase(next);
      place(i);
    }
    // What nothing wants.
    for (size_t i = 0; i < ops_.size(); ++i) place(static_cast<int64_t>(i));
  }

 private:
  void order(int64_t first, int64_t second) {
    if (onDemand_[first]) return demands_[second].push_back(first);
    after_[first].push_back(second);
    ++missing_[second];
  }

  /// What reads no value that a launch made can be had at any time: it stands where it is wanted.
  bool isOnDemand(mlir::Operation *op) const {
    return isPure(op) &&
           llvm::none_of(op->getResults(),
                         [&](mlir::Value v) { return results_.contains(rootOf(v)); }) &&
           llvm::all_of(op->getOperands(), [](mlir::Value operand) {
             mlir::Operation *source = rootOf(operand).getDefiningOp();
             return !source || isData(source);
           });
  }

  /// Puts op `i` at the end, behind what it demands.
  void place(int64_t i) {
    if (placed_[i]) return;
    placed_[i] = true;
    for (int64_t demanded : demands_[i]) place(demanded);
    ops_[i]->moveBefore(end_);
    for (int64_t later : after_[i])
      if (--missing_[later] == 0 && !onDemand_[later]) ready_.insert(later);
  }

  void orderByValues(mlir::Operation *op) {
    op->walk([&](mlir::Operation *inner) {
      for (mlir::Value operand : inner->getOperands()) {
        mlir::Operation *source = operand.getDefiningOp();
        if (source && source->getBlock() == &body_) order(number_[source], number_[op]);
      }
    });
  }

  /// Ops that compute and nothing else. The others set symbols, check sizes or call the host: they
  /// keep their order, and what stands behind one relies on it.
  static bool isPure(mlir::Operation *op) {
    if (auto launch = mlir::dyn_cast<LaunchOp>(op)) return !launch->hasAttr("counts");
    return isData(op) || mlir::isa<ReshapeOp>(op);
  }

  void orderByEffects() {
    int64_t last = -1;
    for (int64_t i = 0; i < static_cast<int64_t>(ops_.size()); ++i) {
      if (last >= 0) order(last, i);
      if (!isPure(ops_[i])) last = i;
    }
  }

  /// An update in place waits for what reads the old value, where that comes first now.
  void orderUpdates() {
    llvm::DenseMap<mlir::Value, llvm::SmallVector<int64_t>> readers;  // of arguments
    for (auto [i, op] : llvm::enumerate(ops_))
      op->walk([&, number = static_cast<int64_t>(i)](mlir::Operation *inner) {
        for (mlir::Value operand : inner->getOperands())
          if (mlir::Value root = rootOf(operand); mlir::isa<mlir::BlockArgument>(root))
            readers[root].push_back(number);
      });
    for (auto [result, input] : llvm::zip_equal(end_->getOperands(), donatedInputs(main_))) {
      mlir::Operation *update = rootOf(result).getDefiningOp();
      if (input < 0 || !update) continue;
      for (int64_t reader : readers.lookup(main_.getArgument(input)))
        if (reader < number_[update]) order(reader, number_[update]);
    }
  }

  bool takesLittle(mlir::Operation *op) const {
    int64_t taken = 0, read = 0;
    if (!mlir::isa<LaunchOp>(op)) return false;
    for (mlir::Value result : op->getResults())
      if (!results_.contains(result)) taken += arenaBytesOf(result);
    for (mlir::Value operand : op->getOperands()) {
      mlir::Value root = rootOf(operand);
      if (root.getDefiningOp<LaunchOp>() && !results_.contains(root)) read += arenaBytesOf(root);
    }
    return taken == 0 || taken <= read / kSmallShare;
  }

  mlir::func::FuncOp main_;
  mlir::Block &body_;
  mlir::Operation *end_;
  std::vector<mlir::Operation *> ops_;  // in order of the program
  llvm::DenseMap<mlir::Operation *, int64_t> number_;
  std::vector<llvm::SmallVector<int64_t>> after_;    // by number: what waits for it
  std::vector<int64_t> missing_;                     // what it still waits for
  std::vector<llvm::SmallVector<int64_t>> demands_;  // by number: what it wants on demand
  std::vector<bool> takesLittle_, onDemand_, placed_;
  std::set<int64_t> ready_;
  llvm::DenseSet<mlir::Value> results_;  // have memory outside of the arena
};

struct OrderLaunchesPass : impl::OrderLaunchesPassBase<OrderLaunchesPass> {
  void runOnOperation() override {
    auto main = getOperation().lookupSymbol<mlir::func::FuncOp>("main");
    if (!main || main.isExternal() || !main.getBody().hasOneBlock()) return;
    // Only what updates something has ends that can come early.
    if (llvm::any_of(donatedInputs(main), [](int64_t input) { return input >= 0; }))
      Order(main).run();
  }
};

}  // namespace
}  // namespace plx
