#include "ir/eval/Views.h"

#include "ir/types/Types.h"

namespace plx::eval {

llvm::SmallVector<int64_t> stridesOf(llvm::ArrayRef<int64_t> shape) {
  llvm::SmallVector<int64_t> strides(shape.size(), 1);
  for (size_t d = shape.size(); d-- > 1;) strides[d - 1] = strides[d] * shape[d];
  return strides;
}

/// Calls use(linear position in row-major order, strided position) for every index of `shape`.
template <typename Use>
static void forEachPosition(llvm::ArrayRef<int64_t> shape, int64_t offset,
                            llvm::ArrayRef<int64_t> strides, Use use) {
  if (llvm::is_contained(shape, 0)) return;
  if (shape.empty()) return use(int64_t{0}, offset);
  llvm::SmallVector<int64_t> index(shape.size(), 0);
  int64_t innerSize = shape.back(), innerStride = strides.back(), linear = 0, position = offset;
  while (true) {
    for (int64_t i = 0; i < innerSize; ++i) use(linear++, position + i * innerStride);
    size_t d = shape.size() - 1;
    while (true) {
      if (d == 0) return;
      --d;
      position += strides[d];
      if (++index[d] < shape[d]) break;
      position -= strides[d] * shape[d];
      index[d] = 0;
    }
  }
}

/// Calls `use` with the elements of both, of whatever kind they are.
template <typename Use>
static void withElements(Tensor &to, const Tensor &from, Use use) {
  if (from.isFloat()) return use(to.floats(), from.floats());
  if (from.isInt()) return use(to.ints(), from.ints());
  if (mlir::isa<StringType>(from.elementType())) return use(to.strings(), from.strings());
  use(to.complexes(), from.complexes());
}

Tensor stridedView(const Tensor &x, llvm::ArrayRef<int64_t> shape, int64_t offset,
                   llvm::ArrayRef<int64_t> strides) {
  Tensor result(x.elementType(), shape);
  withElements(result, x, [&](auto &to, const auto &from) {
    forEachPosition(shape, offset, strides,
                    [&](int64_t linear, int64_t position) { to[linear] = from[position]; });
  });
  return result;
}

void stridedWrite(Tensor &result, const Tensor &x, int64_t offset,
                  llvm::ArrayRef<int64_t> strides) {
  withElements(result, x, [&](auto &to, const auto &from) {
    forEachPosition(x.shape(), offset, strides,
                    [&](int64_t linear, int64_t position) { to[position] = from[linear]; });
  });
}

Tensor filled(const Tensor &one, llvm::ArrayRef<int64_t> shape) {
  return stridedView(one, shape, 0, llvm::SmallVector<int64_t>(shape.size(), 0));
}

}  // namespace plx::eval
