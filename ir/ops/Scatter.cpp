#include "ir/ops/Scatter.h"

#include "ir/eval/ScalarEval.h"
#include "ir/ops/Indexing.h"
#include "ir/ops/Verify.h"

#define GET_OP_CLASSES
#include "ir/ops/Scatter.cpp.inc"

namespace plx {

PLX_REGISTER_OPS(scatter, ScatterOp);

// ---- Verify -------------------------------------------------------------------------------------

mlir::LogicalResult ScatterOp::verify() { return checkTensors(*this); }

// ---- Infer --------------------------------------------------------------------------------------
// the operand's type
// scatter.c1 scatter.c2 scatter.c3 scatter.c4 scatter.c5: checked by gatheredDims

namespace {
/// The combiner of a kind other than replace.
std::optional<ScalarFn> combinerNamed(llvm::StringRef kind) {
  std::optional<FoldKind> fold = foldKindNamed(kind);
  if (!fold || *fold == FoldKind::And || *fold == FoldKind::Or) return std::nullopt;
  return combinerOf(*fold);
}

mlir::LogicalResult checkKind(std::optional<mlir::Location> location, llvm::StringRef kind,
                              mlir::Type element) {
  if (kind == "replace") return mlir::success();
  std::optional<ScalarFn> combiner = combinerNamed(kind);
  if (!combiner)
    return mlir::emitOptionalError(location, "scatter: kind `", kind,  // scatter.c6
                                   "` is not one of replace, sum, product, max, min");
  std::string wrong = checkScalarFn(*combiner, {element, element});
  if (!wrong.empty())
    return mlir::emitOptionalError(location, "scatter: kind `", kind,
                                   "` does not apply to element type ", element, ": ", wrong);
  return mlir::success();
}
}  // namespace

mlir::LogicalResult ScatterOp::inferReturnTypes(mlir::MLIRContext *,
                                                std::optional<mlir::Location> location,
                                                Adaptor adaptor,
                                                llvm::SmallVectorImpl<mlir::Type> &types) {
  auto operand = mlir::cast<mlir::RankedTensorType>(adaptor.getOperand().getType());
  llvm::SmallVector<Dim> dims;
  if (failed(gatheredDims(location, "scatter", operand, adaptor.getIndices().getTypes(),
                          adaptor.getAxes(), adaptor.getPosition(), dims)) ||
      failed(checkKind(location, adaptor.getKind(), operand.getElementType())))
    return mlir::failure();
  mlir::Type updates = tensorType(operand.getElementType(), dims);
  std::string wrong = misfit(adaptor.getUpdates().getType(), updates);  // scatter.c7
  if (!wrong.empty())
    return mlir::emitOptionalError(location, "scatter: `updates` has ", wrong,
                                   " (operand and indices make ", updates, ")");
  types.push_back(operand);
  return mlir::success();
}

// ---- Evaluate -----------------------------------------------------------------------------------

mlir::FailureOr<llvm::SmallVector<eval::Value>> ScatterOp::evaluate(
    llvm::ArrayRef<eval::Value> operands, eval::Scope &scope) {
  eval::Tensor result = operands[0].tensor();
  const eval::Tensor &updates = operands[1].tensor();
  llvm::ArrayRef<eval::Value> indices = operands.drop_front(2);
  if (failed(checkSameShape(*this, indices, scope))) return mlir::failure();
  GatherLayout layout(result.rank(), indices[0].tensor().rank(), getAxes(), getPosition());
  if (updates.shape() != llvm::ArrayRef(gatheredShape(layout, result, indices)))
    return scope.fail(*this, "`updates` has another shape than operand and indices make");
  std::optional<ScalarFn> combiner = combinerNamed(getKind());
  for (eval::Index u(updates.shape()); u; ++u) {
    mlir::FailureOr<int64_t> to = locate(layout, result, indices, *u, *this, scope);
    if (failed(to)) return mlir::failure();
    if (!combiner)
      result.copyElement(*to, updates, u.linear());
    else if (result.isFloat())
      result.setFloat(*to, eval::combineFloat(*combiner, result.elementType(), result.floats()[*to],
                                              updates.floats()[u.linear()]));
    else
      result.setInt(*to, eval::combineInt(*combiner, result.elementType(), result.ints()[*to],
                                          updates.ints()[u.linear()]));
  }
  return llvm::SmallVector<eval::Value>{result};
}

// ---- Check sizes --------------------------------------------------------------------------------

void ScatterOp::sizeChecks(llvm::SmallVectorImpl<SizeCheck> &checks) {
  checkOneShape(getIndices().getTypes(), checks);
  llvm::SmallVector<Dim> wanted;
  if (failed(gatheredDims(std::nullopt, "scatter", getOperand().getType(), getIndices().getTypes(),
                          getAxes(), getPosition(), wanted)))
    return;  // not for what is verified
  for (auto [axis, dim] : llvm::enumerate(dimsOf(getUpdates().getType())))
    checks.push_back(SizeCheck::equal(dim, wanted[axis], axis));
}

// ---- Iterate ------------------------------------------------------------------------------------

Nature ScatterOp::nature() { return Nature::Whole; }

mlir::Value ScatterOp::iterate(KernelBuilder &b, unsigned, llvm::ArrayRef<Dim>) {
  return b.noLoopNest("scatter");
}

// ---- Irregular ----------------------------------------------------------------------------------

IrregularForm ScatterOp::irregular() {
  mlir::Builder b(getContext());
  return {IrregularKind::Scatter,
          b.getDictionaryAttr({b.getNamedAttr("combine", getKindAttr()),
                               b.getNamedAttr("axes", getAxesAttr()),
                               b.getNamedAttr("position", getPositionAttr())}),
          {},
          {}};
}

}  // namespace plx
