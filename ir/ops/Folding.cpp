#include "ir/ops/Folding.h"

namespace plx {

mlir::LogicalResult inferFold(std::optional<mlir::Location> location, llvm::StringRef op,
                              llvm::StringRef kind, mlir::Type element) {
  std::optional<FoldKind> fold = foldKindNamed(kind);
  if (!fold)
    return mlir::emitOptionalError(location, op, ": kind `", kind,
                                   "` is not one of sum, product, max, min, and, or");
  std::string wrong = checkScalarFn(combinerOf(*fold), {element, element});
  if (wrong.empty()) return mlir::success();
  return mlir::emitOptionalError(location, op, ": kind `", kind,
                                 "` does not apply to element type ", element, ": ", wrong);
}

mlir::LogicalResult inferPositive(std::optional<mlir::Location> location, llvm::StringRef op,
                                  llvm::StringRef name, llvm::ArrayRef<int64_t> values,
                                  int64_t count, llvm::StringRef each) {
  if (static_cast<int64_t>(values.size()) == count &&
      llvm::all_of(values, [](int64_t value) { return value >= 1; }))
    return mlir::success();
  return mlir::emitOptionalError(location, op, ": `", name, "` is [", values,
                                 "], expected one entry >= 1 for each of the ", count, " ", each);
}

mlir::Value foldOver(KernelBuilder &b, FoldKind kind, llvm::ArrayRef<Dim> extents,
                     llvm::function_ref<mlir::Value(llvm::ArrayRef<Dim>)> body) {
  llvm::SmallVector<Dim> all(extents.size(), Dim::constant(b.context(), 0));
  llvm::SmallVector<Dim> real;
  for (Dim extent : extents)
    if (!extent.isConstant(1)) real.push_back(extent);
  if (real.empty()) return body(all);
  return b.fold(kind, real, [&](llvm::ArrayRef<Dim> folded) {
    for (auto [variable, extent] : llvm::zip(all, extents))
      if (!extent.isConstant(1)) {
        variable = folded.front();
        folded = folded.drop_front();
      }
    return body(all);
  });
}

Dim windowResult(Dim size, Dim window, int64_t stride, int64_t dilation) {
  return floorDiv(size - (window - 1) * dilation - 1, stride) + 1;
}

int64_t windowResult(int64_t size, int64_t window, int64_t stride, int64_t dilation) {
  int64_t last = size - (window - 1) * dilation - 1;
  return last < 0 ? 0 : last / stride + 1;
}

mlir::Value sumOfProducts(
    KernelBuilder &b, mlir::Type element, llvm::ArrayRef<Dim> extents,
    llvm::function_ref<std::pair<mlir::Value, mlir::Value>(llvm::ArrayRef<Dim>)> factors) {
  mlir::Type wide = accumulatorType(FoldKind::Sum, element);
  auto convert = [&](mlir::Value value, mlir::Type type) {
    return !value || value.getType() == type ? value : b.convert(value, type);
  };
  mlir::Value sum = foldOver(b, FoldKind::Sum, extents, [&](llvm::ArrayRef<Dim> folded) {
    auto [x, y] = factors(folded);
    if (!x || !y) return mlir::Value();
    return b.apply(ScalarFn::mul_, {convert(x, wide), convert(y, wide)});
  });
  return convert(sum, element);
}

}  // namespace plx
