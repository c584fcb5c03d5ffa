// Schedules map, window, scan (a thread a result) and row (a team a result, or a row of them).
#include "compiler/cuda/Nest.h"

#include "ir/types/Types.h"

namespace plx::cuda {

namespace {
constexpr int kThreads = 256;
// What a size is taken for where it is not known.
constexpr int64_t kTypical = 64;
// Terms that a thread folds alone where others could help.
constexpr int64_t kShortFold = 16;
// Terms, or elements of a row, that are enough for a warp, and for 256 threads.
constexpr int64_t kEnoughForWarp = 512;
constexpr int64_t kEnoughForBlock = 16384;
// Rows whose warps alone keep a chip busy, and how long such rows may be: to join 256 threads at
// each row's end would cost more than they save.
constexpr int64_t kManyRows = 8192;
constexpr int64_t kEnoughForWarpOfMany = 4096;
// Bytes that a thread moves at once, threads that keep a chip busy, ops worth repeating in a text.
constexpr int64_t kVectorBytes = 16;
constexpr int64_t kManyThreads = 16384;
constexpr size_t kFewOps = 40;

/// Whether `dim` is a multiple of n whatever its symbols are.
bool isMultiple(Dim dim, int64_t n) {
  return llvm::all_of(dim.terms(), [&](const DimTerm &term) { return term.coefficient % n == 0; });
}

class Nest {
 public:
  Nest(KernelFuncOp kernel, const Signature &signature, KernelSource &out)
      : kernel_(kernel), signature_(signature), out_(out), s_(kernel) {
    for (StoreOp store : kernel.getBody().getOps<StoreOp>()) {
      stores_.push_back(store);
      roots_.push_back(store.getValue());
      if (store.getGuard()) roots_.push_back(store.getGuard());
    }
    names_ = namesOf(kernel.getVariables());
    extents_.assign(kernel.getExtents().dims().begin(), kernel.getExtents().dims().end());
    pass_ = findRunningFolds(kernel);
    prefixes_ = llvm::to_vector(kernel.getBody().getOps<PrefixOp>());
  }

  void print() {
    chooseTeam();
    if (pass_) removeVariable(pass_->variable);
    Folds folds(s_, team_);
    folds_ = &folds;
    team_ == Team::Thread ? printPoints() : printRows();
    s_.text().close();
    out_.text = s_.text().str();
  }

 private:
  void chooseTeam();
  bool foldsStepAlongLast();
  void removeVariable(mlir::StringAttr name) {
    auto *place = llvm::find(names_, name);
    extents_.erase(extents_.begin() + (place - names_.begin()));
    names_.erase(place);
  }
  Dim count() { return numElements(kernel_.getContext(), extents_); }
  void printPoints();
  int64_t vectorLanes();
  bool areVectors(int64_t lanes);
  bool isVector(Dim offset, int64_t lanes);
  void printVectors(int64_t lanes);
  void printLanes(int64_t lanes);
  void printLane(const std::string &loop, int64_t lanes, llvm::function_ref<void()> body);
  void printRows();
  void emitStores();

