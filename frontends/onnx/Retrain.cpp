#include "frontends/onnx/Retrain.h"

#include <exception>
#include <optional>

#include "absl/strings/str_cat.h"
#include "frontends/onnx/Reader.h"
#include "frontends/onnx/Refusal.h"
#include "frontends/onnx/Weights.h"
#include "frontends/onnx/export/PendingFile.h"

namespace plx {
namespace {

using onnxio::PendingFile;

constexpr uint64_t kMaxInsideBytes = uint64_t{1} << 30;

bool isOnnx(const onnx::NodeProto &node) {
  return node.domain().empty() || node.domain() == "ai.onnx";
}

/// What training turned on, or the model had on.
void setToInference(onnx::NodeProto &node) {
  if (!isOnnx(node)) return;
  if (node.op_type() == "BatchNormalization") {
    for (auto &attribute : *node.mutable_attribute())
      if (attribute.name() == "training_mode") attribute.set_i(0);
    while (node.output_size() > 1) node.mutable_output()->RemoveLast();
  }
  // Without its third operand a Dropout does nothing.
  if (node.op_type() == "Dropout")
    while (node.input_size() > 2) node.mutable_input()->RemoveLast();
}

/// Copies of weights that have become weights of their own.
void replaceCopies(onnx::GraphProto &graph, const std::set<std::string> &changed) {
  std::map<std::string, onnx::TensorProto> known;
  for (const auto &tensor : graph.initializer()) {
    onnx::TensorProto &shape = known[tensor.name()];
    shape.set_data_type(tensor.data_type());
    *shape.mutable_dims() = tensor.dims();
  }
  google::protobuf::RepeatedPtrField<onnx::NodeProto> kept;
  for (auto &node : *graph.mutable_node()) {
    bool isCopy = isOnnx(node) && node.op_type() == "Identity" && node.input_size() == 1 &&
                  node.output_size() == 1 && changed.count(node.output(0)) &&
                  known.count(node.input(0));
    if (isCopy) {
      onnx::TensorProto &own = *graph.add_initializer();
      own = known[node.input(0)];
      own.set_name(node.output(0));
    } else {
      setToInference(node);
      kept.Add(std::move(node));
    }
  }
  graph.mutable_node()->Swap(&kept);
}

/// One reading of a model: its message, and where the bytes of its large tensors are.
class Source {
 public:
  explicit Source(const std::string &path) : files_(folderOf(path)) {
    auto storage = onnxio::mapModel(path);
    if (!storage.ok()) onnxio::invalid(std::string(storage.status().message()));
    storage_ = *storage;
    auto stripped = onnxio::stripLargeTensors({storage_->data(), storage_->size()});
    if (!stripped.ok()) onnxio::invalid(std::string(stripped.status().message()));
    detached_ = std::move(stripped->detached);
    if (!model.ParseFromString(stripped->bytes))
      onnxio::invalid("not a valid ONNX model: its protobuf message is malformed");
  }
  onnx::ModelProto model;

  bool isElsewhere(const onnx::TensorProto &tensor) const {
    return tensor.data_location() == onnx::TensorProto::EXTERNAL ||
           onnxio::detachedIndex(tensor.raw_data());
  }
  /// Of a tensor that is elsewhere: bytes as ONNX packs them.
  std::string bytesOf(const onnx::TensorProto &tensor) {
    if (tensor.data_location() == onnx::TensorProto::EXTERNAL)
      return onnxio::externalWeight(tensor, files_).bytes().str();
    uint64_t index = *onnxio::detachedIndex(tensor.raw_data());
    if (index >= detached_.size())
      onnxio::invalid("tensor '" + tensor.name() + "' holds a reserved sequence of bytes");
    return {storage_->data() + detached_[index].byteOffset, detached_[index].byteLength};
  }
  /// Tensors in attributes and inner graphs get their bytes back.
  void restore(onnx::NodeProto &node) {
    for (auto &attribute : *node.mutable_attribute()) {
      if (attribute.has_t()) restore(*attribute.mutable_t());
      for (auto &tensor : *attribute.mutable_tensors()) restore(tensor);
      if (attribute.has_g()) restore(*attribute.mutable_g());
      for (auto &graph : *attribute.mutable_graphs()) restore(graph);
    }
  }
  void restore(onnx::TensorProto &tensor) {
    uint64_t offset = 0;
    if (isElsewhere(tensor)) onnxio::placeBytes(tensor, bytesOf(tensor), nullptr, "", offset);
  }

