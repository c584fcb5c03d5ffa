#include "compiler/schedule/Body.h"

namespace plx {

Extents::Extents(mlir::ArrayAttr variables, DimsAttr extents, mlir::Block &body) {
  auto add = [&](llvm::ArrayRef<mlir::StringAttr> names, llvm::ArrayRef<Dim> dims) {
    for (auto [name, dim] : llvm::zip(names, dims)) extents_[name] = dim;
  };
  add(namesOf(variables), extents.dims());
  for (mlir::Operation &op : body) {
    if (std::optional<FoldedVariables> folded = foldedVariables(&op))
      add(folded->names, folded->extents);
    if (auto index = mlir::dyn_cast<IndexOp>(op))
      extents_[index.getSymbolAttr()] = index.getExtent()[0];
  }
}

Dim Extents::simplify(Dim index) const {
  if (!index || index.constant() || index.asSymbol()) return index;
  return index.simplify([&](DimAtom symbol) -> std::optional<DimRange> {
    Dim extent = of(symbol.symbol());
    if (!extent) return std::nullopt;
    DimRange range;
    range.low = 0;
    if (std::optional<int64_t> known = extent.constant()) range.high = *known - 1;
    range.highDim = extent - 1;
    return range;
  });
}

void rewriteDims(mlir::Block &body, llvm::function_ref<Dim(Dim)> rewrite) {
  for (mlir::Operation &op : body) {
    for (mlir::NamedAttribute named : llvm::SmallVector<mlir::NamedAttribute>(op.getAttrs())) {
      auto dims = mlir::dyn_cast<DimsAttr>(named.getValue());
      if (!dims) continue;
      llvm::SmallVector<Dim> rewritten;
      for (Dim dim : dims.dims()) rewritten.push_back(rewrite(dim));
      op.setAttr(named.getName(), DimsAttr::get(op.getContext(), rewritten));
    }
  }
}

void substituteVariable(mlir::Block &body, mlir::StringAttr name, Dim by) {
  rewriteDims(body, [&](Dim dim) {
    if (!dim.usesSymbol(name)) return dim;
    return dim.substitute([&](DimAtom symbol) { return symbol.symbol() == name ? by : Dim(); });
  });
}

}  // namespace plx
