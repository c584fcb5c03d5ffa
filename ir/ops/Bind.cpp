#include "ir/ops/Bind.h"

#include "ir/ops/Verify.h"

#define GET_OP_CLASSES
#include "ir/ops/Bind.cpp.inc"

namespace plx {

PLX_REGISTER_OPS(bind, BindOp);

// ---- Verify
// ----------------------------------------------------------------------------------------------------------

mlir::LogicalResult BindOp::verify() {
  auto type = mlir::cast<mlir::RankedTensorType>(getOperand().getType());
  mlir::Type element = type.getElementType();
  bool isInts = element.isSignlessInteger(64) || element.isSignlessInteger(32);
  if (!isInts || !type.hasStaticShape() || type.getRank() > 1)  // bind.c1
    return emitOpError()
           << "the operand must be a static tensor of i64 or i32, of rank 0 or 1, found " << type;
  auto count = static_cast<size_t>(type.getNumElements());
  if (getNames().size() != count || getLowerBounds().size() != count)  // bind.c2
    return emitOpError() << "the operand has " << count << " elements, `names` "
                         << getNames().size() << " entries, `lowerBounds` "
                         << getLowerBounds().size();
  llvm::SmallDenseSet<mlir::Attribute> seen;
  for (auto name : getNames().getAsRange<mlir::StringAttr>())
    if (name.getValue().empty() || !seen.insert(name).second)  // bind.c2
      return emitOpError() << "names are not empty and not repeated, found \"" << name.getValue()
                           << "\"";
  return mlir::success();
}

llvm::SmallVector<Dim> BindOp::symbols() {
  llvm::SmallVector<Dim> symbols;
  for (auto [name, bound] : llvm::zip(getNames().getAsRange<mlir::StringAttr>(), getLowerBounds()))
    symbols.push_back(Dim::symbol(getContext(), name.getValue(), bound));
  return symbols;
}

// ---- Evaluate
// -------------------------------------------------------------------------------------------------------

mlir::FailureOr<llvm::SmallVector<eval::Value>> BindOp::evaluate(
    llvm::ArrayRef<eval::Value> operands, eval::Scope &scope) {
  for (auto [i, symbol] : llvm::enumerate(symbols()))
    if (failed(scope.bind(*symbol.asSymbol(), operands[0].tensor().ints()[i], *this)))
      return mlir::failure();
  return llvm::SmallVector<eval::Value>();
}

// ---- Differentiate ------------------------------------------------------------------------------

mlir::LogicalResult BindOp::differentiate(Cotangents &ct) { return ct.zero("sizes are ints"); }

// ---- Iterate
// --------------------------------------------------------------------------------------------------------

Nature BindOp::nature() { return Nature::Whole; }

mlir::Value BindOp::iterate(KernelBuilder &b, unsigned, llvm::ArrayRef<Dim>) {
  return b.noLoopNest("bind: the host program reads the values and names them");
}

}  // namespace plx
