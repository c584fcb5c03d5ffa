#include "ir/ops/Call.h"

#include "ir/ops/BuildDerivatives.h"
#include "ir/ops/Sizes.h"
#include "ir/ops/Verify.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"

#define GET_OP_CLASSES
#include "ir/ops/Call.cpp.inc"

namespace plx {

PLX_REGISTER_OPS(call, CallOp);

// ---- Verify -------------------------------------------------------------------------------------

mlir::LogicalResult CallOp::verify() {
  if (failed(checkTensors(*this))) return mlir::failure();
  return verifyFresh(*this, getFreshAttr(), getResultTypes());  // call.c3
}

namespace {
/// What the callee's symbols are in the caller: each that is alone a size of a parameter.
llvm::StringMap<Dim> symbolsOf(mlir::TypeRange parameters, mlir::TypeRange arguments) {
  llvm::StringMap<Dim> symbols;
  for (auto [parameter, argument] : llvm::zip(parameters, arguments)) {
    auto from = mlir::dyn_cast<mlir::RankedTensorType>(parameter);
    auto to = mlir::dyn_cast<mlir::RankedTensorType>(argument);
    if (!from || !to || from.getRank() != to.getRank()) continue;
    for (auto [dim, value] : llvm::zip(dimsOf(from), dimsOf(to)))
      if (dim && dim.asSymbol()) symbols.try_emplace(dim.asSymbol()->symbol().getValue(), value);
  }
  return symbols;
}

/// `dim` of the callee in terms of the caller; null where a symbol is not known there.
Dim inCaller(Dim dim, const llvm::StringMap<Dim> &symbols) {
  if (!dim) return {};
  llvm::SmallVector<DimAtom> used;
  dim.collectSymbols(used);
  for (DimAtom symbol : used)
    if (!symbols.lookup(symbol.symbol().getValue())) return {};
  return dim.substitute([&](DimAtom symbol) { return symbols.lookup(symbol.symbol().getValue()); });
}

mlir::LogicalResult verifyTypes(CallOp op, llvm::StringRef what, mlir::TypeRange given,
                                mlir::TypeRange callee, const llvm::StringMap<Dim> &symbols) {
  if (given.size() != callee.size())  // call.c2
    return op.emitOpError() << "has " << given.size() << " " << what << "s, function @"
                            << op.getCallee() << " has " << callee.size();
  for (auto [i, pair] : llvm::enumerate(llvm::zip(given, callee))) {
    auto [is, expected] = pair;
    auto tensor = mlir::dyn_cast<mlir::RankedTensorType>(is);
    auto wanted = mlir::dyn_cast<mlir::RankedTensorType>(expected);
    std::string wrong;
    if (tensor && wanted && tensor.getElementType() == wanted.getElementType()) {
      llvm::SmallVector<Dim> dims =
          llvm::map_to_vector(dimsOf(wanted), [&](Dim dim) { return inCaller(dim, symbols); });
      wrong = misfitOfDims(dimsOf(tensor), dims, {op.getFreshAttr()});
    } else {
      wrong = misfit(is, expected);
    }
    if (!wrong.empty())
      return op.emitOpError() << what << " " << i << " has " << wrong << " (" << is
                              << "; function @" << op.getCallee() << ": " << expected << ")";
  }
  return mlir::success();
}
}  // namespace

namespace {
mlir::LogicalResult verifyVjp(CallOp op, mlir::SymbolTableCollection &tables) {
  auto numContinuous = [](mlir::TypeRange types) { return llvm::count_if(types, isContinuous); };
  auto vjp = tables.lookupNearestSymbolFrom<mlir::func::FuncOp>(op, op.getVjpAttr());
  size_t taken = op.getArguments().size() + numContinuous(op.getResultTypes());
  size_t given = numContinuous(op.getArguments().getTypes());
  if (vjp && vjp.getNumArguments() == taken && vjp.getNumResults() == given) return mlir::success();
  return op.emitOpError() << "`vjp` is @" << *op.getVjp()  // call.c4
                          << ", expected a func.func of the module with " << taken
                          << " arguments (those of @" << op.getCallee()
                          << " and cotangents of its results) and " << given << " results";
}
}  // namespace

mlir::LogicalResult CallOp::verifySymbolUses(mlir::SymbolTableCollection &tables) {
  auto callee = tables.lookupNearestSymbolFrom<mlir::func::FuncOp>(*this, getCalleeAttr());
  if (!callee)  // call.c1
    return emitOpError() << "calls @" << getCallee() << ", which is no func.func of the module";
  if (getVjp() && failed(verifyVjp(*this, tables))) return mlir::failure();
  mlir::FunctionType type = callee.getFunctionType();
  llvm::StringMap<Dim> symbols = symbolsOf(type.getInputs(), getArguments().getTypes());
  if (failed(verifyTypes(*this, "operand", getArguments().getTypes(), type.getInputs(), symbols)))
    return mlir::failure();
  return verifyTypes(*this, "result", getResultTypes(), type.getResults(), symbols);
}

// ---- Evaluate -----------------------------------------------------------------------------------

mlir::FailureOr<llvm::SmallVector<eval::Value>> CallOp::evaluate(
    llvm::ArrayRef<eval::Value> operands, eval::Scope &scope) {
  Evaluated results = scope.call(getCallee(), operands, *this);
  if (failed(results) ||
      failed(bindFresh(*this, getFreshAttr(), getResultTypes(), *results, scope)))
    return mlir::failure();
  return results;
}

// ---- Differentiate ------------------------------------------------------------------------------
// By the function that `vjp` names; other calls are put in place of functions before (autodiff does
// so first).

mlir::LogicalResult CallOp::differentiate(Cotangents &ct) {
  if (!getVjp()) return ct.refuse("a call; inline it first, or name its `vjp`");
  mlir::OpBuilder &b = ct.builder();
  llvm::SmallVector<mlir::Value> operands(getArguments());
  for (mlir::Value result : getResults()) {
    if (!isContinuous(result.getType())) continue;
    mlir::Value cotangent = ct.of(result);
    operands.push_back(cotangent ? cotangent : build::zerosLike(b, ct.loc(), result));
  }
  llvm::SmallVector<mlir::Value> continuous = llvm::filter_to_vector(
      getArguments(), [](mlir::Value argument) { return isContinuous(argument.getType()); });
  auto call = CallOp::create(b, ct.loc(), mlir::ValueRange(continuous).getTypes(), *getVjp(),
                             operands, nullptr, nullptr);
  for (auto [argument, part] : llvm::zip_equal(continuous, call.getResults()))
    ct.add(argument, part);
  return mlir::success();
}

// ---- Iterate ------------------------------------------------------------------------------------

Nature CallOp::nature() { return Nature::Whole; }

mlir::Value CallOp::iterate(KernelBuilder &b, unsigned, llvm::ArrayRef<Dim>) {
  return b.noLoopNest("call: functions are run whole");
}

}  // namespace plx
