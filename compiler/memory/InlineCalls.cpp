// Puts functions where @main calls them. See InlineCallsPass in Passes.td.
#include "compiler/memory/InlineCalls.h"

#include "ir/ops/Bind.h"
#include "ir/ops/Call.h"
#include "ir/ops/Dims.h"
#include "ir/ops/Rebind.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringSet.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/AttrTypeSubElements.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/Pass/Pass.h"

namespace plx {

#define GEN_PASS_DEF_INLINECALLSPASS
#include "compiler/memory/Passes.h.inc"

namespace {

/// Ops that inlining may make at most: functions that call each other twice grow without bound.
constexpr int64_t kMaxOps = int64_t{1} << 20;

/// Attributes by which an op declares symbols: lists of names, or one.
bool declaresSymbols(llvm::StringRef attribute) {
  return attribute == "fresh" || attribute == "carried" || attribute == "names" ||
         attribute == "size";
}

/// Calls `use` with the name of each symbol that ops below `root` mention, in order of appearance.
void forEachSymbol(mlir::Operation *root, llvm::function_ref<void(llvm::StringRef)> use) {
  auto inDims = [&](DimsAttr dims) {
    llvm::SmallVector<DimAtom> symbols;
    for (Dim dim : dims.dims()) dim.collectSymbols(symbols);
    for (DimAtom symbol : symbols) use(symbol.symbol());
  };
  auto inType = [&](mlir::Type type) {
    type.walk([&](mlir::RankedTensorType tensor) {
      if (auto dims = mlir::dyn_cast_or_null<DimsAttr>(tensor.getEncoding())) inDims(dims);
    });
  };
  root->walk<mlir::WalkOrder::PreOrder>([&](mlir::Operation *op) {
    for (mlir::Region &region : op->getRegions())
      for (mlir::Block &block : region)
        for (mlir::Type type : block.getArgumentTypes()) inType(type);
    for (mlir::Type type : op->getResultTypes()) inType(type);
    for (mlir::NamedAttribute named : op->getAttrs()) {
      if (auto dims = mlir::dyn_cast<DimsAttr>(named.getValue())) inDims(dims);
      if (!declaresSymbols(named.getName())) continue;
      named.getValue().walk([&](mlir::StringAttr name) { use(name.getValue()); });
    }
  });
}

class Inliner {
 public:
  Inliner(mlir::ModuleOp module, mlir::func::FuncOp main, bool keepVjps)
      : module_(module), main_(main), keepVjps_(keepVjps) {
    forEachSymbol(main, [&](llvm::StringRef name) { taken_.insert(name); });
  }

  mlir::LogicalResult run() {
    llvm::SmallVector<mlir::func::FuncOp> path{main_};
    if (failed(refuseRecursion(path))) return mlir::failure();
    for (llvm::SmallVector<CallOp> calls = callsIn(main_); !calls.empty(); calls = callsIn(main_))
      for (CallOp call : calls)
        if (failed(inlineCall(call))) return mlir::failure();
    return mlir::success();
  }

 private:
  llvm::SmallVector<CallOp> callsIn(mlir::func::FuncOp function) const {
    llvm::SmallVector<CallOp> calls;
    function.walk([&](CallOp call) {
      if (!keepVjps_ || !call.getVjp()) calls.push_back(call);
    });
    return calls;
  }

  mlir::LogicalResult refuseRecursion(llvm::SmallVector<mlir::func::FuncOp> &path) {
    if (visited_.contains(path.back())) return mlir::success();
    for (CallOp call : callsIn(path.back())) {
      auto callee = module_.lookupSymbol<mlir::func::FuncOp>(call.getCallee());
      if (llvm::is_contained(path, callee))
        return call.emitError() << "function @" << call.getCallee()
                                << " calls itself; recursion cannot be compiled";
      path.push_back(callee);
      if (failed(refuseRecursion(path))) return mlir::failure();
      path.pop_back();
    }
    visited_.insert(path.back());
    return mlir::success();
  }

