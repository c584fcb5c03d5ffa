// Tensors of a model: what they hold, and where.
#ifndef PLEXUS_FRONTENDS_ONNX_WEIGHTS_H
#define PLEXUS_FRONTENDS_ONNX_WEIGHTS_H

#include <map>
#include <memory>
#include <string>

#include "frontends/onnx/Import.h"
#include "frontends/onnx/Proto.h"
#include "frontends/onnx/Reader.h"
#include "frontends/onnx/Storage.h"

namespace plx::onnxio {

/// A tensor whose bytes are in a storage, as ONNX packs them: two elements a byte for types of 4
/// bits, four for 2 bits.
struct Weight {
  int elementCode = 0;  // TensorProto.DataType
  llvm::SmallVector<int64_t> dims;
  std::shared_ptr<const WeightStorage> storage;
  uint64_t byteOffset = 0, byteLength = 0;
  llvm::StringRef bytes() const { return {storage->data() + byteOffset, byteLength}; }
};

/// Bytes that a tensor of this type and number of elements takes in a file; 0 for types without
/// such a form (strings). Overflow is refused by name.
uint64_t packedBytes(int elementCode, llvm::ArrayRef<int64_t> dims, const std::string &tensor);

/// The elements of a tensor, row-major, little-endian, a byte for each element below a byte. From
/// raw or typed fields.
std::string unpackedBytes(const onnx::TensorProto &tensor);
std::string unpackedBytes(int elementCode, llvm::StringRef packed, int64_t numElements);

/// Where the bytes of a tensor with external data are. Refuses what is missing, outside the model's
/// folder, or too short for its type.
Weight externalWeight(const onnx::TensorProto &tensor, ExternalFiles &files);

/// Begin of the names of tensors that were no initializer of the main graph.
inline constexpr llvm::StringLiteral kHoistedPrefix("plx.weight.");

/// Takes the large tensors out of a model. Each becomes an input of the main graph that `weights`
/// gives a value: the same name where it was an initializer there; else a new one, which an
/// Identity node hands to where the tensor was. What is left is small: checking, converting and
/// inferring copy no weights. Refuses tensors whose bytes do not fit their type.
class Detacher {
 public:
  Detacher(std::shared_ptr<const WeightStorage> modelBytes, llvm::ArrayRef<DetachedBytes> detached,
           ExternalFiles &files)
      : modelBytes_(std::move(modelBytes)), detached_(detached), files_(files) {}
  void run(onnx::ModelProto &model);
  std::map<std::string, Weight> &weights() { return weights_; }

 private:
  void visitGraph(onnx::GraphProto &graph, bool isMain);
  void visitNode(onnx::NodeProto &node);
  bool detach(const onnx::TensorProto &tensor, Weight &weight);
  void restore(onnx::TensorProto &tensor);
  std::string hoist(Weight weight);

  std::shared_ptr<const WeightStorage> modelBytes_;
  llvm::ArrayRef<DetachedBytes> detached_;
  ExternalFiles &files_;
  std::map<std::string, Weight> weights_;
  int numHoisted_ = 0;
};

}  // namespace plx::onnxio

#endif  // PLEXUS_FRONTENDS_ONNX_WEIGHTS_H
