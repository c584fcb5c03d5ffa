#include "ir/ops/Broadcast.h"

#include "ir/eval/Views.h"
#include "ir/ops/Build.h"
#include "ir/ops/BuildDerivatives.h"
#include "ir/ops/Verify.h"

#define GET_OP_CLASSES
#include "ir/ops/Broadcast.cpp.inc"

namespace plx {

PLX_REGISTER_OPS(broadcast, BroadcastOp);

BroadcastOp broadcastOf(mlir::Value value) { return value.getDefiningOp<BroadcastOp>(); }

// ---- Verify
// ----------------------------------------------------------------------------------------------------------

mlir::LogicalResult BroadcastOp::verify() {
  if (failed(checkTensors(*this)) || failed(checkSameElement(*this)))  // broadcast.c1
    return mlir::failure();
  llvm::SmallVector<Dim> from = dimsOf(getOperand().getType()), to = dimsOf(getType());
  llvm::ArrayRef<int64_t> dims = getDims();
  bool fits =
      dims.size() == from.size() && llvm::is_sorted(dims, std::less_equal<int64_t>()) &&
      (dims.empty() || (dims.front() >= 0 && dims.back() < static_cast<int64_t>(to.size())));
  if (!fits)  // broadcast.c2
    return emitOpError() << "`dims` [" << dims
                         << "] must be strictly increasing, one a dim of the operand (rank "
                         << from.size() << "), and below the result's rank " << to.size();
  for (auto [axis, along] : llvm::enumerate(dims))
    if (provablyDifferent(from[axis], to[along]) &&
        provablyDifferent(from[axis], Dim::constant(getContext(), 1)))  // broadcast.c3
      return emitOpError() << "dim " << axis << " of the operand is `" << from[axis].str()
                           << "`, which is neither 1 nor the result's `" << to[along].str()
                           << "` along dim " << along;
  return mlir::success();
}

// ---- Evaluate
// -------------------------------------------------------------------------------------------------------

mlir::FailureOr<llvm::SmallVector<eval::Value>> BroadcastOp::evaluate(
    llvm::ArrayRef<eval::Value> operands, eval::Scope &scope) {
  const eval::Tensor &x = operands[0].tensor();
  mlir::FailureOr<llvm::SmallVector<int64_t>> shape = scope.shapeOf(getType(), *this);
  if (failed(shape)) return mlir::failure();
  llvm::SmallVector<int64_t> strides(shape->size(), 0), own = eval::stridesOf(x.shape());
  for (auto [axis, along] : llvm::enumerate(getDims())) {
    int64_t size = x.shape()[axis], wanted = (*shape)[along];
    if (size != 1 && size != wanted)
      return scope.fail(*this, "dim " + llvm::Twine(axis) + " of the operand, `" +
                                   dimOf(getOperand().getType(), axis).str() + "`, is " +
                                   llvm::Twine(size) + "; the result's `" +
                                   dimOf(getType(), along).str() + "` is " + llvm::Twine(wanted) +
                                   "; it must be 1 or that");
    if (size != 1) strides[along] = own[axis];
  }
  return llvm::SmallVector<eval::Value>{eval::stridedView(x, *shape, 0, strides)};
}

// ---- Differentiate ------------------------------------------------------------------------------
// The sum over what was repeated. A size that is 1 or equal only at run time: element j of the
// result is element j mod size of the operand, either way.

mlir::LogicalResult BroadcastOp::differentiate(Cotangents &ct) {
  mlir::OpBuilder &b = ct.builder();
  mlir::Location loc = ct.loc();
  llvm::SmallVector<Dim> from = dimsOf(getOperand().getType()), to = dimsOf(getType());
  llvm::SmallVector<int64_t> summed = build::otherAxes(to.size(), getDims()), unknown;
  for (auto [size, d] : llvm::zip(from, getDims()))
    if (size != to[d]) (size.isConstant(1) ? summed : unknown).push_back(d);
  llvm::sort(summed);
  mlir::Value x = build::reduce(b, loc, "sum", ct.of(getResult()), summed);
  for (int64_t d : unknown) {
    Dim size = from[llvm::find(getDims(), d) - getDims().begin()];
    int64_t axis = d - llvm::count_if(summed, [&](int64_t s) { return s < d; });
    mlir::Value j = build::iota(b, loc, 0, b.getI64Type(), {to[d]});
    j = build::broadcasting(b, loc, ScalarFn::rem_, {j, build::dimValue(b, loc, size)});
    if (!x) break;
    llvm::SmallVector<Dim> dims = dimsOf(x.getType());
    dims[axis] = size;
    mlir::Type element = mlir::getElementTypeOrSelf(getType());
    x = build::addAlong(b, loc, tensorType(element, dims), x, j, axis);
  }
  ct.add(getOperand(), build::reshape(b, loc, x, from));
  return mlir::success();
}

// ---- Check sizes --------------------------------------------------------------------------------

void BroadcastOp::sizeChecks(llvm::SmallVectorImpl<SizeCheck> &checks) {
  for (auto [axis, along] : llvm::enumerate(getDims())) {
    Dim from = dimOf(getOperand().getType(), axis), to = dimOf(getType(), along);
    SizeCheck check = SizeCheck::equal(from, to, axis);
    check.message = ("dim {2} of the operand, `" + from.text() + "`, is {0}; the result's `" +
                     to.text() + "` is {1}; it must be 1 or that")
                        .str();
    check.orOne = true;
    checks.push_back(std::move(check));
  }
}

// ---- Iterate
// --------------------------------------------------------------------------------------------------------

Nature BroadcastOp::nature() { return Nature::View; }

mlir::Value BroadcastOp::iterate(KernelBuilder &b, unsigned, llvm::ArrayRef<Dim> indices) {
  llvm::SmallVector<Dim> from;
  for (auto [axis, along] : llvm::enumerate(getDims())) {
    Dim size = dimOf(getOperand().getType(), axis);
    // A size not proved equal is 1 or equal: min(size - 1, 1) is 0 for 1, and 1 for what is more.
    Dim factor = size == dimOf(getType(), along) ? Dim::constant(b.context(), 1) : min(size - 1, 1);
    from.push_back(indices[along] * factor);
  }
  return b.operand(0, from);
}

// ---- Permute ------------------------------------------------------------------------------------
// Operand dim i lies along result dim dims[i]; the places stay, what lies along them is exchanged.

std::optional<PermutedResult> BroadcastOp::permutedResult(llvm::ArrayRef<int64_t> permutation) {
  Permutation result = identityPermutation(mlir::cast<mlir::RankedTensorType>(getType()).getRank());
  for (auto [i, along] : llvm::enumerate(getDims())) result[along] = getDims()[permutation[i]];
  return PermutedResult{result};
}

mlir::Value BroadcastOp::rebuildPermuted(mlir::OpBuilder &b, llvm::ArrayRef<int64_t> permutation,
                                         mlir::ValueRange given) {
  Permutation result = permutedResult(permutation)->permutation;
  return build::broadcastAlong(b, getLoc(), given[0], getDims(),
                               unpermuted(dimsOf(getType()), result));
}

Permutation BroadcastOp::operandOrder(llvm::ArrayRef<int64_t> permutation) {
  Permutation order;
  for (int64_t from : permutation)
    if (auto found = llvm::find(getDims(), from); found != getDims().end())
      order.push_back(found - getDims().begin());
  return order;
}

mlir::Value BroadcastOp::withPermutedResult(
    mlir::OpBuilder &b, llvm::ArrayRef<int64_t> permutation,
    llvm::function_ref<mlir::Value(mlir::Value, llvm::ArrayRef<int64_t>)> transposed) {
  Permutation along;
  for (auto [to, from] : llvm::enumerate(permutation))
    if (llvm::is_contained(getDims(), from)) along.push_back(to);
  return build::broadcastAlong(b, getLoc(), transposed(getOperand(), operandOrder(permutation)),
                               along, permuted(dimsOf(getType()), permutation));
}

// ---- Fold
// -----------------------------------------------------------------------------------------------------------

/// Whether the sizes of `op` alone show that no run-time check is in it.
static bool isProved(BroadcastOp op) {
  llvm::SmallVector<Dim> from = dimsOf(op.getOperand().getType()), to = dimsOf(op.getType());
  return llvm::all_of(llvm::enumerate(op.getDims()), [&](auto along) {
    return from[along.index()].isConstant(1) || from[along.index()] == to[along.value()];
  });
}

mlir::OpFoldResult BroadcastOp::fold(FoldAdaptor) {
  if (getOperand().getType() == getType()) return getOperand();
  auto inner = getOperand().getDefiningOp<BroadcastOp>();
  // A check of the inner one must not be lost, nor one of the outer one become weaker: 1 -> m -> n
  // demands m = n.
  if (inner && isProved(inner) && isProved(*this)) {
    llvm::SmallVector<int64_t> dims;
    for (int64_t along : inner.getDims()) dims.push_back(getDims()[along]);
    setDims(dims);
    setOperand(inner.getOperand());
    return getResult();
  }
  return {};
}

}  // namespace plx
