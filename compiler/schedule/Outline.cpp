// Moves kernels out of functions, in the form targets take them. See OutlinePass in Passes.td.
#include "compiler/schedule/Body.h"
#include "compiler/schedule/Passes.h"
#include "ir/kernel/Kernel.h"
#include "llvm/ADT/StringMap.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/IR/SymbolTable.h"
#include "mlir/Pass/Pass.h"

namespace plx {

#define GEN_PASS_DEF_OUTLINEPASS
#include "compiler/schedule/Passes.h.inc"

namespace {

Dim one(mlir::MLIRContext *context) { return Dim::constant(context, 1); }

/// Position of an element in row-major memory.
Dim linearOffset(mlir::Type buffer, DimsAttr indices) {
  llvm::SmallVector<Dim> dims = dimsOf(buffer);
  Dim offset = Dim::constant(buffer.getContext(), 0), stride = one(buffer.getContext());
  for (size_t axis = dims.size(); axis-- > 0;) {
    offset = offset + indices[axis] * stride;
    stride = stride * dims[axis];
  }
  return offset;
}

/// Gives every buffer rank 1 and every access one linear offset.
mlir::LogicalResult flatten(mlir::Block &body, const Extents &extents) {
  for (mlir::Operation &op : body) {
    std::optional<Access> access = accessOf(&op);
    if (!access) continue;
    Dim offset = extents.simplify(linearOffset(access->buffer.getType(), access->indices));
    if (!offset) return op.emitError() << "the offset of an element does not fit 64 bits";
    op.setAttr("indices", DimsAttr::get(op.getContext(), {offset}));
  }
  for (mlir::BlockArgument argument : body.getArguments()) {
    auto type = mlir::cast<mlir::RankedTensorType>(argument.getType());
    mlir::RankedTensorType flat = tensorType(type.getElementType(), {numElements(type)});
    if (!flat)
      return mlir::emitError(argument.getLoc())
             << "a tensor of type " << type << " has more elements than 64 bits can count";
    argument.setType(flat);
  }
  return mlir::success();
}

/// True if going from `outer` to `inner` steps through memory without a gap in every access, so
/// that both can be one variable; nothing but offsets of loads and stores may mention them.
bool runsAsOne(mlir::Block &body, mlir::StringAttr outer, mlir::StringAttr inner, Dim innerExtent) {
  for (mlir::Operation &op : body) {
    for (mlir::NamedAttribute named : op.getAttrs()) {
      auto dims = mlir::dyn_cast<DimsAttr>(named.getValue());
      if (!dims) continue;
      for (Dim dim : dims.dims()) {
        if (!dim.usesSymbol(outer) && !dim.usesSymbol(inner)) continue;
        if (!accessOf(&op)) return false;
        auto a = dim.splitLinear(outer), b = dim.splitLinear(inner);
        if (!a || !b || a->first != b->first * innerExtent) return false;
        if (b->first.usesSymbol(outer) || a->first.usesSymbol(inner)) return false;
      }
    }
  }
  return true;
}

/// Joins neighbouring variables of one list that run as one; drops those of extent 1. Gives the new
/// list.
struct Variables {
  llvm::SmallVector<mlir::StringAttr> names;
  llvm::SmallVector<Dim> extents;
};

void collapse(mlir::Block &body, Variables &list) {
  mlir::MLIRContext *context = body.getParentOp()->getContext();
  for (size_t i = 0; i < list.names.size();) {
    if (list.extents[i].isConstant(1)) {
      substituteVariable(body, list.names[i], Dim::constant(context, 0));
      list.names.erase(list.names.begin() + i);
      list.extents.erase(list.extents.begin() + i);
    } else {
      ++i;
    }
  }
  for (size_t i = list.names.size(); i-- > 1;) {
    mlir::StringAttr outer = list.names[i - 1], inner = list.names[i];
    if (!runsAsOne(body, outer, inner, list.extents[i])) continue;
    substituteVariable(body, outer, Dim::constant(context, 0));
    list.extents[i] = list.extents[i - 1] * list.extents[i];
    list.names.erase(list.names.begin() + i - 1);
    list.extents.erase(list.extents.begin() + i - 1);
  }
}

mlir::ArrayAttr namesAttr(mlir::MLIRContext *context, const Variables &list) {
  return mlir::ArrayAttr::get(
      context, llvm::SmallVector<mlir::Attribute>(list.names.begin(), list.names.end()));
}

void collapseFolds(mlir::Block &body) {
  for (mlir::Operation &op : body) {
    auto fold = mlir::dyn_cast<FoldOp>(op);
    if (!fold) continue;
    Variables list{namesOf(fold.getVariables()), llvm::SmallVector<Dim>(fold.getExtents().dims())};
    collapse(body, list);
    fold.setVariablesAttr(namesAttr(op.getContext(), list));
    fold.setExtentsAttr(DimsAttr::get(op.getContext(), list.extents));
  }
}

/// Gives the size symbols of a kernel the names s0, s1, ... in order of appearance; returns the
/// original ones.
llvm::SmallVector<Dim> renameSymbols(KernelFuncOp kernel) {
  mlir::MLIRContext *context = kernel.getContext();
  llvm::SmallVector<Dim> originals;
  llvm::DenseMap<mlir::Attribute, Dim> renamed;
  auto rename = [&](Dim dim) {
    llvm::SmallVector<DimAtom> symbols;
    dim.collectSymbols(symbols);
    for (DimAtom symbol : symbols) {
      llvm::StringRef name = symbol.symbol().getValue();
      if (isKernelVariable(name) || renamed.count(symbol.symbol())) continue;
      renamed[symbol.symbol()] =
          Dim::symbol(context, ("s" + llvm::Twine(originals.size())).str(), symbol.lowerBound());
      originals.push_back(Dim::symbol(context, name, symbol.lowerBound()));
    }
    return dim.substitute([&](DimAtom symbol) { return renamed.lookup(symbol.symbol()); });
  };
  llvm::SmallVector<Dim> extents;
  for (Dim extent : kernel.getExtents().dims()) extents.push_back(rename(extent));
  kernel.setExtentsAttr(DimsAttr::get(context, extents));
  mlir::Block &body = kernel.getBody().front();
  for (mlir::BlockArgument argument : body.getArguments()) {
    auto type = mlir::cast<mlir::RankedTensorType>(argument.getType());
    argument.setType(tensorType(type.getElementType(), {rename(dimOf(type, 0))}));
  }
  rewriteDims(body, rename);
  llvm::SmallVector<Dim> names;
  for (Dim original : originals) names.push_back(renamed[original.asSymbol()->symbol()]);
  kernel.setSymbolsAttr(DimsAttr::get(context, names));
  return originals;
}

/// A word that says what the kernel does, for its name: the last part of the first node it came
/// from.
std::string nameFor(KernelOp kernel) {
  auto nodes = kernel->getAttrOfType<mlir::StringAttr>("nodes");
  llvm::StringRef text = nodes ? nodes.getValue().split(',').first : "";
  text = text.rsplit('/').second.empty() ? text : text.rsplit('/').second;
  std::string name;
  for (char c : text.take_front(32)) name += llvm::isAlnum(c) ? c : '_';
  return name.empty() ? "kernel" : name;
}

struct OutlinePass : impl::OutlinePassBase<OutlinePass> {
  void runOnOperation() override {
    llvm::SmallVector<KernelOp> kernels;
    getOperation().walk([&](KernelOp kernel) { kernels.push_back(kernel); });
    for (KernelOp kernel : kernels)
      if (failed(outline(kernel))) return signalPassFailure();
  }

