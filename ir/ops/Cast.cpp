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

/// Digits of a float's significand, bits of an int without its sign; 0 for other types.
static int64_t digitsOf(mlir::Type type) {
  if (type.isF16() || type.isBF16() || type.isF32() || type.isF64())
    return mlir::cast<mlir::FloatType>(type).getFPMantissaWidth();
  auto integer = mlir::dyn_cast<mlir::IntegerType>(type);
  if (!integer) return 0;
  return integer.isUnsigned() || integer.getWidth() == 1 ? integer.getWidth()
                                                         : integer.getWidth() - 1;
}

/// Whether every value of `from` is one of `to`.
static bool holdsAll(mlir::Type to, mlir::Type from) {
  int64_t digits = digitsOf(from), room = digitsOf(to);
  if (!digits || !room) return false;
  auto fromInt = mlir::dyn_cast<mlir::IntegerType>(from),
       toInt = mlir::dyn_cast<mlir::IntegerType>(to);
  if (toInt && !fromInt) return false;
  if (toInt && toInt.getWidth() == 1) return fromInt.getWidth() == 1;
  bool fromSigned = fromInt && !fromInt.isUnsigned() && fromInt.getWidth() > 1;
  if (toInt && toInt.isUnsigned() && fromSigned) return false;
  // Range: f16 reaches 65504; the others reach what 63 bits can say.
  if (fromInt && to.isF16() && digits > 11) return false;
  if (!fromInt && to.isF16()) return from.isF16();
  if (!fromInt && to.isBF16()) return from.isBF16();
  return room >= digits;
}

/// Whether a cast by way of `middle` gives what one step gives: the first step loses nothing.
static bool needsNoMiddle(mlir::Type from, mlir::Type middle, mlir::Type to) {
  if (!holdsAll(middle, from)) return false;
  // From float to int saturates, from int to int wraps.
  bool intByFloat = mlir::isa<mlir::IntegerType>(from) && mlir::isa<mlir::FloatType>(middle) &&
                    mlir::isa<mlir::IntegerType>(to);
  return !intByFloat || holdsAll(to, from) || to.isInteger(1);
}

mlir::OpFoldResult CastOp::fold(FoldAdaptor) {
  if (getOperand().getType() == getType()) return getOperand();
  auto inner = getOperand().getDefiningOp<CastOp>();
  if (!inner || !needsNoMiddle(mlir::getElementTypeOrSelf(inner.getOperand().getType()),
                               mlir::getElementTypeOrSelf(inner.getType()),
                               mlir::getElementTypeOrSelf(getType())))
    return {};
  if (inner.getOperand().getType() == getType()) return inner.getOperand();
  getOperandMutable().assign(inner.getOperand());
  return getResult();
}

}  // namespace plx
