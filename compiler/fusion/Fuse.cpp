// Divides the ops of each block into kernels.
//
//   %d = pointwise sub(%x, %m); %e = pointwise exp(%d); %s = reduce sum %e ...   ->   %y =
//   plx.kernel row (%x) {...}
//
// Requires: verified plx ops. Holds after: see FusePass in Passes.td.
//
// A value is in memory when a user needs it there (an op without loop nest, a region, the block's
// end), when users lie in different kernels, or when recomputing it inside its users' kernel would
// repeat work. Others live inside their one user's kernel. Whether work repeats is read off the
// built kernel: an expensive scalar must not be evaluated at more points than its tensor has
// elements. A kernel that does so is taken back, with that tensor in memory.
#include "compiler/fusion/FusedBuilder.h"
#include "compiler/fusion/Passes.h"
#include "ir/interfaces/Interfaces.h"
#include "ir/kernel/RunningFolds.h"
#include "ir/ops/Constant.h"
#include "ir/ops/Parameter.h"
#include "ir/ops/Rebind.h"
#include "ir/ops/Reshape.h"
#include "ir/types/HostTypes.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "mlir/Pass/Pass.h"

namespace plx {

#define GEN_PASS_DEF_FUSEPASS
#include "compiler/fusion/Passes.h.inc"

namespace {

// Ops in one kernel at most: bounds compile time and recursion.
constexpr unsigned kMaxOpsPerKernel = 160;

bool hasLoopNest(mlir::Operation *op) {
  auto iterate = mlir::dyn_cast_if_present<Iterate>(op);
  return iterate && op->getNumResults() == 1 && iterate.nature() != Nature::Whole &&
         !isHostValue(op->getResult(0).getType());
}

Nature natureOf(mlir::Operation *op) { return mlir::cast<Iterate>(op).nature(); }

/// True where every dim of the operand is a run of dims of the result: read at linear indices, it
/// is a view.
bool onlySplitsDims(ReshapeOp reshape) {
  llvm::SmallVector<Dim> from = dimsOf(reshape.getOperand().getType());
  llvm::SmallVector<Dim> to = dimsOf(reshape.getType());
  size_t next = 0;
  for (Dim dim : from) {
    if (dim.isConstant(1)) continue;
    Dim product = Dim::constant(reshape.getContext(), 1);
    while (product != dim && next < to.size()) product = product * to[next++];
    if (product != dim) return false;
  }
  return true;
}

/// A permuted or cut weight, packed at compile time or in front of a loop: read in place through
/// index maps.
bool isViewOfWeights(mlir::Value value) {
  auto isWeights = [](mlir::Operation *op) {
    return mlir::isa_and_nonnull<ParameterOp>(op) || (op && op->hasAttr("plx.packed"));
  };
  mlir::Operation *op = value.getDefiningOp();
  if (!op || isWeights(op)) return false;
  while (op && !isWeights(op) && hasLoopNest(op) && natureOf(op) == Nature::View &&
         op->getNumOperands() > 0)
    op = op->getOperand(0).getDefiningOp();
  return isWeights(op);
}

/// Ops whose result is their operand's memory under another type.
bool isAlias(mlir::Operation *op) {
  if (mlir::isa<RebindOp>(op)) return true;
  auto reshape = mlir::dyn_cast<ReshapeOp>(op);
  if (reshape && isHostValue(reshape.getType())) return true;
  return reshape && !onlySplitsDims(reshape) && !isViewOfWeights(reshape.getOperand());
}

/// Constants of one value are written into kernels; others are data in memory.
bool isDataInMemory(mlir::Operation *op) {
  auto constant = mlir::dyn_cast<ConstantOp>(op);
  return constant && !mlir::isa<mlir::SplatElementsAttr>(constant.getValue());
}

/// One block's division. Values without an entry in `memory_` live inside their users' kernels.
class BlockFusion {
 public:
  explicit BlockFusion(mlir::Block &block) : block_(block) {}
  mlir::LogicalResult run();