  mlir::LogicalResult outline(KernelOp kernel) {
    mlir::OpBuilder builder(kernel);
    mlir::ModuleOp module = getOperation();
    builder.setInsertionPointToStart(module.getBody());
    auto function =
        KernelFuncOp::create(builder, kernel.getLoc(), nameFor(kernel), kernel.getSchedule(),
                             kernel.getInputs().size(), kernel.getVariables(), kernel.getExtents(),
                             DimsAttr::get(&getContext(), llvm::ArrayRef<Dim>{}));
    function.getBody().takeBody(kernel.getBody());
    for (llvm::StringRef advice : {"panel"})
      if (mlir::Attribute attr = kernel->getAttr(advice)) function->setAttr(advice, attr);
    mlir::Block &body = function.getBody().front();
    if (failed(flatten(body, Extents(function.getVariables(), function.getExtents(), body))))
      return mlir::failure();
    Variables list{namesOf(function.getVariables()),
                   llvm::SmallVector<Dim>(function.getExtents().dims())};
    collapse(body, list);
    function.setVariablesAttr(namesAttr(&getContext(), list));
    function.setExtentsAttr(DimsAttr::get(&getContext(), list.extents));
    collapseFolds(body);
    llvm::SmallVector<Dim> sizes = renameSymbols(function);
    KernelFuncOp only = unify(function);
    builder.setInsertionPoint(kernel);
    auto launch =
        LaunchOp::create(builder, kernel.getLoc(), kernel.getResultTypes(), only.getSymName(),
                         kernel.getInputs(), DimsAttr::get(&getContext(), sizes));
    if (mlir::Attribute nodes = kernel->getAttr("nodes")) launch->setAttr("nodes", nodes);
    kernel.replaceAllUsesWith(launch.getResults());
    kernel.erase();
    return mlir::success();
  }

  /// The first kernel of the module equal to `function`, which is erased if it is not that one.
  KernelFuncOp unify(KernelFuncOp function) {
    std::string stem = function.getSymName().str();
    function.setSymName("k");
    std::string text;
    llvm::raw_string_ostream stream(text);
    function->print(stream, mlir::OpPrintingFlags().useLocalScope().assumeVerified());
    auto [entry, isNew] = known_.try_emplace(text, function);
    if (!isNew) {
      function.erase();
      return entry->second;
    }
    function.setSymName(stem + "_" + std::to_string(known_.size() - 1));
    return function;
  }

  llvm::StringMap<KernelFuncOp> known_;
};

}  // namespace
}  // namespace plx
