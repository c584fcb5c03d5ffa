#include "compiler/schedule/MatmulCut.h"

#include "compiler/schedule/Estimate.h"
#include "ir/types/Types.h"

namespace plx {

namespace {

// Terms of a sum that need no blocks: a panel of them, 256 KiB of f32, stays in L2.
constexpr int64_t kLongSum = 2048;
// The same where terms of `a` share the sets of a cache.
constexpr int64_t kLongAliasedSum = 256;
// Terms of a block: with 32 columns of f32 a block's panel is 16 KiB, half of L1.
constexpr int64_t kBlockTerms = 128;
// Tiles of rows that pay for copying a panel.
constexpr int64_t kTilesThatShare = 4;
// Units below which no further variable moves into them: threads would be idle.
constexpr int64_t kFewestUnits = 6;
// Rows of a unit whose sum comes in blocks: with as many columns, 256 KiB of f32.
constexpr int64_t kRowsOfBlock = 192;
// Sums of a unit that wait in scratch memory.
constexpr int64_t kMostSumBytes = 256 << 10;
// Rows so far apart (bytes) share a set of L1, of eight ways, so that more rows than these evict
// each other before the next term reads their lines again. Terms of b likewise.
constexpr int64_t kAliasBytes = 4096, kAliasedRows = 6, kAliasedTermBytes = 1024;

class Cutting {
 public:
  Cutting(KernelFuncOp kernel, Contraction c, int64_t vectorBytes, int64_t registers)
      : kernel_(kernel),
        c_(c),
        registers_(registers),
        lanes_(vectorBytes / bytesOfElement(c.fold.getValue().getType())),
        rows_(std::max<int64_t>(1, estimate(c.rows))) {
    for (Dim extent : c_.fold.getExtents().dims())
      depth_ = saturatingProduct(depth_, estimate(extent));
  }

  MatmulCut run() {
    chooseTileAndPanel();
    chooseTerms();
    chooseUnits();
    chooseScratch();
    return cut_;
  }

 private:
  int64_t bytesOfSum() { return bytesOfElement(c_.fold.getValue().getType()); }
  mlir::StringAttr lastTerm() { return namesOf(c_.fold.getVariables()).back(); }
  /// By how many elements `variable` steps through the operand; nothing where that is not known.
  std::optional<int64_t> stepOf(LoadOp load, mlir::StringAttr variable) {
    auto split = load.getIndices()[0].splitLinear(variable);
    return split ? split->first.constant() : std::nullopt;
  }
  void chooseTileAndPanel();
  bool hasColumnsSideBySide();
  int64_t placesThatShare();
  void chooseTerms();
  Dim outerExtent();
  void chooseUnits();
  int64_t chunkOf(int64_t parallel);
  void chooseInner(int64_t &units, int64_t &sums);
  void choosePanels(int64_t units, int64_t sums);
  void chooseScratch();

