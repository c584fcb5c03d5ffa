#include "ir/ops/Concat.h"

#include "ir/eval/Views.h"
#include "ir/ops/Build.h"
#include "ir/ops/Verify.h"

#define GET_OP_CLASSES
#include "ir/ops/Concat.cpp.inc"

namespace plx {

PLX_REGISTER_OPS(concat, ConcatOp);

// ---- Verify
// ----------------------------------------------------------------------------------------------------------

mlir::LogicalResult ConcatOp::verify() { return checkTensors(*this); }

// ---- Infer
// ----------------------------------------------------------------------------------------------------------

mlir::LogicalResult ConcatOp::inferReturnTypes(mlir::MLIRContext *,
                                               std::optional<mlir::Location> location,
                                               Adaptor adaptor,
                                               llvm::SmallVectorImpl<mlir::Type> &types) {
  if (adaptor.getOperands().empty())  // concat.c1
    return mlir::emitOptionalError(location, "concat: there is no operand");
  auto first = mlir::cast<mlir::RankedTensorType>(adaptor.getOperands()[0].getType());
  auto axis = static_cast<int64_t>(adaptor.getAxis());
  if (axis < 0 || axis >= first.getRank())  // concat.c2
    return mlir::emitOptionalError(location, "concat: `axis` is ", axis, ", operand 0 has rank ",
                                   first.getRank());
  if (failed(checkDims(location, "concat", adaptor.getOperands()))) return mlir::failure();
  llvm::SmallVector<Dim> dims = dimsOf(first);
  dims[axis] = Dim::constant(first.getContext(), 0);
  Dim total = dims[axis];
  for (auto [i, operand] : llvm::enumerate(adaptor.getOperands())) {
    auto type = mlir::cast<mlir::RankedTensorType>(operand.getType());
    llvm::SmallVector<Dim> own = dimsOf(type);
    Dim along = axis < type.getRank() ? own[axis] : Dim();
    if (along) own[axis] = dims[axis];
    if (type.getElementType() != first.getElementType() || own != dims)  // concat.c3
      return mlir::emitOptionalError(location, "concat: operand ", i, " is ", type, ", operand 0 ",
                                     first, "; they must agree but for dim ", axis);
    total = total + along;
  }
  dims[axis] = total;
  mlir::Type type = total ? tensorType(first.getElementType(), dims) : mlir::RankedTensorType();
  if (!type)
    return mlir::emitOptionalError(location, "concat: the size along dim ", axis,
                                   " leaves 64 bits");
  types.push_back(type);
  return mlir::success();
}

// ---- Evaluate
// -------------------------------------------------------------------------------------------------------

mlir::FailureOr<llvm::SmallVector<eval::Value>> ConcatOp::evaluate(
    llvm::ArrayRef<eval::Value> operands, eval::Scope &) {
  auto axis = static_cast<int64_t>(getAxis());
  llvm::SmallVector<int64_t> shape(operands[0].tensor().shape());
  shape[axis] = 0;
  for (const eval::Value &operand : operands) shape[axis] += operand.tensor().shape()[axis];
  eval::Tensor result(operands[0].tensor().elementType(), shape);
  llvm::SmallVector<int64_t> strides = eval::stridesOf(shape);
  int64_t start = 0;
  for (const eval::Value &operand : operands) {
    eval::stridedWrite(result, operand.tensor(), start * strides[axis], strides);
    start += operand.tensor().shape()[axis];
  }
  return llvm::SmallVector<eval::Value>{result};
}

// ---- Differentiate ------------------------------------------------------------------------------
// Each operand gets its slice.

mlir::LogicalResult ConcatOp::differentiate(Cotangents &ct) {
  Dim start = Dim::constant(getContext(), 0);
  for (mlir::Value operand : getOperands()) {
    Dim size = dimOf(operand.getType(), getAxis());
    if (ct.wants(operand))
      ct.add(operand,
             build::sliceAxis(ct.builder(), ct.loc(), ct.of(getResult()), getAxis(), start, size));
    start = start + size;
  }
  return mlir::success();
}

// ---- Iterate
// --------------------------------------------------------------------------------------------------------

Nature ConcatOp::nature() { return Nature::Pointwise; }

mlir::Value ConcatOp::iterate(KernelBuilder &b, unsigned, llvm::ArrayRef<Dim> indices) {
  uint64_t axis = getAxis();
  llvm::SmallVector<Dim> starts{Dim::constant(b.context(), 0)};
  for (mlir::Value operand : getOperands())
    starts.push_back(starts.back() + dimOf(operand.getType(), axis));
  return b.piece(indices[axis], starts, [&](unsigned piece) {
    llvm::SmallVector<Dim> from(indices);
    from[axis] = indices[axis] - starts[piece];
    return b.operand(piece, from);
  });
}

// ---- Permute ------------------------------------------------------------------------------------

std::optional<PermutedResult> ConcatOp::permutedResult(llvm::ArrayRef<int64_t> permutation) {
  return PermutedResult{Permutation(permutation)};
}

mlir::Value ConcatOp::rebuildPermuted(mlir::OpBuilder &b, llvm::ArrayRef<int64_t> permutation,
                                      mlir::ValueRange given) {
  return build::concat(b, getLoc(), permutation[getAxis()], llvm::to_vector(given));
}

// ---- Fold
// -----------------------------------------------------------------------------------------------------------

mlir::OpFoldResult ConcatOp::fold(FoldAdaptor) {
  if (getNumOperands() == 1) return getOperand(0);
  return {};
}

}  // namespace plx
