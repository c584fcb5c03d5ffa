#include "ir/ops/Pad.h"

#include "ir/eval/Views.h"
#include "ir/ops/Build.h"
#include "ir/ops/BuildDerivatives.h"
#include "ir/ops/Verify.h"

#define GET_OP_CLASSES
#include "ir/ops/Pad.cpp.inc"

namespace plx {

PLX_REGISTER_OPS(pad, PadOp);

// ---- Verify
// ----------------------------------------------------------------------------------------------------------

mlir::LogicalResult PadOp::verify() { return checkTensors(*this); }

// ---- Infer
// ----------------------------------------------------------------------------------------------------------
// result[d] = low[d] + high[d] + n + max(n - 1, 0) * interior[d] // pad.c4

mlir::LogicalResult PadOp::inferReturnTypes(mlir::MLIRContext *context,
                                            std::optional<mlir::Location> location, Adaptor adaptor,
                                            llvm::SmallVectorImpl<mlir::Type> &types) {
  auto operand = mlir::cast<mlir::RankedTensorType>(adaptor.getOperand().getType());
  auto value = mlir::cast<mlir::RankedTensorType>(adaptor.getValue().getType());
  DimsAttr low = adaptor.getLow(), high = adaptor.getHigh(), interior = adaptor.getInterior();
  auto rank = static_cast<size_t>(operand.getRank());
  if (low.size() != rank || high.size() != rank || interior.size() != rank)  // pad.c1
    return mlir::emitOptionalError(location, "pad: `low`, `high` and `interior` have ", low.size(),
                                   ", ", high.size(), " and ", interior.size(),
                                   " entries; operand has rank ", rank);
  if (value.getRank() != 0 || value.getElementType() != operand.getElementType())  // pad.c3
    return mlir::emitOptionalError(location, "pad: `value` must be a ", operand.getElementType(),
                                   " of rank 0, found ", value);
  if (failed(checkDims(location, "pad", adaptor.getOperand()))) return mlir::failure();
  Dim zero = Dim::constant(context, 0);
  llvm::SmallVector<Dim> dims;
  for (size_t d = 0; d < rank; ++d) {
    if (provablyGreater(zero, interior[d]))  // pad.c2
      return mlir::emitOptionalError(location, "pad: `interior` is `", interior[d].str(),
                                     "` along dim ", d, "; it must not be negative");
    Dim size = dimOf(operand, d);
    Dim dim = low[d] + high[d] + size + max(size - 1, 0) * interior[d];
    if (!dim || provablyGreater(zero, dim))  // pad.c4
      return mlir::emitOptionalError(location, "pad: dim ", d, " of the result would be ",
                                     dim ? dim.str() : "beyond 64 bits", ": low `", low[d].str(),
                                     "`, high `", high[d].str(), "`, interior `", interior[d].str(),
                                     "`");
    dims.push_back(dim);
  }
  types.push_back(tensorType(operand.getElementType(), dims));
  return mlir::success();
}

// ---- Evaluate
// -------------------------------------------------------------------------------------------------------

/// Elements of the operand along one dim that stay: [first, first + count), the first of them at
/// `position`.
namespace {
struct Kept {
  int64_t first = 0, count = 0, position = 0;
};
}  // namespace

static Kept keptOf(int64_t size, int64_t low, int64_t step, int64_t resultSize) {
  Kept kept;
  if (low < 0) kept.first = (-low + step - 1) / step;
  kept.position = low + kept.first * step;
  int64_t fitting = kept.position < resultSize ? (resultSize - 1 - kept.position) / step + 1 : 0;
  kept.count = std::max<int64_t>(0, std::min(size - kept.first, fitting));
  return kept;
}

mlir::FailureOr<llvm::SmallVector<eval::Value>> PadOp::evaluate(
    llvm::ArrayRef<eval::Value> operands, eval::Scope &scope) {
  const eval::Tensor &x = operands[0].tensor();
  auto low = scope.valuesOf(getLow().dims(), *this);
  auto interior = scope.valuesOf(getInterior().dims(), *this);
  auto shape = scope.shapeOf(getType(), *this);
  if (failed(low) || failed(interior) || failed(shape)) return mlir::failure();
  eval::Tensor result = eval::filled(operands[1].tensor(), *shape);
  llvm::SmallVector<int64_t> counts, from = eval::stridesOf(x.shape()),
                                     to = eval::stridesOf(*shape);
  int64_t fromOffset = 0, toOffset = 0;
  for (int64_t d = 0; d < x.rank(); ++d) {
    int64_t step = (*interior)[d] + 1;
    if (step < 1)
      return scope.fail(*this, "`interior` is " + llvm::Twine(step - 1) + " along dim " +
                                   llvm::Twine(d) + "; it must not be negative");
    Kept kept = keptOf(x.shape()[d], (*low)[d], step, (*shape)[d]);
    counts.push_back(kept.count);
    fromOffset += kept.first * from[d];
    toOffset += kept.position * to[d];
    to[d] *= step;
  }
  if (!llvm::is_contained(counts, 0))
    eval::stridedWrite(result, eval::stridedView(x, counts, fromOffset, from), toOffset, to);
  return llvm::SmallVector<eval::Value>{result};
}

// ---- Differentiate ------------------------------------------------------------------------------
// operand: the slice of the cotangent that pad wrote, zero where negative padding cut; value: the
// sum of what is not the operand's.

namespace {
/// What of the cotangent is the operand's, with zeros for elements that negative padding cut.
mlir::Value sliceBack(mlir::OpBuilder &b, mlir::Location loc, PadOp op, mlir::Value x) {
  llvm::SmallVector<Dim> starts, counts, steps, low, high, none;
  for (auto [d, size] : llvm::enumerate(dimsOf(op.getOperand().getType()))) {
    Dim step = op.getInterior()[d] + 1, first = ceilDiv(max(op.getLow()[d] * -1, 0), step);
    Dim start = op.getLow()[d] + first * step;
    Dim fitting = floorDiv(dimOf(op.getType(), d) - 1 - start, step) + 1;
    if (provablyGreaterEqual(op.getHigh()[d], Dim::constant(op.getContext(), 0)))
      fitting = size - first;  // nothing is cut behind
    Dim count = max(min(size - first, fitting), 0);
    starts.push_back(start);
    counts.push_back(count);
    steps.push_back(step);
    low.push_back(first);
    high.push_back(size - first - count);
    none.push_back(Dim::constant(op.getContext(), 0));
  }
  mlir::Value zero = build::constantScalar(b, loc, 0, mlir::getElementTypeOrSelf(op.getType()));
  return build::pad(b, loc, build::slice(b, loc, x, starts, counts, steps), zero, low, high, none);
}

/// The sum of `x` where pad wrote its value.
mlir::Value sumOfPadding(mlir::OpBuilder &b, mlir::Location loc, PadOp op, mlir::Value x) {
  mlir::Value isOperand = build::splat(b, loc, 0, b.getI1Type(), dimsOf(op.getOperand().getType()));
  mlir::Value isValue =
      build::pad(b, loc, isOperand, build::constantScalar(b, loc, 1, b.getI1Type()),
                 op.getLow().dims(), op.getHigh().dims(), op.getInterior().dims());
  auto rank = mlir::cast<mlir::RankedTensorType>(op.getType()).getRank();
  return build::reduce(b, loc, "sum", build::where(b, loc, isValue, x), build::allAxes(rank));
}
}  // namespace

mlir::LogicalResult PadOp::differentiate(Cotangents &ct) {
  mlir::Value x = ct.of(getResult());
  if (ct.wants(getOperand())) ct.add(getOperand(), sliceBack(ct.builder(), ct.loc(), *this, x));
  if (ct.wants(getValue())) ct.add(getValue(), sumOfPadding(ct.builder(), ct.loc(), *this, x));
  return mlir::success();
}

// ---- Check sizes --------------------------------------------------------------------------------

void PadOp::sizeChecks(llvm::SmallVectorImpl<SizeCheck> &checks) {
  Dim zero = Dim::constant(getContext(), 0);
  for (auto [d, interior] : llvm::enumerate(getInterior().dims())) {
    auto axis = static_cast<int64_t>(d);
    checks.push_back(
        {interior, zero, Dim(), axis, "`interior` is {0} along dim {2}; it must not be negative"});
    checks.push_back({dimOf(getType(), axis), zero, Dim(), axis,
                      "dim {2} of the result would be {0}: more is cut off than there is"});
  }
}

// ---- Iterate
// --------------------------------------------------------------------------------------------------------

Nature PadOp::nature() { return Nature::Pointwise; }

mlir::Value PadOp::iterate(KernelBuilder &b, unsigned, llvm::ArrayRef<Dim> indices) {
  llvm::SmallVector<IndexBound> bounds;
  llvm::SmallVector<Dim> from;
  for (auto [d, index] : llvm::enumerate(indices)) {
    Dim size = dimOf(getOperand().getType(), d), position = index - getLow()[d];
    if (!getInterior()[d].isConstant(0)) {
      Dim step = getInterior()[d] + 1;
      bounds.push_back({mod(position, step), Dim::constant(b.context(), 1)});
      position = floorDiv(position, step);
    }
    from.push_back(position);
    bool isWhole =
        getLow()[d].isConstant(0) && getHigh()[d].isConstant(0) && getInterior()[d].isConstant(0);
    if (!isWhole) bounds.push_back({position, size});
  }
  if (bounds.empty()) return b.operand(0, from);
  return b.inside(bounds, [&] { return b.operand(0, from); }, [&] { return b.operand(1, {}); });
}

// ---- Permute ------------------------------------------------------------------------------------

unsigned PadOp::numPermuted() { return 1; }

std::optional<PermutedResult> PadOp::permutedResult(llvm::ArrayRef<int64_t> permutation) {
  return PermutedResult{Permutation(permutation)};
}

mlir::Value PadOp::rebuildPermuted(mlir::OpBuilder &b, llvm::ArrayRef<int64_t> permutation,
                                   mlir::ValueRange given) {
  return build::pad(b, getLoc(), given[0], getValue(), unpermuted(getLow().dims(), permutation),
                    unpermuted(getHigh().dims(), permutation),
                    unpermuted(getInterior().dims(), permutation));
}

// ---- Fold
// -----------------------------------------------------------------------------------------------------------

mlir::OpFoldResult PadOp::fold(FoldAdaptor) {
  auto isZero = [](DimsAttr dims) {
    return llvm::all_of(dims.dims(), [](Dim dim) { return dim.isConstant(0); });
  };
  if (isZero(getLow()) && isZero(getHigh()) && isZero(getInterior())) return getOperand();
  return {};
}

}  // namespace plx
