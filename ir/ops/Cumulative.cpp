#include "ir/ops/Cumulative.h"

#include "ir/eval/Accumulator.h"
#include "ir/ops/Build.h"
#include "ir/ops/BuildDerivatives.h"
#include "ir/ops/Folding.h"
#include "ir/ops/Scan.h"
#include "ir/ops/Sizes.h"
#include "ir/ops/Verify.h"
#include "ir/ops/Yield.h"

#define GET_OP_CLASSES
#include "ir/ops/Cumulative.cpp.inc"

namespace plx {

PLX_REGISTER_OPS(cumulative, CumulativeOp);

// ---- Verify -------------------------------------------------------------------------------------

mlir::LogicalResult CumulativeOp::verify() { return checkTensors(*this); }

// ---- Infer --------------------------------------------------------------------------------------
// the operand's type

mlir::LogicalResult CumulativeOp::inferReturnTypes(mlir::MLIRContext *,
                                                   std::optional<mlir::Location> location,
                                                   Adaptor adaptor,
                                                   llvm::SmallVectorImpl<mlir::Type> &types) {
  auto operand = mlir::cast<mlir::RankedTensorType>(adaptor.getOperand().getType());
  if (failed(inferFold(location, "cumulative", adaptor.getKind(),  // cumulative.c1
                       operand.getElementType())) ||
      failed(inferAxis(location, "cumulative", adaptor.getAxis(),  // cumulative.c2
                       operand.getRank())))
    return mlir::failure();
  types.push_back(operand);
  return mlir::success();
}

// ---- Evaluate -----------------------------------------------------------------------------------

mlir::FailureOr<llvm::SmallVector<eval::Value>> CumulativeOp::evaluate(
    llvm::ArrayRef<eval::Value> operands, eval::Scope &) {
  const eval::Tensor &x = operands[0].tensor();
  eval::Tensor result(x.elementType(), x.shape());
  eval::Lines lines(x.shape(), getAxis());
  for (int64_t o = 0; o < lines.outer; ++o)
    for (int64_t i = 0; i < lines.inner; ++i) {
      eval::Accumulator sum(*foldKindNamed(getKind()), x.elementType());
      for (int64_t step = 0; step < lines.size; ++step) {
        int64_t at = lines.at(o, getReverse() ? lines.size - 1 - step : step, i);
        if (getExclusive()) sum.store(result, at);
        sum.add(x, at);
        if (!getExclusive()) sum.store(result, at);
      }
    }
  return llvm::SmallVector<eval::Value>{result};
}

// ---- Differentiate ------------------------------------------------------------------------------
// Of a sum, the cotangents' running sum the other way. The others are what they are as a scan that
// carries the running value: of values that are equal the last takes all.

namespace {
mlir::Value asScan(mlir::OpBuilder &b, mlir::Location loc, CumulativeOp op) {
  auto axis = static_cast<int64_t>(op.getAxis());
  mlir::Value x = op.getOperand();
  llvm::SmallVector<int64_t> order{axis}, back;
  int64_t rank = mlir::cast<mlir::RankedTensorType>(x.getType()).getRank();
  llvm::append_range(order, build::otherAxes(rank, {axis}));
  for (int64_t d = 0; d < rank; ++d) back.push_back(llvm::find(order, d) - order.begin());
  mlir::Value lines = build::transpose(b, loc, x, order);
  if (op.getReverse()) lines = build::reverse(b, loc, lines, {0});
  if (!lines) return lines;
  mlir::Type element = mlir::getElementTypeOrSelf(x.getType());
  FoldKind kind = *foldKindNamed(op.getKind());
  llvm::SmallVector<Dim> dims = dimsOf(lines.getType());
  mlir::Type item = tensorType(element, llvm::ArrayRef(dims).drop_front());
  double neutral = mlir::cast<mlir::FloatAttr>(neutralOf(kind, element)).getValueAsDouble();
  mlir::Value start = build::filled(b, loc, neutral, item);
  auto scan = ScanOp::create(b, loc, mlir::TypeRange{item, lines.getType()}, start, lines, nullptr);
  {
    mlir::OpBuilder::InsertionGuard guard(b);
    mlir::Block *body = b.createBlock(&scan.getBody(), {}, {item, item}, {loc, loc});
    mlir::Value next =
        build::pointwise(b, loc, combinerOf(kind), {body->getArgument(0), body->getArgument(1)});
    YieldOp::create(b, loc, {next, op.getExclusive() ? body->getArgument(0) : next});
  }
  mlir::Value result = scan.getResult(1);
  if (op.getReverse()) result = build::reverse(b, loc, result, {0});
  return build::transpose(b, loc, result, back);
}
}  // namespace

mlir::LogicalResult CumulativeOp::differentiate(Cotangents &ct) {
  if (getKind() != "sum") return ct.replaceBy(asScan(ct.builder(), ct.loc(), *this));
  ct.add(getOperand(), build::cumulate(ct.builder(), ct.loc(), "sum", ct.of(getResult()), getAxis(),
                                       getExclusive(), !getReverse()));
  return mlir::success();
}

// ---- Iterate ------------------------------------------------------------------------------------

Nature CumulativeOp::nature() { return Nature::Fold; }

mlir::Value CumulativeOp::iterate(KernelBuilder &b, unsigned, llvm::ArrayRef<Dim> indices) {
  int64_t axis = getAxis();
  Dim extent = dimOf(b.operandType(0), axis);
  auto turned = [&](Dim k) { return getReverse() ? extent - 1 - k : k; };
  return b.prefix(*foldKindNamed(getKind()), getExclusive(), turned(indices[axis]), extent,
                  [&](Dim k) {
                    llvm::SmallVector<Dim> from(indices);
                    from[axis] = turned(k);
                    return b.operand(0, from);
                  });
}

// ---- Permute ------------------------------------------------------------------------------------

std::optional<PermutedResult> CumulativeOp::permutedResult(llvm::ArrayRef<int64_t> permutation) {
  return PermutedResult{Permutation(permutation)};
}

mlir::Value CumulativeOp::rebuildPermuted(mlir::OpBuilder &b, llvm::ArrayRef<int64_t> permutation,
                                          mlir::ValueRange given) {
  Properties properties = getProperties();
  properties.axis = b.getI64IntegerAttr(permutation[getAxis()]);
  return build::create<CumulativeOp>(b, getLoc(), given, properties);
}

}  // namespace plx
