#include "ir/ops/Dims.h"

#include "ir/ops/Verify.h"

#define GET_OP_CLASSES
#include "ir/ops/Dims.cpp.inc"

namespace plx {

PLX_REGISTER_OPS(dims, DimsOp);

// ---- Verify
// ----------------------------------------------------------------------------------------------------------

void DimsOp::build(mlir::OpBuilder &builder, mlir::OperationState &state,
                   llvm::ArrayRef<Dim> dims) {
  auto type =
      mlir::RankedTensorType::get({static_cast<int64_t>(dims.size())}, builder.getI64Type());
  build(builder, state, type, DimsAttr::get(builder.getContext(), dims));
}

mlir::LogicalResult DimsOp::verify() {
  auto type = mlir::cast<mlir::RankedTensorType>(getType());
  mlir::Type element = type.getElementType();
  bool fits = type.hasStaticShape() && element.isInteger() &&
              element.getIntOrFloatBitWidth() >= 32 &&
              type.getNumElements() == static_cast<int64_t>(getValue().size());
  if (!fits)  // dims.c1
    return emitOpError() << "the result must be static, of ints of 32 bits or more, with "
                         << getValue().size() << " elements, found " << type;
  return checkTensors(*this);
}

// ---- Evaluate
// -------------------------------------------------------------------------------------------------------

mlir::FailureOr<llvm::SmallVector<eval::Value>> DimsOp::evaluate(llvm::ArrayRef<eval::Value>,
                                                                 eval::Scope &scope) {
  auto values = scope.valuesOf(getValue().dims(), *this);
  if (failed(values)) return mlir::failure();
  auto type = mlir::cast<mlir::RankedTensorType>(getType());
  eval::Tensor result(type.getElementType(), type.getShape());
  for (auto [i, value] : llvm::enumerate(*values)) result.setInt(i, value);
  return llvm::SmallVector<eval::Value>{result};
}

// ---- Differentiate ------------------------------------------------------------------------------

mlir::LogicalResult DimsOp::differentiate(Cotangents &ct) { return ct.zero("sizes are ints"); }

// ---- Iterate
// --------------------------------------------------------------------------------------------------------

Nature DimsOp::nature() { return Nature::Pointwise; }

mlir::Value DimsOp::iterate(KernelBuilder &b, unsigned, llvm::ArrayRef<Dim> indices) {
  auto type = mlir::cast<mlir::RankedTensorType>(getType());
  auto valueOf = [&](unsigned i) { return b.position(getValue()[i], type.getElementType()); };
  if (getValue().size() == 0)  // any value: none is read
    return b.position(Dim::constant(b.context(), 0), type.getElementType());
  if (getValue().size() == 1) return valueOf(0);
  Dim linear = Dim::constant(b.context(), 0);
  for (auto [index, size] : llvm::zip(indices, type.getShape())) linear = linear * size + index;
  llvm::SmallVector<Dim> starts;
  for (size_t i = 0; i <= getValue().size(); ++i) starts.push_back(Dim::constant(b.context(), i));
  return b.piece(linear, starts, valueOf);
}

// ---- Fold
// -----------------------------------------------------------------------------------------------------------

/// A dense constant where every entry is one: so that sizes that are numbers are like any constant.
mlir::OpFoldResult DimsOp::fold(FoldAdaptor) {
  std::optional<llvm::SmallVector<int64_t>> constants = getValue().constants();
  if (!constants) return getValue();
  auto type = mlir::cast<mlir::RankedTensorType>(getType());
  eval::Tensor result(type.getElementType(), type.getShape());
  for (auto [i, value] : llvm::enumerate(*constants)) result.setInt(i, value);
  return result.toAttr();
}

}  // namespace plx
