#include "ir/ops/DotGeneral.h"

#include "ir/eval/Accumulator.h"
#include "ir/ops/BuildDerivatives.h"
#include "ir/ops/Folding.h"
#include "ir/ops/Sizes.h"
#include "ir/ops/Verify.h"
#include "llvm/ADT/SmallSet.h"

#define GET_OP_CLASSES
#include "ir/ops/DotGeneral.cpp.inc"

namespace plx {

PLX_REGISTER_OPS(dotGeneral, DotGeneralOp);

// ---- Verify -------------------------------------------------------------------------------------

mlir::LogicalResult DotGeneralOp::verify() { return checkTensors(*this); }

// ---- Infer --------------------------------------------------------------------------------------
// batch, free of lhs, free of rhs

namespace {
/// Axes of an operand that are neither batch nor contracted.
llvm::SmallVector<int64_t> freeAxes(int64_t rank, llvm::ArrayRef<int64_t> batch,
                                    llvm::ArrayRef<int64_t> contract) {
  llvm::SmallVector<int64_t> axes;
  for (int64_t d = 0; d < rank; ++d)
    if (!llvm::is_contained(batch, d) && !llvm::is_contained(contract, d)) axes.push_back(d);
  return axes;
}

mlir::LogicalResult checkAxes(std::optional<mlir::Location> location, llvm::StringRef name,
                              int64_t rank, llvm::ArrayRef<int64_t> batch,
                              llvm::ArrayRef<int64_t> contract) {
  llvm::SmallSet<int64_t, 8> seen;
  for (int64_t axis : llvm::concat<const int64_t>(batch, contract))
    if (axis < 0 || axis >= rank || !seen.insert(axis).second)
      return mlir::emitOptionalError(location, "dot_general: axes of `", name, "`, batch [", batch,
                                     "] and contract [", contract,  // dot_general.c3
                                     "], are not distinct axes in [0, rank); it has rank ", rank);
  return mlir::success();
}

mlir::LogicalResult checkPairs(std::optional<mlir::Location> location, llvm::StringRef kind,
                               mlir::RankedTensorType lhs, mlir::RankedTensorType rhs,
                               llvm::ArrayRef<int64_t> lhsAxes, llvm::ArrayRef<int64_t> rhsAxes) {
  for (auto [a, b] : llvm::zip(lhsAxes, rhsAxes))
    if (!mayAgree(dimOf(lhs, a), dimOf(rhs, b)))  // dot_general.c4
      return mlir::emitOptionalError(location, "dot_general: ", kind, " dims disagree: lhs dim ", a,
                                     " has size ", dimOf(lhs, a).str(), ", rhs dim ", b, " has ",
                                     dimOf(rhs, b).str());
  return mlir::success();
}
}  // namespace

mlir::LogicalResult DotGeneralOp::inferReturnTypes(mlir::MLIRContext *,
                                                   std::optional<mlir::Location> location,
                                                   Adaptor adaptor,
                                                   llvm::SmallVectorImpl<mlir::Type> &types) {
  auto lhs = mlir::cast<mlir::RankedTensorType>(adaptor.getLhs().getType());
  auto rhs = mlir::cast<mlir::RankedTensorType>(adaptor.getRhs().getType());
  mlir::Type element = lhs.getElementType();
  if (element != rhs.getElementType() ||  // dot_general.c1
      !(isNumberInt(element) || mlir::isa<mlir::FloatType>(element)))
    return mlir::emitOptionalError(location, "dot_general: element types are ", element, " and ",
                                   rhs.getElementType(), ", expected one int or float type");
  auto lb = adaptor.getLhsBatch(), rb = adaptor.getRhsBatch();
  auto lc = adaptor.getLhsContract(), rc = adaptor.getRhsContract();
  if (lb.size() != rb.size() || lc.size() != rc.size())  // dot_general.c2
    return mlir::emitOptionalError(location, "dot_general: batch [", lb, "] x [", rb,
                                   "] contract [", lc, "] x [", rc,
                                   "] do not pair one axis of lhs with one of rhs");
  if (failed(checkAxes(location, "lhs", lhs.getRank(), lb, lc)) ||
      failed(checkAxes(location, "rhs", rhs.getRank(), rb, rc)) ||
      failed(checkPairs(location, "batch", lhs, rhs, lb, rb)) ||
      failed(checkPairs(location, "contracted", lhs, rhs, lc, rc)))
    return mlir::failure();
  llvm::SmallVector<Dim> dims;
  for (int64_t axis : lb) dims.push_back(dimOf(lhs, axis));
  for (int64_t axis : freeAxes(lhs.getRank(), lb, lc)) dims.push_back(dimOf(lhs, axis));
  for (int64_t axis : freeAxes(rhs.getRank(), rb, rc)) dims.push_back(dimOf(rhs, axis));
  return inferTensor(location, "dot_general", element, dims, types);
}

// ---- Evaluate -----------------------------------------------------------------------------------

namespace {
/// Spreads coordinates of the result (batch, free) and of the contraction over an operand's axes.
template <typename T>
llvm::SmallVector<T> operandIndex(int64_t rank, llvm::ArrayRef<int64_t> batch,
                                  llvm::ArrayRef<int64_t> contract, llvm::ArrayRef<T> batchPart,
                                  llvm::ArrayRef<T> freePart, llvm::ArrayRef<T> contractPart) {
  llvm::SmallVector<T> index(rank);
  for (auto [axis, i] : llvm::zip(batch, batchPart)) index[axis] = i;
  for (auto [axis, i] : llvm::zip(contract, contractPart)) index[axis] = i;
  for (auto [axis, i] : llvm::zip(freeAxes(rank, batch, contract), freePart)) index[axis] = i;
  return index;
}

/// Parts of the result's coordinates: batch, free of lhs, free of rhs.
template <typename T>
std::array<llvm::ArrayRef<T>, 3> resultParts(DotGeneralOp op, int64_t lhsRank,
                                             llvm::ArrayRef<T> i) {
  size_t batch = op.getLhsBatch().size();
  size_t lhsFree = lhsRank - batch - op.getLhsContract().size();
  return {i.take_front(batch), i.slice(batch, lhsFree), i.drop_front(batch + lhsFree)};
}
}  // namespace

mlir::FailureOr<llvm::SmallVector<eval::Value>> DotGeneralOp::evaluate(
    llvm::ArrayRef<eval::Value> operands, eval::Scope &scope) {
  const eval::Tensor &a = operands[0].tensor(), &b = operands[1].tensor();
  llvm::SmallVector<int64_t> shape, folded;
  for (auto [l, r] : llvm::zip(getLhsContract(), getRhsContract())) {
    if (a.shape()[l] != b.shape()[r])
      return scope.fail(*this, "contracted sizes " + llvm::Twine(a.shape()[l]) + " (lhs dim " +
                                   llvm::Twine(l) + ") and " + llvm::Twine(b.shape()[r]) +
                                   " (rhs dim " + llvm::Twine(r) + ") disagree");
    folded.push_back(a.shape()[l]);
  }
  for (auto [l, r] : llvm::zip(getLhsBatch(), getRhsBatch())) {
    if (a.shape()[l] != b.shape()[r])
      return scope.fail(*this, "batch sizes " + llvm::Twine(a.shape()[l]) + " (lhs dim " +
                                   llvm::Twine(l) + ") and " + llvm::Twine(b.shape()[r]) +
                                   " (rhs dim " + llvm::Twine(r) + ") disagree");
    shape.push_back(a.shape()[l]);
  }
  for (int64_t axis : freeAxes(a.rank(), getLhsBatch(), getLhsContract()))
    shape.push_back(a.shape()[axis]);
  for (int64_t axis : freeAxes(b.rank(), getRhsBatch(), getRhsContract()))
    shape.push_back(b.shape()[axis]);
  eval::Tensor result(a.elementType(), shape);
  using Part = llvm::ArrayRef<int64_t>;
  auto lhsAt = [&](Part batch, Part free, Part k) {
    return eval::linearize(operandIndex(a.rank(), getLhsBatch(), getLhsContract(), batch, free, k),
                           a.shape());
  };
  auto rhsAt = [&](Part batch, Part free, Part k) {
    return eval::linearize(operandIndex(b.rank(), getRhsBatch(), getRhsContract(), batch, free, k),
                           b.shape());
  };
  // Where contracted elements lie behind the first: the same for every sum.
  llvm::SmallVector<std::pair<int64_t, int64_t>> offsets;
  llvm::SmallVector<int64_t> origin(std::max(a.rank(), b.rank()), 0), first(folded.size(), 0);
  for (eval::Index k(folded); k; ++k) {
    offsets.push_back({lhsAt(origin, origin, *k), rhsAt(origin, origin, *k)});
  }
  for (eval::Index i(shape); i; ++i) {
    auto [batch, lhsFree, rhsFree] = resultParts(*this, a.rank(), *i);
    eval::ProductSum sum(a.elementType());
    int64_t lhs = lhsAt(batch, lhsFree, first), rhs = rhsAt(batch, rhsFree, first);
    for (auto [lhsOffset, rhsOffset] : offsets) sum.add(a, lhs + lhsOffset, b, rhs + rhsOffset);
    sum.store(result, i.linear());
  }
  return llvm::SmallVector<eval::Value>{result};
}

// ---- Differentiate ------------------------------------------------------------------------------
// lhs: the cotangent times rhs over the free dims of rhs; rhs: lhs times the cotangent over the
// free dims of lhs. `along` says which axis of the operand each dim of that product is. Of the two
// orders of a product's factors the one is taken whose dims come as they are in the operand.

namespace {
mlir::Value transposedBack(mlir::OpBuilder &b, mlir::Location loc, mlir::Value product,
                           llvm::ArrayRef<int64_t> along) {
  llvm::SmallVector<int64_t> permutation(along.size());
  for (auto [from, to] : llvm::enumerate(along)) permutation[to] = from;
  return build::transpose(b, loc, product, permutation);
}

/// Axes of the one operand paired with the contracted axes of the other, in the other's order.
llvm::SmallVector<int64_t> pairedInOrder(llvm::ArrayRef<int64_t> axes,
                                         llvm::ArrayRef<int64_t> others) {
  llvm::SmallVector<std::pair<int64_t, int64_t>> pairs;
  for (auto [axis, other] : llvm::zip(axes, others)) pairs.emplace_back(other, axis);
  llvm::sort(pairs);
  return llvm::to_vector(llvm::make_second_range(pairs));
}
}  // namespace

mlir::LogicalResult DotGeneralOp::differentiate(Cotangents &ct) {
  mlir::OpBuilder &b = ct.builder();
  auto lhsFree = freeAxes(getLhs().getType().getRank(), getLhsBatch(), getLhsContract());
  auto rhsFree = freeAxes(getRhs().getType().getRank(), getRhsBatch(), getRhsContract());
  int64_t numBatch = getLhsBatch().size(), numLhs = numBatch + lhsFree.size();
  auto range = [](int64_t from, int64_t to) { return llvm::to_vector(llvm::seq(from, to)); };
  llvm::SmallVector<int64_t> batch = range(0, numBatch);
  mlir::Value part = ct.of(getResult());
  auto sum = [&](mlir::Value operand, mlir::Value first, llvm::ArrayRef<int64_t> firstBatch,
                 llvm::ArrayRef<int64_t> firstSummed, mlir::Value second,
                 llvm::ArrayRef<int64_t> secondBatch, llvm::ArrayRef<int64_t> secondSummed,
                 llvm::ArrayRef<llvm::SmallVector<int64_t>> along) {
    // along: axes of the operand that are batch, free in `first`, free in `second`.
    bool isOrdered = along[1].empty() || along[2].empty() || along[1].front() < along[2].front();
    mlir::Value product = isOrdered ? build::dotGeneral(b, ct.loc(), first, second, firstBatch,
                                                        secondBatch, firstSummed, secondSummed)
                                    : build::dotGeneral(b, ct.loc(), second, first, secondBatch,
                                                        firstBatch, secondSummed, firstSummed);
    llvm::SmallVector<int64_t> axes(along[0]);
    llvm::append_range(axes, along[isOrdered ? 1 : 2]);
    llvm::append_range(axes, along[isOrdered ? 2 : 1]);
    ct.add(operand, transposedBack(b, ct.loc(), product, axes));
  };
  if (ct.wants(getLhs()))
    sum(getLhs(), part, batch, range(numLhs, numLhs + rhsFree.size()), getRhs(), getRhsBatch(),
        rhsFree,
        {llvm::to_vector(getLhsBatch()), llvm::to_vector(lhsFree),
         pairedInOrder(getLhsContract(), getRhsContract())});
  if (ct.wants(getRhs()))
    sum(getRhs(), getLhs(), getLhsBatch(), lhsFree, part, batch, range(numBatch, numLhs),
        {llvm::to_vector(getRhsBatch()), pairedInOrder(getRhsContract(), getLhsContract()),
         llvm::to_vector(rhsFree)});
  return mlir::success();
}

// ---- Check sizes --------------------------------------------------------------------------------

void DotGeneralOp::sizeChecks(llvm::SmallVectorImpl<SizeCheck> &checks) {
  auto pair = [&](int64_t l, int64_t r) {
    checks.push_back(
        SizeCheck::equal(dimOf(getRhs().getType(), r), dimOf(getLhs().getType(), l), r));
  };
  for (auto [l, r] : llvm::zip(getLhsContract(), getRhsContract())) pair(l, r);
  for (auto [l, r] : llvm::zip(getLhsBatch(), getRhsBatch())) pair(l, r);
}

// ---- Iterate ------------------------------------------------------------------------------------

Nature DotGeneralOp::nature() { return Nature::Contraction; }

mlir::Value DotGeneralOp::iterate(KernelBuilder &b, unsigned, llvm::ArrayRef<Dim> indices) {
  mlir::RankedTensorType lhs = b.operandType(0), rhs = b.operandType(1);
  auto parts = resultParts(*this, lhs.getRank(), indices);
  llvm::SmallVector<Dim> extents;
  for (int64_t axis : getLhsContract()) extents.push_back(dimOf(lhs, axis));
  return sumOfProducts(b, lhs.getElementType(), extents, [&](llvm::ArrayRef<Dim> k) {
    return std::pair(b.operand(0, operandIndex(lhs.getRank(), getLhsBatch(), getLhsContract(),
                                               parts[0], parts[1], k)),
                     b.operand(1, operandIndex(rhs.getRank(), getRhsBatch(), getRhsContract(),
                                               parts[0], parts[2], k)));
  });
}

}  // namespace plx
