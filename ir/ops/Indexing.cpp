#include "ir/ops/Indexing.h"

#include "llvm/ADT/SmallSet.h"

namespace plx {

namespace {
mlir::LogicalResult checkAxes(std::optional<mlir::Location> location, llvm::StringRef op,
                              mlir::RankedTensorType operand, size_t numIndices,
                              llvm::ArrayRef<int64_t> axes, int64_t position) {
  if (axes.empty() || numIndices != axes.size())
    return mlir::emitOptionalError(location, op, ": ", numIndices, " `indices` for ", axes.size(),
                                   " `axes`; expected one an axis, at least one");
  llvm::SmallSet<int64_t, 4> seen;
  for (int64_t axis : axes)
    if (axis < 0 || axis >= operand.getRank() || !seen.insert(axis).second)
      return mlir::emitOptionalError(location, op, ": `axes` [", axes,
                                     "] are not distinct axes in [0, rank); the operand has rank ",
                                     operand.getRank());
  int64_t numKept = operand.getRank() - static_cast<int64_t>(axes.size());
  if (position < 0 || position > numKept)
    return mlir::emitOptionalError(location, op, ": position is ", position,
                                   ", expected one in [0, ", numKept,
                                   "], the number of axes that are kept");
  return mlir::success();
}
}  // namespace

mlir::LogicalResult gatheredDims(std::optional<mlir::Location> location, llvm::StringRef op,
                                 mlir::RankedTensorType operand, mlir::TypeRange indices,
                                 llvm::ArrayRef<int64_t> axes, int64_t position,
                                 llvm::SmallVectorImpl<Dim> &dims) {
  if (failed(checkAxes(location, op, operand, indices.size(), axes, position)))
    return mlir::failure();
  llvm::SmallVector<std::string> names;
  for (auto [m, type] : llvm::enumerate(indices)) {
    names.push_back("indices " + std::to_string(m));
    auto tensor = mlir::cast<mlir::RankedTensorType>(type);
    if (!isNumberInt(tensor.getElementType()))
      return mlir::emitOptionalError(location, op, ": `", names[m], "` has element type ",
                                     tensor.getElementType(), ", expected an int type");
  }
  llvm::SmallVector<llvm::StringRef> nameRefs(names.begin(), names.end());
  if (failed(inferSameShape(location, op, nameRefs, indices))) return mlir::failure();
  auto shape = mlir::cast<mlir::RankedTensorType>(indices[0]);
  GatherLayout layout(operand.getRank(), shape.getRank(), axes, position);
  for (int64_t axis : layout.kept) dims.push_back(dimOf(operand, axis));
  llvm::SmallVector<Dim> inserted = dimsOf(shape);
  dims.insert(dims.begin() + position, inserted.begin(), inserted.end());
  return mlir::success();
}

GatherLayout::GatherLayout(int64_t operandRank, int64_t indexRank, llvm::ArrayRef<int64_t> axes,
                           int64_t position)
    : axes(axes), position(position), indexRank(indexRank) {
  for (int64_t d = 0; d < operandRank; ++d)
    if (!llvm::is_contained(axes, d)) kept.push_back(d);
}

llvm::SmallVector<int64_t> gatheredShape(const GatherLayout &layout, const eval::Tensor &operand,
                                         llvm::ArrayRef<eval::Value> indices) {
  llvm::SmallVector<int64_t> shape;
  for (int64_t axis : layout.kept) shape.push_back(operand.shape()[axis]);
  llvm::ArrayRef<int64_t> inserted = indices[0].tensor().shape();
  shape.insert(shape.begin() + layout.position, inserted.begin(), inserted.end());
  return shape;
}

mlir::FailureOr<int64_t> locate(const GatherLayout &layout, const eval::Tensor &operand,
                                llvm::ArrayRef<eval::Value> indices,
                                llvm::ArrayRef<int64_t> gathered, mlir::Operation *op,
                                eval::Scope &scope) {
  llvm::SmallVector<int64_t> at(operand.rank());
  for (auto [k, axis] : llvm::enumerate(layout.kept)) at[axis] = gathered[layout.gatheredDim(k)];
  int64_t j = eval::linearize(layout.indexPart(gathered), indices[0].tensor().shape());
  for (auto [m, axis] : llvm::enumerate(layout.axes)) {
    const eval::Tensor &index = indices[m].tensor();
    int64_t value = index.ints()[j], size = operand.shape()[axis];
    bool wraps = !index.elementType().isUnsignedInteger();
    int64_t wrapped = wraps && value < 0 ? value + size : value;
    if (wrapped < 0 || wrapped >= size)
      return scope.fail(
          op, "index " + (wraps ? llvm::Twine(value) : llvm::Twine(static_cast<uint64_t>(value))) +
                  " (element " + llvm::Twine(j) + " of indices " + llvm::Twine(m) +
                  ") is out of range [" + llvm::Twine(wraps ? -size : 0) + ", " +
                  llvm::Twine(size) + ") along axis " + llvm::Twine(axis));
    at[axis] = wrapped;
  }
  return eval::linearize(at, operand.shape());
}

}  // namespace plx
