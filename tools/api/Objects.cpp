#include "tools/api/Objects.h"

#include "absl/strings/str_cat.h"
#include "compiler/package/Session.h"
#include "ir/eval/HostFunctions.h"
#include "ir/interfaces/HostCall.h"
#include "ir/types/HostTypes.h"

namespace plx {

AbiTensor::AbiTensor(const eval::Tensor &tensor)
    : dims_(tensor.shape().begin(), tensor.shape().end()),
      owner_(tensor),
      elementType_(elementTypeCode(tensor.elementType())) {
  if (elementType_ != PLX_STRING) {
    bytes_ = tensor.toBytes();
    return;
  }
  const eval::Tensor &strings = owner_;
  for (const std::string &text : strings.strings())
    strings_.push_back({text.data(), static_cast<int64_t>(text.size())});
}

plx_tensor AbiTensor::view() {
  void *data = elementType_ == PLX_STRING ? static_cast<void *>(strings_.data()) : bytes_.data();
  return {data, dims_.data(), static_cast<int32_t>(dims_.size()), elementType_};
}

absl::StatusOr<eval::Tensor> tensorOf(mlir::MLIRContext *context, const plx_tensor &tensor) {
  mlir::Type element = elementTypeFromCode(context, tensor.element_type);
  llvm::ArrayRef<int64_t> shape(tensor.dims, static_cast<size_t>(tensor.rank));
  if (tensor.element_type != PLX_STRING) {
    mlir::FailureOr<eval::Tensor> read = eval::Tensor::fromBytes(
        element, shape,
        {static_cast<const char *>(tensor.data), static_cast<size_t>(plx_tensor_bytes(&tensor))});
    if (mlir::failed(read)) return absl::InternalError("a tensor cannot be read");
    return *std::move(read);
  }
  eval::Tensor strings(element, shape);
  auto *from = static_cast<const plx_string *>(tensor.data);
  for (std::string &text : strings.strings()) {
    text.assign(from->data ? from->data : "", static_cast<size_t>(from->bytes));
    ++from;
  }
  return strings;
}

absl::StatusOr<eval::Value> valueOf(mlir::MLIRContext *context, const plx_object &object) {
  int32_t kind = plx_object_kind(&object);
  if (kind == PLX_KIND_TENSOR) {
    absl::StatusOr<eval::Tensor> tensor = tensorOf(context, plx_object_tensor(&object));
    if (!tensor.ok()) return tensor.status();
    return eval::Value(*std::move(tensor));
  }
  eval::Sequence items;
  for (int64_t i = 0; i < plx_object_count(&object); ++i) {
    absl::StatusOr<eval::Value> item = valueOf(context, *plx_object_item(&object, i));
    if (!item.ok()) return item.status();
    items.items.push_back(*std::move(item));
  }
  if (kind != PLX_KIND_OPTIONAL) return eval::Value(std::move(items));
  eval::Optional optional;
  if (!items.items.empty()) optional.value = std::make_shared<eval::Value>(items.items[0]);
  return eval::Value(std::move(optional));
}

namespace {

mlir::Type itemType(mlir::Type type) {
  if (auto sequence = mlir::dyn_cast<SequenceType>(type)) return sequence.element();
  if (auto optional = mlir::dyn_cast<OptionalType>(type)) return optional.element();
  return type;
}

int32_t kindOfType(mlir::Type type) {
  if (mlir::isa<MapType>(type)) return PLX_KIND_MAP;
  return mlir::isa<SequenceType>(type) ? PLX_KIND_SEQUENCE : PLX_KIND_OPTIONAL;
}

}  // namespace

absl::StatusOr<ObjectHold> objectOf(const eval::Value &value, mlir::Type type) {
  plx_object *object = nullptr;
  plx_error error;
  if (std::holds_alternative<eval::Tensor>(value.is)) {
    AbiTensor tensor(value.tensor());
    plx_tensor view = tensor.view();
    if (plx_object_of_tensor(&view, &object, &error)) return toStatus(error);
    return ObjectHold(object, plx_object_release);
  }
  std::vector<ObjectHold> items;
  std::vector<plx_object *> pointers;
  auto add = [&](const eval::Value &item) {
    absl::StatusOr<ObjectHold> made = objectOf(item, itemType(type));
    if (!made.ok()) return made.status();
    pointers.push_back(made->get());
    items.push_back(*std::move(made));
    return absl::OkStatus();
  };
  bool isSequence = std::holds_alternative<eval::Sequence>(value.is);
  if (isSequence)
    for (const eval::Value &item : value.sequence().items)
      if (absl::Status status = add(item); !status.ok()) return status;
  if (!isSequence && value.optional().value)
    if (absl::Status status = add(*value.optional().value); !status.ok()) return status;
  if (plx_object_of_items(kindOfType(type), pointers.data(), static_cast<int64_t>(pointers.size()),
                          &object, &error))
    return toStatus(error);
  return ObjectHold(object, plx_object_release);
}

namespace {

mlir::FailureOr<llvm::SmallVector<eval::Value>> callRuntime(mlir::Operation *op,
                                                            mlir::DictionaryAttr settings,
                                                            llvm::ArrayRef<eval::Value> inputs,
                                                            eval::Scope &scope) {
  std::string name = op->getAttrOfType<mlir::StringAttr>("function").str();
  std::string attributes = hostAttributes(settings);
  std::vector<ObjectHold> held;
  std::vector<plx_tensor> args;
  for (auto [input, type] : llvm::zip_equal(inputs, op->getOperandTypes())) {
    absl::StatusOr<ObjectHold> object = objectOf(input, type);
    if (!object.ok()) return scope.fail(op, std::string(object.status().message()));
    args.push_back({object->get(), nullptr, 0, PLX_OBJECT});
    held.push_back(*std::move(object));
  }
  std::vector<plx_object *> results(op->getNumResults());
  plx_error error;
  if (plx_call_host_function(name.c_str(), attributes.c_str(), args.data(),
                             static_cast<int32_t>(args.size()), results.data(),
                             static_cast<int32_t>(results.size()), &error))
    return scope.fail(op, error.message);
  std::vector<ObjectHold> given;
  for (plx_object *result : results) given.emplace_back(result, plx_object_release);
  llvm::SmallVector<eval::Value> values;
  for (const ObjectHold &result : given) {
    absl::StatusOr<eval::Value> value = valueOf(op->getContext(), *result);
    if (!value.ok()) return scope.fail(op, std::string(value.status().message()));
    values.push_back(*std::move(value));
  }
  return values;
}

}  // namespace

void useHostFunctionsOfRuntime() { eval::setOtherHostFunctions(callRuntime); }

}  // namespace plx
