#include "ir/ops/Slice.h"

#include "ir/eval/Views.h"
#include "ir/ops/Build.h"
#include "ir/ops/BuildDerivatives.h"
#include "ir/ops/Verify.h"

#define GET_OP_CLASSES
#include "ir/ops/Slice.cpp.inc"

namespace plx {

PLX_REGISTER_OPS(slice, SliceOp);

// ---- Verify
// ----------------------------------------------------------------------------------------------------------

mlir::LogicalResult SliceOp::verify() { return checkTensors(*this); }

// ---- Infer
// ----------------------------------------------------------------------------------------------------------

/// Where the first or the last element along `axis` provably lies outside the operand; empty if
/// not.
static std::string checkBounds(int64_t axis, Dim start, Dim size, Dim step, Dim extent) {
  Dim zero = Dim::constant(start.getContext(), 0);
  if (!provablyGreaterEqual(size, Dim::constant(start.getContext(), 1))) return "";  // may be empty
  Dim last = start + (size - 1) * step;
  for (Dim index : {start, last})
    if (!index || provablyGreater(zero, index) || provablyGreaterEqual(index, extent))
      return ("slice: along dim " + llvm::Twine(axis) + " it reads index `" +
              (index ? index.str() : "beyond 64 bits") + "`, which is outside [0, " + extent.str() +
              ")")
          .str();
  return "";
}

mlir::LogicalResult SliceOp::inferReturnTypes(mlir::MLIRContext *context,
                                              std::optional<mlir::Location> location,
                                              Adaptor adaptor,
                                              llvm::SmallVectorImpl<mlir::Type> &types) {
  auto operand = mlir::cast<mlir::RankedTensorType>(adaptor.getOperand().getType());
  DimsAttr starts = adaptor.getStarts(), sizes = adaptor.getSizes(), steps = adaptor.getSteps();
  auto rank = static_cast<size_t>(operand.getRank());
  if (starts.size() != rank || sizes.size() != rank || steps.size() != rank)  // slice.c1
    return mlir::emitOptionalError(location, "slice: `starts`, `sizes` and `steps` have ",
                                   starts.size(), ", ", sizes.size(), " and ", steps.size(),
                                   " entries; operand has rank ", rank);
  if (failed(checkDims(location, "slice", adaptor.getOperand()))) return mlir::failure();
  for (size_t d = 0; d < rank; ++d) {
    if (provablyGreater(Dim::constant(context, 0), sizes[d]))  // slice.c2
      return mlir::emitOptionalError(location, "slice: size `", sizes[d].str(), "` along dim ", d,
                                     " is negative");
    Dim extent = dimOf(operand, d);
    std::string wrong = checkBounds(d, starts[d], sizes[d], steps[d], extent);
    if (!wrong.empty()) return mlir::emitOptionalError(location, wrong);  // slice.c3
  }
  types.push_back(tensorType(operand.getElementType(), sizes.dims()));
  return mlir::success();
}

// ---- Evaluate
// -------------------------------------------------------------------------------------------------------

mlir::FailureOr<llvm::SmallVector<eval::Value>> SliceOp::evaluate(
    llvm::ArrayRef<eval::Value> operands, eval::Scope &scope) {
  const eval::Tensor &x = operands[0].tensor();
  auto starts = scope.valuesOf(getStarts().dims(), *this);
  auto steps = scope.valuesOf(getSteps().dims(), *this);
  auto shape = scope.shapeOf(getType(), *this);
  if (failed(starts) || failed(steps) || failed(shape)) return mlir::failure();
  bool isEmpty = llvm::is_contained(*shape, 0);
  int64_t offset = 0;
  llvm::SmallVector<int64_t> strides = eval::stridesOf(x.shape());
  for (int64_t d = 0; d < x.rank(); ++d) {
    // In 128 bits: what the model says may be anything.
    __int128 last = static_cast<__int128>((*shape)[d] - 1) * (*steps)[d] + (*starts)[d];
    bool inside =
        (*starts)[d] >= 0 && (*starts)[d] < x.shape()[d] && last >= 0 && last < x.shape()[d];
    if (!isEmpty && !inside)
      return scope.fail(
          *this, "along dim " + llvm::Twine(d) + " it starts at " + llvm::Twine((*starts)[d]) +
                     " and takes " + llvm::Twine((*shape)[d]) + " elements by step " +
                     llvm::Twine((*steps)[d]) + "; the operand has " + llvm::Twine(x.shape()[d]));
    if (isEmpty) continue;
    offset += (*starts)[d] * strides[d];
    strides[d] *= (*shape)[d] == 1 ? 0 : (*steps)[d];
  }
  return llvm::SmallVector<eval::Value>{eval::stridedView(x, *shape, offset, strides)};
}

// ---- Differentiate ------------------------------------------------------------------------------
// The cotangent with zeros where the slice did not read: reversed along negative steps, padded.
// Where a step is zero or of unknown sign, the places are computed and added to.

namespace {
struct SliceBack {
  mlir::OpBuilder &b;
  mlir::Location loc;
  SliceOp op;
  llvm::SmallVector<Dim> full = dimsOf(op.getOperand().getType());
  Dim zero = Dim::constant(op.getContext(), 0);

