#include "ir/kernel/Attention.h"

#include "ir/kernel/Contraction.h"
#include "llvm/ADT/DenseSet.h"

namespace plx {

namespace {

/// Whether two scalars are the same function, up to the names of the variables that folds bind.
class SameScalars {
 public:
  void rename(mlir::StringAttr from, Dim to) { renamed_[from] = to; }

  bool same(mlir::Value a, mlir::Value b) {
    mlir::Operation *x = a.getDefiningOp(), *y = b.getDefiningOp();
    if (!x || !y) return a == b;
    if (!seen_.insert({x, y}).second) return true;  // compared already, or being compared
    if (x->getName() != y->getName() || x->getNumOperands() != y->getNumOperands() ||
        a.getType() != b.getType() || !sameAttributes(x, y))
      return false;
    for (auto [from, to] : llvm::zip(x->getOperands(), y->getOperands()))
      if (!same(from, to)) return false;
    return true;
  }

 private:
  bool sameAttributes(mlir::Operation *x, mlir::Operation *y) {
    if (auto fold = mlir::dyn_cast<FoldOp>(x)) {
      auto from = namesOf(fold.getVariables()), to = namesOf(mlir::cast<FoldOp>(y).getVariables());
      if (from.size() != to.size()) return false;
      for (auto [f, t] : llvm::zip(from, to)) rename(f, Dim::symbol(x->getContext(), t));
    }
    if (x->getAttrs().size() != y->getAttrs().size()) return false;
    for (mlir::NamedAttribute named : x->getAttrs()) {
      mlir::Attribute other = y->getAttr(named.getName());
      auto dims = mlir::dyn_cast<DimsAttr>(named.getValue());
      if (mlir::isa<FoldOp>(x) && named.getName() == "variables") continue;
      if (dims ? !sameDims(dims, mlir::dyn_cast_or_null<DimsAttr>(other))
               : named.getValue() != other)
        return false;
    }
    return true;
  }

  bool sameDims(DimsAttr from, DimsAttr to) {
    if (!to || from.size() != to.size()) return false;
    for (auto [f, t] : llvm::zip(from.dims(), to.dims()))
      if (f.substitute([&](DimAtom symbol) { return renamed_.lookup(symbol.symbol()); }) != t)
        return false;
    return true;
  }

  llvm::DenseMap<mlir::Attribute, Dim> renamed_;
  llvm::DenseSet<std::pair<mlir::Operation *, mlir::Operation *>> seen_;
};

/// A fold over one variable of `select(takesPart, value, neutral)`, or of the value itself.
struct Guarded {
  FoldOp fold;
  mlir::Value value;
  InsideOp takesPart;
};

Guarded guardedOf(FoldOp fold) {
  Guarded guarded{fold, fold.getValue(), {}};
  ApplyOp select = applied(guarded.value, "select");
  if (!select) return guarded;
  auto otherwise = select.getOperand(2).getDefiningOp<ScalarOp>();
  auto takesPart = select.getOperand(0).getDefiningOp<InsideOp>();
  mlir::TypedAttr neutral = neutralOf(*foldKindNamed(fold.getKind()), fold.getType());
  if (!otherwise || !takesPart || otherwise.getValue() != neutral) return guarded;
  return {fold, select.getOperand(1), takesPart};
}

/// exp(score - highest): the score.
mlir::Value scoreOfWeight(mlir::Value weight, mlir::Value highest) {
  ApplyOp exp = applied(weight, "exp");
  ApplyOp sub = exp ? applied(exp.getOperand(0), "sub") : ApplyOp();
  return sub && sub.getOperand(1) == highest ? sub.getOperand(0) : mlir::Value();
}

/// c of `offset` = c * variable + .., where c is no function of variables.
bool isLinear(Dim offset, mlir::StringAttr variable) {
  auto split = offset.splitLinear(variable);
  if (!split) return false;
  llvm::SmallVector<DimAtom> symbols;
  split->first.collectSymbols(symbols);
  return llvm::none_of(symbols, [](DimAtom s) { return isKernelVariable(s.symbol().getValue()); });
}

class Finder {
 public:
  explicit Finder(KernelFuncOp kernel) : kernel_(kernel), body_(kernel.getBody().front()) {}

  std::optional<Attention> find() {
    if (kernel_.getVariables().empty() || !findFolds() || !findScores() || !findVariables() ||
        !findLast() || !storesFit())
      return std::nullopt;
    return a_;
  }

