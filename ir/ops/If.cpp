#include "ir/ops/If.h"

#include "ir/ops/RegionDerivatives.h"
#include "ir/ops/Regions.h"
#include "ir/ops/Verify.h"
#include "ir/ops/Yield.h"

#define GET_OP_CLASSES
#include "ir/ops/If.cpp.inc"

namespace plx {

PLX_REGISTER_OPS(conditional, IfOp);

// ---- Verify -------------------------------------------------------------------------------------

namespace {
mlir::LogicalResult verifyBranch(IfOp op, mlir::Region &region, llvm::StringRef name) {
  if (region.getNumArguments() != 0)
    return op.emitOpError() << "the " << name << " region has " << region.getNumArguments()
                            << " arguments, expected none";
  mlir::FailureOr<mlir::TypeRange> types = yieldedTypes(op, region, name);  // if.c2
  if (failed(types)) return mlir::failure();
  if (types->size() != op.getNumResults())
    return op.emitOpError() << "the " << name << " region yields " << types->size()
                            << " values, expected one for each of the " << op.getNumResults()
                            << " results";
  for (auto [i, pair] : llvm::enumerate(llvm::zip(*types, op.getResultTypes())))  // if.c3
    if (failed(verifyFit(op, ("the " + name + " region's value").str(), i, std::get<0>(pair),
                         std::get<1>(pair), {op.getFreshAttr()})))
      return mlir::failure();
  return mlir::success();
}
}  // namespace

mlir::LogicalResult IfOp::verify() {
  mlir::Type wanted = mlir::RankedTensorType::get({}, mlir::IntegerType::get(getContext(), 1));
  if (getCondition().getType() != wanted)  // if.c1
    return emitOpError() << "`condition` is " << getCondition().getType() << ", expected "
                         << wanted;
  if (failed(checkTensors(*this)) || failed(verifyBranch(*this, getThenRegion(), "then")) ||
      failed(verifyBranch(*this, getElseRegion(), "else")))
    return mlir::failure();
  return verifyFresh(*this, getFreshAttr(), getResultTypes());  // if.c4
}

// ---- Evaluate -----------------------------------------------------------------------------------

mlir::FailureOr<llvm::SmallVector<eval::Value>> IfOp::evaluate(llvm::ArrayRef<eval::Value> operands,
                                                               eval::Scope &scope) {
  bool condition = operands[0].tensor().ints()[0] != 0;
  Evaluated results = scope.run(condition ? getThenRegion() : getElseRegion(), {});
  if (failed(results) ||
      failed(bindFresh(*this, getFreshAttr(), getResultTypes(), *results, scope)))
    return mlir::failure();
  return results;
}

// ---- Differentiate ------------------------------------------------------------------------------
// An `if` on the same condition, whose branches compute the branch again and go back through it.
// What branches use from above gets cotangents.

mlir::LogicalResult IfOp::differentiate(Cotangents &ct) {
  mlir::OpBuilder &b = ct.builder();
  llvm::SmallVector<mlir::Value> used;
  for (mlir::Region &region : getOperation()->getRegions()) usedFromAbove(region, ct, used);
  auto back = IfOp::create(b, ct.loc(), mlir::ValueRange(used).getTypes(), getCondition(), nullptr);
  for (auto [region, target] :
       llvm::zip(getOperation()->getRegions(), back.getOperation()->getRegions())) {
    mlir::OpBuilder::InsertionGuard guard(b);
    b.createBlock(&target);
    llvm::SmallVector<mlir::Value> cotangents, results = copyBody(b, region.front(), {});
    for (mlir::Value result : getResults()) cotangents.push_back(ct.of(result));
    auto parts = ct.through(b, results, cotangents, used);
    if (failed(parts)) return mlir::failure();
    YieldOp::create(b, ct.loc(), orZeros(b, ct.loc(), *parts, used));
  }
  for (auto [value, part] : llvm::zip_equal(used, back.getResults())) ct.add(value, part);
  return mlir::success();
}

// ---- Iterate ------------------------------------------------------------------------------------

Nature IfOp::nature() { return Nature::Whole; }

mlir::Value IfOp::iterate(KernelBuilder &b, unsigned, llvm::ArrayRef<Dim>) {
  return b.noLoopNest("if: regions are run whole");
}

}  // namespace plx
