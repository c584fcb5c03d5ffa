#include "frontends/onnx/Prepare.h"

#include <exception>
#include <functional>

#include "frontends/onnx/Refusal.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"
#include "google/protobuf/stubs/logging.h"
#include "onnx/checker.h"
#include "onnx/defs/schema.h"
#include "onnx/inliner/inliner.h"
#include "onnx/shape_inference/implementation.h"
#include "onnx/version_converter/convert.h"

namespace plx::onnxio {
namespace {

constexpr int64_t kMaxNodes = 1 << 20;  // of a model after inlining: ten times the largest known
constexpr int kMaxGraphDepth = 12;      // inference visits nested graphs repeatedly: 2^depth

onnx::ModelProto parse(const std::string &bytes) {
  google::protobuf::io::ArrayInputStream array(bytes.data(), static_cast<int>(bytes.size()));
  google::protobuf::io::CodedInputStream stream(&array);
  onnx::ModelProto model;
  google::protobuf::LogSilencer quiet;
  if (!model.ParseFromCodedStream(&stream) || !stream.ConsumedEntireMessage())
    invalid("not a valid ONNX model: its protobuf message is malformed");
  if (!model.has_graph()) invalid("not a valid ONNX model: it has no graph");
  return model;
}

void forEachGraph(const onnx::NodeProto &node,
                  const std::function<void(const onnx::GraphProto &)> &visit) {
  for (const auto &attribute : node.attribute()) {
    if (attribute.has_g()) visit(attribute.g());
    for (const auto &graph : attribute.graphs()) visit(graph);
  }
}

// Nodes that inlining of model-local functions will make, counted without inlining: a few functions
// that call each other twice would make 2^n of them. Refuses recursion.
class InlinedSize {
 public:
  explicit InlinedSize(const onnx::ModelProto &model) {
    for (const auto &function : model.functions())
      functions_[function.domain() + ":" + function.name()] = &function;
  }
  bool isFunction(const onnx::NodeProto &node) const {
    return functions_.count(node.domain() + ":" + node.op_type());
  }
  int64_t of(const google::protobuf::RepeatedPtrField<onnx::NodeProto> &nodes, int depth) {
    if (depth > kMaxGraphDepth)
      unsupported("graphs or functions are nested more than " + llvm::Twine(kMaxGraphDepth) +
                  " deep");
    int64_t total = 0;
    for (const auto &node : nodes) {
      int64_t here = 1;
      forEachGraph(node,
                   [&](const onnx::GraphProto &graph) { here += of(graph.node(), depth + 1); });
      if (auto function = functions_.find(node.domain() + ":" + node.op_type());
          function != functions_.end())
        here += ofFunction(*function->second, function->first);
      total += here;
      if (total > kMaxNodes)
        unsupported("with its functions inlined the model has more than " + llvm::Twine(kMaxNodes) +
                    " nodes");
    }
    return total;
  }

