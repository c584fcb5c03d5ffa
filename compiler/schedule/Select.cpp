// Chooses schedules. See SelectSchedulePass in Passes.td; what the attributes mean is in README.md.
#include "compiler/schedule/Estimate.h"
#include "compiler/schedule/MatmulCut.h"
#include "compiler/schedule/Passes.h"
#include "ir/kernel/Attention.h"
#include "ir/kernel/Contraction.h"
#include "ir/kernel/Kernel.h"
#include "ir/kernel/RunningFolds.h"
#include "ir/types/Types.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/Pass.h"

namespace plx {

#define GEN_PASS_DEF_SELECTSCHEDULEPASS
#include "compiler/schedule/Passes.h.inc"

namespace {

// Scalar operations worth about a microsecond of one core: below it a further thread does not pay.
constexpr int64_t kGrainOperations = 32768;
// Terms of a window that are added one by one.
constexpr int64_t kLongestWindow = 512;
// Elements of a flat loop that one unit takes: 8 KiB of f32.
constexpr int64_t kBlock = 2048;

// Columns of attention: 32 rows of so many f32 sums are 128 KiB.
constexpr int64_t kMostColumns = 1024;

/// Terms folded a result; a running fold in one pass adds one.
int64_t foldWork(mlir::Block &body, bool inOnePass) {
  int64_t work = 1;
  for (mlir::Operation &op : body) {
    std::optional<FoldedVariables> folded = foldedVariables(&op);
    if (!folded || (inOnePass && mlir::isa<PrefixOp>(op))) continue;
    for (Dim extent : folded->extents) work = saturatingProduct(work, estimate(extent));
  }
  return work;
}

class Selection {
 public:
  Selection(KernelFuncOp kernel, int64_t vectorBytes, int64_t registers)
      : kernel_(kernel),
        vectorBytes_(vectorBytes),
        registers_(registers),
        b_(kernel.getContext()) {}

  void run() {
    std::optional<Contraction> contraction = findContraction(kernel_);
    if (contraction && worthTiles(*contraction)) return selectMatmul(*contraction);
    if (std::optional<Attention> attention = findAttention(kernel_); attention && fits(*attention))
      return selectAttention(*attention);
    selectNest();
  }

 private:
  void setDim(llvm::StringRef name, Dim dim) {
    kernel_->setAttr(name, DimsAttr::get(kernel_.getContext(), {dim}));
  }
  void setInt(llvm::StringRef name, int64_t value) {
    kernel_->setAttr(name, b_.getI64IntegerAttr(value));
  }
  void setGrain(int64_t operationsPerUnit) {
    setInt("grain",
           std::max<int64_t>(1, kGrainOperations / std::max<int64_t>(1, operationsPerUnit)));
  }

  bool worthTiles(Contraction &c);
  void selectMatmul(Contraction &c);
  bool fits(Attention &a);
  void selectAttention(Attention &a);
  bool lastVariableRunsAlongLanes();
  int64_t placesOfWindow();
  mlir::StringAttr turnedVariable();
  void selectNest();
  void cutNest(llvm::ArrayRef<mlir::StringAttr> variables, llvm::ArrayRef<Dim> extents, bool lanes,
               int64_t work);

