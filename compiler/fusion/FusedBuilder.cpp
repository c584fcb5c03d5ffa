#include "compiler/fusion/FusedBuilder.h"

#include "mlir/IR/OperationSupport.h"

namespace plx {

FusedBuilder::FusedBuilder(mlir::OpBuilder &builder, mlir::Block &block,
                           std::function<bool(mlir::Value)> isLoaded)
    : KernelBuilder(builder.getContext()),
      b_(builder),
      block_(block),
      isLoaded_(std::move(isLoaded)),
      loc_(builder.getUnknownLoc()) {
  b_.setInsertionPointToEnd(&block_);
}

// ---- variables and indices
// -------------------------------------------------------------------------------------------

Dim FusedBuilder::declareVariable(llvm::StringRef name, Dim extent) {
  extentOf_[b_.getStringAttr(name)] = extent;
  return Dim::symbol(context(), name);
}

Dim FusedBuilder::freshVariable(llvm::StringRef prefix, Dim extent) {
  return declareVariable((prefix + llvm::Twine(numFresh_++)).str(), extent);
}

Dim FusedBuilder::simplify(Dim index) const {
  if (index.constant() || index.asSymbol()) return index;
  return index.simplify([&](DimAtom symbol) -> std::optional<DimRange> {
    auto found = extentOf_.find(symbol.symbol());
    if (found == extentOf_.end()) return std::nullopt;
    DimRange range;
    range.low = 0;
    if (std::optional<int64_t> extent = found->second.constant()) range.high = *extent - 1;
    range.highDim = found->second - 1;
    return range;
  });
}

llvm::SmallVector<mlir::Value> FusedBuilder::dataIndices(llvm::ArrayRef<Dim> dims) const {
  llvm::SmallVector<DimAtom> symbols;
  for (Dim dim : dims) dim.collectSymbols(symbols);
  llvm::SmallVector<mlir::Value> out;
  for (DimAtom symbol : symbols) {
    auto found = dataIndex_.find(symbol.symbol());
    if (found != dataIndex_.end() && !llvm::is_contained(out, found->second))
      out.push_back(found->second);
  }
  return out;
}

// ---- operands
// --------------------------------------------------------------------------------------------------------

mlir::Value FusedBuilder::load(mlir::Value value, llvm::ArrayRef<Dim> indices) {
  mlir::BlockArgument &argument = argumentOf_[value];
  if (!argument) {
    argument = block_.addArgument(value.getType(), value.getLoc());
    inputs_.push_back(value);
  }
  auto type = mlir::cast<mlir::RankedTensorType>(value.getType());
  return unique(LoadOp::create(b_, loc_, type.getElementType(), argument, dataIndices(indices),
                               guard_, DimsAttr::get(context(), indices)));
}

mlir::Value FusedBuilder::scalarOf(mlir::Value value, llvm::ArrayRef<Dim> indices) {
  llvm::SmallVector<Dim> simple;
  for (Dim index : indices) {
    if (!index) return noLoopNest("an index expression overflows");
    simple.push_back(simplify(index));
  }
  const void *place = DimsAttr::get(context(), simple).getAsOpaquePointer();
  // What is read without a guard may also be used under one.
  for (mlir::Value guard : {mlir::Value(), guard_}) {
    auto found = memo_.find({value.getAsOpaquePointer(), place, guard.getAsOpaquePointer()});
    if (found != memo_.end()) return found->second;
  }
  mlir::Operation *op = value.getDefiningOp();
  mlir::Value scalar;
  if (!op || isLoaded_(value)) {
    scalar = load(value, simple);
  } else {
    auto iterate = mlir::dyn_cast<Iterate>(op);
    if (!iterate) return noLoopNest("an op without a loop nest");
    mlir::Operation *outer = std::exchange(current_, op);
    mlir::Location outerLoc = std::exchange(loc_, op->getLoc());
    if (!llvm::is_contained(fusedOps_, op)) fusedOps_.push_back(op);
    scalar = iterate.iterate(*this, mlir::cast<mlir::OpResult>(value).getResultNumber(), simple);
    current_ = outer;
    loc_ = outerLoc;
  }
  memo_[{value.getAsOpaquePointer(), place, guard_.getAsOpaquePointer()}] = scalar;
  return scalar;
}

mlir::Value FusedBuilder::operand(unsigned operand, llvm::ArrayRef<Dim> indices) {
  return scalarOf(current_->getOperand(operand), indices);
}

mlir::RankedTensorType FusedBuilder::operandType(unsigned operand) {
  return mlir::cast<mlir::RankedTensorType>(current_->getOperand(operand).getType());
}

// ---- scalars
// ---------------------------------------------------------------------------------------------------------

mlir::Value FusedBuilder::unique(mlir::Operation *op) {
  auto hash = static_cast<unsigned>(static_cast<size_t>(mlir::OperationEquivalence::computeHash(
      op, mlir::OperationEquivalence::directHashValue, mlir::OperationEquivalence::ignoreHashValue,
      mlir::OperationEquivalence::IgnoreLocations)));
  auto [begin, end] = twins_.equal_range(hash);
  for (auto it = begin; it != end; ++it) {
    if (mlir::OperationEquivalence::isEquivalentTo(it->second, op,
                                                   mlir::OperationEquivalence::IgnoreLocations)) {
      op->erase();
      return it->second->getResult(0);
    }
  }
  twins_.emplace(hash, op);
  source_[op->getResult(0)] = current_;
  return op->getResult(0);
}

static bool anyNull(mlir::ValueRange values) {
  return llvm::any_of(values, [](mlir::Value value) { return !value; });
}

mlir::Value FusedBuilder::apply(ScalarFn fn, mlir::ValueRange operands) {
  if (anyNull(operands)) return {};
  llvm::SmallVector<mlir::Type> types(operands.getTypes());
  return unique(ApplyOp::create(b_, loc_, scalarResultType(fn, types),
                                b_.getStringAttr(infoOf(fn).name), operands));
}

mlir::Value FusedBuilder::convert(mlir::Value scalar, mlir::Type element, bool saturate) {
  if (!scalar || scalar.getType() == element) return scalar;
  return unique(ConvertOp::create(b_, loc_, element, scalar, b_.getBoolAttr(saturate)));
}

mlir::Value FusedBuilder::bitcast(mlir::Value scalar, mlir::Type element) {
  if (!scalar || scalar.getType() == element) return scalar;
  return unique(BitsOp::create(b_, loc_, element, scalar));
}

mlir::Value FusedBuilder::constant(mlir::TypedAttr value) {
  return unique(ScalarOp::create(b_, loc_, value.getType(), value));
}

mlir::Value FusedBuilder::position(Dim index, mlir::Type element) {
  index = simplify(index);
  if (std::optional<int64_t> known = index.constant()) return constant(*known, element);
  return unique(PositionOp::create(b_, loc_, element, DimsAttr::get(context(), {index}),
                                   dataIndices({index})));
}

Dim FusedBuilder::bindIndex(mlir::Value index, Dim extent, bool wrapNegative) {
  if (!index) return {};
  Dim symbol = freshVariable("$v", extent);
  mlir::StringAttr name = symbol.asSymbol()->symbol();
  auto op = IndexOp::create(
      b_, loc_, b_.getIndexType(), index, name, DimsAttr::get(context(), {extent}),
      wrapNegative ? b_.getUnitAttr() : mlir::UnitAttr(), dataIndices({extent}), guard_);
  dataIndex_[name] = op;
  source_[op] = current_;
  return symbol;
}

// ---- folds
// -----------------------------------------------------------------------------------------------------------

mlir::Value FusedBuilder::fold(FoldKind kind, llvm::ArrayRef<Dim> extents,
                               llvm::function_ref<mlir::Value(llvm::ArrayRef<Dim>)> body) {
  llvm::SmallVector<Dim> variables;
  llvm::SmallVector<mlir::Attribute> names;
  for (Dim extent : extents) {
    variables.push_back(freshVariable("$k", extent));
    names.push_back(variables.back().asSymbol()->symbol());
  }
  mlir::Value value = body(variables);
  if (!value || extents.empty()) return value;
  mlir::Type element = value.getType();
  value = convert(value, accumulatorType(kind, element), /*saturate=*/true);
  mlir::Value result =
      unique(FoldOp::create(b_, loc_, value.getType(), b_.getStringAttr(nameOf(kind)), value,
                            b_.getArrayAttr(names), DimsAttr::get(context(), extents)));
  return convert(result, element, /*saturate=*/true);
}

mlir::Value FusedBuilder::argFold(FoldKind kind, bool last, Dim extent,
                                  llvm::function_ref<mlir::Value(Dim)> body) {
  Dim variable = freshVariable("$k", extent);
  mlir::Value value = body(variable);
  if (!value) return {};
  return unique(ArgFoldOp::create(b_, loc_, b_.getI64Type(), b_.getStringAttr(nameOf(kind)), value,
                                  variable.asSymbol()->symbol(), DimsAttr::get(context(), {extent}),
                                  last ? b_.getUnitAttr() : mlir::UnitAttr()));
}

mlir::Value FusedBuilder::prefix(FoldKind kind, bool exclusive, Dim position, Dim extent,
                                 llvm::function_ref<mlir::Value(Dim)> body) {
  Dim variable = freshVariable("$k", extent);
  mlir::Value value = body(variable);
  if (!value) return {};
  mlir::Type element = value.getType();
  value = convert(value, accumulatorType(kind, element), /*saturate=*/true);
  mlir::Value result = unique(PrefixOp::create(
      b_, loc_, value.getType(), b_.getStringAttr(nameOf(kind)), value,
      variable.asSymbol()->symbol(), DimsAttr::get(context(), {simplify(position)}),
      DimsAttr::get(context(), {extent}), exclusive ? b_.getUnitAttr() : mlir::UnitAttr()));
  return convert(result, element, /*saturate=*/true);
}

// ---- alternatives
// ----------------------------------------------------------------------------------------------------

mlir::Value FusedBuilder::inside(llvm::ArrayRef<IndexBound> bounds,
                                 llvm::function_ref<mlir::Value()> body,
                                 llvm::function_ref<mlir::Value()> otherwise) {
  llvm::SmallVector<Dim> indices, extents;
  for (const IndexBound &bound : bounds) {
    Dim index = simplify(bound.index), room = simplify(bound.extent - 1 - bound.index);
    if (!index || !room) return noLoopNest("an index expression overflows");
    // Ranges of variables are known to simplify alone; a lone variable within its own extent is the
    // common case.
    bool low = provablyGreaterEqual(index, Dim::constant(context(), 0));
    bool high = false;
    if (std::optional<DimAtom> symbol = index.asSymbol()) {
      auto found = extentOf_.find(symbol->symbol());
      high = found != extentOf_.end() && provablyGreaterEqual(bound.extent, found->second);
    } else {
      high = provablyGreaterEqual(room, Dim::constant(context(), 0));
    }
    if (low && high) continue;
    indices.push_back(index);
    extents.push_back(bound.extent);
  }
  if (indices.empty()) return body();
  llvm::SmallVector<Dim> all(indices);
  all.append(extents);
  mlir::Value condition =
      unique(InsideOp::create(b_, loc_, b_.getI1Type(), DimsAttr::get(context(), indices),
                              DimsAttr::get(context(), extents), dataIndices(all)));
  mlir::Value outer = guard_;
  guard_ = outer ? apply(ScalarFn::and_, {outer, condition}) : condition;
  mlir::Value yes = body();
  guard_ = outer;
  if (!yes) return {};
  mlir::Value no = otherwise();
  return apply(ScalarFn::select_, {condition, yes, no});
}

mlir::Value FusedBuilder::piece(Dim index, llvm::ArrayRef<Dim> starts,
                                llvm::function_ref<mlir::Value(unsigned)> body) {
  mlir::Value result;
  for (unsigned p = starts.size() - 1; p-- > 0;) {
    mlir::Value here;
    result = inside(
        {{index - starts[p], starts[p + 1] - starts[p]}}, [&] { return here = body(p); },
        [&] { return result ? result : constant(int64_t{0}, here.getType()); });
    if (!result) return {};
  }
  return result;
}

}  // namespace plx
