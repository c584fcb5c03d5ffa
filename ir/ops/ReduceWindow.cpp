#include "ir/ops/ReduceWindow.h"

#include "ir/eval/Accumulator.h"
#include "ir/ops/Build.h"
#include "ir/ops/Folding.h"
#include "ir/ops/Sizes.h"
#include "ir/ops/Verify.h"

#define GET_OP_CLASSES
#include "ir/ops/ReduceWindow.cpp.inc"

namespace plx {

PLX_REGISTER_OPS(reduceWindow, ReduceWindowOp);

// ---- Verify -------------------------------------------------------------------------------------

mlir::LogicalResult ReduceWindowOp::verify() { return checkTensors(*this); }

// ---- Infer --------------------------------------------------------------------------------------
// (n - (window - 1) * dilation - 1) floordiv stride + 1                                  //
// reduce_window.c3: inferTensor

mlir::LogicalResult ReduceWindowOp::inferReturnTypes(mlir::MLIRContext *context,
                                                     std::optional<mlir::Location> location,
                                                     Adaptor adaptor,
                                                     llvm::SmallVectorImpl<mlir::Type> &types) {
  constexpr llvm::StringLiteral op = "reduce_window";
  auto operand = mlir::cast<mlir::RankedTensorType>(adaptor.getOperand().getType());
  if (failed(inferFold(location, op, adaptor.getKind(),  // reduce_window.c1
                       operand.getElementType())))
    return mlir::failure();
  for (auto [name, values] :
       {std::pair("window", adaptor.getWindow()),  // reduce_window.c2
        std::pair("strides", adaptor.getStrides()), std::pair("dilations", adaptor.getDilations())})
    if (failed(inferPositive(location, op, name, values, operand.getRank(), "dims")))
      return mlir::failure();
  llvm::SmallVector<Dim> dims;
  for (int64_t d = 0; d < operand.getRank(); ++d)
    dims.push_back(windowResult(dimOf(operand, d), Dim::constant(context, adaptor.getWindow()[d]),
                                adaptor.getStrides()[d], adaptor.getDilations()[d]));
  return inferTensor(location, op, operand.getElementType(), dims, types);
}

// ---- Evaluate -----------------------------------------------------------------------------------

mlir::FailureOr<llvm::SmallVector<eval::Value>> ReduceWindowOp::evaluate(
    llvm::ArrayRef<eval::Value> operands, eval::Scope &) {
  const eval::Tensor &x = operands[0].tensor();
  llvm::SmallVector<int64_t> shape, from(x.rank());
  for (int64_t d = 0; d < x.rank(); ++d)
    shape.push_back(windowResult(x.shape()[d], getWindow()[d], getStrides()[d], getDilations()[d]));
  eval::Tensor result(x.elementType(), shape);
  for (eval::Index i(shape); i; ++i) {
    eval::Accumulator sum(*foldKindNamed(getKind()), x.elementType());
    for (eval::Index w(getWindow()); w; ++w) {
      for (int64_t d = 0; d < x.rank(); ++d)
        from[d] = (*i)[d] * getStrides()[d] + (*w)[d] * getDilations()[d];
      sum.add(x, eval::linearize(from, x.shape()));
    }
    sum.store(result, i.linear());
  }
  return llvm::SmallVector<eval::Value>{result};
}

// ---- Iterate ------------------------------------------------------------------------------------

Nature ReduceWindowOp::nature() { return Nature::Fold; }

mlir::Value ReduceWindowOp::iterate(KernelBuilder &b, unsigned, llvm::ArrayRef<Dim> indices) {
  llvm::SmallVector<Dim> extents;
  for (int64_t window : getWindow()) extents.push_back(Dim::constant(b.context(), window));
  return foldOver(b, *foldKindNamed(getKind()), extents, [&](llvm::ArrayRef<Dim> window) {
    llvm::SmallVector<Dim> from;
    for (auto [i, w, stride, dilation] : llvm::zip(indices, window, getStrides(), getDilations()))
      from.push_back(i * stride + w * dilation);
    return b.operand(0, from);
  });
}

// ---- Permute ------------------------------------------------------------------------------------

std::optional<PermutedResult> ReduceWindowOp::permutedResult(llvm::ArrayRef<int64_t> permutation) {
  return PermutedResult{Permutation(permutation)};
}

mlir::Value ReduceWindowOp::rebuildPermuted(mlir::OpBuilder &b, llvm::ArrayRef<int64_t> permutation,
                                            mlir::ValueRange given) {
  Properties properties = getProperties();
  properties.window = b.getDenseI64ArrayAttr(unpermuted(getWindow(), permutation));
  properties.strides = b.getDenseI64ArrayAttr(unpermuted(getStrides(), permutation));
  properties.dilations = b.getDenseI64ArrayAttr(unpermuted(getDilations(), permutation));
  return build::create<ReduceWindowOp>(b, getLoc(), given, properties);
}

}  // namespace plx