  mlir::LogicalResult inlineCall(CallOp call) {
    auto callee = module_.lookupSymbol<mlir::func::FuncOp>(call.getCallee());
    if (callee.isExternal() || !callee.getBody().hasOneBlock())
      return call.emitError() << "function @" << call.getCallee() << " has no body of one block";
    mlir::OpBuilder builder(call);
    Symbols symbols = translate(builder, call, callee);
    mlir::IRMapping mapping;
    for (auto [parameter, argument] : llvm::zip_equal(callee.getArguments(), call.getArguments()))
      mapping.map(parameter, rebound(builder, call.getLoc(), argument,
                                     translated(parameter.getType(), symbols)));
    mlir::Block &body = callee.getBody().front();
    for (mlir::Operation &op : body.without_terminator()) {
      rewrite(builder.clone(op, mapping), symbols);
      if (++numOps_ > kMaxOps)
        return call.emitError() << "with its functions inlined the program has more than "
                                << kMaxOps << " ops";
    }
    llvm::SmallVector<mlir::Value> results;
    for (mlir::Value value : body.getTerminator()->getOperands())
      results.push_back(mapping.lookup(value));
    bindFresh(builder, call, results);
    for (auto [result, value] : llvm::zip_equal(call.getResults(), results))
      result.replaceAllUsesWith(rebound(builder, call.getLoc(), value, result.getType()));
    call.erase();
    return mlir::success();
  }

  /// What stands for each symbol of the callee in the caller: an expression, or a new name.
  struct Symbols {
    llvm::StringMap<Dim> passed;
    llvm::StringMap<std::string> renamed;
  };

  Symbols translate(mlir::OpBuilder &builder, CallOp call, mlir::func::FuncOp callee) {
    Symbols symbols;
    for (auto [parameter, argument] :
         llvm::zip_equal(callee.getArgumentTypes(), call.getArguments().getTypes())) {
      if (!mlir::isa<mlir::RankedTensorType>(parameter)) continue;
      for (auto [dim, value] : llvm::zip_equal(dimsOf(parameter), dimsOf(argument)))
        if (dim.asSymbol()) pass(builder, call.getLoc(), *dim.asSymbol(), value, symbols);
    }
    forEachSymbol(callee, [&](llvm::StringRef name) {
      if (!symbols.passed.contains(name) && !symbols.renamed.contains(name))
        symbols.renamed[name] = unused(name);
    });
    return symbols;
  }

  /// A symbol with a lower bound that the size passed does not surely keep is bound anew, which
  /// checks it.
  void pass(mlir::OpBuilder &builder, mlir::Location location, DimAtom symbol, Dim value,
            Symbols &symbols) {
    llvm::StringRef name = symbol.symbol();
    if (symbols.passed.contains(name) || symbols.renamed.contains(name)) return;
    if (value.lowerBound().value_or(INT64_MIN) >= symbol.lowerBound()) {
      symbols.passed[name] = value;
      return;
    }
    symbols.renamed[name] = unused(name);
    auto dims = DimsOp::create(builder, location, llvm::ArrayRef<Dim>{value});
    BindOp::create(builder, location, dims, builder.getStrArrayAttr({symbols.renamed[name]}),
                   llvm::ArrayRef<int64_t>{symbol.lowerBound()});
  }

  std::string unused(llvm::StringRef name) {
    for (;;) {
      std::string candidate = (name + "." + llvm::Twine(++counter_)).str();
      if (taken_.insert(candidate).second) return candidate;
    }
  }

  static Dim translated(Dim dim, const Symbols &symbols) {
    return dim.substitute([&](DimAtom symbol) -> Dim {
      auto renamed = symbols.renamed.find(symbol.symbol().getValue());
      if (renamed == symbols.renamed.end())
        return symbols.passed.lookup(symbol.symbol().getValue());
      return Dim::symbol(symbol.getContext(), renamed->second, symbol.lowerBound());
    });
  }

  static mlir::Type translated(mlir::Type type, const Symbols &symbols) {
    auto tensor = mlir::dyn_cast<mlir::RankedTensorType>(type);
    if (!tensor) return type;
    llvm::SmallVector<Dim> dims;
    for (Dim dim : dimsOf(tensor)) dims.push_back(translated(dim, symbols));
    mlir::Type result = tensorType(tensor.getElementType(), dims);
    return result ? result : type;
  }