 private:
  static std::string folderOf(const std::string &path) {
    size_t slash = path.rfind('/');
    if (slash == std::string::npos) return ".";
    return slash == 0 ? "/" : path.substr(0, slash);
  }
  void restore(onnx::GraphProto &graph) {
    for (auto &tensor : *graph.mutable_initializer()) restore(tensor);
    for (auto &node : *graph.mutable_node()) {
      setToInference(node);
      restore(node);
    }
  }
  std::shared_ptr<const WeightStorage> storage_;
  std::vector<onnxio::DetachedBytes> detached_;
  onnxio::ExternalFiles files_;
};

uint64_t totalBytes(const onnx::GraphProto &graph) {
  uint64_t total = 0;
  for (const auto &tensor : graph.initializer()) {
    llvm::SmallVector<int64_t> dims(tensor.dims().begin(), tensor.dims().end());
    total += onnxio::packedBytes(tensor.data_type(), dims, tensor.name());
  }
  return total;
}

void clearValues(onnx::TensorProto &tensor) {
  onnx::TensorProto empty;
  empty.set_name(tensor.name());
  empty.set_doc_string(tensor.doc_string());
  empty.set_data_type(tensor.data_type());
  *empty.mutable_dims() = tensor.dims();
  tensor = empty;
}

absl::Status write(const std::string &modelPath, const std::string &path,
                   const std::set<std::string> &changed, const ExportWeights &weights) {
  Source source(modelPath);
  onnx::GraphProto &graph = *source.model.mutable_graph();
  replaceCopies(graph, changed);
  for (auto &node : *graph.mutable_node()) source.restore(node);
  std::optional<PendingFile> beside;
  if (totalBytes(graph) > kMaxInsideBytes) beside.emplace(path + ".weights");
  std::string location = path.substr(path.find_last_of('/') + 1) + ".weights";
  uint64_t offset = 0;
  for (auto &tensor : *graph.mutable_initializer()) {
    std::string bytes;
    if (changed.count(tensor.name())) {
      absl::StatusOr<llvm::StringRef> trained = weights(tensor.name());
      if (!trained.ok()) return trained.status();
      llvm::SmallVector<int64_t> dims(tensor.dims().begin(), tensor.dims().end());
      if (uint64_t wanted = onnxio::packedBytes(tensor.data_type(), dims, tensor.name());
          trained->size() != wanted)
        onnxio::invalid(absl::StrCat("weight '", tensor.name(), "' has ", wanted,
                                     " bytes; what was trained has ", trained->size(),
                                     ": the file is another than the one trained"));
      bytes = trained->str();
      clearValues(tensor);
    } else if (source.isElsewhere(tensor)) {
      bytes = source.bytesOf(tensor);
    } else {
      continue;
    }
    onnxio::placeBytes(tensor, std::move(bytes), beside ? &*beside : nullptr, location, offset);
  }
  std::string bytes;
  if (!source.model.SerializeToString(&bytes))
    return absl::ResourceExhaustedError(absl::StrCat("'", path, "': the graph passes 2 GiB"));
  PendingFile file(path);
  file.write(bytes);
  if (beside)
    if (absl::Status status = beside->commit(); !status.ok()) return status;
  return file.commit();
}

}  // namespace

absl::Status writeRetrainedOnnx(const std::string &modelPath, const std::string &path,
                                const std::set<std::string> &changed,
                                const ExportWeights &weights) {
  try {
    return write(modelPath, path, changed, weights);
  } catch (const onnxio::Refusal &refusal) {
    return absl::InvalidArgumentError(absl::StrCat(modelPath, ": ", refusal.reason));
  } catch (const std::bad_alloc &) {
    return absl::ResourceExhaustedError(
        absl::StrCat(path, ": not enough memory to write the model"));
  } catch (const std::exception &error) {
    return absl::InternalError(absl::StrCat(path, ": ", error.what()));
  }
}

}  // namespace plx
