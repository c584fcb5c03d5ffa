#include "ir/ops/Constant.h"

#include "ir/ops/Build.h"
#include "ir/ops/Dims.h"
#include "ir/ops/Verify.h"

#define GET_OP_CLASSES
#include "ir/ops/Constant.cpp.inc"

namespace plx {

PLX_REGISTER_OPS(constant, ConstantOp);

// ---- Verify
// ----------------------------------------------------------------------------------------------------------

mlir::LogicalResult ConstantOp::verify() { return checkTensors(*this); }

// ---- Infer
// -----------------------------------------------------------------------------------------------------------

mlir::LogicalResult ConstantOp::inferReturnTypes(mlir::MLIRContext *,
                                                 std::optional<mlir::Location> location,
                                                 Adaptor adaptor,
                                                 llvm::SmallVectorImpl<mlir::Type> &types) {
  mlir::ElementsAttr value = adaptor.getValue();
  auto type = mlir::dyn_cast<mlir::RankedTensorType>(value.getType());
  if (!mlir::isa<mlir::DenseElementsAttr>(value) || !type || !type.hasStaticShape() ||
      !isElementType(type.getElementType()))  // constant.c1
    return mlir::emitOptionalError(
        location, "constant: `value` must be dense<...> : tensor<...> of static shape and an ",
        "element type of plx, found type ", value.getType());
  types.push_back(type);
  return mlir::success();
}

// ---- Evaluate
// --------------------------------------------------------------------------------------------------------

mlir::FailureOr<llvm::SmallVector<eval::Value>> ConstantOp::evaluate(llvm::ArrayRef<eval::Value>,
                                                                     eval::Scope &) {
  return llvm::SmallVector<eval::Value>{
      eval::Tensor::fromAttr(mlir::cast<mlir::DenseElementsAttr>(getValue()))};
}

// ---- Differentiate ------------------------------------------------------------------------------

mlir::LogicalResult ConstantOp::differentiate(Cotangents &ct) {
  return ct.zero("depends on nothing");
}

// ---- Iterate
// ---------------------------------------------------------------------------------------------------------

/// One scalar for all elements, if it is that and a number.
static mlir::TypedAttr scalarOf(mlir::ElementsAttr value) {
  auto dense = mlir::cast<mlir::DenseElementsAttr>(value);
  mlir::Type element = dense.getElementType();
  if (!dense.isSplat() || !element.isIntOrFloat()) return {};
  return mlir::cast<mlir::TypedAttr>(dense.getSplatValue<mlir::Attribute>());
}

Nature ConstantOp::nature() { return scalarOf(getValue()) ? Nature::Pointwise : Nature::Whole; }

mlir::Value ConstantOp::iterate(KernelBuilder &b, unsigned, llvm::ArrayRef<Dim>) {
  if (mlir::TypedAttr scalar = scalarOf(getValue())) return b.constant(scalar);
  return b.noLoopNest("constant: its elements are loaded from memory");
}

// ---- Permute ------------------------------------------------------------------------------------

mlir::Value ConstantOp::withPermutedResult(
    mlir::OpBuilder &b, llvm::ArrayRef<int64_t> permutation,
    llvm::function_ref<mlir::Value(mlir::Value, llvm::ArrayRef<int64_t>)>) {
  auto value = mlir::cast<mlir::DenseElementsAttr>(getValue());
  llvm::SmallVector<int64_t> shape = permuted(value.getType().getShape(), permutation);
  if (value.isSplat())
    return build::constant(b, getLoc(), value.reshape(value.getType().clone(shape)));
  eval::Tensor from = eval::Tensor::fromAttr(value), to(value.getElementType(), shape);
  if (mlir::isa<StringType>(value.getElementType())) return {};
  for (eval::Index i(shape); i; ++i)
    to.copyElement(i.linear(), from, eval::linearize(unpermuted(*i, permutation), from.shape()));
  return build::constant(b, getLoc(), to.toAttr());
}

// ---- Fold
// ------------------------------------------------------------------------------------------------------------

mlir::OpFoldResult ConstantOp::fold(FoldAdaptor) { return getValue(); }

mlir::Operation *PlxDialect::materializeConstant(mlir::OpBuilder &builder, mlir::Attribute value,
                                                 mlir::Type type, mlir::Location location) {
  if (auto dims = mlir::dyn_cast<DimsAttr>(value))
    return DimsOp::create(builder, location, type, dims);
  auto dense = mlir::dyn_cast<mlir::DenseElementsAttr>(value);
  if (!dense || dense.getType() != type) return nullptr;
  return ConstantOp::create(builder, location, dense);
}

}  // namespace plx
