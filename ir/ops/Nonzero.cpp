#include "ir/ops/Nonzero.h"

#include "ir/ops/Sizes.h"
#include "ir/ops/Verify.h"

#define GET_OP_CLASSES
#include "ir/ops/Nonzero.cpp.inc"

namespace plx {

PLX_REGISTER_OPS(nonzero, NonzeroOp);

// ---- Verify -------------------------------------------------------------------------------------

mlir::LogicalResult NonzeroOp::verify() { return checkTensors(*this); }

// ---- Infer --------------------------------------------------------------------------------------
// [rank, size], i64

mlir::LogicalResult NonzeroOp::inferReturnTypes(mlir::MLIRContext *context,
                                                std::optional<mlir::Location> location,
                                                Adaptor adaptor,
                                                llvm::SmallVectorImpl<mlir::Type> &types) {
  auto operand = mlir::cast<mlir::RankedTensorType>(adaptor.getOperand().getType());
  if (mlir::isa<StringType>(operand.getElementType()))  // nonzero.c1
    return mlir::emitOptionalError(location, "nonzero: element type ", operand.getElementType(),
                                   " has no zero; expected an int, float or complex type");
  if (failed(inferFreshName(location, "nonzero", adaptor.getSize())))  // nonzero.c2
    return mlir::failure();
  return inferTensor(
      location, "nonzero", mlir::IntegerType::get(context, 64),
      {Dim::constant(context, operand.getRank()), Dim::symbol(context, adaptor.getSize())}, types);
}

// ---- Evaluate -----------------------------------------------------------------------------------

namespace {
bool isNonzero(const eval::Tensor &x, int64_t i) {
  if (x.isFloat()) return x.floats()[i] != 0;
  if (x.isInt()) return x.ints()[i] != 0;
  return x.complexes()[i] != 0.0;
}
}  // namespace

mlir::FailureOr<llvm::SmallVector<eval::Value>> NonzeroOp::evaluate(
    llvm::ArrayRef<eval::Value> operands, eval::Scope &scope) {
  const eval::Tensor &x = operands[0].tensor();
  llvm::SmallVector<llvm::SmallVector<int64_t>> found;
  for (eval::Index i(x.shape()); i; ++i)
    if (isNonzero(x, i.linear())) found.emplace_back(*i);
  int64_t count = static_cast<int64_t>(found.size());
  if (failed(bindSize(*this, getSize(), count, scope))) return mlir::failure();
  eval::Tensor result(mlir::IntegerType::get(getContext(), 64), {x.rank(), count});
  for (int64_t d = 0; d < x.rank(); ++d)
    for (int64_t j = 0; j < count; ++j) result.setInt(d * count + j, found[j][d]);
  return llvm::SmallVector<eval::Value>{result};
}

// ---- Differentiate ------------------------------------------------------------------------------

mlir::LogicalResult NonzeroOp::differentiate(Cotangents &ct) {
  return ct.zero("positions are ints");
}

// ---- Iterate ------------------------------------------------------------------------------------

Nature NonzeroOp::nature() { return Nature::Whole; }

mlir::Value NonzeroOp::iterate(KernelBuilder &b, unsigned, llvm::ArrayRef<Dim>) {
  return b.noLoopNest("nonzero");
}

// ---- Irregular ----------------------------------------------------------------------------------

IrregularForm NonzeroOp::irregular() {
  mlir::Builder b(getContext());
  mlir::RankedTensorType operand = getOperand().getType();
  DimsAttr bound = DimsAttr::get(
      getContext(), {Dim::constant(getContext(), operand.getRank()), numElements(operand)});
  return {IrregularKind::Nonzero, b.getDictionaryAttr({}), getSizeAttr(), {bound}};
}

}  // namespace plx