 private:
  void divide();
  bool mustBeInMemory(mlir::Operation *op) const;
  bool mayEnter(mlir::Operation *op, mlir::Operation *user) const;
  bool joinsWholes(mlir::Operation *op, mlir::Operation *home);
  bool isCheapCopy(mlir::Operation *op) const;
  bool isViewLike(mlir::Operation *op) const {
    return natureOf(op) == Nature::View || copies_.contains(op);
  }
  mlir::LogicalResult buildKernels();
  mlir::LogicalResult buildKernel(mlir::Operation *root);
  mlir::Operation *runningElsewhere(FusedBuilder &body, mlir::Block &block,
                                    llvm::ArrayRef<mlir::StringAttr> variables,
                                    const VariableUse &use) const;
  mlir::Operation *repeatedWork(FusedBuilder &body, mlir::Block &block,
                                llvm::ArrayRef<mlir::StringAttr> variables) const;
  mlir::Operation *repeatedReads(FusedBuilder &body, mlir::Block &block,
                                 llvm::ArrayRef<mlir::StringAttr> variables,
                                 const VariableUse &use) const;

  mlir::Block &block_;
  llvm::SmallPtrSet<mlir::Operation *, 32> forced_;  // taken back: in memory whatever their users
  llvm::SmallPtrSet<mlir::Operation *, 32> memory_;  // ops whose results are in memory
  llvm::SmallPtrSet<mlir::Operation *, 32>
      underContraction_;  // contractions, and views they read through
  llvm::DenseMap<mlir::Operation *, mlir::Operation *> home_;  // fused op -> root of its kernel
  llvm::SmallPtrSet<mlir::Operation *, 32> holdsFold_, holdsContraction_;  // roots of such kernels
  llvm::DenseMap<mlir::Operation *, unsigned> numOps_;  // root -> ops in its kernel
  llvm::SmallPtrSet<mlir::Operation *, 8> copies_;  // computed anew in each kernel that reads them
  llvm::DenseMap<mlir::Operation *, mlir::Operation *> wholes_;  // root -> fold of a whole tensor
  llvm::SmallPtrSet<mlir::Operation *, 4> crowded_;              // roots that take no such fold
  bool changed_ = false, again_ = false;
};

bool BlockFusion::mustBeInMemory(mlir::Operation *op) const {
  if (forced_.contains(op)) return true;
  for (mlir::Operation *user : op->getUsers())
    if (user->getBlock() != &block_ || !hasLoopNest(user) || isAlias(user)) return true;
  return false;
}

/// Whether `op` may be computed where `user` reads it.
bool BlockFusion::mayEnter(mlir::Operation *op, mlir::Operation *user) const {
  Nature nature = natureOf(op);
  if (nature == Nature::View) return true;
  if (underContraction_.contains(user)) return false;  // its operands are read again and again
  if (nature == Nature::Contraction)
    return natureOf(user) == Nature::Pointwise || natureOf(user) == Nature::View;
  return natureOf(user) != Nature::Gather || op->getResult(0) != user->getOperand(0);
}

bool isOneElement(mlir::Operation *op) {
  return numElements(op->getResult(0).getType()).isConstant(1);
}

/// Whether a fold of a whole tensor would be the second one in the kernel of a single element (a
/// norm of many gradients). Each takes a kernel of its own then, the first one too: together they
/// would run on one thread, and keep all that they read alive until the last of it is known.
bool BlockFusion::joinsWholes(mlir::Operation *op, mlir::Operation *home) {
  if (!isOneElement(op) || !isOneElement(home) || op == home) return false;
  if (crowded_.contains(home)) return true;
  mlir::Operation *&first = wholes_[home];
  if (!first) return first = op, false;
  crowded_.insert(home);
  forced_.insert(first);
  return again_ = true;
}

void BlockFusion::divide() {
  again_ = false;
  copies_.clear();
  wholes_.clear();
  memory_.clear();
  underContraction_.clear();
  holdsFold_.clear();
  holdsContraction_.clear();
  home_.clear();
  numOps_.clear();
  for (mlir::Operation &op : llvm::make_early_inc_range(llvm::reverse(block_))) {
    if (mlir::isOpTriviallyDead(&op)) {  // fused into a kernel that stands already
      op.erase();
      continue;
    }
    if (!hasLoopNest(&op) || isAlias(&op) || isDataInMemory(&op)) continue;
    if (isCheapCopy(&op)) copies_.insert(&op);
    bool isView = isViewLike(&op) || mlir::isa<ConstantOp>(op);
    if (natureOf(&op) == Nature::Contraction) underContraction_.insert(&op);
    bool inMemory = mustBeInMemory(&op);
    mlir::Operation *home = nullptr;
    for (mlir::Operation *user : op.getUsers()) {
      if (inMemory) break;
      mlir::Operation *userHome = memory_.contains(user) ? user : home_.lookup(user);
      if (!userHome && isViewLike(user)) continue;  // a view of several kernels
      inMemory = !mayEnter(&op, user) || (!isView && home && home != userHome) ||
                 (!isView && numOps_[userHome] >= kMaxOpsPerKernel);
      home = userHome;
    }
    // A sum of products takes its kernel for itself: its tiles know no other fold.
    Nature nature = natureOf(&op);
    bool isContraction = nature == Nature::Contraction;
    if (home && isContraction)
      inMemory |= holdsContraction_.contains(home) || holdsFold_.contains(home);
    if (home && nature == Nature::Fold)
      inMemory |= holdsContraction_.contains(home) || joinsWholes(&op, home);
    if (!inMemory && isView)
      for (mlir::Operation *user : op.getUsers())
        if (underContraction_.contains(user) && !memory_.contains(&op))
          underContraction_.insert(&op);
    // A view whose users lie in several kernels belongs to each of them; what is behind it must be
    // in memory.
    if (!inMemory && isView) {
      llvm::SmallPtrSet<mlir::Operation *, 4> homes;
      for (mlir::Operation *user : op.getUsers())
        homes.insert(memory_.contains(user) ? user : home_.lookup(user));
      if (homes.size() == 1) home_[&op] = *homes.begin();
      continue;
    }
    if (!inMemory && !isView) {
      for (mlir::Operation *user : op.getUsers())
        if (!memory_.contains(user) && !home_.lookup(user)) inMemory = true;
    }
    if (inMemory) {
      memory_.insert(&op);
      numOps_[&op] = 1;
      home = &op;
    } else {
      home_[&op] = home;
      ++numOps_[home];
    }
    if (isContraction) holdsContraction_.insert(home);
    if (nature == Nature::Fold) holdsFold_.insert(home);
  }
}

mlir::LogicalResult BlockFusion::run() {
  // Taking back moves one more tensor into memory each time, so this ends.
  do {
    changed_ = false;
    do divide();
    while (again_);
    if (failed(buildKernels())) return mlir::failure();
  } while (changed_);
  divide();  // sweeps what has become dead
  return mlir::success();
}

bool isExpensive(mlir::Operation &op) {
  if (foldedVariables(&op)) return true;
  auto apply = mlir::dyn_cast<ApplyOp>(op);
  return apply && infoOf(apply.function()).cost != ScalarCost::Cheap;
}

/// Whether few elements are repeated many times: a mean of each channel.
bool isRepeated(mlir::Value value) {
  constexpr int64_t kManyTimes = 16;
  Dim elements = numElements(value.getType());
  mlir::Operation *op = value.getDefiningOp();
  while (op && hasLoopNest(op) && natureOf(op) == Nature::View && op->getNumOperands() == 1) {
    Dim few = numElements(op->getOperand(0).getType());
    if (few && elements && provablyGreaterEqual(elements, few * kManyTimes)) return true;
    op = op->getOperand(0).getDefiningOp();
  }
  return false;
}

/// What a chain of pointwise ops, each the only user of the one before, is a function of.
struct Sources {
  mlir::Value one;  // null: none, or several
  llvm::SmallPtrSet<mlir::Value, 4> small;
  bool several = false;
};

void findSources(mlir::Operation *op, int depth, Sources &sources) {
  for (mlir::Value operand : op->getOperands()) {
    mlir::Operation *made = operand.getDefiningOp();
    if (mlir::isa_and_nonnull<ConstantOp>(made) && !isDataInMemory(made)) continue;
    if (isRepeated(operand)) {
      sources.small.insert(operand);
    } else if (depth > 0 && made && made->getBlock() == op->getBlock() && operand.hasOneUse() &&
               hasLoopNest(made) && natureOf(made) == Nature::Pointwise) {
      findSources(made, depth - 1, sources);
    } else {
      sources.several |= sources.one && sources.one != operand;
      sources.one = operand;
    }
  }
}

/// Whether each user may compute `op` for itself: it is a few cheap functions of one tensor that is
/// in memory for others too, so that its own result would only be more to write and to read (the
/// square of a gradient, for its norm and for the optimizer; what a normalization centers, for its
/// variance and on the way back; what it scales and shifts, for the activation behind it and on the
/// way back).
bool BlockFusion::isCheapCopy(mlir::Operation *op) const {
  constexpr int kMostLinks = 3;
  if (natureOf(op) != Nature::Pointwise || forced_.contains(op)) return false;
  Sources sources;
  findSources(op, kMostLinks, sources);
  mlir::Value source = sources.one;
  if (sources.several) return false;
  if (!source || numElements(source.getType()) != numElements(op->getResult(0).getType()) ||
      llvm::none_of(source.getUsers(), [&](mlir::Operation *user) {
        return user != op && (user->getBlock() != &block_ || !hasLoopNest(user) ||
                              memory_.contains(user) || home_.contains(user));
      }))
    return false;
  mlir::Block block;
  mlir::OpBuilder inner(op->getContext());
  FusedBuilder body(inner, block, [&](mlir::Value value) {
    return value != op->getResult(0) && (value == source || sources.small.contains(value));
  });
  llvm::SmallVector<Dim> indices;
  for (auto [i, dim] : llvm::enumerate(dimsOf(op->getResult(0).getType())))
    indices.push_back(body.declareVariable(("$i" + llvm::Twine(i)).str(), dim));
  bool isCheap = body.scalarOf(op->getResult(0), indices) && llvm::none_of(block, isExpensive);
  block.dropAllDefinedValueUses();
  return isCheap;
}

/// The source of a running fold that no pass along an iteration variable computes, or another one
/// than computes those before it: without such a pass it would be folded anew for each result.
mlir::Operation *BlockFusion::runningElsewhere(FusedBuilder &body, mlir::Block &block,
                                               llvm::ArrayRef<mlir::StringAttr> variables,
                                               const VariableUse &use) const {
  llvm::SmallVector<Dim> extents;
  for (mlir::StringAttr name : variables) extents.push_back(body.extentOf(name));
  std::optional<RunningFolds> common;
  for (auto prefix : block.getOps<PrefixOp>()) {
    std::optional<RunningFolds> pass = passOf(prefix, variables, extents, use);
    mlir::Operation *source = body.sourceOf(prefix);
    bool differs = !pass || (common && !(*common == *pass));
    if (differs && source && !memory_.contains(source)) return source;
    if (!common) common = pass;
  }
  return nullptr;
}

/// How often the folds of a source are evaluated, all its places together.
struct Evaluations {
  /// Folds within folds of the same op (attention): of these the outermost that is evaluated most
  /// often stands for all of a place.
  bool nested = false;
  Dim total;

