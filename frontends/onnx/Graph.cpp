#include "frontends/onnx/Graph.h"

#include "frontends/onnx/Branch.h"
#include "frontends/onnx/Refusal.h"
#include "ir/eval/Value.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "onnx/defs/schema.h"

namespace plx::onnxio {
namespace {
constexpr int64_t kConstantElements =
    1024;  // more than these are parameters, whose bytes stay outside the program
constexpr int kMaxFunctionDepth = 16;  // ONNX functions call each other three deep at most
}  // namespace

// ---- names
// -----------------------------------------------------------------------------------------------------------

Value GraphImporter::lookup(const std::string &name) {
  for (GraphImporter *scope = this; scope; scope = scope->parent_)
    if (auto entry = scope->values_.find(name); entry != scope->values_.end()) return entry->second;
  invalid("'" + name + "' is used, but nothing before gives it");
}

const onnx::TypeProto *GraphImporter::inferredType(const std::string &name) {
  auto entry = types_.find(name);
  return entry == types_.end() ? nullptr : entry->second;
}

mlir::Location GraphImporter::locationOf(const onnx::NodeProto &node) {
  if (outerLocation_) return *outerLocation_;
  std::string name = node.name();
  if (name.empty() && node.output_size() > 0) name = node.output(0);
  return mlir::NameLoc::get(mlir::StringAttr::get(context(), name + "(" + node.op_type() + ")"));
}

// ---- tensors
// ---------------------------------------------------------------------------------------------------------

Value GraphImporter::parameter(Emit &e, const std::string &name, mlir::RankedTensorType type,
                               std::shared_ptr<const WeightStorage> storage, uint64_t byteOffset,
                               uint64_t byteLength) {
  std::string unique = name.empty() ? "weight" : name;
  for (int n = 1; !session_.parameterNames.insert(unique).second; ++n)
    unique = name + "." + std::to_string(n);
  session_.weights.push_back({unique, std::move(storage), byteOffset, byteLength, type});
  return e.op("plx.parameter", {}, {e.strAttr("name", unique)}, type);
}

Value GraphImporter::weightValue(Emit &e, const std::string &name, const Weight &weight) {
  Type element = elementTypeFromCode(context(), weight.elementCode);
  if (!element) unsupported("tensor '" + name + "' has an element type that plx does not have");
  auto type = mlir::RankedTensorType::get(weight.dims, element);
  int64_t count = type.getNumElements();
  bool isPacked = weight.byteLength != static_cast<uint64_t>(count) * bytesOfElement(element);
  bool isKept = session_.training.keeps(name);
  if ((count <= kConstantElements && !isKept) || isPacked) {
    std::string bytes = unpackedBytes(weight.elementCode, weight.bytes(), count);
    if (count > kConstantElements)
      return parameter(e, name, type, ownedStorage(bytes), 0, bytes.size());
    auto tensor = eval::Tensor::fromBytes(element, weight.dims, bytes);
    if (failed(tensor)) invalid("the bytes of tensor '" + name + "' do not fit its type");
    return e.constant(tensor->toAttr());
  }
  return parameter(e, name, type, weight.storage, weight.byteOffset, weight.byteLength);
}

Value GraphImporter::tensorValue(Emit &e, const onnx::TensorProto &tensor,
                                 const std::string &name) {
  Ints shape(tensor.dims().begin(), tensor.dims().end());
  Type element = elementTypeFromCode(context(), tensor.data_type());
  if (!element) unsupported("tensor '" + name + "' has an element type that plx does not have");
  auto type = mlir::RankedTensorType::get(shape, element);
  if (tensor.data_type() == onnx::TensorProto::STRING) {
    llvm::SmallVector<llvm::StringRef> strings(tensor.string_data().begin(),
                                               tensor.string_data().end());
    packedBytes(onnx::TensorProto::UINT8, shape, name);  // the number of elements can be counted
    if (static_cast<int64_t>(strings.size()) != type.getNumElements())
      invalid("tensor '" + name + "' has " + llvm::Twine(strings.size()) +
              " strings; its dims ask for " + llvm::Twine(type.getNumElements()));
    return e.constant(mlir::DenseStringElementsAttr::get(type, strings));
  }
  return dataValue(e, name, type, unpackedBytes(tensor));
}

Value GraphImporter::dataValue(Emit &e, const std::string &name, mlir::RankedTensorType type,
                               std::string bytes) {
  if (type.getNumElements() > kConstantElements || session_.training.keeps(name)) {
    uint64_t numBytes = bytes.size();
    return parameter(e, name, type, ownedStorage(std::move(bytes)), 0, numBytes);
  }
  auto value = eval::Tensor::fromBytes(type.getElementType(), type.getShape(), bytes);
  if (failed(value)) invalid("the bytes of tensor '" + name + "' do not fit its type");
  return e.constant(value->toAttr());
}

void GraphImporter::importInitializers(const onnx::GraphProto &graph) {
  Emit e(session_.emit, mlir::UnknownLoc::get(context()));
  for (const auto &tensor : graph.initializer())
    define(tensor.name(), tensorValue(e, tensor, tensor.name()));
  if (graph.sparse_initializer_size() > 0)
    unsupported("initializer '" + graph.sparse_initializer(0).values().name() + "' is sparse");
}

// ---- graphs
// ----------------------------------------------------------------------------------------------------------

void GraphImporter::importMain(mlir::ModuleOp module) {
  const onnx::GraphProto &graph = session_.prepared.model.graph();
  mlir::OpBuilder &builder = session_.emit.builder;
  builder.setInsertionPointToEnd(module.getBody());
  mlir::Location unknown = mlir::UnknownLoc::get(context());
  auto function =
      mlir::func::FuncOp::create(builder, unknown, "main", builder.getFunctionType({}, {}));
  mlir::Block *entry = function.addEntryBlock();
  builder.setInsertionPointToStart(entry);
  for (const auto &info : graph.value_info()) types_[info.name()] = &info.type();
  for (const auto &info : graph.output()) types_[info.name()] = &info.type();

  Emit e(session_.emit, unknown);
  llvm::StringMap<mlir::DenseElementsAttr> known;
  for (const KnownInput &input : session_.options.knownInputs) known[input.name] = input.value;
  llvm::StringMap<bool> initialized;
  for (const auto &tensor : graph.initializer()) initialized[tensor.name()] = true;
  llvm::SmallVector<mlir::DictionaryAttr> argumentAttrs, resultAttrs;
  auto named = [&](const std::string &name) {
    return builder.getDictionaryAttr(e.strAttr("plx.name", name));
  };
  for (const auto &input : graph.input()) {
    if (initialized.contains(input.name())) continue;
    auto weight = session_.prepared.weights.find(input.name());
    if (weight != session_.prepared.weights.end()) {
      define(input.name(), weightValue(e, input.name(), weight->second));
      continue;
    }
    Value argument = entry->addArgument(typeOf(input.type(), input.name(), session_), unknown);
    argumentAttrs.push_back(named(input.name()));
    auto value = known.find(input.name());
    define(input.name(), value == known.end() ? argument : e.constant(value->second));
  }
  if (session_.training.isOn()) {
    session_.training.step =
        entry->addArgument(mlir::RankedTensorType::get({}, builder.getI64Type()), unknown);
    argumentAttrs.push_back(named("$step"));
  }
  opsets_ = session_.opsets;
  importInitializers(graph);
  importNodes(graph.node());
  if (!session_.failures.empty()) return;

  Values results;
  for (const auto &output : graph.output()) {
    results.push_back(lookup(output.name()));
    resultAttrs.push_back(named(output.name()));
  }
  for (const auto &[name, value] : session_.training.updates) {
    results.push_back(value);
    resultAttrs.push_back(builder.getDictionaryAttr(e.strAttr("plx.updates", name)));
  }
  mlir::func::ReturnOp::create(builder, unknown, results);
  function.setType(builder.getFunctionType(entry->getArgumentTypes(),
                                           mlir::TypeRange(mlir::ValueRange(results))));
  function.setAllArgAttrs(argumentAttrs);
  function.setAllResultAttrs(resultAttrs);
}

Values GraphImporter::importRegion(const onnx::GraphProto &graph, mlir::Region &region,
                                   llvm::ArrayRef<Type> argumentTypes) {
  mlir::OpBuilder &builder = session_.emit.builder;
  mlir::OpBuilder::InsertionGuard guard(builder);
  mlir::Block *block = builder.createBlock(&region);
  Values arguments;
  for (Type type : argumentTypes)
    arguments.push_back(block->addArgument(type, mlir::UnknownLoc::get(context())));
  return importInto(graph, arguments);
}

Values GraphImporter::importInline(const onnx::GraphProto &graph) { return importInto(graph, {}); }

Values GraphImporter::importInto(const onnx::GraphProto &graph, llvm::ArrayRef<Value> arguments) {
  if (graph.input_size() != static_cast<int>(arguments.size()))
    invalid("graph '" + graph.name() + "' has " + llvm::Twine(graph.input_size()) + " inputs; " +
            llvm::Twine(arguments.size()) + " are given to it");
  GraphImporter inner(session_, this);
  inner.outerLocation_ = outerLocation_;
  inner.opsets_ = opsets_;
  inner.bindings_ = bindings_;
  for (auto [input, argument] : llvm::zip(graph.input(), arguments))
    inner.define(input.name(), argument);
  for (const auto &info : graph.value_info()) inner.types_[info.name()] = &info.type();
  for (const auto &info : graph.output()) inner.types_[info.name()] = &info.type();
  size_t failures = session_.failures.size();
  inner.importInitializers(graph);
  inner.importNodes(graph.node());
  Values results;
  for (const auto &output : graph.output()) results.push_back(inner.lookup(output.name()));
  if (session_.failures.size() != failures || llvm::is_contained(results, Value()))
    throw Refusal{Refusal::Kind::Unsupported, ""};  // said by the nodes inside
  return results;
}

// ---- nodes
// -----------------------------------------------------------------------------------------------------------

/// In training, an Identity whose output is a weight of its own.
bool GraphImporter::importCopy(const onnx::NodeProto &node) {
  if (parent_ || node.op_type() != "Identity" || node.output_size() != 1) return false;
  auto copy = session_.training.copies.find(node.output(0));
  if (copy == session_.training.copies.end()) return false;
  Emit e(session_.emit, locationOf(node));
  const auto &weights = session_.prepared.weights;
  if (auto weight = weights.find(copy->second); weight != weights.end()) {
    define(copy->first, weightValue(e, copy->first, weight->second));
    return true;
  }
  for (const auto &tensor : session_.prepared.model.graph().initializer())
    if (tensor.name() == copy->second) define(copy->first, tensorValue(e, tensor, copy->first));
  return true;
}

void GraphImporter::importNodes(const google::protobuf::RepeatedPtrField<onnx::NodeProto> &nodes) {
  for (const auto &node : nodes) {
    if (importCopy(node)) continue;
    auto opset = opsets_.find(node.domain() == "ai.onnx" ? "" : node.domain());
    importNode(node, opset == opsets_.end() ? 1 : opset->second);
  }
}

void GraphImporter::importNode(const onnx::NodeProto &node, int version) {
  try {
    Values inputs;
    bool poisoned = false;
    for (const std::string &name : node.input()) {
      inputs.push_back(name.empty() ? Value() : lookup(name));
      poisoned |= !name.empty() && !inputs.back();
    }
    if (!poisoned) return convert(node, version, std::move(inputs));
    // A node before has failed. Whether this one could be imported is only asked of the table.
    const auto *schema = onnx::OpSchemaRegistry::Schema(node.op_type(), version, node.domain());
    if (!findConverter(node.domain(), node.op_type(), version) &&
        !(schema && (schema->HasFunction() || schema->HasContextDependentFunction())))
      unsupported("plx has no mapping for this operator");
  } catch (const Refusal &refusal) {
    if (!refusal.reason.empty())
      session_.failures.push_back(
          {refusal.kind, node.domain(), node.op_type(),
           node.name().empty() && node.output_size() > 0 ? "-> " + node.output(0) : node.name(),
           refusal.reason, version});
  }
  for (const std::string &name : node.output())
    if (!name.empty()) define(name, Value());
}

// Calls a converter; where an axis is known only at run time, once for each axis it may be, in the
// branches of plx.if.
static void run(Converter converter, NodeContext &c);

static Values runWith(Converter converter, const NodeContext &c, const AxisChoice &choice,
                      int64_t axis) {
  NodeContext inner = c.choosing(choice.operand, choice.element, axis);
  run(converter, inner);
  Values given;
  for (Value output : inner.outputs())
    if (output) given.push_back(output);
  return given;
}

static Values choose(Converter converter, NodeContext &c, const AxisChoice &choice, Value axis,
                     llvm::ArrayRef<int64_t> allowed) {
  auto here = [&] { return runWith(converter, c, choice, allowed[0]); };
  auto later = [&] { return choose(converter, c, choice, axis, allowed.drop_front()); };
  if (allowed.size() == 1) return here();
  return branch(c, c.eq_(axis, static_cast<int>(allowed[0])), here, later);
}

static void chooseAxis(Converter converter, NodeContext &c, const AxisChoice &choice) {
  // Reading a table of all axes brings negative ones to their places and fails where there is no
  // such axis; reading one of those allowed fails for others.
  Ints allowed, places;
  for (int64_t axis = 0; axis < choice.rank; ++axis) {
    bool isAllowed = axis < choice.numAllowed && !c.isChosen(choice.operand, axis);
    places.push_back(isAllowed ? allowed.size() : choice.rank);
    if (isAllowed) allowed.push_back(axis);
  }
  if (allowed.empty()) invalid("there is no axis to choose");
  Value list = c.cast(c.in(choice.operand), c.i64());
  if (Emit::rank(list) == 1) list = c.sliceAxis(list, 0, choice.element, 1);
  Value axis = c.take(c.ints(places), c.reshape(list, {}), 0);
  if (allowed != places) axis = c.take(c.ints(allowed), axis, 0);
  if (allowed.size() == 1) c.bindDims(axis, c.stem(), 0);  // no branch reads it: keeps the check
  Values values = choose(converter, c, choice, axis, allowed);
  for (int64_t i = 0, next = 0; i < c.numOutputs(); ++i)
    if (c.wants(i) && next < static_cast<int64_t>(values.size())) c.out(i, values[next++]);
}

static void run(Converter converter, NodeContext &c) {
  try {
    return converter(c);
  } catch (const AxisChoice &choice) {
    chooseAxis(converter, c, choice);
  }
}

void GraphImporter::convert(const onnx::NodeProto &node, int version, Values inputs) {
  session_.emit.lastError.clear();
  NodeContext c(session_.emit, locationOf(node), *this, node, version, std::move(inputs),
                bindings_);
  if (Converter converter = findConverter(node.domain(), node.op_type(), version))
    run(converter, c);
  else if (!importFunctionBody(c) && !importCustomNode(c))
    unsupported("plx has no mapping for this operator");
  for (int i = 0; i < node.output_size(); ++i) {
    if (node.output(i).empty()) continue;
    if (!c.outputs()[i])
      unsupported("output " + llvm::Twine(i) + " of this operator is not supported");
    define(node.output(i), c.outputs()[i]);
  }
}

// ---- ONNX functions
// --------------------------------------------------------------------------------------------------

bool GraphImporter::importFunctionBody(NodeContext &c) {
  const auto *schema = onnx::OpSchemaRegistry::Schema(c.node.op_type(), c.version, c.node.domain());
  if (!schema) return false;
  onnx::FunctionProto function;
  if (schema->HasFunction()) {
    const auto *body = schema->GetFunction(c.version, /*validate=*/false);
    if (!body) body = schema->GetFunction();
    if (!body) return false;
    function = *body;
  } else if (schema->HasContextDependentFunction()) {
    std::vector<onnx::TypeProto> types;
    for (int64_t i = 0; i < c.numInputs(); ++i)
      types.push_back(c.hasIn(i) ? protoOf(c.anyIn(i).getType()) : onnx::TypeProto());
    onnx::NodeProto node = c.node;  // with the attributes that its own function gave it
    node.clear_attribute();
    for (const auto &[name, attribute] : schema->attributes())
      if (const auto *given = c.find(name)) {
        *node.add_attribute() = *given;
        node.mutable_attribute(node.attribute_size() - 1)->set_name(name);
      }
    onnx::FunctionBodyBuildContextImpl context(node, types);
    if (!schema->BuildContextDependentFunction(context, function, c.version) &&
        !schema->BuildContextDependentFunction(context, function))
      return false;
  } else {
    return false;
  }
  expandFunction(c, function);
  return true;
}

void GraphImporter::expandFunction(NodeContext &c, const onnx::FunctionProto &function) {
  if (++session_.functionDepth > kMaxFunctionDepth) {
    session_.functionDepth = 0;
    unsupported("its ONNX function is nested too deep");
  }
  const auto *schema = onnx::OpSchemaRegistry::Schema(c.node.op_type(), c.version, c.node.domain());
  GraphImporter inner(session_, nullptr);
  AttributeMap &bindings = inner.bindings_;
  for (const auto &attribute : function.attribute_proto()) bindings[attribute.name()] = &attribute;
  for (const auto &[name, attribute] : schema->attributes())
    if (attribute.default_value.type() != onnx::AttributeProto::UNDEFINED)
      bindings[name] = &attribute.default_value;
  for (const auto &[name, attribute] : schema->attributes())
    if (const auto *given = c.find(name)) bindings[name] = given;

  inner.outerLocation_ = c.loc();
  for (int i = 0; i < function.input_size(); ++i)
    if (c.hasIn(i)) inner.define(function.input(i), c.anyIn(i));
  for (const auto &import : function.opset_import())
    inner.opsets_[import.domain() == "ai.onnx" ? "" : import.domain()] =
        static_cast<int>(import.version());
  // Bodies that name no opset are of the model's own.
  for (const auto &[domain, version] : session_.opsets) inner.opsets_.try_emplace(domain, version);
  // Names of omitted inputs count as omitted where the body uses them.
  onnx::FunctionProto body = function;
  for (int i = 0; i < function.input_size(); ++i) {
    if (c.hasIn(i)) continue;
    for (auto &node : *body.mutable_node())
      for (std::string &name : *node.mutable_input())
        if (name == function.input(i)) name.clear();
  }
  size_t failures = session_.failures.size();
  inner.importNodes(body.node());
  --session_.functionDepth;
  if (session_.failures.size() != failures) {
    // What fails inside is told of the node that the model has.
    Failure first = session_.failures[failures];
    session_.failures.resize(failures);
    throw Refusal{first.kind, "in its ONNX function: " + first.op + ": " + first.reason};
  }
  for (int i = 0; i < function.output_size(); ++i)
    if (c.wants(i)) c.out(i, inner.lookup(function.output(i)));
}

}  // namespace plx::onnxio
