#include "ir/ops/Scatter.h"

#include "ir/eval/ScalarEval.h"
#include "ir/ops/BuildDerivatives.h"
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

// ---- Differentiate ------------------------------------------------------------------------------
// Of a sum, each gets all of the cotangent of its place; of writes, the last one, and the operand
// where none came; of max and min, those that are the result, in equal shares; of a product, the
// product of the others.

namespace {
struct ScatterBack {
  Cotangents &ct;
  ScatterOp op;
  mlir::OpBuilder &b = ct.builder();
  mlir::Location loc = ct.loc();
  mlir::Value x = op.getOperand(), updates = op.getUpdates(), whole = ct.of(op.getResult());

  mlir::Value atUpdates(mlir::Value tensor) {
    return build::gather(b, loc, tensor, op.getIndices(), op.getAxes(), op.getPosition());
  }
  mlir::Value combine(llvm::StringRef kind, mlir::Value into, mlir::Value values) {
    return build::scatter(b, loc, kind, into, values, op.getIndices(), op.getAxes(),
                          op.getPosition());
  }
  mlir::Value constant(double value, mlir::Value like) {
    return build::filled(b, loc, value, like.getType());
  }

  void replace() {
    ct.add(x, combine("replace", whole, build::zerosLike(b, loc, updates)));
    if (!ct.wants(updates)) return;
    // Each update writes its number; what is read back tells whose write stayed.
    mlir::Type i64 = b.getI64Type();
    llvm::SmallVector<Dim> dims = dimsOf(updates.getType());
    mlir::Value number = build::iota(b, loc, 0, i64, {numElements(updates.getType())});
    number = build::reshape(b, loc, number, dims);
    mlir::Value none = build::splat(b, loc, -1, i64, dimsOf(x.getType()));
    mlir::Value last = atUpdates(combine("replace", none, number));
    ct.add(updates, build::where(b, loc, build::equal(b, loc, last, number), atUpdates(whole)));
  }

  void extreme() {
    mlir::Value result = op.getResult(), one = constant(1, x), oneEach = constant(1, updates);
    mlir::Value isOperand = build::equal(b, loc, x, result);
    mlir::Value isUpdate = build::equal(b, loc, updates, atUpdates(result));
    mlir::Value count = combine("sum", build::where(b, loc, isOperand, one),
                                build::where(b, loc, isUpdate, oneEach));
    mlir::Value share = build::divide(b, loc, whole, count);
    ct.add(x, build::where(b, loc, isOperand, share));
    if (ct.wants(updates)) ct.add(updates, build::where(b, loc, isUpdate, atUpdates(share)));
  }

  /// What `factor` is multiplied with at its place: of `product`, the product of the factors that
  /// are not zero, of which there are `zeros` others.
  mlir::Value others(mlir::Value factor, mlir::Value product, mlir::Value zeros) {
    mlir::Value none = build::zerosLike(b, loc, factor), one = constant(1, factor);
    mlir::Value isZero = build::equal(b, loc, factor, none);
    mlir::Value rest = build::divide(b, loc, product, build::select(b, loc, isZero, one, factor));
    mlir::Value own = build::where(b, loc, isZero, one);
    return build::where(b, loc, build::equal(b, loc, zeros, own), rest);
  }

  void product() {
    auto zeros = [&](mlir::Value v) {
      return build::where(b, loc, build::equal(b, loc, v, build::zerosLike(b, loc, v)),
                          constant(1, v));
    };
    auto withoutZeros = [&](mlir::Value v) {
      mlir::Value isZero = build::equal(b, loc, v, build::zerosLike(b, loc, v));
      return build::select(b, loc, isZero, constant(1, v), v);
    };
    mlir::Value numZeros = combine("sum", zeros(x), zeros(updates));
    mlir::Value nonzero = combine("product", withoutZeros(x), withoutZeros(updates));
    ct.add(x, build::multiply(b, loc, whole, others(x, nonzero, numZeros)));
    if (!ct.wants(updates)) return;
    mlir::Value rest = others(updates, atUpdates(nonzero), atUpdates(numZeros));
    ct.add(updates, build::multiply(b, loc, atUpdates(whole), rest));
  }
};
}  // namespace

mlir::LogicalResult ScatterOp::differentiate(Cotangents &ct) {
  ScatterBack back{ct, *this};
  if (getKind() == "sum") {
    ct.add(getOperand(), back.whole);
    if (ct.wants(getUpdates())) ct.add(getUpdates(), back.atUpdates(back.whole));
  } else if (getKind() == "replace") {
    back.replace();
  } else if (getKind() == "product") {
    back.product();
  } else {
    back.extreme();
  }
  return mlir::success();
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
