// Constants, views and casts that export writes.
#include "frontends/onnx/export/Exporter.h"
#include "ir/types/Types.h"
#include "mlir/IR/BuiltinAttributes.h"

namespace plx::onnxio {
namespace {

constexpr int64_t kSplatElements = 1024;  // larger constants of one value are made where they run

int64_t bitsOf(Type element) {
  if (element.isInteger(1) || !element.isIntOrFloat()) return 8;
  return element.getIntOrFloatBitWidth();
}

bool isOne(Dim dim) { return dim && dim.isConstant(1); }

/// Whether `to` is `from` with sizes of 1 put in at `axes`.
bool isUnsqueezed(llvm::ArrayRef<Dim> from, llvm::ArrayRef<Dim> to, Ints &axes) {
  size_t next = 0;
  for (size_t i = 0; i < to.size(); ++i) {
    if (next < from.size() && from[next] == to[i])
      ++next;
    else if (isOne(to[i]))
      axes.push_back(i);
    else
      return false;
  }
  return next == from.size();
}

eval::Tensor transposed(const eval::Tensor &tensor, llvm::ArrayRef<int64_t> permutation) {
  Ints shape;
  for (int64_t axis : permutation) shape.push_back(tensor.shape()[axis]);
  eval::Tensor result(tensor.elementType(), shape);
  Ints from(shape.size());
  for (eval::Index to(shape); to; ++to) {
    for (size_t i = 0; i < from.size(); ++i) from[permutation[i]] = (*to)[i];
    result.copyElement(to.linear(), tensor, eval::linearize(from, tensor.shape()));
  }
  return result;
}

}  // namespace

std::string packedElements(Type element, llvm::StringRef bytes) {
  int64_t bits = bitsOf(element);
  if (bits >= 8) return bytes.str();
  size_t perByte = 8 / bits;
  std::string packed((bytes.size() + perByte - 1) / perByte, '\0');
  for (size_t i = 0; i < bytes.size(); ++i) {
    unsigned value = static_cast<unsigned char>(bytes[i]) & ((1u << bits) - 1);
    packed[i / perByte] = static_cast<char>(static_cast<unsigned char>(packed[i / perByte]) |
                                            value << (bits * (i % perByte)));
  }
  return packed;
}

// ---- constants
// ------------------------------------------------------------------------------------------------

Name Exporter::initializer(onnx::TensorProto tensor) {
  std::string key = tensor.SerializeAsString();
  Name &name = constants_[key];
  if (!name.empty()) return name;
  name = unique(stem_.empty() ? "constant" : stem_ + "/constant");
  tensor.set_name(name);
  *scopes_[0].graph->add_initializer() = std::move(tensor);
  return name;
}

Name Exporter::constant(const eval::Tensor &tensor) {
  onnx::TensorProto proto;
  int code = elementTypeCode(tensor.elementType());
  if (code == 0) unsupported("a constant has an element type that ONNX does not have");
  proto.set_data_type(code);
  for (int64_t size : tensor.shape()) proto.add_dims(size);
  std::vector<char> bytes = tensor.toBytes();
  proto.set_raw_data(packedElements(tensor.elementType(), {bytes.data(), bytes.size()}));
  Name name = initializer(std::move(proto));
  tensors_.try_emplace(name, tensor);
  return name;
}

Name Exporter::constant(mlir::ElementsAttr value) {
  if (auto strings = mlir::dyn_cast<mlir::DenseStringElementsAttr>(value)) {
    onnx::TensorProto proto;
    proto.set_data_type(onnx::TensorProto::STRING);
    for (int64_t size : strings.getType().getShape()) proto.add_dims(size);
    for (int64_t i = 0; i < strings.getNumElements(); ++i)
      proto.add_string_data(strings.getRawStringData()[strings.isSplat() ? 0 : i].str());
    return initializer(std::move(proto));
  }
  auto dense = mlir::dyn_cast<mlir::DenseElementsAttr>(value);
  if (!dense) unsupported("a constant that is neither dense nor strings");
  if (!dense.isSplat() || dense.getNumElements() <= kSplatElements)
    return constant(eval::Tensor::fromAttr(dense));
  auto type = mlir::cast<mlir::RankedTensorType>(dense.getType());
  auto scalarType = mlir::RankedTensorType::get({}, type.getElementType());
  return node("Expand", {constant(eval::Tensor::fromAttr(dense.resizeSplat(scalarType))),
                         ints(type.getShape())});
}

Name Exporter::ints(llvm::ArrayRef<int64_t> values) {
  eval::Tensor tensor(i64(), {static_cast<int64_t>(values.size())});
  for (size_t i = 0; i < values.size(); ++i) tensor.setInt(i, values[i]);
  return constant(tensor);
}

Name Exporter::scalar(double value, Type element) {
  eval::Tensor tensor(element, {});
  if (!mlir::isa<mlir::FloatType>(element)) return scalarInt(static_cast<int64_t>(value), element);
  tensor.setFloat(0, value);
  return constant(tensor);
}

Name Exporter::scalarInt(int64_t value, Type element) {
  eval::Tensor tensor(element, {});
  tensor.setInt(0, value);
  return constant(tensor);
}

Name Exporter::parameter(llvm::StringRef name, Type type) {
  if (!parameters_.insert(name.str()).second) return name.str();
  onnx::TypeProto proto = typeProto(type);
  onnx::TensorProto &tensor = *scopes_[0].graph->add_initializer();
  tensor.set_name(name.str());
  tensor.set_data_type(proto.tensor_type().elem_type());
  tensor.set_data_location(onnx::TensorProto::EXTERNAL);
  for (int64_t size : mlir::cast<mlir::RankedTensorType>(type).getShape()) tensor.add_dims(size);
  return name.str();
}

// ---- views
// ----------------------------------------------------------------------------------------------------

// Two in a row are one, or none: layouts that import wrote for convolutions vanish again.
Name Exporter::transpose(const Name &x, llvm::ArrayRef<int64_t> permutation) {
  Name source = x;
  Ints joined(permutation);
  if (auto inner = transposed_.find(x); inner != transposed_.end()) {
    source = inner->second.first;
    for (int64_t &axis : joined) axis = inner->second.second[axis];
  }
  bool isIdentity = true;
  for (size_t i = 0; i < joined.size(); ++i) isIdentity &= joined[i] == static_cast<int64_t>(i);
  if (isIdentity) return source;
  if (auto known = tensors_.find(source); known != tensors_.end())
    return constant(transposed(known->second, joined));
  Name name = node("Transpose", {source}, {attrOf("perm", joined)});
  transposed_[name] = {source, joined};
  return name;
}

Name Exporter::unsqueeze(const Name &x, llvm::ArrayRef<int64_t> axes) {
  return axes.empty() ? x : node("Unsqueeze", {x, ints(axes)});
}

Name Exporter::squeeze(const Name &x, llvm::ArrayRef<int64_t> axes) {
  return axes.empty() ? x : node("Squeeze", {x, ints(axes)});
}

Name Exporter::reshape(const Name &x, llvm::ArrayRef<Dim> from, llvm::ArrayRef<Dim> to) {
  if (from == to) return x;
  if (auto known = tensors_.find(x); known != tensors_.end()) {
    Ints shape;
    for (Dim dim : to)
      if (dim && dim.constant()) shape.push_back(*dim.constant());
    if (shape.size() == to.size()) return constant(known->second.withShape(shape));
  }
  Ints axes;
  if (isUnsqueezed(from, to, axes)) return unsqueeze(x, axes);
  axes.clear();
  if (isUnsqueezed(to, from, axes)) return squeeze(x, axes);
  int64_t numOpen = llvm::count_if(to, [](Dim dim) { return !dim || !dim.constant(); });
  bool hasZero = llvm::any_of(to, [](Dim dim) { return dim && dim.isConstant(0); });
  if (numOpen <= 1 && !hasZero) {
    Ints shape;
    for (Dim dim : to) shape.push_back(dim && dim.constant() ? *dim.constant() : -1);
    return node("Reshape", {x, ints(shape)});
  }
  // Sizes of 0 are sizes here, not copies.
  std::vector<NodeAttr> attrs;
  if (opset >= 14) attrs.push_back(attrOf("allowzero", int64_t{1}));
  return node("Reshape", {x, dims(to)}, attrs);
}

Name Exporter::cast(const Name &x, Type element) {
  int code = elementTypeCode(element);
  if (code == 0) unsupported("a cast to an element type that ONNX does not have");
  return node("Cast", {x}, {attrOf("to", static_cast<int64_t>(code))});
}

Name Exporter::arange(Dim size) {
  return node("Range", {scalarInt(0, i64()), squeeze(dim(size), {0}), scalarInt(1, i64())});
}

Name Exporter::reduce(llvm::StringRef op, const Name &x, llvm::ArrayRef<int64_t> axes,
                      bool keepDims) {
  NodeAttr keep = attrOf("keepdims", int64_t{keepDims});
  if (opset >= 18 || op == "ReduceSum") return node(op, {x, ints(axes)}, {keep});
  return node(op, {x}, {attrOf("axes", axes), keep});
}

}  // namespace plx::onnxio
