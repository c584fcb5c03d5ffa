#include "frontends/onnx/Branch.h"

#include "frontends/onnx/Graph.h"

namespace plx::onnxio {

void yield(NodeContext &c, mlir::Region &region, llvm::ArrayRef<Value> values) {
  mlir::OpBuilder::InsertionGuard guard(c.builder());
  c.builder().setInsertionPointToEnd(&region.front());
  mlir::OperationState state(c.loc(), "plx.yield");
  state.addOperands(values);
  c.builder().create(state);
}

Symbols &symbolsOf(NodeContext &c) { return c.graph.session().emit.symbols; }

Dim Fresh::operator()() {
  names.push_back(c.fresh(c.stem()));
  return Dim::symbol(c.context(), names.back());
}

Type joined(NodeContext &c, Type a, Type b, unsigned mark, Fresh &fresh) {
  auto x = mlir::dyn_cast<mlir::RankedTensorType>(a), y = mlir::dyn_cast<mlir::RankedTensorType>(b);
  if (!x || !y) {
    if (a == b) return a;
    auto o = mlir::dyn_cast<OptionalType>(a), r = mlir::dyn_cast<OptionalType>(b);
    if (o && r && o.element() != r.element() && mlir::isa<SequenceType>(o.element()) &&
        mlir::isa<SequenceType>(r.element()))
      return OptionalType::get(joined(c, o.element(), r.element(), mark, fresh));
    auto s = mlir::dyn_cast<SequenceType>(a), t = mlir::dyn_cast<SequenceType>(b);
    if (s && t) {
      auto p = mlir::dyn_cast<mlir::TensorType>(s.element()),
           q = mlir::dyn_cast<mlir::TensorType>(t.element());
      if (p && q && p.getElementType() == q.getElementType())
        return SequenceType::get(mlir::UnrankedTensorType::get(p.getElementType()));
    }
    unsupported("the values of two branches or iterations have types that do not agree");
  }
  if (x.getElementType() != y.getElementType())
    invalid("the values of two branches or iterations differ in element type");
  if (x.getRank() != y.getRank())
    unsupported("the values of two branches or iterations differ in rank");
  Dims dims;
  for (auto [d, e] : llvm::zip(dimsOf(x), dimsOf(y)))
    dims.push_back(d == e && symbolsOf(c).isKnownBefore(mark, d) ? d : fresh());
  return tensorType(x.getElementType(), dims);
}

// torch's squeeze becomes `if size == 1 then squeeze(x) else x`: two ranks. The rank of the first
// branch is taken; the other one's value must then have the same number of elements, which is
// checked when it runs.
static void agreeOnRank(NodeContext &c, Value first, Value &second, mlir::Region &region,
                        unsigned mark) {
  auto x = mlir::dyn_cast<mlir::RankedTensorType>(first.getType());
  auto y = mlir::dyn_cast<mlir::RankedTensorType>(second.getType());
  if (!x || !y || x.getRank() == y.getRank()) return;
  Dims dims = dimsOf(x);
  for (Dim d : dims)
    if (!symbolsOf(c).isKnownBefore(mark, d))
      unsupported("the values of two branches differ in rank");
  mlir::OpBuilder::InsertionGuard guard(c.builder());
  c.builder().setInsertionPointToEnd(&region.front());
  second = c.reshape(second, dims);
}

Values ifOp(NodeContext &c, Value condition, unsigned mark,
            std::unique_ptr<mlir::Region> thenRegion, Values thenValues,
            std::unique_ptr<mlir::Region> elseRegion, Values elseValues) {
  for (size_t i = 0; i < thenValues.size(); ++i)
    agreeOnRank(c, thenValues[i], elseValues[i], *elseRegion, mark);
  Fresh fresh{c, {}};
  llvm::SmallVector<Type> types;
  for (auto [a, b] : llvm::zip(thenValues, elseValues))
    types.push_back(joined(c, a.getType(), b.getType(), mark, fresh));
  yield(c, *thenRegion, thenValues);
  yield(c, *elseRegion, elseValues);
  llvm::SmallVector<mlir::NamedAttribute> attributes;
  if (!fresh.names.empty()) attributes.push_back(c.strsAttr("fresh", fresh.names));
  llvm::SmallVector<std::unique_ptr<mlir::Region>> regions;
  regions.push_back(std::move(thenRegion));
  regions.push_back(std::move(elseRegion));
  return c.regionsOp("plx.if", {condition}, attributes, regions, types);
}

Values branch(NodeContext &c, Value condition, llvm::function_ref<Values()> onTrue,
              llvm::function_ref<Values()> onFalse) {
  unsigned mark = symbolsOf(c).mark();
  auto write = [&](llvm::function_ref<Values()> values) {
    auto region = std::make_unique<mlir::Region>();
    mlir::OpBuilder::InsertionGuard guard(c.builder());
    c.builder().createBlock(region.get());
    Values given = values();
    return std::pair(std::move(region), std::move(given));
  };
  auto [thenRegion, thenValues] = write(onTrue);
  auto [elseRegion, elseValues] = write(onFalse);
  return ifOp(c, condition, mark, std::move(thenRegion), thenValues, std::move(elseRegion),
              elseValues);
}

}  // namespace plx::onnxio
