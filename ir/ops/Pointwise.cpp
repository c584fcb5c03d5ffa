#include "ir/ops/Pointwise.h"

#include "ir/eval/ScalarEval.h"
#include "ir/ops/Build.h"
#include "ir/ops/PointwiseDerivatives.h"
#include "ir/ops/Verify.h"
#include "mlir/IR/Matchers.h"

#define GET_OP_CLASSES
#include "ir/ops/Pointwise.cpp.inc"

namespace plx {

PLX_REGISTER_OPS(pointwise, PointwiseOp);

ScalarFn PointwiseOp::function() { return *scalarFnNamed(getFn()); }

void PointwiseOp::build(mlir::OpBuilder &builder, mlir::OperationState &state, ScalarFn fn,
                        mlir::ValueRange operands) {
  build(builder, state, builder.getStringAttr(infoOf(fn).name), operands);
}

// ---- Verify
// ----------------------------------------------------------------------------------------------------------

mlir::LogicalResult PointwiseOp::verify() { return checkTensors(*this); }

// ---- Infer
// -----------------------------------------------------------------------------------------------------------

mlir::LogicalResult PointwiseOp::inferReturnTypes(mlir::MLIRContext *,
                                                  std::optional<mlir::Location> location,
                                                  Adaptor adaptor,
                                                  llvm::SmallVectorImpl<mlir::Type> &types) {
  std::optional<ScalarFn> fn = scalarFnNamed(adaptor.getFn());
  if (!fn)  // pointwise.c1
    return mlir::emitOptionalError(location, "pointwise: there is no function `", adaptor.getFn(),
                                   "`; those there are stand in types/ScalarFn.def");
  llvm::SmallVector<mlir::Type> elements;
  for (mlir::Value operand : adaptor.getOperands())
    elements.push_back(mlir::getElementTypeOrSelf(operand.getType()));
  std::string wrong =
      elements.empty() ? adaptor.getFn().str() + " without operands" : checkScalarFn(*fn, elements);
  if (!wrong.empty())
    return mlir::emitOptionalError(location, "pointwise: ", wrong);  // pointwise.c2
  if (failed(checkDims(location, "pointwise", adaptor.getOperands()))) return mlir::failure();
  mlir::Type first = adaptor.getOperands()[0].getType();
  for (auto [i, operand] : llvm::enumerate(adaptor.getOperands()))
    if (dimsOf(operand.getType()) != dimsOf(first))  // pointwise.c3
      return mlir::emitOptionalError(location, "pointwise: ", adaptor.getFn(), ": operand ", i,
                                     " has dims ", dimsText(operand.getType()), ", operand 0 ",
                                     dimsText(first), "; broadcast them first");
  types.push_back(tensorType(scalarResultType(*fn, elements), dimsOf(first)));
  return mlir::success();
}

// ---- Evaluate
// --------------------------------------------------------------------------------------------------------

mlir::FailureOr<llvm::SmallVector<eval::Value>> PointwiseOp::evaluate(
    llvm::ArrayRef<eval::Value> operands, eval::Scope &scope) {
  llvm::SmallVector<eval::Tensor> tensors;
  for (const eval::Value &operand : operands) tensors.push_back(operand.tensor());
  std::string error;
  mlir::FailureOr<eval::Tensor> result = eval::applyFn(function(), tensors, error);
  if (failed(result)) return scope.fail(*this, error);
  return llvm::SmallVector<eval::Value>{*result};
}

// ---- Differentiate ------------------------------------------------------------------------------
// PointwiseDerivatives.cpp has a rule a function

mlir::LogicalResult PointwiseOp::differentiate(Cotangents &ct) {
  for (auto [i, operand] : llvm::enumerate(getOperands()))
    if (ct.wants(operand) && whyZeroDerivative(function(), i).empty())
      ct.add(operand, pointwiseCotangent(ct.builder(), ct.loc(), function(), getOperands(),
                                         getResult(), ct.of(getResult()), i));
  return mlir::success();
}

// ---- Iterate
// ---------------------------------------------------------------------------------------------------------

Nature PointwiseOp::nature() { return Nature::Pointwise; }

mlir::Value PointwiseOp::iterate(KernelBuilder &b, unsigned, llvm::ArrayRef<Dim> indices) {
  llvm::SmallVector<mlir::Value> scalars;
  for (unsigned i = 0; i < getNumOperands(); ++i) scalars.push_back(b.operand(i, indices));
  return b.apply(function(), scalars);
}

// ---- Permute ------------------------------------------------------------------------------------

std::optional<PermutedResult> PointwiseOp::permutedResult(llvm::ArrayRef<int64_t> permutation) {
  return PermutedResult{Permutation(permutation)};
}

mlir::Value PointwiseOp::rebuildPermuted(mlir::OpBuilder &b, llvm::ArrayRef<int64_t>,
                                         mlir::ValueRange given) {
  return build::pointwise(b, getLoc(), function(), given);
}

// ---- Fold
// ------------------------------------------------------------------------------------------------------------

/// Whether `attr` is `value` in every element.
static bool isAll(mlir::Attribute attr, double value) {
  auto dense = mlir::dyn_cast_or_null<mlir::DenseElementsAttr>(attr);
  if (!dense || !dense.isSplat()) return false;
  if (mlir::isa<mlir::FloatType>(dense.getElementType())) {
    auto element = dense.getSplatValue<llvm::APFloat>();
    return !element.isNegZero() && element.convertToDouble() == value;
  }
  if (!mlir::isa<mlir::IntegerType>(dense.getElementType())) return false;
  llvm::APInt element = dense.getSplatValue<llvm::APInt>();
  return element == static_cast<uint64_t>(value);
}

/// x fn e == x for all x, bit by bit. x + 0.0 is not: it turns -0.0 into 0.0.
static bool isNeutralRight(ScalarFn fn, mlir::Attribute e, bool isFloat) {
  switch (fn) {
    case ScalarFn::mul_:
    case ScalarFn::div_:
      return isAll(e, 1);
    case ScalarFn::sub_:
      return isAll(e, 0);
    case ScalarFn::add_:
    case ScalarFn::or_:
    case ScalarFn::xor_:
    case ScalarFn::shl_:
    case ScalarFn::shr_:
      return !isFloat && isAll(e, 0);
    default:
      return false;
  }
}

static bool commutes(ScalarFn fn) {
  return fn == ScalarFn::mul_ || fn == ScalarFn::add_ || fn == ScalarFn::or_ ||
         fn == ScalarFn::xor_;
}

/// select: equal alternatives, or a condition known for all.
static mlir::OpFoldResult foldSelect(PointwiseOp op, mlir::Attribute condition) {
  if (op.getOperand(1) == op.getOperand(2) || isAll(condition, 1)) return op.getOperand(1);
  if (isAll(condition, 0)) return op.getOperand(2);
  return {};
}

mlir::OpFoldResult PointwiseOp::fold(FoldAdaptor adaptor) {
  ScalarFn fn = function();
  llvm::ArrayRef<mlir::Attribute> constants = adaptor.getOperands();
  if (fn == ScalarFn::select_) return foldSelect(*this, constants[0]);
  if (constants.size() != 2) return {};
  bool isFloat = !mlir::getElementTypeOrSelf(getType()).isInteger();
  if (isNeutralRight(fn, constants[1], isFloat)) return getOperand(0);
  if (commutes(fn) && isNeutralRight(fn, constants[0], isFloat)) return getOperand(1);
  return {};
}

PointwiseOp pointwiseOf(mlir::Operation *op, ScalarFn fn) {
  auto pointwise = mlir::dyn_cast_if_present<PointwiseOp>(op);
  return pointwise && pointwise.function() == fn ? pointwise : PointwiseOp();
}

}  // namespace plx
