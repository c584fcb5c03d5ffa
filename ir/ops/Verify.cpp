#include "ir/ops/Verify.h"

namespace plx {

static mlir::LogicalResult checkTensor(mlir::Operation *op, mlir::Type type, llvm::StringRef what,
                                       unsigned number) {
  auto tensor = mlir::dyn_cast<mlir::RankedTensorType>(type);
  if (!tensor) return mlir::success();
  if (!isElementType(tensor.getElementType()))
    return op->emitOpError() << what << " " << number << " has element type "
                             << tensor.getElementType() << ", which plx does not know";
  for (auto [axis, dim] : llvm::enumerate(dimsOf(tensor)))
    if (!dim)
      return op->emitOpError() << what << " " << number << ": dim " << axis << " of " << tensor
                               << " is `?` without an expression; write #plx.dims<[...]>";
  return mlir::success();
}

mlir::LogicalResult checkTensors(mlir::Operation *op) {
  for (auto [i, type] : llvm::enumerate(op->getOperandTypes()))
    if (failed(checkTensor(op, type, "operand", i))) return mlir::failure();
  for (auto [i, type] : llvm::enumerate(op->getResultTypes()))
    if (failed(checkTensor(op, type, "result", i))) return mlir::failure();
  return mlir::success();
}

mlir::LogicalResult checkDims(std::optional<mlir::Location> location, llvm::StringRef op,
                              mlir::ValueRange operands) {
  for (auto [i, operand] : llvm::enumerate(operands))
    for (auto [axis, dim] : llvm::enumerate(dimsOf(operand.getType())))
      if (!dim)
        return mlir::emitOptionalError(location, op, ": operand ", i, ": dim ", axis, " of ",
                                       operand.getType(),
                                       " is `?` without an expression; write #plx.dims<[...]>");
  return mlir::success();
}

mlir::LogicalResult checkSameElement(mlir::Operation *op) {
  mlir::Type from = mlir::getElementTypeOrSelf(op->getOperand(0).getType());
  mlir::Type to = mlir::getElementTypeOrSelf(op->getResult(0).getType());
  if (from == to) return mlir::success();
  return op->emitOpError() << "operand has element type " << from << ", result " << to
                           << "; they must be one";
}

std::string dimsText(mlir::Type tensor) {
  return DimsAttr::get(tensor.getContext(), dimsOf(tensor)).str();
}

mlir::LogicalResult checkSameDims(mlir::Operation *op) {
  mlir::Type from = op->getOperand(0).getType(), to = op->getResult(0).getType();
  if (dimsOf(from) == dimsOf(to)) return mlir::success();
  return op->emitOpError() << "operand has dims " << dimsText(from) << ", result " << dimsText(to)
                           << "; they must be the same";
}

}  // namespace plx
