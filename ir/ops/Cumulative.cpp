#include "ir/ops/Cumulative.h"

#include "ir/eval/Accumulator.h"
#include "ir/ops/Build.h"
#include "ir/ops/Folding.h"
#include "ir/ops/Sizes.h"
#include "ir/ops/Verify.h"

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
