// From a module to a file: the opset, the check, the weights, the bytes.
#include <exception>
#include <optional>

#include "absl/strings/str_cat.h"
#include "frontends/onnx/Export.h"
#include "frontends/onnx/export/Exporter.h"
#include "frontends/onnx/export/PendingFile.h"
#include "llvm/ADT/StringExtras.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "onnx/checker.h"
#include "onnx/defs/schema.h"
#include "onnx/shape_inference/implementation.h"

namespace plx {
namespace {

using onnxio::Exporter;
using onnxio::ExportFailure;
using onnxio::PendingFile;

constexpr int kOldestOpset = 13;

int newestOpset() {
  return onnx::OpSchemaRegistry::DomainToVersionRange::Instance().Map().at("").second;
}

// The oldest IR version that may name an opset (onnx/helper.py, OP_SET_ID_VERSION_MAP): what an
// older runtime knows, it loads.
int irVersionOf(int opset) {
  static constexpr std::pair<int, int> firstOpset[] = {{28, 14}, {25, 13}, {24, 12}, {23, 11},
                                                       {21, 10}, {19, 9},  {15, 8}};
  for (auto [first, version] : firstOpset)
    if (opset >= first) return version;
  return 7;
}

bool isWeight(const onnx::TensorProto &tensor) {
  return tensor.data_location() == onnx::TensorProto::EXTERNAL;
}

// ---- making and checking a model

// Weights are inputs while onnx's library looks at the model: it would copy their bytes, and wants
// to have them.
void check(const onnx::ModelProto &model) {
  onnx::ModelProto copy = model;
  onnx::GraphProto &graph = *copy.mutable_graph();
  std::vector<onnx::TensorProto> inside;
  for (auto &tensor : *graph.mutable_initializer()) {
    if (!isWeight(tensor)) {
      inside.push_back(std::move(tensor));
      continue;
    }
    auto &input = *graph.add_input();
    input.set_name(tensor.name());
    auto &type = *input.mutable_type()->mutable_tensor_type();
    type.set_elem_type(tensor.data_type());
    type.mutable_shape();
    for (int64_t size : tensor.dims()) type.mutable_shape()->add_dim()->set_dim_value(size);
  }
  graph.clear_initializer();
  for (auto &tensor : inside) *graph.add_initializer() = std::move(tensor);
  onnx::checker::check_model(copy);
  onnx::ShapeInferenceOptions options(/*check_type_val=*/true, /*strict_mode_val=*/1,
                                      /*data_prop_val=*/true);
  onnx::shape_inference::InferShapes(copy, onnx::OpSchemaRegistry::Instance(), options);
}

// One line an op and reason, with the nodes it is true of.
std::string listOf(const std::vector<ExportFailure> &failures) {
  std::map<std::string, std::set<std::string>> nodes;
  for (const ExportFailure &failure : failures)
    nodes[failure.op + ": " + failure.reason].insert("'" + failure.node + "'");
  std::string text;
  for (const auto &[what, names] : nodes)
    absl::StrAppend(&text, "\n  node ", llvm::join(names, ", "), ": ", what);
  return text;
}

absl::StatusOr<onnx::ModelProto> modelAt(mlir::ModuleOp module, int opset,
                                         const std::string &name) {
  onnx::ModelProto model;
  model.set_ir_version(irVersionOf(opset));
  model.set_producer_name("plexus");
  model.add_opset_import()->set_version(opset);
  model.mutable_graph()->set_name(name);
  Exporter exporter(module, opset);
  exporter.exportMain(*model.mutable_graph());
  if (!exporter.failures.empty())
    return absl::UnimplementedError(absl::StrCat(name, ": ", exporter.failures.size(),
                                                 " ops have no form in ONNX opset ", opset, ":",
                                                 listOf(exporter.failures)));
  try {
    check(model);
  } catch (const std::exception &error) {
    return absl::UnimplementedError(
        absl::StrCat(name, ": ONNX opset ", opset, " does not hold this program: ", error.what()));
  }
  return model;
}

absl::StatusOr<onnx::ModelProto> modelOf(mlir::ModuleOp module, const ExportOptions &options) {
  if (options.opset != 0 && (options.opset < kOldestOpset || options.opset > newestOpset()))
    return absl::InvalidArgumentError(absl::StrCat("--opset ", options.opset,
                                                   ": export knows ai.onnx opsets ", kOldestOpset,
                                                   " to ", newestOpset()));
  if (options.opset != 0) return modelAt(module, options.opset, options.name);
  auto own = module->getAttrOfType<mlir::IntegerAttr>("plx.opset");
  absl::StatusOr<onnx::ModelProto> model = absl::UnknownError("");
  if (own && own.getInt() >= kOldestOpset && own.getInt() <= newestOpset())
    model = modelAt(module, static_cast<int>(own.getInt()), options.name);
  for (int opset = kOldestOpset; !model.ok() && opset <= newestOpset(); ++opset)
    model = modelAt(module, opset, options.name);
  return model;
}

// ---- writing

/// Gives the weights their bytes: inside, or in `beside`, a file named `location`.
absl::Status fill(mlir::MLIRContext *context, onnx::GraphProto &graph, const ExportWeights &weights,
                  PendingFile *beside, const std::string &location) {
  uint64_t offset = 0;
  for (auto &tensor : *graph.mutable_initializer()) {
    if (!isWeight(tensor)) continue;
    absl::StatusOr<llvm::StringRef> bytes = weights(tensor.name());
    if (!bytes.ok()) return bytes.status();
    std::string packed =
        onnxio::packedElements(elementTypeFromCode(context, tensor.data_type()), *bytes);
    onnxio::placeBytes(tensor, std::move(packed), beside, location, offset);
  }
  return absl::OkStatus();
}

absl::StatusOr<uint64_t> totalBytes(const onnx::GraphProto &graph, const ExportWeights &weights) {
  uint64_t total = 0;
  for (const auto &tensor : graph.initializer()) {
    if (!isWeight(tensor)) continue;
    absl::StatusOr<llvm::StringRef> bytes = weights(tensor.name());
    if (!bytes.ok()) return bytes.status();
    total += bytes->size();
  }
  return total;
}

absl::Status write(mlir::MLIRContext *context, onnx::ModelProto &model,
                   const ExportWeights &weights, const std::string &path, uint64_t maxInsideBytes) {
  absl::StatusOr<uint64_t> total = totalBytes(model.graph(), weights);
  if (!total.ok()) return total.status();
  std::string location = path.substr(path.find_last_of('/') + 1) + ".weights";
  std::optional<PendingFile> beside;
  if (*total > maxInsideBytes) beside.emplace(path + ".weights");
  absl::Status status =
      fill(context, *model.mutable_graph(), weights, beside ? &*beside : nullptr, location);
  if (!status.ok()) return status;
  std::string bytes;
  if (!model.SerializeToString(&bytes))
    return absl::ResourceExhaustedError(absl::StrCat("'", path, "': the graph passes 2 GiB"));
  PendingFile file(path);
  file.write(bytes);
  if (beside) status = beside->commit();
  return status.ok() ? file.commit() : status;
}

}  // namespace

absl::Status exportOnnxFile(mlir::ModuleOp module, const ExportWeights &weights,
                            const std::string &path, const ExportOptions &options) {
  auto main = module.lookupSymbol<mlir::func::FuncOp>("main");
  if (!main || main.isExternal())
    return absl::InvalidArgumentError("the module has no function @main with a body");
  try {
    absl::StatusOr<onnx::ModelProto> model = modelOf(module, options);
    if (!model.ok()) return model.status();
    return write(module.getContext(), *model, weights, path, options.maxInsideBytes);
  } catch (const std::bad_alloc &) {
    return absl::ResourceExhaustedError("not enough memory to export the model");
  } catch (const std::exception &error) {
    return absl::InternalError(error.what());
  }
}

}  // namespace plx
