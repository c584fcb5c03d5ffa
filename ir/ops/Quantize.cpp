#include "ir/ops/Quantize.h"

#include <cmath>

#include "ir/eval/ScalarEval.h"
#include "ir/ops/Build.h"
#include "ir/ops/BuildDerivatives.h"
#include "ir/ops/Sizes.h"
#include "ir/ops/Verify.h"

#define GET_OP_CLASSES
#include "ir/ops/Quantize.cpp.inc"

namespace plx {

PLX_REGISTER_OPS(quantize, QuantizeOp, DequantizeOp);

// ---- Verify -------------------------------------------------------------------------------------

mlir::LogicalResult QuantizeOp::verify() { return checkTensors(*this); }
mlir::LogicalResult DequantizeOp::verify() { return checkTensors(*this); }

// ---- Infer --------------------------------------------------------------------------------------
// the operand's dims; quantize: the element type of `zero`; dequantize: of `scale`

namespace {
mlir::Type elementOf(mlir::Value value) {
  return mlir::cast<mlir::RankedTensorType>(value.getType()).getElementType();
}
bool isFloat(mlir::Type element) { return mlir::isa<mlir::FloatType>(element); }
bool isQuantized(mlir::Type element) { return isNumberInt(element) || isFloat(element); }
}  // namespace

mlir::LogicalResult QuantizeOp::inferReturnTypes(mlir::MLIRContext *,
                                                 std::optional<mlir::Location> location,
                                                 Adaptor adaptor,
                                                 llvm::SmallVectorImpl<mlir::Type> &types) {
  mlir::Type x = elementOf(adaptor.getOperand()), scale = elementOf(adaptor.getScale());
  mlir::Type zero = elementOf(adaptor.getZero());
  if (x != scale || !isFloat(x))  // quantize.c1
    return mlir::emitOptionalError(location, "quantize: `operand` has element type ", x,
                                   ", `scale` ", scale, ", expected one float type");
  if (!isQuantized(zero))  // quantize.c2
    return mlir::emitOptionalError(location, "quantize: `zero` has element type ", zero,
                                   ", expected an int or float type");
  if (failed(inferSameShape(location, "quantize", {"operand", "scale", "zero"},  // quantize.c3
                            adaptor.getOperands().getTypes())))
    return mlir::failure();
  return inferTensor(location, "quantize", zero, dimsOf(adaptor.getOperand().getType()), types);
}

mlir::LogicalResult DequantizeOp::inferReturnTypes(mlir::MLIRContext *,
                                                   std::optional<mlir::Location> location,
                                                   Adaptor adaptor,
                                                   llvm::SmallVectorImpl<mlir::Type> &types) {
  mlir::Type x = elementOf(adaptor.getOperand()), scale = elementOf(adaptor.getScale());
  mlir::Type zero = elementOf(adaptor.getZero());
  if (x != zero || !isQuantized(x))  // dequantize.c1
    return mlir::emitOptionalError(location, "dequantize: `operand` has element type ", x,
                                   ", `zero` ", zero, ", expected one int or float type");
  if (!isFloat(scale))  // dequantize.c2
    return mlir::emitOptionalError(location, "dequantize: `scale` has element type ", scale,
                                   ", expected a float type");
  if (failed(inferSameShape(location, "dequantize", {"operand", "scale", "zero"},  // dequantize.c3
                            adaptor.getOperands().getTypes())))
    return mlir::failure();
  return inferTensor(location, "dequantize", scale, dimsOf(adaptor.getOperand().getType()), types);
}

// ---- Evaluate -----------------------------------------------------------------------------------

namespace {
/// f32 for narrower floats and itself for f32 and f64: what both ops compute in.
mlir::Type wideType(mlir::Type scale) { return accumulatorType(FoldKind::Sum, scale); }

mlir::FailureOr<eval::Tensor> applyAll(mlir::Operation *op, ScalarFn fn,
                                       llvm::ArrayRef<eval::Tensor> operands, eval::Scope &scope) {
  std::string error;
  mlir::FailureOr<eval::Tensor> result = eval::applyFn(fn, operands, error);
  if (failed(result)) return scope.fail(op, error);
  return result;
}
}  // namespace

mlir::FailureOr<llvm::SmallVector<eval::Value>> QuantizeOp::evaluate(
    llvm::ArrayRef<eval::Value> operands, eval::Scope &scope) {
  if (failed(checkSameShape(*this, operands, scope))) return mlir::failure();
  mlir::Type wide = wideType(operands[1].tensor().elementType());
  const eval::Tensor &zero = operands[2].tensor();
  auto widen = [&](unsigned i) { return eval::convert(operands[i].tensor(), wide, true); };
  auto ratio = applyAll(*this, ScalarFn::div_, {widen(0), widen(1)}, scope);
  if (succeeded(ratio) && zero.isInt()) ratio = applyAll(*this, ScalarFn::round_, {*ratio}, scope);
  if (succeeded(ratio)) ratio = applyAll(*this, ScalarFn::add_, {*ratio, widen(2)}, scope);
  if (failed(ratio)) return mlir::failure();
  return llvm::SmallVector<eval::Value>{eval::convert(*ratio, zero.elementType(), getSaturate())};
}

mlir::FailureOr<llvm::SmallVector<eval::Value>> DequantizeOp::evaluate(
    llvm::ArrayRef<eval::Value> operands, eval::Scope &scope) {
  if (failed(checkSameShape(*this, operands, scope))) return mlir::failure();
  mlir::Type scale = operands[1].tensor().elementType(), wide = wideType(scale);
  auto widen = [&](unsigned i) { return eval::convert(operands[i].tensor(), wide, true); };
  auto value = applyAll(*this, ScalarFn::sub_, {widen(0), widen(2)}, scope);
  if (succeeded(value)) value = applyAll(*this, ScalarFn::mul_, {*value, widen(1)}, scope);
  if (failed(value)) return mlir::failure();
  return llvm::SmallVector<eval::Value>{eval::convert(*value, scale, true)};
}

// ---- Differentiate ------------------------------------------------------------------------------
// Rounding is piecewise constant; a scale that is trained has its own loss.

mlir::LogicalResult QuantizeOp::differentiate(Cotangents &ct) {
  return ct.zero("piecewise constant");
}

// (operand - zero) * scale, in the type of scale

mlir::LogicalResult DequantizeOp::differentiate(Cotangents &ct) {
  mlir::OpBuilder &b = ct.builder();
  mlir::Location loc = ct.loc();
  mlir::Type element = mlir::getElementTypeOrSelf(getScale().getType());
  auto wide = [&](mlir::Value x) { return build::cast(b, loc, x, element); };
  mlir::Value off = build::pointwise(b, loc, ScalarFn::sub_, {wide(getOperand()), wide(getZero())});
  return ct.replaceBy(build::multiply(b, loc, off, getScale()));
}

// ---- Check sizes --------------------------------------------------------------------------------

void QuantizeOp::sizeChecks(llvm::SmallVectorImpl<SizeCheck> &checks) {
  checkOneShape(getOperandTypes(), checks);
}

void DequantizeOp::sizeChecks(llvm::SmallVectorImpl<SizeCheck> &checks) {
  checkOneShape(getOperandTypes(), checks);
}

// ---- Iterate ------------------------------------------------------------------------------------

namespace {
/// Operand number `number` at `indices`, in the type computed in.
mlir::Value widened(KernelBuilder &b, unsigned number, llvm::ArrayRef<Dim> indices,
                    mlir::Type wide) {
  mlir::Value value = b.operand(number, indices);
  return !value || value.getType() == wide ? value : b.convert(value, wide);
}
}  // namespace

Nature QuantizeOp::nature() { return Nature::Pointwise; }

mlir::Value QuantizeOp::iterate(KernelBuilder &b, unsigned, llvm::ArrayRef<Dim> indices) {
  mlir::Type wide = wideType(b.operandType(1).getElementType());
  mlir::Type element = b.operandType(2).getElementType();
  mlir::Value x = widened(b, 0, indices, wide), scale = widened(b, 1, indices, wide);
  mlir::Value zero = widened(b, 2, indices, wide);
  if (!x || !scale || !zero) return {};
  mlir::Value ratio = b.apply(ScalarFn::div_, {x, scale});
  if (!isFloat(element)) ratio = b.apply(ScalarFn::round_, {ratio});
  mlir::Value sum = b.apply(ScalarFn::add_, {ratio, zero});
  return element == wide ? sum : b.convert(sum, element, getSaturate());
}

Nature DequantizeOp::nature() { return Nature::Pointwise; }

mlir::Value DequantizeOp::iterate(KernelBuilder &b, unsigned, llvm::ArrayRef<Dim> indices) {
  mlir::Type element = b.operandType(1).getElementType(), wide = wideType(element);
  mlir::Value x = widened(b, 0, indices, wide), scale = widened(b, 1, indices, wide);
  mlir::Value zero = widened(b, 2, indices, wide);
  if (!x || !scale || !zero) return {};
  mlir::Value value = b.apply(ScalarFn::mul_, {b.apply(ScalarFn::sub_, {x, zero}), scale});
  return element == wide ? value : b.convert(value, element);
}

// ---- Permute ------------------------------------------------------------------------------------

std::optional<PermutedResult> QuantizeOp::permutedResult(llvm::ArrayRef<int64_t> permutation) {
  return PermutedResult{Permutation(permutation)};
}

mlir::Value QuantizeOp::rebuildPermuted(mlir::OpBuilder &b, llvm::ArrayRef<int64_t>,
                                        mlir::ValueRange given) {
  return build::create<QuantizeOp>(b, getLoc(), given, getProperties());
}

std::optional<PermutedResult> DequantizeOp::permutedResult(llvm::ArrayRef<int64_t> permutation) {
  return PermutedResult{Permutation(permutation)};
}

mlir::Value DequantizeOp::rebuildPermuted(mlir::OpBuilder &b, llvm::ArrayRef<int64_t>,
                                          mlir::ValueRange given) {
  return build::create<DequantizeOp>(b, getLoc(), given, getProperties());
}

}  // namespace plx
