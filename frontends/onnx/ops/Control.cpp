// If, Loop and Scan: their graphs become regions. Sizes that differ between branches or iterations
// become fresh symbols.
#include "frontends/onnx/Branch.h"
#include "frontends/onnx/Graph.h"
#include "frontends/onnx/NodeContext.h"

namespace plx::onnxio {
namespace {

void importIf(NodeContext &c) {
  Value condition = c.reshape(c.in(0), {});
  auto known = c.knownInts(condition);
  const onnx::GraphProto &thenGraph = c.graphOf("then_branch"),
                         &elseGraph = c.graphOf("else_branch");
  if (known) {
    // Only the branch that is taken is there.
    Values values = c.graph.importInline((*known)[0] ? thenGraph : elseGraph);
    for (size_t i = 0; i < values.size(); ++i) c.out(i, values[i]);
    return;
  }
  unsigned mark = symbolsOf(c).mark();
  auto thenRegion = std::make_unique<mlir::Region>(), elseRegion = std::make_unique<mlir::Region>();
  Values thenValues = c.graph.importRegion(thenGraph, *thenRegion, {});
  Values elseValues = c.graph.importRegion(elseGraph, *elseRegion, {});
  if (thenValues.size() != elseValues.size())
    invalid("the branches have different numbers of outputs");
  Values results = ifOp(c, condition, mark, std::move(thenRegion), std::move(thenValues),
                        std::move(elseRegion), std::move(elseValues));
  for (size_t i = 0; i < results.size(); ++i) c.out(i, results[i]);
}
PLX_ONNX_OP("", If, 1, importIf);

// ---- loops
// -----------------------------------------------------------------------------------------------------------

// A body imported under argument types that its own results fit.
struct Body {
  std::unique_ptr<mlir::Region> region;
  Values values;
  llvm::SmallVector<Type> stateTypes;  // of the body's arguments
  std::vector<std::string> carried;
  unsigned mark;              // symbols since then are known inside only
  std::vector<bool> wrapped;  // states that are optionals, for which the body gives plain values
};

// A value that the body gives for an optional becomes one itself.
void wrapOptionals(NodeContext &c, Body &body, size_t skip) {
  mlir::OpBuilder::InsertionGuard guard(c.builder());
  c.builder().setInsertionPointToEnd(&body.region->front());
  body.wrapped.assign(body.stateTypes.size(), false);
  for (size_t i = 0; i < body.stateTypes.size(); ++i) {
    Value &value = body.values[skip + i];
    if (!mlir::isa<OptionalType>(body.stateTypes[i]) || mlir::isa<OptionalType>(value.getType()))
      continue;
    value = c.op("plx.optional", {value}, {}, OptionalType::get(loosened(value.getType())));
    body.wrapped[i] = true;
  }
}

// What an optional that the last iteration gave holds.
Value unwrapped(NodeContext &c, Value optional) {
  Type element = mlir::cast<OptionalType>(optional.getType()).element();
  auto tensor = mlir::dyn_cast<mlir::TensorType>(element);
  if (!tensor) return c.op("plx.optional_get", {optional}, {}, element);
  if (!tensor.hasRank()) unsupported("the rank of what an optional state holds is not known");
  Fresh fresh{c, {}};
  Dims dims;
  for (int64_t size : tensor.getShape())
    dims.push_back(mlir::ShapedType::isDynamic(size) ? fresh() : c.k(size));
  llvm::SmallVector<mlir::NamedAttribute> attributes;
  if (!fresh.names.empty()) attributes.push_back(c.strsAttr("fresh", fresh.names));
  return c.op("plx.optional_get", {optional}, attributes,
              tensorType(tensor.getElementType(), dims));
}

// Sizes of `type` that the value given to it does not have become carried symbols; false if there
// are none.
bool widen(NodeContext &c, Type &type, Type given, unsigned mark,
           std::vector<std::string> &carried) {
  auto x = mlir::dyn_cast<mlir::RankedTensorType>(type),
       y = mlir::dyn_cast<mlir::RankedTensorType>(given);
  if (!x || !y) {
    if (type == given) return false;
    Fresh none{c, {}};
    Type wide = joined(c, type, given, mark, none);
    bool grew = wide != type;
    type = wide;
    return grew;
  }
  if (x.getElementType() != y.getElementType())
    invalid("a state changes its element type from one iteration to the next");
  if (x.getRank() != y.getRank())
    unsupported("a state changes its rank from one iteration to the next");
  Dims dims = dimsOf(x);
  bool grew = false;
  for (auto [d, e] : llvm::zip(dims, dimsOf(y))) {
    auto symbol = d.asSymbol();
    if (d == e || (symbol && llvm::is_contained(carried, symbol->symbol().getValue()))) continue;
    carried.push_back(c.fresh(c.stem()));
    d = Dim::symbol(c.context(), carried.back());
    grew = true;
  }
  if (grew) type = tensorType(x.getElementType(), dims);
  return grew;
}

// What a body gives for states whose sizes must stay, as they were: where sizes may be equal, that
// is checked at run time.
void fitStates(NodeContext &c, Body &body, size_t skip) {
  mlir::OpBuilder::InsertionGuard guard(c.builder());
  c.builder().setInsertionPointToEnd(&body.region->front());
  for (auto [i, type] : llvm::enumerate(body.stateTypes)) {
    Value &value = body.values[skip + i];
    if (!Emit::isTensor(value) || !mlir::isa<mlir::RankedTensorType>(type)) continue;
    Dims dims = dimsOf(type);
    if (Emit::rank(value) != static_cast<int64_t>(dims.size())) continue;
    for (auto [axis, size] : llvm::enumerate(dims)) value = c.withSize(value, axis, size);
  }
}

// `before`: argument types in front of the states (iteration, condition); `skip`: body outputs in
// front of them.
Body importBody(NodeContext &c, const onnx::GraphProto &graph, llvm::ArrayRef<Type> before,
                llvm::ArrayRef<Value> states, llvm::ArrayRef<Type> after, size_t skip,
                bool mayGrow) {
  Body body;
  for (Value state : states) body.stateTypes.push_back(state.getType());
  // Each round that changes anything makes one size or more a symbol, so rounds are bounded.
  for (;;) {
    body.region = std::make_unique<mlir::Region>();
    body.mark = symbolsOf(c).mark();
    llvm::SmallVector<Type> types(before);
    types.append(body.stateTypes);
    types.append(after.begin(), after.end());
    body.values = c.graph.importRegion(graph, *body.region, types);
    if (body.values.size() < skip + states.size())
      invalid("the body has " + llvm::Twine(body.values.size()) + " outputs; there are " +
              llvm::Twine(states.size()) + " states");
    wrapOptionals(c, body, skip);
    if (!mayGrow) fitStates(c, body, skip);
    bool grew = false;
    for (size_t i = 0; i < states.size(); ++i)
      grew |=
          widen(c, body.stateTypes[i], body.values[skip + i].getType(), body.mark, body.carried);
    if (!grew) return body;
    if (!mayGrow) unsupported("a state changes its size from one iteration to the next");
  }
}

// A state's result: where its size is carried, it is known only after the last iteration.
Type finalType(const Body &body, Type type, Fresh &fresh) {
  auto tensor = mlir::dyn_cast<mlir::RankedTensorType>(type);
  if (!tensor) return type;
  Dims dims = dimsOf(tensor);
  for (Dim &d : dims)
    if (auto symbol = d.asSymbol();
        symbol && llvm::is_contained(body.carried, symbol->symbol().getValue()))
      d = fresh();
  return tensorType(tensor.getElementType(), dims);
}

// A scan output, stacked; sizes that only the body knows are fresh.
Type stackedType(NodeContext &c, const Body &body, Type type, Dim count, Fresh &fresh) {
  auto tensor = mlir::dyn_cast<mlir::RankedTensorType>(type);
  if (!tensor) unsupported("a scan output is no tensor");
  Dims dims{count};
  for (Dim d : dimsOf(tensor)) {
    llvm::SmallVector<DimAtom> atoms;
    d.collectSymbols(atoms);
    bool carried = llvm::any_of(
        atoms, [&](DimAtom a) { return llvm::is_contained(body.carried, a.symbol().getValue()); });
    dims.push_back(!carried && symbolsOf(c).isKnownBefore(body.mark, d) ? d : fresh());
  }
  return tensorType(tensor.getElementType(), dims);
}

void importLoop(NodeContext &c) {
  const onnx::GraphProto &graph = c.graphOf("body");
  Value trips =
      c.hasIn(0) ? c.cast(c.reshape(c.in(0), {}), c.i64()) : c.scalarInt(INT64_MAX, c.i64());
  Value condition = c.hasIn(1) ? c.reshape(c.in(1), {}) : c.scalarInt(1, c.i1());
  Values states;
  for (int64_t i = 2; i < c.numInputs(); ++i) states.push_back(c.anyIn(i));
  // The body may declare its iteration and condition as [1]: only scalars are given.
  llvm::SmallVector<Type> before{tensorType(c.i64(), {}), tensorType(c.i1(), {})};
  Body body = importBody(c, graph, before, states, {}, 1, true);
  mlir::Block &block = body.region->front();
  Values yields = body.values;
  {
    mlir::OpBuilder::InsertionGuard guard(c.builder());
    c.builder().setInsertionPointToEnd(&block);
    yields[0] = c.reshape(yields[0], {});
  }
  Fresh fresh{c, {}};
  llvm::SmallVector<Type> types;
  for (Type type : body.stateTypes) types.push_back(finalType(body, type, fresh));
  // The number of iterations is told beforehand where nothing stops the loop earlier.
  auto startsTrue = c.knownInts(condition);
  auto staysTrue = c.knownInts(yields[0]);
  auto count = c.knownDims(trips);
  bool runsThrough = count && startsTrue && (*startsTrue)[0] != 0 &&
                     (*count)[0].constant() != INT64_MAX &&
                     ((staysTrue && (*staysTrue)[0] != 0) || yields[0] == block.getArgument(1));
  Dim iterations;
  for (size_t i = 1 + states.size(); i < yields.size(); ++i) {
    if (!iterations) iterations = runsThrough ? max((*count)[0], 0) : fresh();
    types.push_back(stackedType(c, body, yields[i].getType(), iterations, fresh));
  }
  yield(c, *body.region, yields);
  llvm::SmallVector<mlir::NamedAttribute> attributes;
  if (!fresh.names.empty()) attributes.push_back(c.strsAttr("fresh", fresh.names));
  if (!body.carried.empty()) attributes.push_back(c.strsAttr("carried", body.carried));
  Values operands{trips, condition};
  llvm::append_range(operands, states);
  llvm::SmallVector<std::unique_ptr<mlir::Region>> regions;
  regions.push_back(std::move(body.region));
  Values results = c.regionsOp("plx.loop", operands, attributes, regions, types);
  for (size_t i = 0; i < results.size(); ++i) {
    bool isWrapped = i < body.wrapped.size() && body.wrapped[i];
    c.out(i, isWrapped && c.wants(i) ? unwrapped(c, results[i]) : results[i]);
  }
}
PLX_ONNX_OP("", Loop, 1, importLoop);

// ---- scan
// ------------------------------------------------------------------------------------------------------------

int64_t entry(llvm::ArrayRef<int64_t> values, size_t i) {
  return i < values.size() ? values[i] : 0;
}

// [.., n, ..] with n brought to the front, and turned round for direction 1.
Value scanned(NodeContext &c, Value x, int64_t axis, int64_t direction) {
  axis = c.axis(axis, Emit::rank(x));
  Ints permutation{axis};
  for (int64_t d = 0; d < Emit::rank(x); ++d)
    if (d != axis) permutation.push_back(d);
  x = c.transpose(x, permutation);
  return direction ? c.reverse(x, {0}) : x;
}
Value unscanned(NodeContext &c, Value x, int64_t axis, int64_t direction) {
  if (direction) x = c.reverse(x, {0});
  axis = c.axis(axis, Emit::rank(x));
  Ints permutation;
  for (int64_t d = 1; d < Emit::rank(x); ++d) permutation.push_back(d);
  permutation.insert(permutation.begin() + axis, 0);
  return c.transpose(x, permutation);
}

void importScan(NodeContext &c) {
  const onnx::GraphProto &graph = c.graphOf("body");
  int64_t numInputs = c.intOf("num_scan_inputs", 0), numStates = c.numInputs() - numInputs;
  if (numInputs < 1 || numStates < 0)
    invalid("num_scan_inputs is " + llvm::Twine(numInputs) + " of " + llvm::Twine(c.numInputs()) +
            " operands");
  Ints inAxes = c.intsOf("scan_input_axes"), inDirections = c.intsOf("scan_input_directions");
  Ints outAxes = c.intsOf("scan_output_axes"), outDirections = c.intsOf("scan_output_directions");
  Values states, inputs;
  llvm::SmallVector<Type> slices;
  for (int64_t i = 0; i < numStates; ++i) states.push_back(c.anyIn(i));
  for (int64_t i = 0; i < numInputs; ++i) {
    Value x = scanned(c, c.in(numStates + i), entry(inAxes, i), entry(inDirections, i));
    if (i > 0) {  // all inputs have one length
      Dims dims = Emit::dims(x);
      dims[0] = c.dim(inputs[0], 0);
      x = c.rebind(x, dims);
    }
    inputs.push_back(x);
    Dims dims = Emit::dims(x);
    slices.push_back(tensorType(Emit::elem(x), llvm::ArrayRef(dims).drop_front()));
  }
  Body body = importBody(c, graph, {}, states, slices, 0, false);
  Fresh fresh{c, {}};
  llvm::SmallVector<Type> types(body.stateTypes);
  for (size_t i = numStates; i < body.values.size(); ++i)
    types.push_back(stackedType(c, body, body.values[i].getType(), c.dim(inputs[0], 0), fresh));
  yield(c, *body.region, body.values);
  llvm::SmallVector<mlir::NamedAttribute> attributes{c.segments({numStates, numInputs})};
  if (!fresh.names.empty()) attributes.push_back(c.strsAttr("fresh", fresh.names));
  Values operands = states;
  llvm::append_range(operands, inputs);
  llvm::SmallVector<std::unique_ptr<mlir::Region>> regions;
  regions.push_back(std::move(body.region));
  Values results = c.regionsOp("plx.scan", operands, attributes, regions, types);
  for (int64_t i = 0; i < numStates; ++i) c.out(i, results[i]);
  for (size_t i = numStates; i < results.size(); ++i)
    c.out(i, unscanned(c, results[i], entry(outAxes, i - numStates),
                       entry(outDirections, i - numStates)));
}
PLX_ONNX_OP("", Scan, 9, importScan);

void copyAttribute(NodeContext &c, llvm::StringRef from, llvm::StringRef to,
                   onnx::NodeProto &node) {
  const auto *given = c.find(from);
  if (!given) return;
  *node.add_attribute() = *given;
  node.mutable_attribute(node.attribute_size() - 1)->set_name(to.str());
}

// Scan of opset 8: operand 0 is sequence_lens, all others have a batch in front. A Scan over the
// batch whose body is the Scan of today.
void batchedScan(NodeContext &c) {
  if (c.hasIn(0)) unsupported("sequence_lens");
  onnx::NodeProto outer;
  outer.set_name(c.node.name());
  outer.set_op_type("Scan");
  onnx::GraphProto graph;
  onnx::NodeProto &inner = *graph.add_node();
  inner.set_op_type("Scan");
  copyAttribute(c, "body", "body", inner);
  copyAttribute(c, "num_scan_inputs", "num_scan_inputs", inner);
  copyAttribute(c, "directions", "scan_input_directions", inner);
  for (int64_t i = 1; i < c.numInputs(); ++i) {
    std::string name = "in" + std::to_string(i);
    inner.add_input(name);
    graph.add_input()->set_name(name);
    outer.add_input(c.node.input(static_cast<int>(i)));
  }
  for (const std::string &output : c.node.output()) {
    std::string name = "out" + std::to_string(inner.output_size());
    inner.add_output(name);
    graph.add_output()->set_name(name);
    outer.add_output(output);
  }
  onnx::AttributeProto &body = *outer.add_attribute();
  body.set_name("body");
  *body.mutable_g() = graph;
  onnx::AttributeProto &count = *outer.add_attribute();
  count.set_name("num_scan_inputs");
  count.set_i(c.numInputs() - 1);
  static const AttributeMap kNone;
  NodeContext today(c.graph.session().emit, c.loc(), c.graph, outer, 9, c.allIn(1), kNone);
  importScan(today);
  for (int64_t i = 0; i < c.numOutputs(); ++i) c.out(i, today.outputs()[i]);
}
PLX_ONNX_OP("plx.withdrawn", Scan, 1, batchedScan);

}  // namespace
}  // namespace plx::onnxio