  KernelFuncOp kernel_;
  const Signature &signature_;
  KernelSource &out_;
  Scalars s_;
  Folds *folds_ = nullptr;
  llvm::SmallVector<StoreOp> stores_;
  llvm::SmallVector<mlir::Value> roots_;
  llvm::SmallVector<mlir::StringAttr> names_;
  llvm::SmallVector<Dim> extents_;
  std::optional<RunningFolds> pass_;
  llvm::SmallVector<PrefixOp> prefixes_;
  llvm::SmallVector<LoadOp> vectorLoads_;
  Team team_ = Team::Thread;
  mlir::StringAttr along_;  // of a row: the variable that the team's threads divide; may be null
  Dim alongExtent_;
};

/// Whether folded operands step along the last variable: then a fold reads memory in order if a
/// team computes one result.
bool Nest::foldsStepAlongLast() {
  mlir::Block &body = kernel_.getBody().front();
  llvm::SmallPtrSet<mlir::Attribute, 8> folded;
  for (mlir::Operation &op : body)
    if (std::optional<FoldedVariables> variables = foldedVariables(&op))
      for (mlir::StringAttr name : variables->names) folded.insert(name);
  for (LoadOp load : body.getOps<LoadOp>()) {
    Dim offset = load.getIndices()[0];
    bool isFolded = llvm::any_of(folded, [&](mlir::Attribute name) {
      return offset.usesSymbol(mlir::cast<mlir::StringAttr>(name));
    });
    auto split = offset.splitLinear(names_.back());
    if (isFolded && (!split || !(split->first.isConstant(0) || split->first.isConstant(1))))
      return true;
  }
  return false;
}

void Nest::chooseTeam() {
  int64_t longest = 0, longestShared = 0;
  bool hasFold = false, hasWindow = false;
  for (mlir::Operation &op : kernel_.getBody().front()) {
    std::optional<FoldedVariables> folded = foldedVariables(&op);
    if (!folded) continue;
    hasFold = true;
    hasWindow |= folded->names.size() > 1;
    longest = std::max(longest, estimate(folded->extents));
  }
  out_.schedule = !hasFold ? "map" : pass_ ? "scan" : hasWindow ? "window" : "row";
  if (!hasFold || pass_ || longest <= kShortFold || !prefixes_.empty()) return;
  bool perResult = names_.empty() || foldsStepAlongLast();
  for (mlir::Operation &op : kernel_.getBody().front()) {
    std::optional<FoldedVariables> folded = foldedVariables(&op);
    if (folded && (perResult || !s_.use().uses(op.getResult(0), names_.back())))
      longestShared = std::max(longestShared, estimate(folded->extents));
  }
  // Folds that differ along the last variable have a thread each.
  if (longestShared <= kShortFold) return;
  out_.schedule = "row";
  int64_t work = longestShared;
  if (!perResult) {
    along_ = names_.pop_back_val();
    alongExtent_ = extents_.pop_back_val();
    work = std::max(work, alongExtent_.constant().value_or(kTypical));
  }
  int64_t most = estimate(extents_) >= kManyRows ? kEnoughForWarpOfMany : kEnoughForWarp;
  team_ = work <= most ? Team::Warp : Team::Block;
  out_.threads = team_ == Team::Block && work >= kEnoughForBlock ? 1024 : kThreads;
}

void Nest::emitStores() {
  auto emitAll = [&] {
    for (StoreOp store : stores_) s_.emitStore(store);
  };
  if (!pass_) return emitAll();
  s_.hoist(roots_, {pass_->variable});
  folds_->run(*pass_, prefixes_, emitAll);
}

/// Elements side by side that a thread computes, so that what it loads and stores is one vector
/// each; 1: that cannot be, or would leave threads idle.
int64_t Nest::vectorLanes() {
  if (out_.schedule != "map" || names_.empty() || !signature_.launches.isAligned) return 1;
  int64_t widest = 1;
  for (mlir::RankedTensorType buffer : signature_.buffers)
    widest = std::max<int64_t>(widest, bytesOfElement(buffer.getElementType()));
  int64_t lanes = std::min<int64_t>(kVectorBytes / widest, 8);
  bool isFew = count().constant().value_or(INT64_MAX) < lanes * kManyThreads;
  return lanes < 2 || isFew || kernel_.getBody().front().getOperations().size() > kFewOps ||
                 !areVectors(lanes)
             ? 1
             : lanes;
}

/// Whether the elements at so many steps of the last variable are an aligned vector.
bool Nest::isVector(Dim offset, int64_t lanes) {
  auto split = offset.splitLinear(names_.back());
  return split && split->first.isConstant(1) && isMultiple(split->second, lanes);
}

/// Sets vectorLoads_; whether they and the stores are worth it.
bool Nest::areVectors(int64_t lanes) {
  if (names_.size() > 1 && !isMultiple(extents_.back(), lanes)) return false;
  for (StoreOp store : stores_)
    if (store.getGuard() || !store.getDataIndices().empty() ||
        !isVector(store.getIndices()[0], lanes))
      return false;
  for (LoadOp load : kernel_.getBody().front().getOps<LoadOp>())
    if (!load.getGuard() && load.getDataIndices().empty() && isVector(load.getIndices()[0], lanes))
      vectorLoads_.push_back(load);
  return !vectorLoads_.empty();
}

void Nest::printVectors(int64_t lanes) {
  Text &t = s_.text();
  llvm::SmallVector<Dim> extents(extents_);
  extents.back() = ceilDiv(extents.back(), lanes);
  Dim groups = numElements(kernel_.getContext(), extents);
  out_.blocks = ceilDiv(groups, kThreads);
  beginKernel(s_, signature_, out_);
  for (unsigned i = 0; i < signature_.buffers.size(); ++i)
    t.line(bufferName(signature_, i), " = aligned(", bufferName(signature_, i), ");");
  t.line("const i64 groups = ", s_.dim(groups), ";");
  t.open("for (i64 group = (i64)blockIdx.x * ", kThreads,
         " + threadIdx.x; group < groups; group += (i64)gridDim.x * ", kThreads, ")");
  {
    Scalars::Scope scope(s_);
    s_.decode(names_, extents, "(index)group");
    Dim last = Dim::symbol(kernel_.getContext(), names_.back().getValue());
    t.line("const index first = ", s_.dim(last), " * ", lanes, ";");
    bool isWhole = isMultiple(extents_.back(), lanes);
    if (!isWhole) t.open("if (first + ", lanes, " <= ", s_.dim(extents_.back()), ")");
    printLanes(lanes);
    if (!isWhole) {
      t.close(" else {");
      t.indent();
      printLane(absl::StrCat("int l = 0; first + l < ", s_.dim(extents_.back()), "; ++l"), lanes,
                [&] { emitStores(); });
      t.close();
    }
  }
  t.close();
}

/// All loads, then all values, then all stores: a buffer that is read may be the one that is
/// written, and loads with branches between them stay apart.
void Nest::printLanes(int64_t lanes) {
  Text &t = s_.text();
  std::string loop = absl::StrCat("int l = 0; l < ", lanes, "; ++l");
  auto room = [&](mlir::Type element) {
    std::string name = s_.fresh("lanes");
    t.line(memoryType(element), " ", name, "[", lanes, "];");
    return name;
  };
  llvm::SmallVector<std::string> loaded, values;
  for (LoadOp load : vectorLoads_) loaded.push_back(room(load.getType()));
  for (StoreOp store : stores_) values.push_back(room(store.getValue().getType()));
  t.line("#pragma unroll");
  printLane(loop, 0, [&] {
    for (auto [load, name] : llvm::zip(vectorLoads_, loaded))
      t.line(name, "[l] = ", s_.rawLoad(load), ";");
  });
  t.line("#pragma unroll");
  printLane(loop, lanes, [&] {
    for (auto [load, name] : llvm::zip(vectorLoads_, loaded))
      s_.define(load, fromMemory(load.getType(), name + "[l]"));
    for (auto [store, name] : llvm::zip(stores_, values)) {
      std::string value = s_.emit(store.getValue());
      t.line(name, "[l] = ", toMemory(store.getValue().getType(), value), ";");
    }
  });
  t.line("#pragma unroll");
  printLane(loop, 0, [&] {
    for (auto [store, name] : llvm::zip(stores_, values))
      t.line(s_.target(store), " = ", name, "[l];");
  });
}

/// `lanes`: 0 where no index from data is checked.
void Nest::printLane(const std::string &loop, int64_t lanes, llvm::function_ref<void()> body) {
  Text &t = s_.text();
  t.open("for (", loop, ")");
  {
    Scalars::Scope scope(s_);
    s_.setVariable(names_.back(), "(first + l)");
    if (lanes > 0 && !kernel_.getBody().front().getOps<IndexOp>().empty())
      t.line("const i64 unit = group * ", lanes, " + l;");
    folds_->apart(body);
  }
  t.close();
}

void Nest::printPoints() {
  if (int64_t lanes = vectorLanes(); lanes > 1) return printVectors(lanes);
  Dim points = count();
  out_.blocks = ceilDiv(points, kThreads);
  beginKernel(s_, signature_, out_);
  s_.text().line("const i64 points = ", s_.dim(points), ";");
  s_.text().open("for (i64 unit = (i64)blockIdx.x * ", kThreads,
                 " + threadIdx.x; unit < points; unit += (i64)gridDim.x * ", kThreads, ")");
  {
    Scalars::Scope scope(s_);
    s_.decode(names_, extents_, "(index)unit");
    folds_->apart([&] { emitStores(); });
  }
  s_.text().close();
}

void Nest::printRows() {
  Dim rows = count();
  bool isWarp = team_ == Team::Warp;
  int teams = isWarp ? out_.threads / 32 : 1;
  out_.blocks = ceilDiv(rows, teams);
  beginKernel(s_, signature_, out_);
  s_.text().line("const i64 rows = ", s_.dim(rows), ";");
  if (isWarp) s_.text().line("const index lane = threadIdx.x % 32;");
  std::string first =
      isWarp ? absl::StrCat("(i64)blockIdx.x * ", teams, " + threadIdx.x / 32") : "blockIdx.x";
  std::string step = isWarp ? absl::StrCat("(i64)gridDim.x * ", teams) : "gridDim.x";
  s_.text().open("for (i64 unit = ", first, "; unit < rows; unit += ", step, ")");
  {
    Scalars::Scope scope(s_);
    s_.decode(names_, extents_, "(index)unit");
    llvm::SmallVector<mlir::StringAttr> inner;
    if (along_) inner.push_back(along_);
    s_.hoist(roots_, inner);
    std::string member = isWarp ? "lane" : "(index)threadIdx.x";
    if (along_) {
      std::string i = s_.fresh("i");
      s_.text().open("for (index ", i, " = ", member, "; ", i, " < ", s_.dim(alongExtent_), "; ", i,
                     " += ", isWarp ? "32" : "(index)blockDim.x", ")");
      Scalars::Scope within(s_);
      s_.setVariable(along_, i);
      folds_->apart([&] { emitStores(); });
      s_.text().close();
    } else {
      s_.text().open("if (", member, " == 0)");
      Scalars::Scope within(s_);
      folds_->apart([&] { emitStores(); });
      s_.text().close();
    }
  }
  s_.text().close();
}

}  // namespace

int64_t estimate(llvm::ArrayRef<Dim> extents) {
  int64_t points = 1;
  for (Dim extent : extents)
    if (__builtin_mul_overflow(points, extent.constant().value_or(kTypical), &points))
      return INT64_MAX / 2;
  return points;
}

void beginKernel(Scalars &s, const Signature &signature, const KernelSource &out) {
  // Where tiles of sums lie in registers, more of these are worth more than more blocks at once,
  // for which the assembler else spills.
  const char *blocks = out.isTiled ? ", 1" : "";
  s.text().open(headOf(signature, out.name, absl::StrCat(out.threads, blocks)));
  s.text().line("typedef ", s.hasNarrowIndex() ? "i32" : "i64", " index;");
}

void printNest(KernelFuncOp kernel, const Signature &signature, KernelSource &out) {
  Nest(kernel, signature, out).print();
}

}  // namespace plx::cuda