 private:
  /// The three folds over j; `sum` is the one of a product with a load, `total` that of weights.
  bool findFolds() {
    for (mlir::Operation &op : body_) {
      if (mlir::isa<ArgFoldOp, PrefixOp>(op)) return false;
      auto fold = mlir::dyn_cast<FoldOp>(op);
      if (!fold) continue;
      if (fold.getVariables().size() != 1) return false;
      if (fold.getKind() == "max") {
        if (highest_.fold) return false;
        highest_ = guardedOf(fold);
        continue;
      }
      if (fold.getKind() != "sum") return false;
      Guarded guarded = guardedOf(fold);
      ApplyOp product = applied(guarded.value, "mul");
      if (applied(guarded.value, "exp")) {
        total_ = guarded;
      } else if (product && applied(product.getOperand(0), "exp")) {
        sum_ = guarded;
      }
    }
    return highest_.fold && total_.fold && sum_.fold;
  }

  /// Scores of the three folds, and that they are the same.
  bool findScores() {
    a_.sum = sum_.fold;
    a_.total = total_.fold;
    a_.takesPart = sum_.takesPart;
    mlir::Value highest = highest_.fold.getResult();
    ApplyOp product = applied(sum_.value, "mul");
    a_.v = loadBehind(product.getOperand(1), a_.takesPart);
    a_.score = scoreOfWeight(product.getOperand(0), highest);
    mlir::Value other = scoreOfWeight(total_.value, highest);
    if (!a_.v || !a_.score || !other) return false;
    return sameIn(highest_, highest_.value) && sameIn(total_, other) && findDot(a_.score);
  }

  bool sameIn(Guarded fold, mlir::Value score) {
    SameScalars names;
    names.rename(namesOf(fold.fold.getVariables())[0],
                 Dim::symbol(kernel_.getContext(), namesOf(sum_.fold.getVariables())[0]));
    if (fold.fold.getExtents() != sum_.fold.getExtents() || !names.same(score, a_.score))
      return false;
    if (!fold.takesPart || !sum_.takesPart) return !fold.takesPart && !sum_.takesPart;
    return names.same(fold.takesPart.getResult(), sum_.takesPart.getResult());
  }

  /// The one fold below the scores: a sum of products of two loads.
  bool findDot(mlir::Value score) {
    llvm::SmallPtrSet<mlir::Operation *, 16> seen;
    llvm::SmallVector<mlir::Value> next{score};
    while (!next.empty()) {
      mlir::Operation *op = next.pop_back_val().getDefiningOp();
      if (!op || !seen.insert(op).second) continue;
      if (auto load = mlir::dyn_cast<LoadOp>(op)) loads_.push_back(load);
      if (auto fold = mlir::dyn_cast<FoldOp>(op)) {
        if (a_.dot || fold.getKind() != "sum") return false;
        a_.dot = fold;
      } else {
        next.append(op->operand_begin(), op->operand_end());
      }
    }
    ApplyOp product = a_.dot ? applied(a_.dot.getValue(), "mul") : ApplyOp();
    if (!product || a_.dot.getType() != a_.sum.getType()) return false;
    a_.q = loadBehind(product.getOperand(0), a_.takesPart);
    a_.k = loadBehind(product.getOperand(1), a_.takesPart);
    return a_.q && a_.k;
  }

  bool findVariables() {
    auto variables = namesOf(kernel_.getVariables());
    a_.column = variables.back();
    a_.columns = kernel_.getExtents().dims().back();
    a_.key = namesOf(a_.sum.getVariables())[0];
    a_.keys = a_.sum.getExtents()[0];
    a_.depth = namesOf(a_.dot.getVariables())[0];
    a_.depths = a_.dot.getExtents()[0];
    Dim q = a_.q.getIndices()[0], k = a_.k.getIndices()[0], v = a_.v.getIndices()[0];
    if (q.usesSymbol(a_.key)) std::swap(q, k), std::swap(a_.q, a_.k);
    VariableUse use(body_);
    if (q.usesSymbol(a_.key) || q.usesSymbol(a_.column) || k.usesSymbol(a_.column) ||
        use.uses(a_.total, a_.column) || v.usesSymbol(a_.depth))
      return false;
    a_.rows = Dim::constant(kernel_.getContext(), 1);
    for (size_t i = variables.size() - 1; i-- > 0 && !a_.row;)
      if (q.usesSymbol(variables[i]) && !k.usesSymbol(variables[i]) &&
          !v.usesSymbol(variables[i])) {
        a_.row = variables[i];
        a_.rows = kernel_.getExtents()[i];
      }
    for (LoadOp load : loads_)
      if (a_.row && liesAlongKeys(load)) a_.turned = load;
    return isLinear(q, a_.depth) && isLinear(k, a_.depth) && isLinear(k, a_.key) &&
           isLinear(v, a_.key) && isLinear(v, a_.column) && (!a_.row || isLinear(q, a_.row));
  }