  mlir::Value place(mlir::Value x, int64_t d) {
    Dim start = op.getStarts()[d], step = op.getSteps()[d];
    mlir::Value i = build::iota(b, loc, 0, b.getI64Type(), {op.getSizes()[d]});
    i = build::broadcasting(b, loc, ScalarFn::mul_, {i, build::dimValue(b, loc, step)});
    i = build::broadcasting(b, loc, ScalarFn::add_, {i, build::dimValue(b, loc, start)});
    if (!x) return x;
    llvm::SmallVector<Dim> dims = dimsOf(x.getType());
    dims[d] = full[d];
    mlir::Type element = mlir::getElementTypeOrSelf(x.getType());
    return build::addAlong(b, loc, tensorType(element, dims), x, i, d);
  }

  mlir::Value run(mlir::Value x) {
    llvm::SmallVector<int64_t> backwards;
    llvm::SmallVector<Dim> low(full.size(), zero), high = low, interior = low;
    for (size_t d = 0; d < full.size(); ++d) {
      std::optional<int64_t> step = op.getSteps()[d].constant();
      if (!step || *step == 0) {
        x = place(x, d);
        continue;
      }
      Dim size = op.getSizes()[d], behind = max(size - 1, 0);
      low[d] = op.getStarts()[d];
      interior[d] = Dim::constant(op.getContext(), std::abs(*step) - 1);
      if (*step < 0) {
        backwards.push_back(d);
        low[d] = low[d] + behind * *step;
      }
      high[d] = full[d] - low[d] - size - behind * interior[d];
    }
    if (!backwards.empty()) x = build::reverse(b, loc, x, backwards);
    if (!x) return x;
    mlir::Type element = mlir::getElementTypeOrSelf(x.getType());
    return build::pad(b, loc, x, build::constantScalar(b, loc, 0, element), low, high, interior);
  }
};
}  // namespace

mlir::LogicalResult SliceOp::differentiate(Cotangents &ct) {
  SliceBack back{ct.builder(), ct.loc(), *this};
  ct.add(getOperand(), back.run(ct.of(getResult())));
  return mlir::success();
}

// ---- Check sizes --------------------------------------------------------------------------------

void SliceOp::sizeChecks(llvm::SmallVectorImpl<SizeCheck> &checks) {
  Dim zero = Dim::constant(getContext(), 0), elements = numElements(getType());
  for (auto [d, start] : llvm::enumerate(getStarts().dims())) {
    Dim step = getSteps()[d], last = start + (getSizes()[d] - 1) * step;
    Dim end = dimOf(getOperand().getType(), d) - 1;
    bool up = provablyGreaterEqual(step, zero), down = provablyGreaterEqual(zero, step);
    std::string message = "along dim {2} it reads index {0}; the nearest there is is {1}";
    checks.push_back({start, down ? Dim() : zero, up ? Dim() : end, static_cast<int64_t>(d),
                      message, false, elements});
    checks.push_back({last, up ? Dim() : zero, down ? Dim() : end, static_cast<int64_t>(d), message,
                      false, elements});
  }
}

// ---- Iterate
// --------------------------------------------------------------------------------------------------------

Nature SliceOp::nature() { return Nature::View; }

mlir::Value SliceOp::iterate(KernelBuilder &b, unsigned, llvm::ArrayRef<Dim> indices) {
  llvm::SmallVector<Dim> from;
  for (auto [d, index] : llvm::enumerate(indices))
    from.push_back(getStarts()[d] + index * getSteps()[d]);
  return b.operand(0, from);
}

// ---- Permute ------------------------------------------------------------------------------------

std::optional<PermutedResult> SliceOp::permutedResult(llvm::ArrayRef<int64_t> permutation) {
  return PermutedResult{Permutation(permutation)};
}

mlir::Value SliceOp::rebuildPermuted(mlir::OpBuilder &b, llvm::ArrayRef<int64_t> permutation,
                                     mlir::ValueRange given) {
  return build::slice(b, getLoc(), given[0], unpermuted(getStarts().dims(), permutation),
                      unpermuted(getSizes().dims(), permutation),
                      unpermuted(getSteps().dims(), permutation));
}

// ---- Fold
// -----------------------------------------------------------------------------------------------------------

static bool isAll(DimsAttr dims, int64_t value) {
  return llvm::all_of(dims.dims(), [&](Dim dim) { return dim.isConstant(value); });
}

mlir::OpFoldResult SliceOp::fold(FoldAdaptor) {
  if (getOperand().getType() == getType() && isAll(getStarts(), 0) && isAll(getSteps(), 1))
    return getOperand();
  if (auto inner = getOperand().getDefiningOp<SliceOp>()) {
    llvm::SmallVector<Dim> starts, steps;
    for (auto [d, start] : llvm::enumerate(getStarts().dims())) {
      starts.push_back(inner.getStarts()[d] + start * inner.getSteps()[d]);
      steps.push_back(getSteps()[d] * inner.getSteps()[d]);
      if (!starts.back() || !steps.back()) return {};
    }
    setStartsAttr(DimsAttr::get(getContext(), starts));
    setStepsAttr(DimsAttr::get(getContext(), steps));
    setOperand(inner.getOperand());
    return getResult();
  }
  return {};
}

}  // namespace plx
