#include "ir/kernel/Contraction.h"

namespace plx {

namespace {

FoldOp onlyFold(KernelFuncOp kernel) {
  FoldOp fold;
  for (mlir::Operation &op : kernel.getBody().front()) {
    if (!foldedVariables(&op)) continue;
    if (fold || !mlir::isa<FoldOp>(op)) return {};
    fold = mlir::cast<FoldOp>(op);
  }
  return fold;
}

bool storesAreConsecutive(KernelFuncOp kernel, mlir::StringAttr column) {
  for (StoreOp store : kernel.getBody().getOps<StoreOp>()) {
    auto split = store.getIndices()[0].splitLinear(column);
    if (!split || !split->first.isConstant(1) || store.getGuard()) return false;
  }
  return true;
}

}  // namespace

LoadOp loadBehind(mlir::Value scalar, InsideOp guard) {
  if (auto convert = scalar.getDefiningOp<ConvertOp>()) scalar = convert.getOperand();
  auto load = scalar.getDefiningOp<LoadOp>();
  if (!load || !load.getDataIndices().empty()) return {};
  if (load.getGuard() && (!guard || load.getGuard() != guard.getResult())) return {};
  return load;
}

ApplyOp applied(mlir::Value value, llvm::StringRef fn) {
  auto apply = value.getDefiningOp<ApplyOp>();
  return apply && apply.getFn() == fn ? apply : ApplyOp();
}

ApplyOp productIn(FoldOp fold) {
  return fold.getKind() == "sum" ? applied(fold.getValue(), "mul") : ApplyOp();
}

std::optional<Contraction> findContraction(KernelFuncOp kernel) {
  FoldOp fold = onlyFold(kernel);
  if (!fold || kernel.getVariables().empty()) return std::nullopt;
  ApplyOp product = productIn(fold);
  if (!product) return std::nullopt;
  LoadOp a = loadBehind(product.getOperand(0)), b = loadBehind(product.getOperand(1));
  if (!a || !b) return std::nullopt;
  llvm::SmallVector<mlir::StringAttr> variables = namesOf(kernel.getVariables());
  mlir::StringAttr column = variables.back();
  if (a.getIndices()[0].usesSymbol(column)) std::swap(a, b);
  Dim offsetA = a.getIndices()[0], offsetB = b.getIndices()[0];
  if (offsetA.usesSymbol(column) || !offsetB.usesSymbol(column)) return std::nullopt;
  if (!storesAreConsecutive(kernel, column)) return std::nullopt;
  // Offsets of fold variables step by the same amount wherever the tile is.
  for (mlir::StringAttr k : namesOf(fold.getVariables())) {
    auto stepA = offsetA.splitLinear(k);
    if (!stepA ||
        llvm::any_of(variables, [&](mlir::StringAttr v) { return stepA->first.usesSymbol(v); }))
      return std::nullopt;
  }
  Contraction found{fold,
                    a,
                    b,
                    column,
                    {},
                    kernel.getExtents()[variables.size() - 1],
                    Dim::constant(kernel.getContext(), 1)};
  // Enough rows for a tile, if any variable has them. One of unknown extent, often a batch of one,
  // does where nothing is known of others.
  constexpr int64_t kRowsOfTile = 8;
  int64_t most = 0;
  for (size_t i = variables.size() - 1; i-- > 0 && most < kRowsOfTile;) {
    if (offsetB.usesSymbol(variables[i]) || !offsetA.usesSymbol(variables[i])) continue;
    int64_t unknown = found.row ? 0 : kRowsOfTile;
    int64_t rows = kernel.getExtents()[i].constant().value_or(unknown);
    if (found.row && rows <= most) continue;
    most = rows;
    found.row = variables[i];
    found.rows = kernel.getExtents()[i];
  }
  return found;
}

Tile chooseTile(std::optional<int64_t> m, std::optional<int64_t> n, int64_t lanes,
                int64_t registers, int64_t mostRows) {
  int64_t rows = std::max<int64_t>(m.value_or(1 << 12), 1),
          columns = std::max<int64_t>(n.value_or(1 << 12), 1);
  Tile best;
  double bestCost = -1;
  for (int64_t vectors : {2, 3, 4, 1, 6, 8}) {
    int64_t most = std::min((registers - 1 - vectors) / vectors, mostRows);
    if (most < 1 || (vectors > 4 && rows > 2)) continue;
    int64_t tiles = (rows + most - 1) / most;
    int64_t tileRows = m ? (rows + tiles - 1) / tiles : std::min<int64_t>(most, 8);
    int64_t panels = (columns + vectors * lanes - 1) / (vectors * lanes);
    // Cycles a step of k: two multiply-adds or two loads a cycle, four cycles of latency a chain.
    auto step = [&](int64_t r) { return std::max({r * vectors / 2.0, (r + vectors) / 2.0, 4.0}); };
    int64_t rest = rows % tileRows;
    double cost = panels * ((rows / tileRows) * step(tileRows) + (rest ? step(rest) : 0));
    // Of equal tiles the larger one, which reads less, unless it is mostly empty or leaves a good
    // part of the rows.
    bool isLarger = tileRows * vectors * lanes > best.rows * best.columns &&
                    vectors * lanes < 2 * columns && (rows % tileRows == 0 || tiles >= 8);
    if (bestCost < 0 || cost < bestCost * (isLarger ? 1.001 : 0.999)) {
      bestCost = cost;
      best = {tileRows, vectors * lanes};
    }
  }
  return best;
}

Dim splitColumn(Dim offset, mlir::StringAttr column, Dim block, Dim lane, int64_t width,
                std::optional<int64_t> numBlocks) {
  Dim whole = block * width + lane;
  Dim replaced =
      offset.substitute([&](DimAtom symbol) { return symbol.symbol() == column ? whole : Dim(); });
  return replaced.simplify([&](DimAtom symbol) -> std::optional<DimRange> {
    DimRange range;
    range.low = 0;
    if (symbol == *lane.asSymbol()) {
      range.high = width - 1;
      return range;
    }
    if (symbol != *block.asSymbol()) return std::nullopt;
    if (numBlocks) range.high = *numBlocks - 1;
    return range;
  });
}

}  // namespace plx
