// Makes @main a host program. See LowerToHostPass in Passes.td.
#include "compiler/memory/Donations.h"
#include "compiler/memory/Lowering.h"
#include "compiler/memory/Steps.h"
#include "ir/ops/Reshape.h"
#include "ir/ops/Yield.h"
#include "ir/types/Place.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Pass/Pass.h"

namespace plx {

#define GEN_PASS_DEF_LOWERTOHOSTPASS
#include "compiler/memory/Passes.h.inc"

namespace {

bool isKnown(mlir::Operation *op) {
  return relabelsElements(op) || isData(op) ||
         mlir::isa<LaunchOp, BindOp, DimsOp, IfOp, LoopOp, ScanOp, HostCall, YieldOp, SizeOp,
                   RequireOp, mlir::arith::CmpIOp, mlir::arith::SelectOp, mlir::func::ReturnOp>(op);
}

/// Whether a loop nest computes with complex numbers, for which there is no code yet.
bool isComplexNest(mlir::Operation *op, mlir::SymbolTable &symbols) {
  auto launch = mlir::dyn_cast<LaunchOp>(op);
  auto nest = launch ? symbols.lookup<KernelFuncOp>(launch.getCallee()) : nullptr;
  if (!nest) return false;
  auto isComplex = [](mlir::Type type) {
    return mlir::isa<mlir::ComplexType>(mlir::getElementTypeOrSelf(type));
  };
  mlir::WalkResult found = nest.walk([&](mlir::Operation *inner) {
    return llvm::any_of(inner->getOperandTypes(), isComplex) ||
                   llvm::any_of(inner->getResultTypes(), isComplex)
               ? mlir::WalkResult::interrupt()
               : mlir::WalkResult::advance();
  });
  return found.wasInterrupted();
}

bool isString(mlir::Type type) { return mlir::isa<StringType>(mlir::getElementTypeOrSelf(type)); }

/// Whether an op asks for strings where only numbers have a form: in kernels, in slices that a scan
/// reads, in outputs that a loop or scan stacks.
bool needsBytes(mlir::Operation *op) {
  if (mlir::isa<LaunchOp>(op))
    return llvm::any_of(op->getOperandTypes(), isString) ||
           llvm::any_of(op->getResultTypes(), isString);
  if (auto scan = mlir::dyn_cast<ScanOp>(op))
    return llvm::any_of(scan.getInputs().getTypes(), isString) ||
           llvm::any_of(scan.getResults().drop_front(scan.getStates().size()).getTypes(), isString);
  if (auto loop = mlir::dyn_cast<LoopOp>(op))
    return llvm::any_of(loop.getResults().drop_front(loop.getStates().size()).getTypes(), isString);
  return false;
}

/// Empty where `op` has a form below tensors, else what to call it.
std::string refusedAs(mlir::Operation *op, mlir::SymbolTable &symbols) {
  if (isComplexNest(op, symbols)) return "complex numbers";
  if (needsBytes(op)) return (op->getName().getStringRef() + " of strings").str();
  return isKnown(op) ? "" : op->getName().getStringRef().str();
}

/// One message that names every op which has no form below tensors.
mlir::LogicalResult refuseUnknown(mlir::func::FuncOp main) {
  mlir::SymbolTable symbols(main->getParentOfType<mlir::ModuleOp>());
  std::string list;
  main.walk([&](mlir::Operation *op) {
    std::string name = op == main.getOperation() ? "" : refusedAs(op, symbols);
    if (name.empty()) return;
    std::string place = placeText(op->getLoc());
    list += "\n  " + name + (place.empty() ? "" : " of " + place);
  });
  if (list.empty()) return mlir::success();
  return main.emitError() << "these ops cannot be compiled yet:" << list;
}

/// `plx.name` of each argument or result, else `word` and its number.
mlir::ArrayAttr namesOf(mlir::MLIRContext *context, mlir::ArrayAttr attributes, size_t count,
                        llvm::StringRef word) {
  llvm::SmallVector<mlir::Attribute> names;
  for (size_t i = 0; i < count; ++i) {
    auto dictionary = attributes ? mlir::cast<mlir::DictionaryAttr>(attributes[i]) : nullptr;
    auto name = dictionary ? dictionary.getAs<mlir::StringAttr>("plx.name") : nullptr;
    names.push_back(name ? name : mlir::StringAttr::get(context, word + llvm::Twine(i)));
  }
  return mlir::ArrayAttr::get(context, names);
}

struct LowerToHostPass : impl::LowerToHostPassBase<LowerToHostPass> {
  void runOnOperation() override {
    mlir::ModuleOp module = getOperation();
    auto main = module.lookupSymbol<mlir::func::FuncOp>("main");
    if (!main || main.isExternal() || !main.getBody().hasOneBlock()) {
      module.emitError() << "the module has no function @main with one block";
      return signalPassFailure();
    }
    if (failed(refuseUnknown(main))) return signalPassFailure();
    mlir::OpBuilder builder(main);
    mlir::FunctionType type = main.getFunctionType();
    llvm::SmallVector<int64_t> inputs = donatedInputs(main);
    bool isAny = llvm::any_of(inputs, [](int64_t input) { return input >= 0; });
    auto donated = isAny ? builder.getDenseI64ArrayAttr(inputs) : mlir::DenseI64ArrayAttr();
    auto program = ProgramOp::create(
        builder, main.getLoc(), builder.getStringAttr("main"),
        namesOf(&getContext(), main.getArgAttrsAttr(), type.getNumInputs(), "input"),
        builder.getTypeArrayAttr(type.getInputs()),
        namesOf(&getContext(), main.getResAttrsAttr(), type.getNumResults(), "output"),
        builder.getTypeArrayAttr(type.getResults()), builder.getI64IntegerAttr(0),
        mlir::IntegerAttr(), mlir::UnitAttr(), donated);
    if (failed(Lowering(main, program).run())) return signalPassFailure();
    // All calls were inlined: no other function is reached.
    for (auto function : llvm::make_early_inc_range(module.getOps<mlir::func::FuncOp>()))
      function.erase();
  }
};

}  // namespace
}  // namespace plx