 private:
  int64_t ofFunction(const onnx::FunctionProto &function, const std::string &id) {
    auto [entry, isNew] = sizes_.try_emplace(id, -1);
    if (!isNew) {
      if (entry->second < 0) invalid("model-local function '" + id + "' calls itself");
      return entry->second;
    }
    if (++open_ > 256) invalid("model-local functions call each other more than 256 deep");
    int64_t size = of(function.node(), 0);
    --open_;
    sizes_[id] = size;
    return size;
  }
  std::map<std::string, const onnx::FunctionProto *> functions_;
  std::map<std::string, int64_t> sizes_;
  int open_ = 0;
};

int versionOf(const onnx::ModelProto &model, llvm::StringRef domain) {
  for (const auto &import : model.opset_import())
    if (import.domain() == domain || (domain.empty() && import.domain() == "ai.onnx"))
      return static_cast<int>(std::clamp<int64_t>(import.version(), 0, INT32_MAX));
  return 0;
}

/// An operator that is moved at the opsets [from, below).
struct Moved {
  const char *name;
  int from, below;
};
constexpr int kAlways = INT32_MAX;

// Experimental ops of ONNX's first years have no schema in any version that is converted to.
// Before opset 7 operands broadcast along an axis, which the adapters need known sizes for.
// Upsample, and Resize of opset 10, place their elements in another way than later ones do by
// default, which onnx's adapters do not say; nor do they say of Hardmax that its operand was a
// matrix. Scan of opset 8 has a batch; onnx's adapter takes it out of the model's inputs.
// Others have no adapter, for want of which nothing of the model would be converted.
// onnxruntime had both layer normalisations in ONNX's domain before ONNX did; the second never
// came. GroupNormalization of opset 18, scaled by groups, is refused by onnx's checker.
constexpr Moved kMoved[] = {{"Affine", 0, kAlways},
                            {"ATen", 0, kAlways},
                            {"Crop", 0, kAlways},
                            {"DynamicSlice", 0, kAlways},
                            {"GRUUnit", 0, kAlways},
                            {"GivenTensorFill", 0, kAlways},
                            {"ImageScaler", 0, kAlways},
                            {"ParametricSoftplus", 0, kAlways},
                            {"Scale", 0, kAlways},
                            {"ScaledTanh", 0, kAlways},
                            {"Add", 0, 7},
                            {"Sub", 0, 7},
                            {"Mul", 0, 7},
                            {"Div", 0, 7},
                            {"Pow", 0, 7},
                            {"And", 0, 7},
                            {"Or", 0, 7},
                            {"Xor", 0, 7},
                            {"Less", 0, 7},
                            {"Equal", 0, 7},
                            {"Gemm", 0, 7},
                            {"Greater", 0, 7},
                            {"PRelu", 0, 7},
                            {"Upsample", 7, kAlways},
                            {"Dropout", 7, 10},
                            {"Resize", 10, 11},
                            {"Hardmax", 0, 13},
                            {"Scan", 8, 9},
                            {"Cast", 0, 6},
                            {"GRU", 0, 7},
                            {"GlobalLpPool", 0, 2},
                            {"LSTM", 0, 7},
                            {"LpPool", 0, 2},
                            {"Pad", 0, 2},
                            {"RNN", 0, 7},
                            {"Split", 0, 2},
                            {"Tile", 0, 6},
                            {"LayerNormalization", 0, 17},
                            {"SimplifiedLayerNormalization", 0, kAlways},
                            {"GroupNormalization", 18, 21}};

// Before opset 9 a batch normalisation could have moments of each element, by an attribute.
bool isElementwise(const onnx::NodeProto &node) {
  return node.op_type() == "BatchNormalization" &&
         llvm::any_of(node.attribute(), [](const onnx::AttributeProto &attribute) {
           return attribute.name() == "spatial" && attribute.i() == 0;
         });
}

bool isWithdrawn(const onnx::NodeProto &node, int version) {
  if (!node.domain().empty() && node.domain() != "ai.onnx") return false;
  if (version < 9 && isElementwise(node)) return true;
  return llvm::any_of(kMoved, [&](const Moved &moved) {
    return node.op_type() == moved.name && version >= moved.from && version < moved.below;
  });
}

// Onnx's checker stops at the first of them; out of its sight they are listed with all other nodes
// that cannot be imported.
bool isUnknown(const onnx::NodeProto &node, int version, const InlinedSize &functions) {
  bool isOnnx = node.domain().empty() || node.domain() == "ai.onnx";
  return isOnnx && !onnx::OpSchemaRegistry::Schema(node.op_type(), version, "") &&
         !functions.isFunction(node);
}

bool moveWithdrawn(onnx::GraphProto &graph, int version, const InlinedSize &functions) {
  bool any = false;
  for (auto &node : *graph.mutable_node()) {
    if (isWithdrawn(node, version) || isUnknown(node, version, functions)) {
      node.set_domain(kWithdrawnDomain.str());
      any = true;
    }
    for (auto &attribute : *node.mutable_attribute()) {
      if (attribute.has_g()) any |= moveWithdrawn(*attribute.mutable_g(), version, functions);
      for (auto &nested : *attribute.mutable_graphs())
        any |= moveWithdrawn(nested, version, functions);
    }
  }
  return any;
}

void check(const onnx::ModelProto &model) {
  try {
    onnx::checker::check_model(model);
  } catch (const std::exception &error) {
    invalid(llvm::Twine("the model is malformed: ") + error.what());
  }
}

void inlineFunctions(onnx::ModelProto &model) {
  if (model.functions_size() == 0) return;
  try {
    onnx::inliner::InlineLocalFunctions(model, /*convert_version=*/true);
  } catch (const std::exception &error) {
    invalid(llvm::Twine("model-local functions cannot be inlined: ") + error.what());
  }
}

void raiseOpset(PreparedModel &prepared) {
  int newest = onnx::OpSchemaRegistry::DomainToVersionRange::Instance().Map().at("").second;
  int version = versionOf(prepared.model, "");
  if (version == 0 || version == newest) return;
  if (version > newest)
    unsupported("the model is of ai.onnx opset " + llvm::Twine(version) + "; the newest known is " +
                llvm::Twine(newest));
  try {
    prepared.model = onnx::version_conversion::ConvertVersion(prepared.model, newest);
  } catch (const std::exception &error) {
    prepared.conversionNote = ("opset " + llvm::Twine(version) + " could not be converted to " +
                               llvm::Twine(newest) + ": " + error.what())
                                  .str();
  }
}

void inferShapes(PreparedModel &prepared) {
  onnx::ModelProto inferred = prepared.model;
  try {
    onnx::ShapeInferenceOptions options(/*check_type_val=*/true, /*strict_mode_val=*/1,
                                        /*data_prop_val=*/true);
    onnx::shape_inference::InferShapes(inferred, onnx::OpSchemaRegistry::Instance(), options);
    prepared.model.Swap(&inferred);
  } catch (const std::exception &error) {
    prepared.inferenceNote = error.what();
  }
}

}  // namespace

PreparedModel prepareModel(std::shared_ptr<const WeightStorage> storage, const std::string &folder,
                           SymbolicInputs *symbolic) {
  auto stripped = stripLargeTensors({storage->data(), storage->size()});
  if (!stripped.ok()) invalid(std::string(stripped.status().message()));
  PreparedModel prepared;
  prepared.model = parse(stripped->bytes);
  onnx::ModelProto &model = prepared.model;
  InlinedSize functions(model);
  functions.of(model.graph().node(), 0);
  // Initializers that are no inputs are legal from IR version 4 on; conversion makes such.
  if (model.ir_version() < 8 && model.ir_version() >= 1) model.set_ir_version(8);
  if (model.opset_import_size() == 0) model.add_opset_import()->set_version(1);
  int version = versionOf(model, "");
  if (version == 0) version = 1;
  if (moveWithdrawn(*model.mutable_graph(), version, functions)) {
    auto *import = model.add_opset_import();
    import->set_domain(kWithdrawnDomain.str());
    import->set_version(version);
  }
  prepared.opset = versionOf(model, "");
  ExternalFiles files(folder);
  Detacher detacher(storage, stripped->detached, files);
  detacher.run(model);
  prepared.weights = std::move(detacher.weights());
  if (symbolic) symbolic->apply(model, prepared.weights);
  check(model);
  inlineFunctions(model);
  raiseOpset(prepared);
  inferShapes(prepared);
  return prepared;
}

}  // namespace plx::onnxio
