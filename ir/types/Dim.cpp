#include "ir/types/Dim.h"

#include "ir/types/DimAlgebra.h"
#include "ir/types/DimStorage.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/Support/MathExtras.h"

namespace plx {

using namespace detail;

// ---- atoms ----

DimAtomKind DimAtom::kind() const { return getImpl()->key.kind; }
mlir::StringAttr DimAtom::symbol() const { return getImpl()->key.symbol; }
int64_t DimAtom::lowerBound() const { return getImpl()->key.lowerBound; }
Dim DimAtom::lhs() const { return llvm::cast<Dim>(getImpl()->key.lhs); }
Dim DimAtom::rhs() const { return llvm::cast<Dim>(getImpl()->key.rhs); }
llvm::StringRef DimAtom::text() const { return getImpl()->text; }

// ---- leaves ----

Dim Dim::constant(mlir::MLIRContext *context, int64_t value) {
  return dimOfTerm(context, {value, {}});
}

Dim Dim::symbol(mlir::MLIRContext *context, llvm::StringRef name, int64_t lowerBound) {
  if (name.size() > maxDimTextBytes) return {};
  auto symbol = mlir::StringAttr::get(context, name);
  return dimOfAtom(
      DimAtom::Base::get(context, DimAtomKey{DimAtomKind::Symbol, symbol, lowerBound, {}, {}}));
}

// ---- reading ----

llvm::ArrayRef<DimTerm> Dim::terms() const { return getImpl()->terms; }
llvm::StringRef Dim::text() const { return getImpl()->text; }

std::optional<int64_t> Dim::constant() const {
  llvm::ArrayRef<DimTerm> all = terms();
  if (all.empty()) return 0;
  if (all.size() == 1 && all[0].factors.empty()) return all[0].coefficient;
  return std::nullopt;
}

std::optional<DimAtom> Dim::asSymbol() const {
  std::optional<DimAtom> atom = asAtom(*this);
  if (!atom || atom->kind() != DimAtomKind::Symbol) return std::nullopt;
  return atom;
}

namespace {

/// Calls `visit` on every symbol, once for each place it stands in; stops when it says false.
bool walkSymbols(Dim dim, llvm::function_ref<bool(DimAtom)> visit) {
  for (const DimTerm &term : dim.terms()) {
    for (DimAtom atom : term.factors) {
      bool on = atom.kind() == DimAtomKind::Symbol
                    ? visit(atom)
                    : walkSymbols(atom.lhs(), visit) && walkSymbols(atom.rhs(), visit);
      if (!on) return false;
    }
  }
  return true;
}

std::optional<int64_t> evaluateCompound(DimAtomKind kind, int64_t lhs, int64_t rhs) {
  if (kind == DimAtomKind::Max) return std::max(lhs, rhs);
  if (rhs == 0 || (lhs == INT64_MIN && rhs == -1)) return std::nullopt;
  return kind == DimAtomKind::FloorDiv ? llvm::divideFloorSigned(lhs, rhs)
                                       : llvm::divideCeilSigned(lhs, rhs);
}

using Valuation = llvm::function_ref<std::optional<int64_t>(DimAtom)>;

std::optional<int64_t> evaluateAtom(DimAtom atom, Valuation valueOfSymbol) {
  if (atom.kind() == DimAtomKind::Symbol) return valueOfSymbol(atom);
  std::optional<int64_t> lhs = atom.lhs().evaluate(valueOfSymbol);
  if (!lhs) return std::nullopt;
  std::optional<int64_t> rhs = atom.rhs().evaluate(valueOfSymbol);
  if (!rhs) return std::nullopt;
  return evaluateCompound(atom.kind(), *lhs, *rhs);
}

}  // namespace

void Dim::collectSymbols(llvm::SmallVectorImpl<DimAtom> &symbols) const {
  llvm::SmallSetVector<DimAtom, 8> found;
  walkSymbols(*this, [&](DimAtom symbol) {
    found.insert(symbol);
    return true;
  });
  llvm::SmallVector<DimAtom> sorted(found.begin(), found.end());
  llvm::sort(sorted, [](DimAtom a, DimAtom b) { return a.text() < b.text(); });
  for (DimAtom symbol : sorted)
    if (!llvm::is_contained(symbols, symbol)) symbols.push_back(symbol);
}

bool Dim::usesSymbol(llvm::StringRef name) const {
  return !walkSymbols(*this, [&](DimAtom symbol) { return symbol.symbol() != name; });
}

std::optional<int64_t> Dim::evaluate(Valuation valueOfSymbol) const {
  int64_t sum = 0;
  for (const DimTerm &term : terms()) {
    int64_t product = term.coefficient;
    for (DimAtom atom : term.factors) {
      std::optional<int64_t> value = evaluateAtom(atom, valueOfSymbol);
      if (!value || llvm::MulOverflow(product, *value, product)) return std::nullopt;
    }
    if (llvm::AddOverflow(sum, product, sum)) return std::nullopt;
  }
  return sum;
}

// ---- taking apart, putting together ----

Dim Dim::substitute(llvm::function_ref<Dim(DimAtom)> replacement) const {
  auto ofSymbol = [&](DimAtom symbol) {
    Dim by = replacement(symbol);
    return by ? by : dimOfAtom(symbol);
  };
  return DimRebuilder(ofSymbol, applyCompound).rebuild(*this);
}

std::optional<std::pair<Dim, Dim>> Dim::splitLinear(llvm::StringRef symbol) const {
  std::optional<DimAtom> found;
  for (const DimTerm &term : terms())
    for (DimAtom atom : term.factors)
      if (atom.kind() == DimAtomKind::Symbol && atom.symbol() == symbol) found = atom;
  if (!found) {
    if (usesSymbol(symbol)) return std::nullopt;
    return std::pair(Dim::constant(getContext(), 0), *this);
  }
  auto split = splitAtom(*this, *found);
  if (!split || split->first.usesSymbol(symbol) || split->second.usesSymbol(symbol))
    return std::nullopt;
  return split;
}

}  // namespace plx