  void rewrite(mlir::Operation *clone, const Symbols &symbols) {
    mlir::AttrTypeReplacer replacer;
    replacer.addReplacement(
        [&](DimsAttr dims) -> std::optional<std::pair<mlir::Attribute, mlir::WalkResult>> {
          llvm::SmallVector<Dim> out;
          for (Dim dim : dims.dims()) out.push_back(translated(dim, symbols));
          return std::pair(DimsAttr::get(dims.getContext(), out), mlir::WalkResult::skip());
        });
    replacer.addReplacement([&](mlir::RankedTensorType tensor)
                                -> std::optional<std::pair<mlir::Type, mlir::WalkResult>> {
      return std::pair(translated(tensor, symbols), mlir::WalkResult::skip());
    });
    replacer.recursivelyReplaceElementsIn(clone, /*replaceAttrs=*/true, /*replaceLocs=*/false,
                                          /*replaceTypes=*/true);
    mlir::AttrTypeReplacer names;
    names.addReplacement([&](mlir::StringAttr name) -> mlir::Attribute {
      auto renamed = symbols.renamed.find(name.getValue());
      return renamed == symbols.renamed.end()
                 ? name
                 : mlir::StringAttr::get(name.getContext(), renamed->second);
    });
    clone->walk([&](mlir::Operation *op) {
      for (mlir::NamedAttribute named : llvm::to_vector(op->getAttrs()))
        if (declaresSymbols(named.getName()))
          op->setAttr(named.getName(), names.replace(named.getValue()));
    });
  }

  static mlir::Value rebound(mlir::OpBuilder &builder, mlir::Location location, mlir::Value value,
                             mlir::Type type) {
    if (value.getType() == type || !mlir::isa<mlir::RankedTensorType>(type)) return value;
    return RebindOp::create(builder, location, type, value);
  }

  /// The call's fresh symbols are the sizes that came.
  void bindFresh(mlir::OpBuilder &builder, CallOp call, mlir::ArrayRef<mlir::Value> results) {
    if (!call.getFresh()) return;
    llvm::SmallVector<mlir::Attribute> names;
    llvm::SmallVector<Dim> values;
    llvm::SmallVector<int64_t> bounds;
    for (auto [result, value] : llvm::zip_equal(call.getResults(), results)) {
      if (!mlir::isa<mlir::RankedTensorType>(result.getType())) continue;
      for (auto [dim, came] : llvm::zip_equal(dimsOf(result.getType()), dimsOf(value.getType()))) {
        if (!dim.asSymbol()) continue;
        mlir::StringAttr name = dim.asSymbol()->symbol();
        if (!llvm::is_contained(*call.getFresh(), name) || llvm::is_contained(names, name))
          continue;
        names.push_back(name);
        values.push_back(came);
        bounds.push_back(dim.asSymbol()->lowerBound());
      }
    }
    if (names.empty()) return;
    auto dims = DimsOp::create(builder, call.getLoc(), values);
    BindOp::create(builder, call.getLoc(), dims, builder.getArrayAttr(names), bounds);
  }

  mlir::ModuleOp module_;
  mlir::func::FuncOp main_;
  bool keepVjps_;
  llvm::StringSet<> taken_;  // names of symbols of @main
  llvm::DenseSet<mlir::Operation *> visited_;
  int64_t counter_ = 0, numOps_ = 0;
};

struct InlineCallsPass : impl::InlineCallsPassBase<InlineCallsPass> {
  void runOnOperation() override {
    auto main = getOperation().lookupSymbol<mlir::func::FuncOp>("main");
    if (!main) {
      getOperation().emitError() << "the module has no function @main";
      return signalPassFailure();
    }
    if (failed(inlineCalls(getOperation(), main, /*keepVjps=*/false))) return signalPassFailure();
    for (auto function : llvm::make_early_inc_range(getOperation().getOps<mlir::func::FuncOp>()))
      if (function != main) function.erase();
  }
};

}  // namespace

mlir::LogicalResult inlineCalls(mlir::ModuleOp module, mlir::func::FuncOp into, bool keepVjps) {
  return Inliner(module, into, keepVjps).run();
}

}  // namespace plx
