#include "ir/ops/Gather.h"

#include "ir/ops/Build.h"
#include "ir/ops/BuildDerivatives.h"
#include "ir/ops/Indexing.h"
#include "ir/ops/Verify.h"

#define GET_OP_CLASSES
#include "ir/ops/Gather.cpp.inc"

namespace plx {

PLX_REGISTER_OPS(gather, GatherOp);

// ---- Verify -------------------------------------------------------------------------------------

mlir::LogicalResult GatherOp::verify() { return checkTensors(*this); }

// ---- Infer --------------------------------------------------------------------------------------
// kept dims of the operand, with the dims of the indices at `position`
// gather.c1 gather.c2 gather.c3 gather.c4 gather.c5: checked by gatheredDims

mlir::LogicalResult GatherOp::inferReturnTypes(mlir::MLIRContext *,
                                               std::optional<mlir::Location> location,
                                               Adaptor adaptor,
                                               llvm::SmallVectorImpl<mlir::Type> &types) {
  auto operand = mlir::cast<mlir::RankedTensorType>(adaptor.getOperand().getType());
  llvm::SmallVector<Dim> dims;
  if (failed(gatheredDims(location, "gather", operand, adaptor.getIndices().getTypes(),
                          adaptor.getAxes(), adaptor.getPosition(), dims)))
    return mlir::failure();
  return inferTensor(location, "gather", operand.getElementType(), dims, types);
}

// ---- Evaluate -----------------------------------------------------------------------------------

mlir::FailureOr<llvm::SmallVector<eval::Value>> GatherOp::evaluate(
    llvm::ArrayRef<eval::Value> operands, eval::Scope &scope) {
  const eval::Tensor &x = operands[0].tensor();
  llvm::ArrayRef<eval::Value> indices = operands.drop_front();
  if (failed(checkSameShape(*this, indices, scope))) return mlir::failure();
  GatherLayout layout(x.rank(), indices[0].tensor().rank(), getAxes(), getPosition());
  llvm::SmallVector<int64_t> shape = gatheredShape(layout, x, indices);
  eval::Tensor result(x.elementType(), shape);
  for (eval::Index i(shape); i; ++i) {
    mlir::FailureOr<int64_t> from = locate(layout, x, indices, *i, *this, scope);
    if (failed(from)) return mlir::failure();
    result.copyElement(i.linear(), x, *from);
  }
  return llvm::SmallVector<eval::Value>{result};
}

// ---- Differentiate ------------------------------------------------------------------------------

mlir::LogicalResult GatherOp::differentiate(Cotangents &ct) {
  mlir::Value zeros = build::zerosLike(ct.builder(), ct.loc(), getOperand());
  ct.add(getOperand(), build::scatter(ct.builder(), ct.loc(), "sum", zeros, ct.of(getResult()),
                                      getIndices(), getAxes(), getPosition()));
  return mlir::success();
}

// ---- Check sizes --------------------------------------------------------------------------------

void GatherOp::sizeChecks(llvm::SmallVectorImpl<SizeCheck> &checks) {
  checkOneShape(getIndices().getTypes(), checks);
}

// ---- Iterate ------------------------------------------------------------------------------------

Nature GatherOp::nature() { return Nature::Gather; }

mlir::Value GatherOp::iterate(KernelBuilder &b, unsigned, llvm::ArrayRef<Dim> indices) {
  mlir::RankedTensorType x = b.operandType(0);
  GatherLayout layout(x.getRank(), b.operandType(1).getRank(), getAxes(), getPosition());
  llvm::SmallVector<Dim> from(x.getRank());
  for (auto [k, axis] : llvm::enumerate(layout.kept)) from[axis] = indices[layout.gatheredDim(k)];
  for (auto [m, axis] : llvm::enumerate(layout.axes)) {
    mlir::Value index = b.operand(1 + m, layout.indexPart(indices));
    if (!index) return {};
    from[axis] = b.bindIndex(index, dimOf(x, axis), !index.getType().isUnsignedInteger());
  }
  return b.operand(0, from);
}

// ---- Permute ------------------------------------------------------------------------------------
// The index dims stay together; they come where the first of the axes they index is.

unsigned GatherOp::numPermuted() { return 1; }

/// How many dims of `given` = what transpose(given, permutation) = operand was made of lie before
/// all gathered axes.
static int64_t permutedPosition(GatherOp op, llvm::ArrayRef<int64_t> permutation) {
  int64_t position = permutation.size();
  for (int64_t axis : op.getAxes()) position = std::min(position, permutation[axis]);
  return position;
}

std::optional<PermutedResult> GatherOp::permutedResult(llvm::ArrayRef<int64_t> permutation) {
  int64_t indexRank = mlir::cast<mlir::RankedTensorType>(getIndices()[0].getType()).getRank();
  int64_t before = getPosition(), now = permutedPosition(*this, permutation);
  Permutation kept = withoutAxes(permutation, getAxes()), result;
  for (int64_t &dim : kept)
    if (dim >= now) dim += indexRank;
  result.append(kept.begin(), kept.begin() + before);
  for (int64_t j = 0; j < indexRank; ++j) result.push_back(now + j);
  result.append(kept.begin() + before, kept.end());
  return PermutedResult{result};
}

mlir::Value GatherOp::rebuildPermuted(mlir::OpBuilder &b, llvm::ArrayRef<int64_t> permutation,
                                      mlir::ValueRange given) {
  llvm::SmallVector<mlir::Value> operands{given[0]};
  llvm::append_range(operands, getIndices());
  Properties properties = getProperties();
  properties.axes = b.getDenseI64ArrayAttr(permuted(permutation, getAxes()));
  properties.position = b.getI64IntegerAttr(permutedPosition(*this, permutation));
  return build::create<GatherOp>(b, getLoc(), operands, properties);
}

}  // namespace plx
