// Dims of tensor types: where the type's own size is static, that; where it is `?`, the encoding's
// entry.
#include "ir/types/Dim.h"

namespace plx {

mlir::RankedTensorType tensorType(mlir::Type elementType, llvm::ArrayRef<Dim> dims) {
  if (!elementType || !mlir::TensorType::isValidElementType(elementType)) return {};
  llvm::SmallVector<int64_t> shape;
  bool isStatic = true;
  for (Dim dim : dims) {
    if (!dim) return {};
    std::optional<int64_t> value = dim.constant();
    if (value && *value < 0) return {};
    isStatic &= value.has_value();
    shape.push_back(value.value_or(mlir::ShapedType::kDynamic));
  }
  if (isStatic) return mlir::RankedTensorType::get(shape, elementType);
  DimsAttr encoding = DimsAttr::get(elementType.getContext(), dims);
  return mlir::RankedTensorType::get(shape, elementType, encoding);
}

Dim dimOf(mlir::Type tensor, int64_t axis) {
  auto type = llvm::dyn_cast_or_null<mlir::RankedTensorType>(tensor);
  if (!type || axis < 0 || axis >= type.getRank()) return {};
  if (!type.isDynamicDim(axis)) return Dim::constant(type.getContext(), type.getDimSize(axis));
  auto encoding = llvm::dyn_cast_or_null<DimsAttr>(type.getEncoding());
  if (!encoding || axis >= static_cast<int64_t>(encoding.size())) return {};
  return encoding[axis];
}

llvm::SmallVector<Dim> dimsOf(mlir::Type tensor) {
  llvm::SmallVector<Dim> dims;
  auto type = llvm::dyn_cast_or_null<mlir::RankedTensorType>(tensor);
  for (int64_t axis = 0; type && axis < type.getRank(); ++axis) dims.push_back(dimOf(type, axis));
  return dims;
}

Dim numElements(mlir::MLIRContext *context, llvm::ArrayRef<Dim> dims) {
  Dim product = Dim::constant(context, 1);
  for (Dim dim : dims) product = product * dim;
  return product;
}

Dim numElements(mlir::Type tensor) {
  auto type = llvm::dyn_cast_or_null<mlir::RankedTensorType>(tensor);
  return type ? numElements(type.getContext(), dimsOf(type)) : Dim();
}

}  // namespace plx