  KernelFuncOp kernel_;
  int64_t vectorBytes_, registers_;
  mlir::OpBuilder b_;
};

bool Selection::worthTiles(Contraction &c) {
  mlir::Type accumulator = c.fold.getValue().getType();
  if (!accumulator.isF32() && !accumulator.isF64()) return false;
  // A handful of columns, or a short sum, fills no tile.
  if (c.columns.constant().value_or(64) < 4) return false;
  int64_t depth = 1;
  for (Dim extent : c.fold.getExtents().dims()) depth = saturatingProduct(depth, estimate(extent));
  if (depth < 4) return false;
  // Without rows to share it, a matrix that must be turned into panels first is read twice: rows of
  // it folded as they lie.
  auto stride = c.b.getIndices()[0].splitLinear(c.column);
  bool turned = stride && !stride->first.isConstant(1);
  return !turned || c.rows.constant().value_or(kTypicalExtent) >= 4;
}

void Selection::selectMatmul(Contraction &c) {
  MatmulCut cut = cutMatmul(kernel_, c, vectorBytes_, registers_);
  kernel_.setSchedule(c.fold.getVariables().size() > 1 ? "conv" : "matmul");
  kernel_->setAttr("tile", b_.getDenseI64ArrayAttr({cut.tile.rows, cut.tile.columns}));
  setInt("chunk", cut.chunk);
  setDim("units", cut.units);
  if (cut.copied) kernel_->setAttr("copied", b_.getUnitAttr());
  if (cut.copiesRows) kernel_->setAttr("copied_rows", b_.getUnitAttr());
  if (cut.scratch) setDim("scratch", cut.scratch);
  if (cut.terms)
    kernel_->setAttr("terms", b_.getDenseI64ArrayAttr({cut.terms->first, cut.terms->block}));
  if (cut.panels > 1) setInt("panels", cut.panels);
  if (!cut.inner.empty()) kernel_->setAttr("inner", b_.getArrayAttr(cut.inner));
  setGrain(cut.productsPerUnit / 2);
}

/// Its accumulators are known in number and stay in the cache.
bool Selection::fits(Attention &a) {
  mlir::Type accumulator = a.sum.getType();
  std::optional<int64_t> columns = a.columns.constant();
  return (accumulator.isF32() || accumulator.isF64()) && columns && *columns <= kMostColumns;
}

void Selection::selectAttention(Attention &a) {
  int64_t bytes = bytesOfElement(a.sum.getType()), lanes = vectorBytes_ / bytes;
  AttentionTile tile = chooseTile(a, lanes);
  kernel_.setSchedule("attention");
  kernel_->setAttr("tile", b_.getDenseI64ArrayAttr({tile.rows, tile.keys}));
  setDim("scratch", scratchOf(a, tile, lanes).end * bytes);
  Dim outer = Dim::constant(kernel_.getContext(), 1);
  auto variables = namesOf(kernel_.getVariables());
  for (auto [name, extent] : llvm::zip(variables, kernel_.getExtents().dims()))
    if (name != a.row && name != a.column) outer = outer * extent;
  setDim("units", outer * ceilDiv(a.rows, tile.rows));
  int64_t perScore = saturatingProduct(estimate(a.depths) + *a.columns.constant(), tile.rows);
  setGrain(saturatingProduct(perScore, estimate(a.keys)) / 2);
}

/// Lanes along the last variable read memory in order unless folded operands step along it; then
/// the folds themselves run along the lanes, one result at a time.
bool Selection::lastVariableRunsAlongLanes() {
  mlir::Block &body = kernel_.getBody().front();
  mlir::StringAttr last = namesOf(kernel_.getVariables()).back();
  llvm::SmallPtrSet<mlir::Attribute, 8> foldVariables;
  int64_t depth = 0;
  for (mlir::Operation &op : body) {
    std::optional<FoldedVariables> folded = foldedVariables(&op);
    if (!folded || !folded->joinsPartials) continue;
    for (mlir::StringAttr name : folded->names) foldVariables.insert(name);
    if (folded->extents.empty()) continue;
    depth = std::max(depth, estimate(folded->extents.back()));
  }
  if (foldVariables.empty()) return true;
  for (LoadOp load : body.getOps<LoadOp>()) {
    Dim offset = load.getIndices()[0];
    bool folded = llvm::any_of(foldVariables, [&](mlir::Attribute name) {
      return offset.usesSymbol(mlir::cast<mlir::StringAttr>(name));
    });
    auto split = offset.splitLinear(last);
    if (folded && depth >= 8 &&
        (!split || !(split->first.isConstant(0) || split->first.isConstant(1))))
      return false;
  }
  std::optional<int64_t> extent = kernel_.getExtents().dims().back().constant();
  return !(extent && *extent < 4 && depth >= 16);
}

/// Whether steps of `slides` move within, or next to, what the window covers along one of its
/// variables. A step past all of a long fold is another sum, not the next place of a window.
bool slidesAlong(Dim offset, mlir::StringAttr slides, const FoldedVariables &window) {
  constexpr int64_t kShort = 8;
  auto step = offset.splitLinear(slides);
  if (!step || step->first.isConstant(0)) return false;
  for (auto [name, extent] : llvm::zip(window.names, window.extents)) {
    auto inner = offset.splitLinear(name);
    if (!inner || inner->first.isConstant(0)) continue;
    Dim reach = inner->first * extent;
    bool isShort = extent.constant().value_or(kShort + 1) <= kShort;
    if (provablyGreater(reach, step->first) || (isShort && reach == step->first)) return true;
  }
  return false;
}

/// How many places of a window that slides along the variable before the lanes are computed
/// together; 0: nothing slides there.
int64_t Selection::placesOfWindow() {
  auto variables = namesOf(kernel_.getVariables());
  if (variables.size() < 2) return 0;
  mlir::StringAttr slides = variables[variables.size() - 2];
  std::optional<FoldedVariables> window;
  for (mlir::Operation &op : kernel_.getBody().front()) {
    std::optional<FoldedVariables> folded = foldedVariables(&op);
    if (!folded) continue;
    if (window || !folded->joinsPartials || folded->names.empty()) return 0;
    window = folded;
  }
  // A long fold has its rounds of partial sums (compiler/cpu/Folds.cpp), which places lack.
  int64_t terms = 1;
  for (Dim extent : window->extents) terms = saturatingProduct(terms, estimate(extent));
  if (terms > kLongestWindow) return 0;
  bool found = llvm::any_of(kernel_.getBody().front(), [&](mlir::Operation &op) {
    std::optional<Access> access = accessOf(&op);
    return access && access->indices[0].usesSymbol(variables.back()) &&
           slidesAlong(access->indices[0], slides, *window);
  });
  int64_t most = registers_ >= 32 ? 8 : 6;
  int64_t extent = kernel_.getExtents().dims()[variables.size() - 2].constant().value_or(most);
  if (!found || extent < 2) return 0;
  int64_t groups = (extent + most - 1) / most;
  return (extent + groups - 1) / groups;
}

/// The variable along which operands lie that steps of the lanes' variable read far apart: read
/// along it, squares of them are turned in registers. Null: none, or several.
mlir::StringAttr Selection::turnedVariable() {
  auto variables = namesOf(kernel_.getVariables());
  int64_t lanes = vectorBytes_ / 4;
  mlir::StringAttr turned;
  auto reaches = [&](size_t i) { return kernel_.getExtents()[i].constant().value_or(0) >= lanes; };
  for (mlir::Operation &op : kernel_.getBody().front()) {
    if (auto store = mlir::dyn_cast<StoreOp>(op);
        store && bytesOfElement(store.getValue().getType()) != 4)
      return {};
    auto load = mlir::dyn_cast<LoadOp>(op);
    if (!load) continue;
    if (bytesOfElement(load.getType()) != 4) return {};
    Dim offset = load.getIndices()[0];
    auto step = offset.splitLinear(variables.back());
    bool isFar = step && step->first.constant() && std::abs(*step->first.constant()) > 1;
    if (!isFar || load.getGuard() || !load.getDataIndices().empty()) continue;
    for (size_t i = 0; i + 1 < variables.size(); ++i) {
      auto along = offset.splitLinear(variables[i]);
      if (!along || !along->first.isConstant(1)) continue;
      if (!reaches(i) || !reaches(variables.size() - 1) || (turned && turned != variables[i]))
        return {};
      turned = variables[i];
    }
  }
  return turned;
}

void Selection::selectNest() {
  auto variables = namesOf(kernel_.getVariables());
  llvm::SmallVector<Dim> extents(kernel_.getExtents().dims());
  mlir::Block &body = kernel_.getBody().front();
  bool hasFold = false;
  for (mlir::Operation &op : body) hasFold |= foldedVariables(&op).has_value();
  kernel_.setSchedule(hasFold ? "row" : "map");
  bool lanes = !variables.empty() && lastVariableRunsAlongLanes();
  int64_t perUnit = std::max<int64_t>(1, static_cast<int64_t>(body.getOperations().size()));
  if (int64_t places = hasFold && lanes ? placesOfWindow() : 0) {
    kernel_.setSchedule("window");
    setInt("places", places);
    extents[extents.size() - 2] = ceilDiv(extents[extents.size() - 2], places);
    perUnit = saturatingProduct(perUnit, places);
  }
  if (mlir::StringAttr turned = !hasFold && lanes ? turnedVariable() : nullptr) {
    kernel_->setAttr("turned", turned);
    Dim &extent = extents[llvm::find(variables, turned) - variables.begin()];
    extent = ceilDiv(extent, vectorBytes_ / 4);
    perUnit = saturatingProduct(perUnit, vectorBytes_ / 4);
  }
  // One pass along its variable computes a running fold: that is the innermost loop, neither cut
  // nor along the lanes.
  std::optional<RunningFolds> pass = findRunningFolds(kernel_);
  if (pass) {
    kernel_->setAttr("running", pass->variable);
    lanes &= variables.back() != pass->variable;
    auto *place = llvm::find(variables, pass->variable);
    extents.erase(extents.begin() + (place - variables.begin()));
    variables.erase(place);
    perUnit = saturatingProduct(perUnit, estimate(pass->extent));
  }
  cutNest(variables, extents, lanes, saturatingProduct(perUnit, foldWork(body, pass.has_value())));
}

/// Divides the loops over `variables`, the last along the lanes where `lanes`, into units; `work`
/// is that of one point.
void Selection::cutNest(llvm::ArrayRef<mlir::StringAttr> variables, llvm::ArrayRef<Dim> extents,
                        bool lanes, int64_t work) {
  size_t others = variables.size() - (lanes ? 1 : 0);
  // The innermost of several outer variables stays a loop inside the unit, which spares dividing
  // for each step.
  size_t inUnits = others;
  int64_t leading = 1;
  for (size_t i = 0; i + 1 < others; ++i)
    leading = saturatingProduct(leading, estimate(extents[i]));
  if (others >= 2 && leading >= 16) inUnits = others - 1;
  Dim units = Dim::constant(kernel_.getContext(), 1);
  for (size_t i = 0; i < variables.size(); ++i) {
    if (i < inUnits)
      units = units * extents[i];
    else
      work = saturatingProduct(work, estimate(extents[i]));
  }
  if (lanes) {
    kernel_->setAttr("lanes", variables.back());
    bool isFlat = estimate(units) < 16 && extents.back().constant().value_or(kBlock * 2) > kBlock;
    if (isFlat) {
      setInt("block", kBlock);
      units = units * ceilDiv(extents.back(), kBlock);
      work = saturatingProduct(kBlock, work / estimate(extents.back()) + 1);
    }
  }
  setInt("outer", static_cast<int64_t>(inUnits));
  setDim("units", units);
  setGrain(work);
}

struct SelectSchedulePass : impl::SelectSchedulePassBase<SelectSchedulePass> {
  using SelectSchedulePassBase::SelectSchedulePassBase;
  void runOnOperation() override {
    getOperation().walk(
        [&](KernelFuncOp kernel) { Selection(kernel, vectorBytes, vectorRegisters).run(); });
  }
};

}  // namespace
}  // namespace plx
