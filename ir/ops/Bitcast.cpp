#include "ir/ops/Bitcast.h"

#include "ir/eval/Rounding.h"
#include "ir/ops/Verify.h"

#define GET_OP_CLASSES
#include "ir/ops/Bitcast.cpp.inc"

namespace plx {

PLX_REGISTER_OPS(bitcast, BitcastOp);

// ---- Verify
// ----------------------------------------------------------------------------------------------------------

mlir::LogicalResult BitcastOp::verify() {
  mlir::Type from = mlir::getElementTypeOrSelf(getOperand().getType());
  mlir::Type to = mlir::getElementTypeOrSelf(getType());
  if (!from.isIntOrFloat() || !to.isIntOrFloat() ||
      from.getIntOrFloatBitWidth() != to.getIntOrFloatBitWidth())  // bitcast.c2
    return emitOpError() << "element types must be int or float types of one width, found " << from
                         << " and " << to;
  if (failed(checkTensors(*this))) return mlir::failure();
  return checkSameDims(*this);  // bitcast.c1
}

// ---- Evaluate
// -------------------------------------------------------------------------------------------------------

mlir::FailureOr<llvm::SmallVector<eval::Value>> BitcastOp::evaluate(
    llvm::ArrayRef<eval::Value> operands, eval::Scope &) {
  const eval::Tensor &x = operands[0].tensor();
  eval::Tensor result(mlir::getElementTypeOrSelf(getType()), x.shape());
  for (int64_t i = 0; i < x.numElements(); ++i) {
    uint64_t bits =
        x.isFloat() ? eval::encodeFloat(mlir::cast<mlir::FloatType>(x.elementType()), x.floats()[i])
                    : static_cast<uint64_t>(x.ints()[i]);
    if (auto to = mlir::dyn_cast<mlir::FloatType>(result.elementType()))
      result.floats()[i] = eval::decodeFloat(
          to, to.getWidth() == 64 ? bits : bits & ((uint64_t{1} << to.getWidth()) - 1));
    else
      result.setInt(i, static_cast<int64_t>(bits));
  }
  return llvm::SmallVector<eval::Value>{result};
}

// ---- Differentiate ------------------------------------------------------------------------------

mlir::LogicalResult BitcastOp::differentiate(Cotangents &ct) {
  return ct.refuse("the bits of a float as another type are no smooth function of it");
}

// ---- Iterate
// --------------------------------------------------------------------------------------------------------

Nature BitcastOp::nature() { return Nature::Pointwise; }

mlir::Value BitcastOp::iterate(KernelBuilder &b, unsigned, llvm::ArrayRef<Dim> indices) {
  return b.bitcast(b.operand(0, indices), mlir::getElementTypeOrSelf(getType()));
}

// ---- Permute ------------------------------------------------------------------------------------

std::optional<PermutedResult> BitcastOp::permutedResult(llvm::ArrayRef<int64_t> permutation) {
  return PermutedResult{Permutation(permutation)};
}

mlir::Value BitcastOp::rebuildPermuted(mlir::OpBuilder &b, llvm::ArrayRef<int64_t>,
                                       mlir::ValueRange given) {
  mlir::Type element = mlir::getElementTypeOrSelf(getType());
  return BitcastOp::create(b, getLoc(), tensorType(element, dimsOf(given[0].getType())), given[0]);
}

// ---- Fold
// -----------------------------------------------------------------------------------------------------------

mlir::OpFoldResult BitcastOp::fold(FoldAdaptor) {
  if (getOperand().getType() == getType()) return getOperand();
  if (auto inner = getOperand().getDefiningOp<BitcastOp>()) {
    setOperand(inner.getOperand());
    return getResult();
  }
  return {};
}

}  // namespace plx
