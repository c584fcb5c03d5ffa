#include "frontends/onnx/export/Exporter.h"

#include "ir/ops/Parameter.h"
#include "ir/types/Types.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Location.h"

namespace plx::onnxio {
namespace {

llvm::StringMap<OpExporter> &table() {
  static llvm::StringMap<OpExporter> exporters;
  return exporters;
}

NodeAttr named(llvm::StringRef name, onnx::AttributeProto_AttributeType type) {
  NodeAttr attr;
  attr.set_name(name.str());
  attr.set_type(type);
  return attr;
}

/// The ONNX node that an op came from: "node" of its location "node(OpType)".
std::string nodeOf(mlir::Operation &op) {
  auto location = mlir::dyn_cast<mlir::NameLoc>(op.getLoc());
  return location ? location.getName().strref().rsplit('(').first.rtrim().str() : "";
}

}  // namespace

NodeAttr attrOf(llvm::StringRef name, int64_t value) {
  NodeAttr attr = named(name, onnx::AttributeProto::INT);
  attr.set_i(value);
  return attr;
}
NodeAttr attrOf(llvm::StringRef name, llvm::ArrayRef<int64_t> values) {
  NodeAttr attr = named(name, onnx::AttributeProto::INTS);
  for (int64_t value : values) attr.add_ints(value);
  return attr;
}
NodeAttr floatAttrOf(llvm::StringRef name, double value) {
  NodeAttr attr = named(name, onnx::AttributeProto::FLOAT);
  attr.set_f(static_cast<float>(value));
  return attr;
}
NodeAttr attrOf(llvm::StringRef name, llvm::StringRef value) {
  NodeAttr attr = named(name, onnx::AttributeProto::STRING);
  attr.set_s(value.str());
  return attr;
}
NodeAttr attrOf(llvm::StringRef name, onnx::GraphProto graph) {
  NodeAttr attr = named(name, onnx::AttributeProto::GRAPH);
  *attr.mutable_g() = std::move(graph);
  return attr;
}
NodeAttr attrOf(llvm::StringRef name, onnx::TypeProto type) {
  NodeAttr attr = named(name, onnx::AttributeProto::TYPE_PROTO);
  *attr.mutable_tp() = std::move(type);
  return attr;
}

RegisterExporter::RegisterExporter(llvm::StringRef op, OpExporter exporter) {
  table()[op] = exporter;
}

// ---- values
// ---------------------------------------------------------------------------------------------------

Name Exporter::of(Value value) { return names_.lookup(value); }

Names Exporter::of(mlir::ValueRange values) {
  Names names;
  for (Value value : values) names.push_back(of(value));
  return names;
}

void Exporter::define(mlir::ResultRange results, const Names &names) {
  for (auto [result, name] : llvm::zip_equal(results, names)) define(result, name);
}

onnx::TypeProto Exporter::typeProto(Type type) {
  onnx::TypeProto proto;
  if (auto sequence = mlir::dyn_cast<SequenceType>(type)) {
    *proto.mutable_sequence_type()->mutable_elem_type() = typeProto(sequence.element());
    return proto;
  }
  if (auto optional = mlir::dyn_cast<OptionalType>(type)) {
    *proto.mutable_optional_type()->mutable_elem_type() = typeProto(optional.element());
    return proto;
  }
  auto tensor = mlir::dyn_cast<mlir::TensorType>(type);
  int code = tensor ? elementTypeCode(tensor.getElementType()) : 0;
  if (code == 0) {
    std::string text;
    llvm::raw_string_ostream(text) << type;
    unsupported("ONNX has no type for " + text);
  }
  proto.mutable_tensor_type()->set_elem_type(code);
  auto ranked = mlir::dyn_cast<mlir::RankedTensorType>(type);
  if (!ranked) return proto;
  auto *shape = proto.mutable_tensor_type()->mutable_shape();
  for (Dim dim : dimsOf(ranked)) {
    auto *size = shape->add_dim();
    if (!dim) continue;
    if (std::optional<int64_t> number = dim.constant())
      size->set_dim_value(*number);
    else if (std::optional<DimAtom> symbol = dim.asSymbol())
      size->set_dim_param(symbol->symbol().str());
    else
      size->set_dim_param(dim.str());
  }
  return proto;
}

// ---- nodes
// ----------------------------------------------------------------------------------------------------

Name Exporter::unique(llvm::StringRef stem) {
  auto [entry, isNew] = taken_.try_emplace(stem, 1);
  if (isNew) return stem.str();
  for (unsigned &n = entry->second;;) {
    std::string name = (stem + "_" + llvm::Twine(n++)).str();
    if (taken_.try_emplace(name, 1).second) return name;
  }
}

Name Exporter::node(llvm::StringRef op, const Names &inputs, const std::vector<NodeAttr> &attrs) {
  return nodes(op, inputs, 1, attrs)[0];
}

Names Exporter::nodes(llvm::StringRef op, const Names &inputs, int numOutputs,
                      const std::vector<NodeAttr> &attrs) {
  onnx::NodeProto &node = *scopes_[depth_].graph->add_node();
  node.set_op_type(op.str());
  std::string stem = stem_.empty() ? op.str() : stem_ + "/" + op.str();
  node.set_name(unique(stem));
  for (const Name &input : inputs) node.add_input(input);
  for (const NodeAttr &attr : attrs) *node.add_attribute() = attr;
  Names outputs;
  for (int i = 0; i < numOutputs; ++i) {
    outputs.push_back(unique(stem + ":" + std::to_string(i)));
    node.add_output(outputs.back());
  }
  if ((op == "Conv" || op == "Gemm") && inputs.size() == 2) biasless_[outputs[0]] = node;
  return outputs;
}

Name Exporter::withBias(const Name &x, const Name &bias) {
  onnx::NodeProto before = biasless_.at(x);
  return node(before.op_type(), {before.input(0), before.input(1), bias},
              {before.attribute().begin(), before.attribute().end()});
}

// ---- graphs
// ---------------------------------------------------------------------------------------------------

void Exporter::exportOp(mlir::Operation &op) {
  stem_ = nodeOf(op);
  try {
    auto exporter = table().find(op.getName().getStringRef());
    if (exporter == table().end()) unsupported("ONNX has nothing for this op");
    exporter->second(*this, &op);
    defineFresh(&op);
  } catch (const Refusal &refusal) {
    failures.push_back({op.getName().getStringRef().str(), nodeOf(op), refusal.reason});
  }
}

void Exporter::exportOps(mlir::Block &block) {
  for (mlir::Operation &op : block.without_terminator()) exportOp(op);
}

void Exporter::addInputs(mlir::Block &block, onnx::GraphProto &graph,
                         llvm::ArrayRef<std::string> names) {
  for (auto [argument, name] : llvm::zip_equal(block.getArguments(), names)) {
    onnx::ValueInfoProto &info = *graph.add_input();
    info.set_name(name);
    try {
      *info.mutable_type() = typeProto(argument.getType());
    } catch (const Refusal &refusal) {
      failures.push_back({"func.func", name, refusal.reason});
    }
    define(argument, name);
  }
}

// Outputs that this graph did not compute, or has as another output, go through an Identity: ONNX
// asks for one name an output, given by a node.
void Exporter::addOutput(onnx::GraphProto &graph, Value value, Name name) {
  onnx::ValueInfoProto &info = *graph.add_output();
  try {
    *info.mutable_type() = typeProto(value.getType());
  } catch (const Refusal &refusal) {
    failures.push_back({"func.return", name, refusal.reason});
  }
  onnx::NodeProto &node = *graph.add_node();
  node.set_op_type("Identity");
  node.set_name(unique(name + "/Identity"));
  node.add_input(of(value));
  node.add_output(name);
  info.set_name(name);
}

void Exporter::subgraph(mlir::Block &block, onnx::GraphProto &graph, mlir::ArrayAttr carried) {
  std::string stem = stem_;
  scopes_.push_back({&graph, {}});
  depth_ = scopes_.size() - 1;
  graph.set_name(unique(stem.empty() ? "body" : stem + "/body"));
  std::vector<std::string> inputs;
  for (size_t i = 0; i < block.getNumArguments(); ++i)
    inputs.push_back(unique(graph.name() + "/in"));
  addInputs(block, graph, inputs);
  if (carried)
    for (Value argument : block.getArguments()) defineSymbols(argument, carried);
  exportOps(block);
  for (Value value : block.getTerminator()->getOperands())
    addOutput(graph, value, unique(graph.name() + "/out"));
  scopes_.pop_back();
  depth_ = scopes_.size() - 1;
  stem_ = stem;
}

void Exporter::exportMain(onnx::GraphProto &graph) {
  auto main = module_.lookupSymbol<mlir::func::FuncOp>("main");
  scopes_.push_back({&graph, {}});
  std::vector<std::string> inputs, outputs;
  auto nameOf = [&](mlir::Attribute attr, llvm::StringRef otherwise, unsigned i) {
    auto name = mlir::dyn_cast_or_null<mlir::StringAttr>(attr);
    return unique(name ? name.str() : (otherwise + llvm::Twine(i)).str());
  };
  for (unsigned i = 0; i < main.getNumArguments(); ++i)
    inputs.push_back(nameOf(main.getArgAttr(i, "plx.name"), "input_", i));
  for (unsigned i = 0; i < main.getNumResults(); ++i)
    outputs.push_back(nameOf(main.getResultAttr(i, "plx.name"), "output_", i));
  for (const auto &name : parameterNames(main)) taken_.try_emplace(name.getKey(), 1);
  mlir::Block &body = main.getBody().front();
  addInputs(body, graph, inputs);
  for (Value argument : body.getArguments()) defineSymbols(argument, {});
  exportOps(body);
  for (auto [value, name] : llvm::zip_equal(body.getTerminator()->getOperands(), outputs))
    addOutput(graph, value, name);
  prune(graph);
}

}  // namespace plx::onnxio
