#include "frontends/onnx/Weights.h"

#include <cstring>

#include "frontends/onnx/Refusal.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/MathExtras.h"

namespace plx::onnxio {
namespace {

using onnx::TensorProto;

// Bits an element takes in raw_data; 0: no raw form.
int rawBits(int code) {
  switch (code) {
    case TensorProto::INT2:
    case TensorProto::UINT2:
      return 2;
    case TensorProto::INT4:
    case TensorProto::UINT4:
    case TensorProto::FLOAT4E2M1:
      return 4;
    case TensorProto::BOOL:
    case TensorProto::INT8:
    case TensorProto::UINT8:
    case TensorProto::FLOAT8E4M3FN:
    case TensorProto::FLOAT8E4M3FNUZ:
    case TensorProto::FLOAT8E5M2:
    case TensorProto::FLOAT8E5M2FNUZ:
    case TensorProto::FLOAT8E8M0:
      return 8;
    case TensorProto::INT16:
    case TensorProto::UINT16:
    case TensorProto::FLOAT16:
    case TensorProto::BFLOAT16:
      return 16;
    case TensorProto::FLOAT:
    case TensorProto::INT32:
    case TensorProto::UINT32:
      return 32;
    case TensorProto::DOUBLE:
    case TensorProto::INT64:
    case TensorProto::UINT64:
    case TensorProto::COMPLEX64:
      return 64;
    case TensorProto::COMPLEX128:
      return 128;
    default:
      return 0;
  }
}

int64_t numElements(llvm::ArrayRef<int64_t> dims, const std::string &tensor) {
  int64_t count = 1;
  for (int64_t dim : dims) {
    if (dim < 0) invalid("tensor '" + tensor + "' has a negative dim, " + llvm::Twine(dim));
    if (llvm::MulOverflow(count, dim, count))
      invalid("tensor '" + tensor + "' has more elements than 64 bits can count");
  }
  return count;
}

std::string nameOf(const TensorProto &tensor) {
  return tensor.name().empty() ? std::string("(constant)") : tensor.name();
}

template <typename Element, typename Field>
std::string bytesOf(const Field &field, int64_t count) {
  std::string bytes(count * sizeof(Element), '\0');
  for (int64_t i = 0; i < count; ++i) {
    auto element = static_cast<Element>(field.Get(static_cast<int>(i)));
    std::memcpy(&bytes[i * sizeof(Element)], &element, sizeof(Element));
  }
  return bytes;
}

// Number of entries that the typed field of a tensor has; what it must have for `count` elements is
// in `wanted`.
template <typename Field>
void checkCount(const TensorProto &tensor, const Field &field, int64_t wanted) {
  if (field.size() < wanted)
    invalid("tensor '" + nameOf(tensor) + "' has " + llvm::Twine(field.size()) +
            " values, its dims ask for " + llvm::Twine(wanted));
}

std::string packedTyped(const TensorProto &tensor, int64_t count) {
  int bits = rawBits(tensor.data_type());
  std::string name = nameOf(tensor);
  switch (tensor.data_type()) {
    case TensorProto::FLOAT:
    case TensorProto::COMPLEX64:
      count *= bits / 32;
      checkCount(tensor, tensor.float_data(), count);
      return bytesOf<float>(tensor.float_data(), count);
    case TensorProto::DOUBLE:
    case TensorProto::COMPLEX128:
      count *= bits / 64;
      checkCount(tensor, tensor.double_data(), count);
      return bytesOf<double>(tensor.double_data(), count);
    case TensorProto::INT64:
      checkCount(tensor, tensor.int64_data(), count);
      return bytesOf<int64_t>(tensor.int64_data(), count);
    case TensorProto::UINT64:
    case TensorProto::UINT32:
      checkCount(tensor, tensor.uint64_data(), count);
      return bits == 64 ? bytesOf<uint64_t>(tensor.uint64_data(), count)
                        : bytesOf<uint32_t>(tensor.uint64_data(), count);
    default:
      break;
  }
  // A type below a byte: each entry of int32_data holds one packed byte.
  if (bits < 8) {
    int64_t entries = (count * bits + 7) / 8;
    if (tensor.int32_data_size() < entries && tensor.int32_data_size() * 4 >= entries) {
      std::string bytes = bytesOf<int32_t>(tensor.int32_data(), tensor.int32_data_size());
      bytes.resize(entries);
      return bytes;
    }
    checkCount(tensor, tensor.int32_data(), entries);
    return bytesOf<uint8_t>(tensor.int32_data(), entries);
  }
  checkCount(tensor, tensor.int32_data(), count);
  if (bits == 8) return bytesOf<uint8_t>(tensor.int32_data(), count);
  return bits == 16 ? bytesOf<uint16_t>(tensor.int32_data(), count)
                    : bytesOf<int32_t>(tensor.int32_data(), count);
}

uint64_t entryNumber(const onnx::StringStringEntryProto &entry, const std::string &tensor) {
  uint64_t number = 0;
  if (llvm::StringRef(entry.value()).getAsInteger(10, number))
    invalid("external data of tensor '" + tensor + "': `" + entry.key() + "` is '" + entry.value() +
            "', a number of bytes was expected");
  return number;
}

}  // namespace

uint64_t packedBytes(int elementCode, llvm::ArrayRef<int64_t> dims, const std::string &tensor) {
  int64_t bits = 0;
  if (llvm::MulOverflow<int64_t>(numElements(dims, tensor), rawBits(elementCode), bits) ||
      bits > INT64_MAX - 7)
    invalid("tensor '" + tensor + "' has more bytes than 64 bits can count");
  return (bits + 7) / 8;
}

std::string unpackedBytes(int elementCode, llvm::StringRef packed, int64_t count) {
  int bits = rawBits(elementCode);
  if (bits >= 8) return packed.str();
  std::string bytes(count, '\0');
  bool isSigned = elementCode == TensorProto::INT4 || elementCode == TensorProto::INT2;
  int perByte = 8 / bits, mask = (1 << bits) - 1;
  for (int64_t i = 0; i < count; ++i) {
    int value = (static_cast<uint8_t>(packed[i / perByte]) >> (bits * (i % perByte))) & mask;
    if (isSigned && (value >> (bits - 1))) value -= 1 << bits;
    bytes[i] = static_cast<char>(value);
  }
  return bytes;
}

std::string unpackedBytes(const TensorProto &tensor) {
  llvm::SmallVector<int64_t> dims(tensor.dims().begin(), tensor.dims().end());
  uint64_t wanted = packedBytes(tensor.data_type(), dims, nameOf(tensor));
  int64_t count = numElements(dims, nameOf(tensor));
  if (rawBits(tensor.data_type()) == 0)
    unsupported("tensor '" + nameOf(tensor) + "' has element type " +
                onnx::TensorProto_DataType_Name(tensor.data_type()));
  if (!tensor.has_raw_data()) {
    if (wanted > (1ull << 31))
      checkCount(tensor, tensor.int32_data(), INT64_MAX);  // no field holds so many
    return unpackedBytes(tensor.data_type(), packedTyped(tensor, count), count);
  }
  if (tensor.raw_data().size() != wanted)
    invalid("tensor '" + nameOf(tensor) + "' has " + llvm::Twine(tensor.raw_data().size()) +
            " bytes of data, its type and dims [" +
            llvm::join(llvm::map_range(dims, [](int64_t d) { return std::to_string(d); }), ", ") +
            "] ask for " + llvm::Twine(wanted));
  return unpackedBytes(tensor.data_type(), tensor.raw_data(), count);
}

// ---- Detacher
// --------------------------------------------------------------------------------------------------------

void Detacher::run(onnx::ModelProto &model) {
  visitGraph(*model.mutable_graph(), /*isMain=*/true);
  llvm::StringMap<bool> inputs;
  for (const auto &input : model.graph().input()) inputs[input.name()] = true;
  for (auto &[name, weight] : weights_) {
    if (inputs.contains(name)) continue;
    auto *input = model.mutable_graph()->add_input();
    input->set_name(name);
    auto *type = input->mutable_type()->mutable_tensor_type();
    type->set_elem_type(weight.elementCode);
    type->mutable_shape();
    for (int64_t dim : weight.dims) type->mutable_shape()->add_dim()->set_dim_value(dim);
  }
}

void Detacher::visitGraph(onnx::GraphProto &graph, bool isMain) {
  std::vector<onnx::NodeProto> identities;
  google::protobuf::RepeatedPtrField<TensorProto> kept;
  for (auto &tensor : *graph.mutable_initializer()) {
    Weight weight;
    if (!detach(tensor, weight)) {
      kept.Add(std::move(tensor));
    } else if (isMain) {
      if (!weights_.try_emplace(tensor.name(), std::move(weight)).second)
        invalid("two initializers have the name '" + tensor.name() + "'");
    } else {
      onnx::NodeProto &identity = identities.emplace_back();
      identity.set_op_type("Identity");
      identity.add_input(hoist(std::move(weight)));
      identity.add_output(tensor.name());
    }
  }
  graph.mutable_initializer()->Swap(&kept);
  for (auto &node : *graph.mutable_node()) visitNode(node);
  if (identities.empty()) return;
  google::protobuf::RepeatedPtrField<onnx::NodeProto> nodes;
  for (auto &identity : identities) nodes.Add(std::move(identity));
  for (auto &node : *graph.mutable_node()) nodes.Add(std::move(node));
  graph.mutable_node()->Swap(&nodes);
}

void Detacher::visitNode(onnx::NodeProto &node) {
  bool isConstant =
      node.op_type() == "Constant" && (node.domain().empty() || node.domain() == "ai.onnx");
  Weight weight;
  if (isConstant && node.attribute_size() == 1 && node.attribute(0).has_t() &&
      node.output_size() == 1 && detach(node.attribute(0).t(), weight)) {
    node.clear_attribute();
    node.set_op_type("Identity");
    node.add_input(hoist(std::move(weight)));
    return;
  }
  for (auto &attribute : *node.mutable_attribute()) {
    if (attribute.has_t()) restore(*attribute.mutable_t());
    for (auto &tensor : *attribute.mutable_tensors()) restore(tensor);
    if (attribute.has_g()) visitGraph(*attribute.mutable_g(), false);
    for (auto &graph : *attribute.mutable_graphs()) visitGraph(graph, false);
  }
}

bool Detacher::detach(const TensorProto &tensor, Weight &weight) {
  weight.elementCode = tensor.data_type();
  weight.dims.assign(tensor.dims().begin(), tensor.dims().end());
  std::string name = nameOf(tensor);
  std::optional<uint64_t> index = detachedIndex(tensor.raw_data());
  if (tensor.data_location() == TensorProto::EXTERNAL) {
    weight = externalWeight(tensor, files_);
  } else if (index) {
    if (*index >= detached_.size())
      invalid("tensor '" + name + "' holds a reserved sequence of bytes");
    weight.storage = modelBytes_;
    weight.byteOffset = detached_[*index].byteOffset;
    weight.byteLength = detached_[*index].byteLength;
  } else if (tensor.ByteSizeLong() >= kDetachBytes && !tensor.has_raw_data() &&
             rawBits(tensor.data_type()) != 0) {
    int64_t count = numElements(weight.dims, name);
    if (count > (1ll << 31)) checkCount(tensor, tensor.int32_data(), INT64_MAX);
    weight.storage = ownedStorage(packedTyped(tensor, count));
    weight.byteLength = weight.storage->size();
  } else {
    return false;
  }
  if (rawBits(weight.elementCode) == 0)
    unsupported("tensor '" + name + "' has element type " +
                onnx::TensorProto_DataType_Name(tensor.data_type()) + " in raw form");
  uint64_t wanted = packedBytes(weight.elementCode, weight.dims, name);
  if (weight.byteLength != wanted)
    invalid("tensor '" + name + "' has " + llvm::Twine(weight.byteLength) +
            " bytes of data, its type and dims ask for " + llvm::Twine(wanted));
  return true;
}

Weight externalWeight(const TensorProto &tensor, ExternalFiles &files) {
  std::string name = nameOf(tensor), location;
  std::optional<uint64_t> offset, length;
  for (const auto &entry : tensor.external_data()) {
    if (entry.key() == "location") location = entry.value();
    if (entry.key() == "offset") offset = entryNumber(entry, name);
    if (entry.key() == "length") length = entryNumber(entry, name);
  }
  Weight weight;
  weight.elementCode = tensor.data_type();
  weight.dims.assign(tensor.dims().begin(), tensor.dims().end());
  auto storage = files.open(location);
  if (!storage.ok())
    invalid("external data of tensor '" + name + "' at location '" + location +
            "': " + std::string(storage.status().message()));
  weight.storage = *storage;
  weight.byteOffset = offset.value_or(0);
  uint64_t size = weight.storage->size();
  uint64_t wanted = packedBytes(weight.elementCode, weight.dims, name);
  weight.byteLength = length.value_or(wanted);
  if (weight.byteOffset > size || weight.byteLength > size - weight.byteOffset)
    invalid("external data of tensor '" + name + "': bytes " + llvm::Twine(weight.byteOffset) +
            " to " + llvm::Twine(weight.byteOffset) + " + " + llvm::Twine(weight.byteLength) +
            " were asked for, file '" + location + "' has " + llvm::Twine(size));
  return weight;
}

// Attributes other than a Constant's value are read where they are: give them their bytes back.
void Detacher::restore(TensorProto &tensor) {
  Weight weight;
  if (!detachedIndex(tensor.raw_data()) && tensor.data_location() != TensorProto::EXTERNAL) return;
  if (!detach(tensor, weight)) return;
  tensor.clear_external_data();
  tensor.clear_data_location();
  tensor.set_raw_data(weight.bytes().data(), weight.byteLength);
}

std::string Detacher::hoist(Weight weight) {
  std::string name = kHoistedPrefix.str() + std::to_string(numHoisted_++);
  weights_.try_emplace(name, std::move(weight));
  return name;
}

}  // namespace plx::onnxio
