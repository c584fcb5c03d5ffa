#include "ir/ops/ArgReduce.h"

#include <cmath>

#include "ir/eval/Accumulator.h"
#include "ir/eval/Order.h"
#include "ir/ops/Build.h"
#include "ir/ops/Folding.h"
#include "ir/ops/Sizes.h"
#include "ir/ops/Verify.h"

#define GET_OP_CLASSES
#include "ir/ops/ArgReduce.cpp.inc"

namespace plx {

PLX_REGISTER_OPS(argReduce, ArgReduceOp);

// ---- Verify -------------------------------------------------------------------------------------

mlir::LogicalResult ArgReduceOp::verify() { return checkTensors(*this); }

// ---- Infer --------------------------------------------------------------------------------------
// the operand's dims without `axis`, i64

mlir::LogicalResult ArgReduceOp::inferReturnTypes(mlir::MLIRContext *context,
                                                  std::optional<mlir::Location> location,
                                                  Adaptor adaptor,
                                                  llvm::SmallVectorImpl<mlir::Type> &types) {
  auto operand = mlir::cast<mlir::RankedTensorType>(adaptor.getOperand().getType());
  llvm::StringRef kind = adaptor.getKind();
  if (kind != "max" && kind != "min")  // arg_reduce.c1
    return mlir::emitOptionalError(location, "arg_reduce: kind `", kind, "` is not max or min");
  int64_t axis = adaptor.getAxis();
  if (failed(inferFold(location, "arg_reduce", kind, operand.getElementType())) ||
      failed(inferAxis(location, "arg_reduce", axis, operand.getRank())))  // arg_reduce.c2
    return mlir::failure();
  llvm::SmallVector<Dim> dims = dimsOf(operand);
  if (dims[axis] && dims[axis].isConstant(0))  // arg_reduce.c3
    return mlir::emitOptionalError(location, "arg_reduce: the size along axis ", axis,
                                   " is 0; expected at least one element to choose from");
  dims.erase(dims.begin() + axis);
  return inferTensor(location, "arg_reduce", mlir::IntegerType::get(context, 64), dims, types);
}

// ---- Evaluate -----------------------------------------------------------------------------------

namespace {
/// Whether element `j` takes the place of `i`, which comes before it.
bool replaces(const eval::Tensor &x, int64_t j, int64_t i, bool max, bool last) {
  int compared = eval::compareElements(x, j, i);
  if (compared == 0) return last;
  if (x.isFloat() && std::isnan(x.floats()[i])) return false;
  if (x.isFloat() && std::isnan(x.floats()[j])) return true;
  return max ? compared > 0 : compared < 0;
}
}  // namespace

mlir::FailureOr<llvm::SmallVector<eval::Value>> ArgReduceOp::evaluate(
    llvm::ArrayRef<eval::Value> operands, eval::Scope &scope) {
  const eval::Tensor &x = operands[0].tensor();
  int64_t axis = getAxis();
  eval::Lines lines(x.shape(), axis);
  llvm::SmallVector<int64_t> shape(x.shape());
  shape.erase(shape.begin() + axis);
  eval::Tensor result(mlir::IntegerType::get(getContext(), 64), shape);
  if (lines.size == 0 && result.numElements() > 0)
    return scope.fail(*this, "the size along axis " + llvm::Twine(axis) +
                                 " is 0; expected at least one element to choose from");
  for (int64_t o = 0; o < lines.outer; ++o)
    for (int64_t i = 0; i < lines.inner; ++i) {
      int64_t best = 0;
      for (int64_t k = 1; k < lines.size; ++k)
        if (replaces(x, lines.at(o, k, i), lines.at(o, best, i), getKind() == "max", getLast()))
          best = k;
      result.setInt(o * lines.inner + i, best);
    }
  return llvm::SmallVector<eval::Value>{result};
}

// ---- Differentiate ------------------------------------------------------------------------------

mlir::LogicalResult ArgReduceOp::differentiate(Cotangents &ct) {
  return ct.zero("positions are ints");
}

// ---- Check sizes --------------------------------------------------------------------------------

void ArgReduceOp::sizeChecks(llvm::SmallVectorImpl<SizeCheck> &checks) {
  auto axis = static_cast<int64_t>(getAxis());
  checks.push_back({dimOf(getOperand().getType(), axis), Dim::constant(getContext(), 1), Dim(),
                    axis,
                    "the size along axis {2} is {0}; expected at least one element to choose from",
                    false, numElements(getType())});
}

// ---- Iterate ------------------------------------------------------------------------------------

Nature ArgReduceOp::nature() { return Nature::Fold; }

mlir::Value ArgReduceOp::iterate(KernelBuilder &b, unsigned, llvm::ArrayRef<Dim> indices) {
  int64_t axis = getAxis();
  return b.argFold(*foldKindNamed(getKind()), getLast(), dimOf(b.operandType(0), axis), [&](Dim k) {
    llvm::SmallVector<Dim> from(indices);
    from.insert(from.begin() + axis, k);
    return b.operand(0, from);
  });
}

// ---- Permute ------------------------------------------------------------------------------------

std::optional<PermutedResult> ArgReduceOp::permutedResult(llvm::ArrayRef<int64_t> permutation) {
  return PermutedResult{withoutAxes(permutation, static_cast<int64_t>(getAxis()))};
}

mlir::Value ArgReduceOp::rebuildPermuted(mlir::OpBuilder &b, llvm::ArrayRef<int64_t> permutation,
                                         mlir::ValueRange given) {
  Properties properties = getProperties();
  properties.axis = b.getI64IntegerAttr(permutation[getAxis()]);
  return build::create<ArgReduceOp>(b, getLoc(), given, properties);
}

}  // namespace plx
