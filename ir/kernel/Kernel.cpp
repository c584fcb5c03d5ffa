#include "ir/kernel/Kernel.h"

#include "mlir/IR/OpImplementation.h"

#define GET_OP_CLASSES
#include "ir/kernel/Kernel.cpp.inc"

namespace plx {

PLX_REGISTER_OPS(kernel, KernelOp, KernelFuncOp, IrregularFuncOp, LaunchOp, LoadOp, StoreOp,
                 ApplyOp, ConvertOp, BitsOp, ScalarOp, PositionOp, IndexOp, InsideOp, FoldOp,
                 ArgFoldOp, PrefixOp);

llvm::SmallVector<mlir::StringAttr> namesOf(mlir::ArrayAttr names) {
  llvm::SmallVector<mlir::StringAttr> out;
  for (mlir::Attribute name : names) out.push_back(mlir::cast<mlir::StringAttr>(name));
  return out;
}

// ---- assembly
// --------------------------------------------------------------------------------------------------------
// kernel SCHEDULE ["$0", "$1"] < [n, 4] (%x, %y) {region} attributes {...} : (types) -> types
// kernel_func @name SCHEDULE ["$0"] < [n] symbols [n] inputs 1 {region} attributes {...}

namespace {
mlir::ParseResult parseIteration(mlir::OpAsmParser &parser, mlir::OperationState &state) {
  mlir::ArrayAttr variables;
  DimsAttr extents;
  mlir::StringAttr schedule;
  if (parseFnName(parser, schedule) || parser.parseAttribute(variables) || parser.parseLess() ||
      parseDims(parser, extents))
    return mlir::failure();
  state.addAttribute("schedule", schedule);
  state.addAttribute("variables", variables);
  state.addAttribute("extents", extents);
  return mlir::success();
}

template <typename KernelLike>
void printIteration(mlir::OpAsmPrinter &printer, KernelLike op) {
  printer << ' ' << op.getSchedule() << ' ' << op.getVariablesAttr() << " < ";
  printDims(printer, op, op.getExtents());
}

const llvm::StringRef kIteration[] = {"schedule", "variables", "extents"};
}  // namespace

mlir::ParseResult KernelOp::parse(mlir::OpAsmParser &parser, mlir::OperationState &state) {
  llvm::SmallVector<mlir::OpAsmParser::UnresolvedOperand> inputs;
  mlir::FunctionType type;
  llvm::SMLoc location = parser.getCurrentLocation();
  if (parseIteration(parser, state) ||
      parser.parseOperandList(inputs, mlir::OpAsmParser::Delimiter::Paren) ||
      parser.parseRegion(*state.addRegion()) ||
      parser.parseOptionalAttrDictWithKeyword(state.attributes) || parser.parseColonType(type) ||
      parser.resolveOperands(inputs, type.getInputs(), location, state.operands))
    return mlir::failure();
  state.addTypes(type.getResults());
  return mlir::success();
}

void KernelOp::print(mlir::OpAsmPrinter &printer) {
  printIteration(printer, *this);
  printer << " (" << getInputs() << ") ";
  printer.printRegion(getBody());
  printer.printOptionalAttrDictWithKeyword((*this)->getAttrs(), kIteration);
  printer << " : (" << getInputs().getTypes() << ") -> (" << getResultTypes() << ")";
}

mlir::ParseResult KernelFuncOp::parse(mlir::OpAsmParser &parser, mlir::OperationState &state) {
  mlir::StringAttr name;
  DimsAttr symbols;
  int64_t numInputs;
  if (parser.parseSymbolName(name) || parseIteration(parser, state) ||
      parser.parseKeyword("symbols") || parseDims(parser, symbols) ||
      parser.parseKeyword("inputs") || parser.parseInteger(numInputs) ||
      parser.parseRegion(*state.addRegion()) ||
      parser.parseOptionalAttrDictWithKeyword(state.attributes))
    return mlir::failure();
  state.addAttribute("sym_name", name);
  state.addAttribute("symbols", symbols);
  state.addAttribute("numInputs", parser.getBuilder().getI64IntegerAttr(numInputs));
  return mlir::success();
}

void KernelFuncOp::print(mlir::OpAsmPrinter &printer) {
  printer << ' ';
  printer.printSymbolName(getSymName());
  printIteration(printer, *this);
  printer << " symbols ";
  printDims(printer, *this, getSymbols());
  printer << " inputs " << getNumInputs() << ' ';
  printer.printRegion(getBody());
  llvm::SmallVector<llvm::StringRef> elided(std::begin(kIteration), std::end(kIteration));
  elided.append({"sym_name", "symbols", "numInputs"});
  printer.printOptionalAttrDictWithKeyword((*this)->getAttrs(), elided);
}

// ---- verify
// ----------------------------------------------------------------------------------------------------------

namespace {
constexpr llvm::StringLiteral kSchedules[] = {"map",  "row",    "matmul",
                                              "conv", "window", "attention"};

template <typename KernelLike>
mlir::LogicalResult verifyIteration(KernelLike op) {
  if (!llvm::is_contained(kSchedules, op.getSchedule()))
    return op.emitOpError() << "schedule `" << op.getSchedule()
                            << "` is none of map, row, matmul, conv, window, attention";
  if (op.getVariables().size() != op.getExtents().size())
    return op.emitOpError() << op.getVariables().size() << " variables but "
                            << op.getExtents().size() << " extents";
  for (mlir::StringAttr name : namesOf(op.getVariables()))
    if (!isKernelVariable(name))
      return op.emitOpError() << "variable " << name << " must begin with `$`";
  for (mlir::Operation &inner : op.getBody().front())
    if (!mlir::isa<LoadOp, StoreOp, ApplyOp, ConvertOp, BitsOp, ScalarOp, PositionOp, IndexOp,
                   InsideOp, FoldOp, ArgFoldOp, PrefixOp>(inner))
      return inner.emitOpError() << "is not an op of a kernel's body";
  return mlir::success();
}

mlir::LogicalResult verifyAccess(mlir::Operation *op, mlir::Value buffer, DimsAttr indices,
                                 mlir::Type element) {
  auto type = mlir::cast<mlir::RankedTensorType>(buffer.getType());
  if (!mlir::isa<mlir::BlockArgument>(buffer))
    return op->emitOpError() << "the buffer must be an argument of the kernel's body";
  if (static_cast<int64_t>(indices.size()) != type.getRank())
    return op->emitOpError() << indices.size() << " indices for a buffer of rank "
                             << type.getRank();
  if (type.getElementType() != element)
    return op->emitOpError() << "element type " << element << " but the buffer holds "
                             << type.getElementType();
  return mlir::success();
}

mlir::LogicalResult verifyFoldKind(mlir::Operation *op, llvm::StringRef kind) {
  if (!foldKindNamed(kind))
    return op->emitOpError() << "unknown kind `" << kind
                             << "`; known are sum, product, max, min, and, or";
  return mlir::success();
}
}  // namespace

mlir::LogicalResult KernelOp::verify() {
  if (getBody().getNumArguments() != getInputs().size() + getResults().size())
    return emitOpError() << "the body has " << getBody().getNumArguments()
                         << " arguments, expected one for each of " << getInputs().size()
                         << " inputs and " << getResults().size() << " results";
  return verifyIteration(*this);
}

mlir::LogicalResult KernelFuncOp::verify() {
  if (getBody().getNumArguments() < getNumInputs())
    return emitOpError() << "the body has fewer arguments than inputs";
  return verifyIteration(*this);
}

mlir::LogicalResult IrregularFuncOp::verify() {
  if (!irregularKindNamed(getKind()))
    return emitOpError() << "kind `" << getKind()
                         << "` is none of scatter, sort, top_k, nonzero, unique, "
                            "non_max_suppression";
  if (getNumInputs() > getBuffers().size())
    return emitOpError() << getNumInputs() << " inputs but " << getBuffers().size() << " buffers";
  return mlir::success();
}
mlir::LogicalResult LaunchOp::verify() { return mlir::success(); }

mlir::LogicalResult LoadOp::verify() {
  return verifyAccess(*this, getBuffer(), getIndices(), getResult().getType());
}
mlir::LogicalResult StoreOp::verify() {
  return verifyAccess(*this, getBuffer(), getIndices(), getValue().getType());
}

ScalarFn ApplyOp::function() { return *scalarFnNamed(getFn()); }

mlir::LogicalResult ApplyOp::verify() {
  if (!scalarFnNamed(getFn())) return emitOpError() << "unknown function `" << getFn() << "`";
  llvm::SmallVector<mlir::Type> types(getOperands().getTypes());
  std::string wrong = checkScalarFn(function(), types);
  if (!wrong.empty()) return emitOpError() << wrong;
  return mlir::success();
}

mlir::LogicalResult ApplyOp::inferReturnTypes(mlir::MLIRContext *,
                                              std::optional<mlir::Location> location,
                                              Adaptor adaptor,
                                              llvm::SmallVectorImpl<mlir::Type> &types) {
  std::optional<ScalarFn> fn = scalarFnNamed(adaptor.getFn());
  if (!fn || adaptor.getOperands().empty())
    return mlir::emitOptionalError(location, "plx.apply: unknown function `", adaptor.getFn(), "`");
  types.push_back(
      scalarResultType(*fn, llvm::SmallVector<mlir::Type>(adaptor.getOperands().getTypes())));
  return mlir::success();
}

mlir::LogicalResult ConvertOp::verify() { return mlir::success(); }
mlir::LogicalResult BitsOp::verify() {
  if (bytesOfElement(getOperand().getType()) != bytesOfElement(getType()))
    return emitOpError() << getOperand().getType() << " and " << getType() << " differ in width";
  return mlir::success();
}
mlir::LogicalResult ScalarOp::verify() { return mlir::success(); }
mlir::OpFoldResult ScalarOp::fold(FoldAdaptor) { return getValue(); }

mlir::LogicalResult PositionOp::verify() {
  if (getExpression().size() != 1)
    return emitOpError() << "takes one expression, found " << getExpression().size();
  return mlir::success();
}
mlir::LogicalResult IndexOp::verify() {
  if (getExtent().size() != 1)
    return emitOpError() << "takes one extent, found " << getExtent().size();
  if (!isKernelVariable(getSymbol()))
    return emitOpError() << "symbol `" << getSymbol() << "` must begin with `$`";
  return mlir::success();
}
mlir::LogicalResult InsideOp::verify() {
  if (getIndices().size() != getExtents().size())
    return emitOpError() << getIndices().size() << " indices but " << getExtents().size()
                         << " extents";
  return mlir::success();
}
mlir::LogicalResult FoldOp::verify() {
  if (getVariables().size() != getExtents().size())
    return emitOpError() << getVariables().size() << " variables but " << getExtents().size()
                         << " extents";
  return verifyFoldKind(*this, getKind());
}
mlir::LogicalResult ArgFoldOp::verify() {
  if (getKind() != "max" && getKind() != "min")
    return emitOpError() << "kind must be max or min, found `" << getKind() << "`";
  return mlir::success();
}
mlir::LogicalResult PrefixOp::verify() { return verifyFoldKind(*this, getKind()); }

// ---- VariableUse
// -----------------------------------------------------------------------------------------------------

VariableUse::Set VariableUse::ofDims(DimsAttr dims, mlir::ValueRange dataIndices) const {
  Set set;
  llvm::SmallVector<DimAtom> symbols;
  for (Dim dim : dims.dims()) dim.collectSymbols(symbols);
  for (DimAtom symbol : symbols)
    if (isKernelVariable(symbol.symbol().getValue())) set.insert(symbol.symbol());
  // A data index stands for what its value depends on.
  for (mlir::Value index : dataIndices) {
    if (auto op = index.getDefiningOp<IndexOp>()) set.erase(op.getSymbolAttr());
    const Set &inner = of(index);
    set.insert(inner.begin(), inner.end());
  }
  return set;
}

std::optional<FoldedVariables> foldedVariables(mlir::Operation *op) {
  if (auto fold = mlir::dyn_cast<FoldOp>(op))
    return FoldedVariables{namesOf(fold.getVariables()),
                           llvm::SmallVector<Dim>(fold.getExtents().dims()), true};
  if (auto fold = mlir::dyn_cast<ArgFoldOp>(op))
    return FoldedVariables{{fold.getVariableAttr()}, {fold.getExtent()[0]}, false};
  if (auto prefix = mlir::dyn_cast<PrefixOp>(op))
    return FoldedVariables{{prefix.getVariableAttr()}, {prefix.getExtent()[0]}, false};
  return std::nullopt;
}

std::optional<Access> accessOf(mlir::Operation *op) {
  if (auto load = mlir::dyn_cast<LoadOp>(op)) return Access{load.getBuffer(), load.getIndices()};
  if (auto store = mlir::dyn_cast<StoreOp>(op))
    return Access{store.getBuffer(), store.getIndices()};
  return std::nullopt;
}

const VariableUse::Set &VariableUse::of(mlir::Value scalar) const {
  static const Set none;
  auto found = uses_.find(scalar);
  return found == uses_.end() ? none : found->second;
}

VariableUse::VariableUse(mlir::Block &body) {
  for (mlir::Operation &op : body) {
    if (op.getNumResults() == 0) continue;
    Set set;
    for (mlir::Value operand : op.getOperands()) {
      const Set &inner = of(operand);
      set.insert(inner.begin(), inner.end());
    }
    auto join = [&](Set more) { set.insert(more.begin(), more.end()); };
    if (auto load = mlir::dyn_cast<LoadOp>(op))
      join(ofDims(load.getIndices(), load.getDataIndices()));
    if (auto position = mlir::dyn_cast<PositionOp>(op))
      join(ofDims(position.getExpression(), position.getDataIndices()));
    if (auto inside = mlir::dyn_cast<InsideOp>(op)) {
      join(ofDims(inside.getIndices(), inside.getDataIndices()));
      join(ofDims(inside.getExtents(), inside.getDataIndices()));
    }
    if (std::optional<FoldedVariables> folded = foldedVariables(&op))
      for (mlir::StringAttr name : folded->names) set.erase(name);
    if (auto prefix = mlir::dyn_cast<PrefixOp>(op)) join(ofDims(prefix.getPosition(), {}));
    uses_[op.getResult(0)] = std::move(set);
  }
}

}  // namespace plx