  Dim add(Dim evaluations) {
    if (!total || !evaluations) return total = evaluations;
    if (!nested || total == evaluations) return total = total + evaluations;
    if (provablyGreaterEqual(total, evaluations)) return total;
    bool isMore = provablyGreaterEqual(evaluations, total);
    return total = isMore ? evaluations : total + evaluations;
  }
};

/// The source of a scalar that is evaluated at more points than its tensor has elements, or null. A
/// scalar is evaluated once per point of all iteration variables up to the last one it depends on,
/// times its fold variables.
mlir::Operation *BlockFusion::repeatedWork(FusedBuilder &body, mlir::Block &block,
                                           llvm::ArrayRef<mlir::StringAttr> variables) const {
  VariableUse use(block);
  // Contractions read their operands by plain index maps: padding and joining under them are done
  // beforehand.
  llvm::DenseMap<mlir::Attribute, mlir::Operation *> summedBy;  // contractions by fold variable
  for (mlir::Operation &op : block) {
    std::optional<FoldedVariables> folded = foldedVariables(&op);
    mlir::Operation *source = folded ? body.sourceOf(op.getResult(0)) : nullptr;
    if (source && natureOf(source) == Nature::Contraction)
      for (mlir::StringAttr name : folded->names) summedBy[name] = source;
  }
  for (mlir::Operation &op : block) {
    if (!mlir::isa<InsideOp>(op)) continue;
    mlir::Operation *source = body.sourceOf(op.getResult(0));
    if (!source || memory_.contains(source)) continue;
    for (mlir::Attribute name : use.of(op.getResult(0)))
      if (mlir::Operation *sum = summedBy.lookup(name); sum && sum != source) return source;
  }
  if (mlir::Operation *source = runningElsewhere(body, block, variables, use)) return source;
  llvm::DenseMap<mlir::Operation *, Evaluations> folded;
  auto nests = [&](mlir::Operation *source, mlir::Operation &fold) {
    return llvm::any_of(use.of(fold.getResult(0)),
                        [&](mlir::Attribute name) { return summedBy.lookup(name) == source; });
  };
  for (mlir::Operation &op : block)
    if (foldedVariables(&op))
      if (mlir::Operation *source = body.sourceOf(op.getResult(0)))
        folded[source].nested |= nests(source, op);
  for (mlir::Operation &op : block) {
    if (op.getNumResults() == 0 || !isExpensive(op)) continue;
    mlir::Operation *source = body.sourceOf(op.getResult(0));
    if (!source || memory_.contains(source)) continue;
    const VariableUse::Set &set = use.of(op.getResult(0));
    size_t depth = 0;
    for (auto [i, name] : llvm::enumerate(variables))
      if (set.contains(name)) depth = i + 1;
    Dim evaluations = Dim::constant(source->getContext(), 1);
    for (mlir::StringAttr name : variables.take_front(depth))
      evaluations = evaluations * body.extentOf(name);
    for (mlir::Attribute name : set) {
      if (llvm::is_contained(variables, name)) continue;
      if (summedBy.lookup(name) == source) continue;  // its own nest
      if (natureOf(source) == Nature::Contraction)
        return source;  // a sum of products inside another fold
      evaluations = evaluations * body.extentOf(mlir::cast<mlir::StringAttr>(name));
    }
    bool folds = foldedVariables(&op).has_value();
    if (folds) evaluations = folded[source].add(evaluations);
    Dim elements = numElements(source->getResult(0).getType());
    // Inside a fold's body the fold's own tensor is smaller than what is folded: its operand is
    // what counts.
    for (mlir::Value operand : source->getOperands()) {
      if (folds) break;
      if (natureOf(source) == Nature::Fold)
        elements = max(elements, numElements(operand.getType()));
    }
    if (evaluations && elements && provablyGreater(evaluations, elements)) return source;
    if (evaluations && elements && evaluations != elements && !evaluations.constant() &&
        natureOf(source) != Nature::Pointwise && !provablyGreaterEqual(elements, evaluations))
      return source;
  }
  return repeatedReads(body, block, variables, use);
}

/// A cheap source that reads much, evaluated at several places of the kernel and at many more
/// points than its tensor has elements: which element of a window is the greatest, asked for each
/// element of the window.
mlir::Operation *BlockFusion::repeatedReads(FusedBuilder &body, mlir::Block &block,
                                            llvm::ArrayRef<mlir::StringAttr> variables,
                                            const VariableUse &use) const {
  constexpr unsigned kManyReads = 4;
  constexpr int64_t kManyTimes = 4;
  llvm::DenseMap<mlir::Value, llvm::SmallPtrSet<mlir::Operation *, 4>> reads;
  llvm::MapVector<mlir::Operation *, Dim> evaluations;  // of sources that read much, all places
  llvm::DenseMap<mlir::Operation *, unsigned> places;
  for (mlir::Operation &op : block) {
    if (op.getNumResults() != 1) continue;
    auto &own = reads[op.getResult(0)];
    if (accessOf(&op)) own.insert(&op);
    for (mlir::Value operand : op.getOperands())
      if (auto found = reads.find(operand); found != reads.end() && own.size() < kManyReads) {
        llvm::SmallPtrSet<mlir::Operation *, 4> more = found->second;
        reads[op.getResult(0)].insert(more.begin(), more.end());
      }
    mlir::Operation *source = body.sourceOf(op.getResult(0));
    if (!source || memory_.contains(source) || natureOf(source) != Nature::Pointwise ||
        reads[op.getResult(0)].size() < kManyReads)
      continue;
    Dim points = Dim::constant(source->getContext(), 1);
    for (mlir::StringAttr name : variables)
      if (use.of(op.getResult(0)).contains(name)) points = points * body.extentOf(name);
    Dim &total = evaluations[source];
    total = total && points ? total + points : points;
    ++places[source];
  }
  for (auto [source, total] : llvm::reverse(evaluations)) {
    Dim elements = numElements(source->getResult(0).getType());
    if (places[source] > 1 && total && elements &&
        provablyGreaterEqual(total, elements * kManyTimes))
      return source;
  }
  return nullptr;
}

std::string nodesOf(llvm::ArrayRef<mlir::Operation *> ops) {
  std::string names;
  llvm::SmallPtrSet<mlir::Attribute, 8> seen;
  for (mlir::Operation *op : llvm::reverse(ops)) {
    auto named = op->getLoc()->findInstanceOf<mlir::NameLoc>();
    if (!named || !seen.insert(named.getName()).second) continue;
    if (!names.empty()) names += ", ";
    if (names.size() > 300) return names + "...";
    names += named.getName().getValue();
  }
  return names;
}

mlir::LogicalResult BlockFusion::buildKernel(mlir::Operation *root) {
  mlir::Value value = root->getResult(0);
  auto type = mlir::cast<mlir::RankedTensorType>(value.getType());
  mlir::OpBuilder builder(root);
  auto block = std::make_unique<mlir::Block>();
  mlir::OpBuilder inner(root->getContext());
  FusedBuilder body(inner, *block, [&](mlir::Value candidate) {
    mlir::Operation *op = candidate.getDefiningOp();
    return candidate != value && (!op || !hasLoopNest(op) || isAlias(op) || isDataInMemory(op) ||
                                  memory_.contains(op) || op->getBlock() != &block_);
  });
  llvm::SmallVector<Dim> indices, extents;
  llvm::SmallVector<mlir::StringAttr> variables;
  for (Dim dim : dimsOf(type)) {
    if (dim.isConstant(1)) {
      indices.push_back(Dim::constant(root->getContext(), 0));
      continue;
    }
    std::string name = ("$i" + llvm::Twine(variables.size())).str();
    indices.push_back(body.declareVariable(name, dim));
    extents.push_back(dim);
    variables.push_back(builder.getStringAttr(name));
  }
  mlir::Value scalar = body.scalarOf(value, indices);
  if (!scalar) {
    block->dropAllDefinedValueUses();
    return root->emitError() << "cannot be made a kernel: " << body.whyNot();
  }
  if (mlir::Operation *source = repeatedWork(body, *block, variables)) {
    forced_.insert(source);
    changed_ = true;
    return mlir::success();
  }
  mlir::BlockArgument out = block->addArgument(type, value.getLoc());
  StoreOp::create(inner, root->getLoc(), scalar, out, mlir::ValueRange(), mlir::Value(),
                  DimsAttr::get(root->getContext(), indices));
  llvm::SmallVector<mlir::Location> locations;
  for (mlir::Operation *op : body.fusedOps()) locations.push_back(op->getLoc());
  llvm::SmallVector<mlir::Attribute> names(variables.begin(), variables.end());
  auto kernel =
      KernelOp::create(builder, mlir::FusedLoc::get(root->getContext(), locations),
                       mlir::TypeRange{type}, body.inputs(), builder.getStringAttr("map"),
                       builder.getArrayAttr(names), DimsAttr::get(root->getContext(), extents));
  kernel->setAttr("nodes", builder.getStringAttr(nodesOf(body.fusedOps())));
  // Advice that passes before fusion left on an op (panel widths) belongs to its kernel.
  for (mlir::Operation *op : body.fusedOps())
    if (mlir::Attribute advice = op->getAttr("plx.panel")) kernel->setAttr("panel", advice);
  kernel.getBody().push_back(block.release());
  value.replaceAllUsesWith(kernel.getResult(0));
  return mlir::success();
}

mlir::LogicalResult BlockFusion::buildKernels() {
  llvm::SmallVector<mlir::Operation *> roots;
  for (mlir::Operation &op : block_)
    if (memory_.contains(&op)) roots.push_back(&op);
  for (mlir::Operation *root : roots)
    if (failed(buildKernel(root))) return mlir::failure();
  return mlir::success();
}

struct FusePass : impl::FusePassBase<FusePass> {
  void runOnOperation() override {
    llvm::SmallVector<mlir::Block *> blocks;
    getOperation()->walk<mlir::WalkOrder::PostOrder>(
        [&](mlir::Block *block) { blocks.push_back(block); });
    for (mlir::Block *block : blocks)
      if (failed(BlockFusion(*block).run())) return signalPassFailure();
  }
};

}  // namespace
}  // namespace plx
