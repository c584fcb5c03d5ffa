#include "ir/ops/Cast.h"

#include "ir/eval/ScalarEval.h"
#include "ir/ops/Build.h"
#include "ir/ops/Verify.h"

#define GET_OP_CLASSES
#include "ir/ops/Cast.cpp.inc"

namespace plx {

PLX_REGISTER_OPS(cast, CastOp);

// ---- Verify
// ----------------------------------------------------------------------------------------------------------

void CastOp::build(mlir::OpBuilder &builder, mlir::OperationState &state, mlir::Value operand,
                   mlir::Type element, bool saturate) {
  build(builder, state, tensorType(element, dimsOf(operand.getType())), operand, saturate);
}

static bool isNumber(mlir::Type element) {
  return element.isIntOrFloat() || mlir::isa<mlir::ComplexType>(element);
}

mlir::LogicalResult CastOp::verify() {
  for (mlir::Type type : {getOperand().getType(), getType()})
    if (mlir::Type element = mlir::getElementTypeOrSelf(type); !isNumber(element))  // cast.c2
      return emitOpError() << "converts numbers and bool, found element type " << element;
  if (failed(checkTensors(*this))) return mlir::failure();
  return checkSameDims(*this);  // cast.c1
}

// ---- Evaluate
// -------------------------------------------------------------------------------------------------------

mlir::FailureOr<llvm::SmallVector<eval::Value>> CastOp::evaluate(
    llvm::ArrayRef<eval::Value> operands, eval::Scope &) {
  return llvm::SmallVector<eval::Value>{
      eval::convert(operands[0].tensor(), mlir::getElementTypeOrSelf(getType()), getSaturate())};
}

// ---- Differentiate ------------------------------------------------------------------------------
// Rounds the cotangent to the operand's type.

mlir::LogicalResult CastOp::differentiate(Cotangents &ct) {
  mlir::Type from = mlir::getElementTypeOrSelf(getOperand().getType());
  if (!mlir::isa<mlir::FloatType>(from) ||
      !mlir::isa<mlir::FloatType>(mlir::getElementTypeOrSelf(getType())))
    return ct.refuse("of complex numbers");
  ct.add(getOperand(), build::cast(ct.builder(), ct.loc(), ct.of(getResult()), from));
  return mlir::success();
}

// ---- Iterate
// --------------------------------------------------------------------------------------------------------

Nature CastOp::nature() { return Nature::Pointwise; }

mlir::Value CastOp::iterate(KernelBuilder &b, unsigned, llvm::ArrayRef<Dim> indices) {
  return b.convert(b.operand(0, indices), mlir::getElementTypeOrSelf(getType()), getSaturate());
}

// ---- Permute ------------------------------------------------------------------------------------

std::optional<PermutedResult> CastOp::permutedResult(llvm::ArrayRef<int64_t> permutation) {
  return PermutedResult{Permutation(permutation)};
}

mlir::Value CastOp::rebuildPermuted(mlir::OpBuilder &b, llvm::ArrayRef<int64_t>,
                                    mlir::ValueRange given) {
  return build::cast(b, getLoc(), given[0], mlir::getElementTypeOrSelf(getType()), getSaturate());
}

// ---- Fold
// -----------------------------------------------------------------------------------------------------------

mlir::OpFoldResult CastOp::fold(FoldAdaptor) {
  if (getOperand().getType() == getType()) return getOperand();
  return {};
}

}  // namespace plx
