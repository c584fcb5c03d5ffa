// Types of the model as types of plx, and back.
#include "frontends/onnx/Graph.h"
#include "ir/types/HostTypes.h"

namespace plx::onnxio {
namespace {

Type elementOf(mlir::MLIRContext *context, int code, llvm::StringRef value) {
  Type element = elementTypeFromCode(context, code);
  if (!element)
    unsupported(
        "'" + value + "' has element type " +
        (onnx::TensorProto_DataType_IsValid(code)
             ? onnx::TensorProto_DataType_Name(static_cast<onnx::TensorProto_DataType>(code))
             : std::to_string(code)));
  return element;
}

Dim sizeOf(const onnx::TensorShapeProto::Dimension &proto, llvm::StringRef stem, int axis,
           Session &session) {
  mlir::MLIRContext *context = session.emit.builder.getContext();
  // Some exporters write -1 for what is open.
  if (proto.has_dim_value() && proto.dim_value() >= 0)
    return Dim::constant(context, proto.dim_value());
  if (proto.dim_param().empty())
    return Dim::symbol(context,
                       session.emit.symbols.fresh((stem + "_d" + llvm::Twine(axis)).str()));
  std::string name = proto.dim_param();
  if (auto fixed = session.options.dims.find(name); fixed != session.options.dims.end())
    return Dim::constant(context, fixed->second);
  if (name[0] == '$') name.insert(0, "_");  // names that begin so belong to the compiler
  session.emit.symbols.declare(name);
  return Dim::symbol(context, name);
}

}  // namespace

Type typeOf(const onnx::TypeProto &proto, llvm::StringRef stem, Session &session) {
  mlir::MLIRContext *context = session.emit.builder.getContext();
  if (!proto.has_tensor_type()) {
    Type type = looseTypeOf(proto, context);
    if (!type)
      unsupported(
          "'" + stem +
          "' is a map of other keys than int64 and string, a sparse tensor or an opaque value");
    return type;
  }
  const auto &tensor = proto.tensor_type();
  Type element = elementOf(context, tensor.elem_type(), stem);
  if (!tensor.has_shape()) unsupported("'" + stem + "' is a tensor of unknown rank");
  Dims dims;
  for (int i = 0; i < tensor.shape().dim_size(); ++i)
    dims.push_back(sizeOf(tensor.shape().dim(i), stem, i, session));
  return tensorType(element, dims);
}

Type looseTypeOf(const onnx::TypeProto &proto, mlir::MLIRContext *context) {
  if (proto.has_sequence_type()) {
    Type item = looseTypeOf(proto.sequence_type().elem_type(), context);
    // Items without dims are what models write for tensors of any shape.
    if (auto tensor = mlir::dyn_cast_or_null<mlir::RankedTensorType>(item);
        tensor && tensor.getRank() == 0)
      item = mlir::UnrankedTensorType::get(tensor.getElementType());
    return item ? SequenceType::get(item) : Type();
  }
  if (proto.has_optional_type()) {
    Type item = looseTypeOf(proto.optional_type().elem_type(), context);
    return item ? OptionalType::get(item) : Type();
  }
  if (proto.has_map_type()) {
    Type key = elementTypeFromCode(context, proto.map_type().key_type());
    auto value = mlir::dyn_cast_or_null<mlir::TensorType>(
        looseTypeOf(proto.map_type().value_type(), context));
    bool isKnown = key && value && (key.isInteger(64) || mlir::isa<StringType>(key));
    return isKnown ? MapType::get(key, value.getElementType()) : Type();
  }
  if (!proto.has_tensor_type()) return {};
  Type element = elementTypeFromCode(context, proto.tensor_type().elem_type());
  if (!element) return {};
  if (!proto.tensor_type().has_shape()) return mlir::UnrankedTensorType::get(element);
  Ints shape;
  for (const auto &dim : proto.tensor_type().shape().dim())
    shape.push_back(dim.has_dim_value() && dim.dim_value() >= 0 ? dim.dim_value()
                                                                : mlir::ShapedType::kDynamic);
  return mlir::RankedTensorType::get(shape, element);
}

Type loosened(Type type) {
  auto tensor = mlir::dyn_cast<mlir::RankedTensorType>(type);
  return tensor ? mlir::RankedTensorType::get(tensor.getShape(), tensor.getElementType()) : type;
}

onnx::TypeProto protoOf(Type type) {
  onnx::TypeProto proto;
  if (auto sequence = mlir::dyn_cast<SequenceType>(type)) {
    *proto.mutable_sequence_type()->mutable_elem_type() = protoOf(sequence.element());
  } else if (auto optional = mlir::dyn_cast<OptionalType>(type)) {
    *proto.mutable_optional_type()->mutable_elem_type() = protoOf(optional.element());
  } else if (auto map = mlir::dyn_cast<MapType>(type)) {
    proto.mutable_map_type()->set_key_type(elementTypeCode(map.key()));
    proto.mutable_map_type()->mutable_value_type()->mutable_tensor_type()->set_elem_type(
        elementTypeCode(map.value()));
  } else if (auto tensor = mlir::dyn_cast<mlir::TensorType>(type)) {
    proto.mutable_tensor_type()->set_elem_type(elementTypeCode(tensor.getElementType()));
    if (!tensor.hasRank()) return proto;
    auto *shape = proto.mutable_tensor_type()->mutable_shape();
    for (int64_t size : tensor.getShape()) {
      auto *dim = shape->add_dim();
      if (!mlir::ShapedType::isDynamic(size)) dim->set_dim_value(size);
    }
  }
  return proto;
}

}  // namespace plx::onnxio