  bool liesAlongKeys(LoadOp load) {
    Dim offset = load.getIndices()[0];
    // Floats only, whose values are held as the type accumulated in.
    if (!mlir::isa<mlir::FloatType>(load.getType()) ||
        load.getType().isF64() != a_.sum.getType().isF64())
      return false;
    if (!loadBehind(load, a_.takesPart) || !isLinear(offset, a_.key) || !isLinear(offset, a_.row))
      return false;
    return offset.splitLinear(a_.key)->first.isConstant(1) &&
           !offset.splitLinear(a_.row)->first.isConstant(1) && offset.usesSymbol(a_.row);
  }

  /// takesPart is 0 <= last - j < bound, and the bound holds for all rows.
  bool findLast() {
    if (!a_.takesPart) return true;
    if (a_.takesPart.getIndices().size() != 1 || !a_.takesPart.getDataIndices().empty())
      return false;
    auto split = a_.takesPart.getIndices()[0].splitLinear(a_.key);
    if (!split || !split->first.isConstant(-1)) return false;
    a_.last = split->second;
    Dim atLastRow = a_.last;
    if (a_.row) {
      auto perRow = a_.last.splitLinear(a_.row);
      if (!perRow || perRow->first.constant().value_or(-1) < 0) return false;
      atLastRow = perRow->second + perRow->first * (a_.rows - 1);
    }
    llvm::SmallVector<DimAtom> symbols;
    atLastRow.collectSymbols(symbols);
    return llvm::none_of(symbols,
                         [](DimAtom s) { return isKernelVariable(s.symbol().getValue()); }) &&
           provablyGreater(a_.takesPart.getExtents()[0], atLastRow);
  }

  /// Consecutive stores of scalars that see no fold but sum and total.
  bool storesFit() {
    llvm::SmallPtrSet<mlir::Operation *, 32> seen;
    llvm::SmallVector<mlir::Value> next;
    for (mlir::Operation &op : body_) {
      auto store = mlir::dyn_cast<StoreOp>(op);
      if (!store) continue;
      auto split = store.getIndices()[0].splitLinear(a_.column);
      if (!split || !split->first.isConstant(1) || store.getGuard()) return false;
      next.push_back(store.getValue());
    }
    while (!next.empty()) {
      mlir::Operation *op = next.pop_back_val().getDefiningOp();
      if (!op || op == a_.sum || op == a_.total || !seen.insert(op).second) continue;
      if (mlir::isa<FoldOp>(op)) return false;
      next.append(op->operand_begin(), op->operand_end());
    }
    return true;
  }

  KernelFuncOp kernel_;
  mlir::Block &body_;
  Guarded highest_, total_, sum_;
  llvm::SmallVector<LoadOp> loads_;  // of the scores
  Attention a_;
};

}  // namespace

std::optional<Attention> findAttention(KernelFuncOp kernel) { return Finder(kernel).find(); }

// Keys of a block: with 32 rows of f32 its weights take 16 KiB, a third to a half of L1.
static constexpr int64_t kKeyBlock = 128;

AttentionTile chooseTile(const Attention &a, int64_t lanes) {
  bool oneVector = a.rows.constant().value_or(lanes + 1) <= lanes;
  int64_t keys = std::clamp<int64_t>(a.keys.constant().value_or(kKeyBlock), 1, kKeyBlock);
  return {oneVector ? lanes : 2 * lanes, keys};
}

AttentionScratch scratchOf(Attention a, AttentionTile tile, int64_t lanes) {
  AttentionScratch s;
  mlir::Type element = a.sum.getType();
  auto perColumn = a.v.getIndices()[0].splitLinear(a.column);
  s.copiesKeys = a.k.getType() != element;
  s.copiesValues = a.v.getType() != element || !perColumn->first.isConstant(1) ||
                   a.columns.constant().value_or(1) % lanes != 0;
  Dim end = Dim::constant(a.depths.getContext(), 0);
  auto take = [&](Dim elements) {  // whole vectors
    Dim begin = end;
    end = end + ceilDiv(elements, lanes) * lanes;
    return begin;
  };
  Dim columns = ceilDiv(a.columns, lanes) * lanes, row = Dim::constant(a.depths.getContext(), 1);
  s.queries = take(a.depths * tile.rows);
  s.weights = take(row * (tile.keys * tile.rows));
  s.sums = take(columns * tile.rows);
  for (Dim *each : {&s.highest, &s.totals, &s.factors}) *each = take(row * tile.rows);
  if (s.copiesKeys) s.keyCopy = take(a.depths * tile.keys);
  if (s.copiesValues) s.valueCopy = take(columns * tile.keys);
  if (a.turned) s.turned = take(row * (tile.keys * tile.rows));
  s.end = end;
  return s;
}

}  // namespace plx
