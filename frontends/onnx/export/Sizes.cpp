// Sizes as values of the graph: Shape, Gather and integer arithmetic, each expression once a graph.
#include "frontends/onnx/export/Exporter.h"

namespace plx::onnxio {

// The graph in which all symbols of a size are known: its nodes are written there, before the node
// whose subgraph asks for it.
size_t Exporter::depthOf(Dim dim) {
  llvm::SmallVector<DimAtom> atoms;
  dim.collectSymbols(atoms);
  size_t depth = 0;
  for (DimAtom atom : atoms) {
    auto source = symbols_.find(atom.symbol().getValue());
    if (source == symbols_.end())
      unsupported("the size '" + atom.symbol().getValue() + "' is no size of an input");
    depth = std::max(depth, source->second.depth);
  }
  return depth;
}

Name Exporter::dim(Dim dim) {
  if (!dim) unsupported("a size is not known");
  if (std::optional<int64_t> number = dim.constant()) return ints({*number});
  size_t outer = std::exchange(depth_, depthOf(dim));
  Name &known = scopes_[depth_].dims[dim.text()];
  Name name = known.empty() ? computeDim(dim) : known;
  scopes_[depth_].dims[dim.text()] = name;
  depth_ = outer;
  return name;
}

Name Exporter::dims(llvm::ArrayRef<Dim> dims) {
  Ints numbers;
  for (Dim dim : dims)
    if (dim && dim.constant()) numbers.push_back(*dim.constant());
  if (numbers.size() == dims.size()) return ints(numbers);
  Names parts;
  for (Dim d : dims) parts.push_back(dim(d));
  return parts.size() == 1 ? parts[0] : node("Concat", parts, {attrOf("axis", int64_t{0})});
}

Name Exporter::computeDim(Dim dim) {
  Name sum;
  for (const DimTerm &term : dim.terms()) {
    Name product;
    for (DimAtom factor : term.factors)
      product = product.empty() ? atom(factor) : node("Mul", {product, atom(factor)});
    if (product.empty())
      product = ints({term.coefficient});
    else if (term.coefficient != 1)
      product = node("Mul", {product, ints({term.coefficient})});
    sum = sum.empty() ? product : node("Add", {sum, product});
  }
  return sum;
}

Name Exporter::atom(DimAtom atom) {
  switch (atom.kind()) {
    case DimAtomKind::Symbol:
      return symbol(atom);
    case DimAtomKind::FloorDiv:
      return floorDivided(atom.lhs(), atom.rhs());
    case DimAtomKind::CeilDiv:
      return node("Neg", {floorDivided(k(0) - atom.lhs(), atom.rhs())});
    case DimAtomKind::Max:
      return node("Max", {dim(atom.lhs()), dim(atom.rhs())});
  }
  unsupported("a size of an unknown kind");
}

// ONNX divides towards zero; its Mod has the sign of the divisor.
Name Exporter::floorDivided(Dim a, Dim b) {
  Name x = dim(a), y = dim(b);
  if (a.lowerBound().value_or(-1) < 0 || b.lowerBound().value_or(-1) < 0)
    x = node("Sub", {x, node("Mod", {x, y})});
  return node("Div", {x, y});
}

Name Exporter::symbol(DimAtom atom) {
  llvm::StringRef name = atom.symbol().getValue();
  Name &known = scopes_[depth_].dims[("\"" + name).str()];
  if (!known.empty()) return known;
  SymbolSource source = symbols_.find(name)->second;
  Name value = source.tensor;
  if (source.axis >= 0 && opset >= 15)
    value = node("Shape", {value}, {attrOf("start", source.axis), attrOf("end", source.axis + 1)});
  else if (source.axis >= 0)
    value = node("Gather", {node("Shape", {value}), ints({source.axis})});
  if (source.offset != 0) value = node("Sub", {value, ints({source.offset})});
  if (source.factor != 1) value = node("Div", {value, ints({source.factor})});
  return scopes_[depth_].dims[("\"" + name).str()] = value;
}

void Exporter::defineSymbols(Value value, mlir::ArrayAttr names) {
  auto type = mlir::dyn_cast<mlir::RankedTensorType>(value.getType());
  if (!type) return;
  auto isWanted = [&](llvm::StringRef name) {
    if (!names) return !symbols_.contains(name);
    return llvm::any_of(names.getAsValueRange<mlir::StringAttr>(),
                        [&](llvm::StringRef n) { return n == name; });
  };
  for (auto [axis, dim] : llvm::enumerate(dimsOf(type))) {
    if (!dim) continue;
    SymbolSource source{depth_, of(value), static_cast<int64_t>(axis)};
    if (std::optional<DimAtom> symbol = dim.asSymbol()) {
      llvm::StringRef name = symbol->symbol().getValue();
      auto known = symbols_.find(name);  // a better source than a size that has it as a part
      bool isPart = known != symbols_.end() && known->second.tensor == source.tensor &&
                    (known->second.factor != 1 || known->second.offset != 0);
      if (isWanted(name) || isPart) symbols_[name] = source;
      continue;
    }
    llvm::SmallVector<DimAtom> atoms;
    dim.collectSymbols(atoms);
    if (atoms.size() != 1 || !isWanted(atoms[0].symbol().getValue())) continue;
    auto linear = dim.splitLinear(atoms[0].symbol().getValue());
    if (!linear || !linear->first.constant() || !linear->second.constant()) continue;
    source.factor = *linear->first.constant();
    source.offset = *linear->second.constant();
    symbols_[atoms[0].symbol().getValue()] = source;
  }
}

void Exporter::defineFresh(mlir::Operation *op) {
  auto fresh = op->getAttrOfType<mlir::ArrayAttr>("fresh");
  if (auto size = op->getAttrOfType<mlir::StringAttr>("size"))
    fresh = mlir::ArrayAttr::get(op->getContext(), {size});
  if (!fresh) return;
  for (Value result : op->getResults()) defineSymbols(result, fresh);
}

}  // namespace plx::onnxio
