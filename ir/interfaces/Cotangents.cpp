#include "ir/interfaces/Cotangents.h"

#include "ir/types/Types.h"

namespace plx {

Cotangents::~Cotangents() = default;

mlir::LogicalResult Cotangents::zero(llvm::StringRef) const { return mlir::success(); }

mlir::LogicalResult Cotangents::refuse(const llvm::Twine &reason) const {
  return op_->emitOpError() << "has no derivative (" << reason
                            << "), but lies on the path to a value that is differentiated";
}

mlir::LogicalResult Cotangents::replaceBy(mlir::ValueRange values) {
  llvm::SmallVector<mlir::Value> cotangents, inputs;
  for (auto [result, value] : llvm::zip_equal(op_->getResults(), values)) {
    if (!value) return mlir::failure();
    cotangents.push_back(of(result));
  }
  for (mlir::Value operand : op_->getOperands())
    if (wants(operand) && !llvm::is_contained(inputs, operand)) inputs.push_back(operand);
  mlir::FailureOr<llvm::SmallVector<mlir::Value>> parts =
      through(builder_, values, cotangents, inputs);
  if (failed(parts)) return mlir::failure();
  for (auto [input, part] : llvm::zip_equal(inputs, *parts))
    if (part) add(input, part);
  return mlir::success();
}

bool isContinuous(mlir::Type type) {
  if (auto sequence = mlir::dyn_cast<SequenceType>(type)) return isContinuous(sequence.element());
  if (auto optional = mlir::dyn_cast<OptionalType>(type)) return isContinuous(optional.element());
  auto tensor = mlir::dyn_cast<mlir::TensorType>(type);  // in sequences of any rank
  return tensor && mlir::isa<mlir::FloatType, mlir::ComplexType>(tensor.getElementType());
}

}  // namespace plx
