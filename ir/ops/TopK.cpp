#include "ir/ops/TopK.h"

#include "ir/eval/Accumulator.h"
#include "ir/eval/Order.h"
#include "ir/ops/BuildDerivatives.h"
#include "ir/ops/Sizes.h"
#include "ir/ops/Verify.h"

#define GET_OP_CLASSES
#include "ir/ops/TopK.cpp.inc"

namespace plx {

PLX_REGISTER_OPS(topK, TopKOp);

// ---- Verify -------------------------------------------------------------------------------------

mlir::LogicalResult TopKOp::verify() { return checkTensors(*this); }

// ---- Infer --------------------------------------------------------------------------------------
// the operand's dims, with k along `axis`; indices i64

mlir::LogicalResult TopKOp::inferReturnTypes(mlir::MLIRContext *context,
                                             std::optional<mlir::Location> location,
                                             Adaptor adaptor,
                                             llvm::SmallVectorImpl<mlir::Type> &types) {
  auto operand = mlir::cast<mlir::RankedTensorType>(adaptor.getOperand().getType());
  int64_t axis = adaptor.getAxis();
  if (failed(inferAxis(location, "top_k", axis, operand.getRank())))  // top_k.c1
    return mlir::failure();
  if (!hasOrder(operand.getElementType(), /*strings=*/false))  // top_k.c2
    return mlir::emitOptionalError(location, "top_k: element type ", operand.getElementType(),
                                   " has no order; expected an int or float type");
  if (adaptor.getK().size() != 1)  // top_k.c3
    return mlir::emitOptionalError(location, "top_k: `k` has ", adaptor.getK().size(),
                                   " entries, expected 1");
  llvm::SmallVector<Dim> dims = dimsOf(operand);
  Dim k = adaptor.getK()[0];
  std::optional<int64_t> high = k.upperBound();
  if ((high && *high < 0) || (dims[axis] && provablyGreater(k, dims[axis])))
    return mlir::emitOptionalError(location, "top_k: `k` is ", k.str(), ", expected one in [0, ",
                                   dims[axis].str(), "], the size along axis ", axis);
  dims[axis] = k;
  if (failed(inferTensor(location, "top_k", operand.getElementType(), dims, types)))
    return mlir::failure();
  return inferTensor(location, "top_k", mlir::IntegerType::get(context, 64), dims, types);
}

// ---- Evaluate -----------------------------------------------------------------------------------

mlir::FailureOr<llvm::SmallVector<eval::Value>> TopKOp::evaluate(
    llvm::ArrayRef<eval::Value> operands, eval::Scope &scope) {
  const eval::Tensor &x = operands[0].tensor();
  mlir::FailureOr<int64_t> k = scope.valueOf(getK()[0], *this);
  if (failed(k)) return mlir::failure();
  eval::Lines from(x.shape(), getAxis());
  if (*k < 0 || *k > from.size)
    return scope.fail(*this, "k = " + llvm::Twine(*k) + " is not in [0, " + llvm::Twine(from.size) +
                                 "], the size along axis " + llvm::Twine(getAxis()));
  llvm::SmallVector<int64_t> shape(x.shape());
  shape[getAxis()] = *k;
  eval::Tensor values(x.elementType(), shape);
  eval::Tensor indices(mlir::IntegerType::get(getContext(), 64), shape);
  eval::Lines to(shape, getAxis());
  for (int64_t o = 0; o < to.outer; ++o)
    for (int64_t i = 0; i < to.inner; ++i) {
      llvm::SmallVector<int64_t> order =
          eval::sortedLine(x, from.at(o, 0, i), from.size, from.inner, !getSmallest());
      for (int64_t j = 0; j < *k; ++j) {
        values.copyElement(to.at(o, j, i), x, from.at(o, order[j], i));
        indices.setInt(to.at(o, j, i), order[j]);
      }
    }
  return llvm::SmallVector<eval::Value>{values, indices};
}

// ---- Differentiate ------------------------------------------------------------------------------
// Each value's cotangent goes back to where the value was.

mlir::LogicalResult TopKOp::differentiate(Cotangents &ct) {
  mlir::OpBuilder &b = ct.builder();
  auto axis = static_cast<int64_t>(getAxis());
  int64_t rank = mlir::cast<mlir::RankedTensorType>(getOperand().getType()).getRank();
  ct.add(getOperand(),
         build::scatter(
             b, ct.loc(), "sum", build::zerosLike(b, ct.loc(), getOperand()), ct.of(getValues()),
             build::coordinatesAlong(b, ct.loc(), getIndices(), axis), build::allAxes(rank), 0));
  return mlir::success();
}

// ---- Iterate ------------------------------------------------------------------------------------

Nature TopKOp::nature() { return Nature::Whole; }

mlir::Value TopKOp::iterate(KernelBuilder &b, unsigned, llvm::ArrayRef<Dim>) {
  return b.noLoopNest("top_k");
}

// ---- Irregular ----------------------------------------------------------------------------------

IrregularForm TopKOp::irregular() {
  mlir::Builder b(getContext());
  llvm::SmallVector<mlir::NamedAttribute> options{b.getNamedAttr("axis", getAxisAttr())};
  if (getSmallest()) options.push_back(b.getNamedAttr("smallest", b.getUnitAttr()));
  return {IrregularKind::TopK, b.getDictionaryAttr(options), {}, {}};
}

}  // namespace plx