  KernelFuncOp kernel_;
  Contraction c_;
  int64_t registers_, lanes_, rows_, depth_ = 1;
  MatmulCut cut_;
};

void Cutting::chooseTileAndPanel() {
  if (auto panel = kernel_->getAttrOfType<mlir::IntegerAttr>("panel")) {
    cut_.tile.columns = panel.getInt();
    int64_t vectors = cut_.tile.columns / lanes_, most = (registers_ - 1 - vectors) / vectors;
    int64_t rows = c_.rows.constant().value_or(0);
    int64_t tiles = rows ? (rows + most - 1) / most : 1;
    cut_.tile.rows = rows ? (rows + tiles - 1) / tiles : std::min<int64_t>(most, 8);
    return;
  }
  std::optional<int64_t> distance = c_.row ? stepOf(c_.a, c_.row) : std::nullopt;
  bool isAliased =
      distance && *distance != 0 && *distance * bytesOfElement(c_.a.getType()) % kAliasBytes == 0;
  cut_.tile = chooseTile(c_.rows.constant(), c_.columns.constant(), lanes_, registers_,
                         isAliased ? kAliasedRows : registers_);
}

bool Cutting::hasColumnsSideBySide() {
  Dim block = Dim::symbol(kernel_.getContext(), "$block");
  Dim lane = Dim::symbol(kernel_.getContext(), "$lane");
  int64_t width = cut_.tile.columns;
  Dim offset = splitColumn(c_.b.getIndices()[0], c_.column, block, lane, width,
                           ceilDiv(c_.columns, width).constant());
  auto perLane = offset.splitLinear("$lane");
  if (!perLane || !perLane->first.isConstant(1)) return false;
  return llvm::all_of(namesOf(c_.fold.getVariables()),
                      [&](mlir::StringAttr k) { return offset.splitLinear(k).has_value(); });
}

/// Of variables other than the row that b does not depend on.
int64_t Cutting::placesThatShare() {
  int64_t places = 1;
  auto variables = namesOf(kernel_.getVariables());
  for (auto [name, extent] : llvm::zip(variables, kernel_.getExtents().dims()))
    if (name != c_.row && !c_.b.getIndices()[0].usesSymbol(name))
      places = saturatingProduct(places, estimate(extent));
  return places;
}

/// Whether a panel is copied, and whether its terms come in blocks.
void Cutting::chooseTerms() {
  cut_.copied = !hasColumnsSideBySide();
  if (kernel_->hasAttr("panel")) return;
  bool isShared = rows_ >= kTilesThatShare * cut_.tile.rows;
  std::optional<int64_t> stepA = stepOf(c_.a, lastTerm()), stepB = stepOf(c_.b, lastTerm());
  bool hasAliasedRows =
      stepA && *stepA != 0 && *stepA * bytesOfElement(c_.a.getType()) % kAliasBytes == 0;
  bool isLong = depth_ > (hasAliasedRows ? kLongAliasedSum : kLongSum);
  auto extents = c_.fold.getExtents().dims();
  if (isLong && saturatingProduct(rows_, placesThatShare()) > cut_.tile.rows) {
    size_t first = 0;
    int64_t inside = depth_;
    while (true) {
      inside /= std::max<int64_t>(1, estimate(extents[first]));
      if (inside <= kBlockTerms || first + 1 == extents.size()) break;
      ++first;
    }
    int64_t extent = estimate(extents[first]), most = std::max<int64_t>(1, kBlockTerms / inside);
    int64_t blocks = (extent + most - 1) / most;
    int64_t block =
        extents[first].constant() ? (extent + blocks - 1) / std::max<int64_t>(1, blocks) : most;
    cut_.terms = MatmulCut::Terms{static_cast<int64_t>(first), std::max<int64_t>(1, block)};
    cut_.copiesRows = hasAliasedRows && c_.row && stepOf(c_.a, c_.row) == 1;
  }
  bool isAliased = stepB && *stepB * bytesOfElement(c_.b.getType()) % kAliasedTermBytes == 0;
  cut_.copied |= isShared && isAliased && depth_ >= kLongAliasedSum;
}

/// The product of the extents outside of rows, columns and a unit.
Dim Cutting::outerExtent() {
  Dim outer = Dim::constant(kernel_.getContext(), 1);
  auto variables = namesOf(kernel_.getVariables());
  for (auto [name, extent] : llvm::zip(variables, kernel_.getExtents().dims()))
    if (name != c_.row && name != c_.column && !llvm::is_contained(cut_.inner, name))
      outer = outer * extent;
  return outer;
}

void Cutting::chooseUnits() {
  Dim panels = ceilDiv(c_.columns, cut_.tile.columns);
  int64_t parallel = saturatingProduct(estimate(outerExtent()), estimate(panels));
  cut_.chunk = chunkOf(parallel);
  if (cut_.terms) {
    int64_t units = saturatingProduct(parallel, (rows_ + cut_.chunk - 1) / cut_.chunk);
    int64_t sums = cut_.chunk * cut_.tile.columns * bytesOfSum();
    chooseInner(units, sums);
    choosePanels(units, sums);
  }
  cut_.units = outerExtent() * ceilDiv(panels, cut_.panels) * ceilDiv(c_.rows, cut_.chunk);
  cut_.productsPerUnit =
      saturatingProduct(std::min(cut_.chunk, rows_) * cut_.tile.columns * cut_.panels, depth_);
}

/// Rows of a unit. Rows are cut too where columns alone give few units; a unit keeps its panel of b
/// hot over many rows.
int64_t Cutting::chunkOf(int64_t parallel) {
  int64_t tile = cut_.tile.rows, all = (rows_ + tile - 1) / tile * tile;
  int64_t chunks = std::max<int64_t>(1, 32 / std::max<int64_t>(1, parallel));
  int64_t chunk = ((rows_ + chunks - 1) / chunks + tile - 1) / tile * tile;
  if (!c_.rows.constant()) chunk = 8 * tile;
  // All rows of a chunk share a copy.
  if (cut_.terms)
    chunk = (kRowsOfBlock + tile - 1) / tile * tile;
  else if (cut_.copied)
    chunk = std::max(chunk, tile * 16);
  return c_.rows.constant() ? std::min(chunk, all) : chunk;
}

/// Variables that b does not depend on: inside of a unit all their places share a block.
void Cutting::chooseInner(int64_t &units, int64_t &sums) {
  auto variables = namesOf(kernel_.getVariables());
  for (size_t i = variables.size() - 1; i-- > 0;) {
    std::optional<int64_t> extent = kernel_.getExtents()[i].constant();
    if (variables[i] == c_.row || c_.b.getIndices()[0].usesSymbol(variables[i])) continue;
    if (!extent || *extent < 1 || units / *extent < kFewestUnits ||
        saturatingProduct(sums, *extent) > kMostSumBytes)
      break;
    units /= *extent;
    sums *= *extent;
    cut_.inner.insert(cut_.inner.begin(), variables[i]);
  }
}

/// Panels that share the rows of a block.
void Cutting::choosePanels(int64_t units, int64_t sums) {
  std::optional<int64_t> columns = c_.columns.constant();
  if (!columns) return;
  int64_t all = (*columns + cut_.tile.columns - 1) / cut_.tile.columns;
  int64_t most = std::min({all, kMostSumBytes / sums, units / kFewestUnits});
  int64_t groups = (all + std::max<int64_t>(1, most) - 1) / std::max<int64_t>(1, most);
  cut_.panels = (all + groups - 1) / std::max<int64_t>(1, groups);
}

/// Sums of a unit, then the panel, then the rows.
void Cutting::chooseScratch() {
  if (!cut_.copied && !cut_.terms) return;
  mlir::MLIRContext *context = kernel_.getContext();
  Dim terms = Dim::constant(context, 1), sums = Dim::constant(context, 0), bytes = sums;
  for (auto [i, extent] : llvm::enumerate(c_.fold.getExtents().dims())) {
    auto number = static_cast<int64_t>(i);
    if (cut_.terms && number < cut_.terms->first) continue;
    terms = cut_.terms && number == cut_.terms->first ? terms * cut_.terms->block : terms * extent;
  }
  if (cut_.terms) {
    sums = Dim::constant(context, cut_.panels * cut_.chunk * cut_.tile.columns * bytesOfSum());
    auto variables = namesOf(kernel_.getVariables());
    for (auto [name, extent] : llvm::zip(variables, kernel_.getExtents().dims()))
      if (llvm::is_contained(cut_.inner, name)) sums = sums * extent;
  }
  if (cut_.copied)
    bytes = terms * (cut_.panels * cut_.tile.columns * bytesOfElement(c_.b.getType()));
  if (cut_.copiesRows) {
    int64_t tiles = (cut_.chunk + cut_.tile.rows - 1) / cut_.tile.rows;
    auto width = tiles * static_cast<int64_t>(llvm::alignTo(cut_.tile.rows, lanes_));
    bytes = bytes + (terms + 1) * (width * bytesOfElement(c_.a.getType()));
  }
  cut_.scratch = sums + bytes;
}

}  // namespace

MatmulCut cutMatmul(KernelFuncOp kernel, Contraction c, int64_t vectorBytes, int64_t registers) {
  return Cutting(kernel, c, vectorBytes, registers).run();
}

}  // namespace plx
