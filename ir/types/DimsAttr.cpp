#include "ir/types/DimStorage.h"
#include "mlir/IR/Diagnostics.h"

namespace plx {

DimsAttr DimsAttr::get(mlir::MLIRContext *context, llvm::ArrayRef<Dim> dims) {
  if (llvm::is_contained(dims, Dim())) return {};
  return Base::get(context, dims);
}

DimsAttr DimsAttr::get(mlir::MLIRContext *context, llvm::ArrayRef<int64_t> dims) {
  llvm::SmallVector<Dim> constants;
  for (int64_t value : dims) constants.push_back(Dim::constant(context, value));
  return Base::get(context, constants);
}

llvm::ArrayRef<Dim> DimsAttr::dims() const { return getImpl()->dims; }

std::optional<llvm::SmallVector<int64_t>> DimsAttr::constants() const {
  llvm::SmallVector<int64_t> values;
  for (Dim dim : dims()) {
    std::optional<int64_t> value = dim.constant();
    if (!value) return std::nullopt;
    values.push_back(*value);
  }
  return values;
}

mlir::LogicalResult DimsAttr::verifyEncoding(
    llvm::ArrayRef<int64_t> shape, mlir::Type,
    llvm::function_ref<mlir::InFlightDiagnostic()> emitError) const {
  if (shape.size() != size())
    return emitError() << "plx.dims " << str() << " has " << size()
                       << " entries, the tensor type has rank " << shape.size();
  for (size_t i = 0; i < size(); ++i) {
    std::optional<int64_t> value = dims()[i].constant();
    bool isStatic = !mlir::ShapedType::isDynamic(shape[i]);
    if (isStatic && value != shape[i])
      return emitError()
             << "plx.dims " << str() << " says " << dims()[i].text() << " for axis " << i
             << ", which is " << shape[i]
             << " in the tensor type: a static size is written there as the same constant";
    if (!isStatic && value)
      return emitError() << "plx.dims " << str() << " says " << *value << " for axis " << i
                         << ", which is '?' in the tensor type: write the size " << *value
                         << " in its place";
  }
  return mlir::success();
}

}  // namespace plx
