#include "ir/eval/Frame.h"

#include "ir/interfaces/Interfaces.h"
#include "ir/ops/Dims.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/SymbolTable.h"

namespace plx::eval {

/// Calls and regions inside one another; a model that needs more is one that calls itself.
static constexpr unsigned kMaxDepth = 200;

// ---- symbols
// ---------------------------------------------------------------------------------------------------------

const Frame::Binding *Frame::bindingOf(llvm::StringRef name) const {
  for (const Frame *frame = this; frame; frame = frame->parent_)
    if (auto found = frame->symbols_.find(name); found != frame->symbols_.end())
      return &found->second;
  return nullptr;
}

std::optional<int64_t> Frame::symbolValue(llvm::StringRef name) const {
  if (const Binding *binding = bindingOf(name)) return binding->value;
  return std::nullopt;
}

mlir::FailureOr<int64_t> Frame::valueOf(Dim dim, mlir::Operation *op) {
  if (!dim) return fail(op, "a size is missing (a `?` without #plx.dims)");
  std::optional<int64_t> value =
      dim.evaluate([&](DimAtom symbol) { return symbolValue(symbol.symbol().getValue()); });
  if (value) return *value;
  llvm::SmallVector<DimAtom> symbols;
  dim.collectSymbols(symbols);
  for (DimAtom symbol : symbols)
    if (!symbolValue(symbol.symbol().getValue()))
      return fail(op, "symbol `" + symbol.symbol().getValue() + "` of `" + dim.str() +
                          "` has no value here");
  return fail(op, "`" + dim.str() + "` has no value: a divisor is zero, or it leaves 64 bits");
}

mlir::LogicalResult Frame::bindSymbol(DimAtom symbol, int64_t value, std::string origin,
                                      mlir::Operation *op) {
  llvm::StringRef name = symbol.symbol().getValue();
  if (value < symbol.lowerBound())
    return fail(op, origin + " is " + llvm::Twine(value) + ", but symbol `" + name +
                        "` is at least " + llvm::Twine(symbol.lowerBound()));
  if (const Binding *known = bindingOf(name)) {
    if (known->value == value) return mlir::success();
    return fail(op, origin + " is " + llvm::Twine(value) + ", but `" + name + "` is " +
                        llvm::Twine(known->value) + " (" + known->origin + ")");
  }
  symbols_[name] = {value, std::move(origin)};
  return mlir::success();
}

mlir::LogicalResult Frame::bind(DimAtom symbol, int64_t value, mlir::Operation *op) {
  return bindSymbol(symbol, value, ("`" + symbol.symbol().getValue() + "`").str(), op);
}

mlir::LogicalResult Frame::solve(const Size &size, mlir::Operation *op, bool &progressed) {
  llvm::SmallVector<DimAtom> symbols, unknown;
  size.dim.collectSymbols(symbols);
  for (DimAtom symbol : symbols)
    if (!symbolValue(symbol.symbol().getValue())) unknown.push_back(symbol);
  if (unknown.size() != 1) return mlir::success();
  auto value = [&](DimAtom symbol) { return symbolValue(symbol.symbol().getValue()); };
  auto linear = size.dim.splitLinear(unknown[0].symbol().getValue());
  if (!linear) return mlir::success();
  std::optional<int64_t> factor = linear->first.evaluate(value),
                         rest = linear->second.evaluate(value);
  int64_t difference;
  if (!factor || !rest || *factor == 0 || __builtin_sub_overflow(size.value, *rest, &difference))
    return mlir::success();
  progressed = true;
  if (difference % *factor != 0)
    return fail(op, size.where + " is " + llvm::Twine(size.value) + "; no `" +
                        unknown[0].symbol().getValue() + "` gives that for `" + size.dim.str() +
                        "`");
  return bindSymbol(unknown[0], difference / *factor, size.where, op);
}

mlir::LogicalResult Frame::checkSize(const Size &size, mlir::Operation *op) {
  mlir::FailureOr<int64_t> expected = valueOf(size.dim, op);
  if (failed(expected)) return mlir::failure();
  if (*expected == size.value) return mlir::success();
  std::string known;
  llvm::SmallVector<DimAtom> symbols;
  size.dim.collectSymbols(symbols);
  for (DimAtom symbol : symbols)
    if (const Binding *binding = bindingOf(symbol.symbol().getValue()))
      known += ("; `" + symbol.symbol().getValue() + "` is " + llvm::Twine(binding->value) + " (" +
                binding->origin + ")")
                   .str();
  return fail(op, size.where + " is " + llvm::Twine(size.value) + ", expected `" + size.dim.str() +
                      "` = " + llvm::Twine(*expected) + known);
}

// ---- arguments and results
// -------------------------------------------------------------------------------------------

static std::string textOf(mlir::Type type) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  stream << type;
  return text;
}

mlir::LogicalResult Frame::checkTensor(mlir::Type type, const Value &value, const llvm::Twine &what,
                                       mlir::Operation *op, std::vector<Size> &sizes) {
  auto tensorType = mlir::dyn_cast<mlir::RankedTensorType>(type);
  if (!tensorType) return mlir::success();
  const auto *tensor = std::get_if<Tensor>(&value.is);
  if (!tensor) return fail(op, what + " is not a tensor, expected " + textOf(type));
  if (tensor->elementType() != tensorType.getElementType())
    return fail(op, what + " has element type " + textOf(tensor->elementType()) + ", expected " +
                        textOf(tensorType.getElementType()));
  if (tensor->rank() != tensorType.getRank())
    return fail(op, what + " has rank " + llvm::Twine(tensor->rank()) + ", expected " +
                        llvm::Twine(tensorType.getRank()));
  for (auto [axis, dim] : llvm::enumerate(dimsOf(tensorType))) {
    if (!dim) return fail(op, what + ": a size of its type is missing");
    Size size{dim, tensor->shape()[axis], ("dim " + llvm::Twine(axis) + " of " + what).str()};
    if (!dim.constant())
      sizes.push_back(std::move(size));
    else if (size.value != *dim.constant())
      return fail(op, size.where + " is " + llvm::Twine(size.value) + ", expected " +
                          llvm::Twine(*dim.constant()));
  }
  return mlir::success();
}

mlir::LogicalResult Frame::bindArguments(mlir::TypeRange types, llvm::ArrayRef<Value> arguments,
                                         mlir::Operation *op) {
  if (types.size() != arguments.size())
    return fail(op, llvm::Twine(arguments.size()) + " values were given, " +
                        llvm::Twine(types.size()) + " are taken");
  std::vector<Size> sizes;
  for (auto [i, type] : llvm::enumerate(types))
    if (failed(checkTensor(type, arguments[i], "argument " + llvm::Twine(i), op, sizes)))
      return mlir::failure();
  // Symbols that stand alone first: they name what the rest is checked against.
  bool ignored = false;
  for (const Size &size : sizes)
    if (size.dim.asSymbol() && failed(solve(size, op, ignored))) return mlir::failure();
  for (bool progressed = true; progressed;) {
    progressed = false;
    for (const Size &size : sizes)
      if (failed(solve(size, op, progressed))) return mlir::failure();
  }
  for (const Size &size : sizes)
    if (failed(checkSize(size, op))) return mlir::failure();
  return mlir::success();
}

mlir::LogicalResult Frame::checkResults(mlir::Operation *op, llvm::ArrayRef<Value> results) {
  if (results.size() != op->getNumResults())
    return fail(op, "evaluation gave " + llvm::Twine(results.size()) + " results, the op has " +
                        llvm::Twine(op->getNumResults()));
  std::vector<Size> sizes;
  for (auto [i, type] : llvm::enumerate(op->getResultTypes()))
    if (failed(checkTensor(type, results[i], "result " + llvm::Twine(i), op, sizes)))
      return mlir::failure();
  for (const Size &size : sizes)
    if (failed(checkSize(size, op))) return mlir::failure();
  return mlir::success();
}

// ---- running
// ---------------------------------------------------------------------------------------------------------

const Value *Frame::lookup(mlir::Value value) const {
  for (const Frame *frame = this; frame; frame = frame->parent_)
    if (auto found = frame->values_.find(value); found != frame->values_.end())
      return &found->second;
  return nullptr;
}

mlir::FailureOr<llvm::SmallVector<Value>> Frame::gather(mlir::Operation *op) {
  llvm::SmallVector<Value> operands;
  for (mlir::Value operand : op->getOperands()) {
    const Value *value = lookup(operand);
    // Sizes have no place of their own: folding moves them to the front of functions, before their
    // symbols are bound.
    auto sizes = operand.getDefiningOp<DimsOp>();
    if (!value && sizes && succeeded(runOp(sizes, {}))) value = lookup(operand);
    if (!value) return fail(op, "an operand has no value here");
    operands.push_back(*value);
  }
  return operands;
}

mlir::FailureOr<llvm::SmallVector<Value>> Frame::evaluate(mlir::Operation *op,
                                                          llvm::ArrayRef<Value> operands) {
  mlir::FailureOr<llvm::SmallVector<Value>> results = mlir::failure();
  if (auto evaluable = mlir::dyn_cast<Evaluate>(op))
    results = evaluable.evaluate(operands, *this);
  else if (auto callOp = mlir::dyn_cast<mlir::func::CallOp>(op))
    results = call(callOp.getCallee(), operands, op);
  else
    return fail(op, "has no reference semantics");
  if (failed(results)) return fail(op, "evaluation failed");  // keeps the first message
  if (failed(checkResults(op, *results))) return mlir::failure();
  return results;
}

mlir::LogicalResult Frame::runOp(mlir::Operation *op, llvm::ArrayRef<Value> operands) {
  mlir::FailureOr<llvm::SmallVector<Value>> results = evaluate(op, operands);
  if (failed(results)) return mlir::failure();
  if (evaluator_.hook_) evaluator_.hook_(op, *results);
  for (auto [result, value] : llvm::zip(op->getResults(), *results))
    if (!result.use_empty()) values_[result] = std::move(value);
  return mlir::success();
}

mlir::FailureOr<llvm::SmallVector<Value>> Frame::runBlock(mlir::Block &block,
                                                          llvm::ArrayRef<Value> arguments,
                                                          mlir::Operation *op) {
  if (failed(bindArguments(block.getArgumentTypes(), arguments, op))) return mlir::failure();
  const Evaluator::LastUses &lastUses = evaluator_.lastUsesOf(block);
  for (auto [argument, value] : llvm::zip(block.getArguments(), arguments))
    values_[argument] = value;
  for (mlir::Operation &inner : block) {
    if (mlir::isa<DimsOp>(inner)) continue;  // where it is used
    mlir::FailureOr<llvm::SmallVector<Value>> operands = gather(&inner);
    if (failed(operands)) return mlir::failure();
    if (inner.hasTrait<mlir::OpTrait::IsTerminator>()) return operands;
    auto done = lastUses.find(&inner);
    if (done != lastUses.end() && inner.getNumRegions() == 0)
      for (mlir::Value value : done->second) values_.erase(value);
    if (failed(runOp(&inner, *operands))) return mlir::failure();
    if (done != lastUses.end() && inner.getNumRegions() != 0)
      for (mlir::Value value : done->second) values_.erase(value);
  }
  return fail(op, "a block without a terminator");
}

mlir::FailureOr<llvm::SmallVector<Value>> Frame::run(mlir::Region &region,
                                                     llvm::ArrayRef<Value> arguments) {
  mlir::Operation *op = region.getParentOp();
  if (!region.hasOneBlock())
    return fail(op, "regions of one block are run, this has another number");
  if (evaluator_.depth_ >= kMaxDepth) return fail(op, "regions and calls are nested too deeply");
  ++evaluator_.depth_;
  auto results = Frame(evaluator_, this).runBlock(region.front(), arguments, op);
  --evaluator_.depth_;
  return results;
}

mlir::FailureOr<llvm::SmallVector<Value>> Frame::call(llvm::StringRef function,
                                                      llvm::ArrayRef<Value> arguments,
                                                      mlir::Operation *op) {
  mlir::ModuleOp module = evaluator_.module_;
  auto callee = module ? module.lookupSymbol<mlir::func::FuncOp>(function) : mlir::func::FuncOp();
  if (!callee || callee.isExternal() || !callee.getBody().hasOneBlock())
    return fail(op ? op : module, "function @" + function + " is not defined in the module");
  if (evaluator_.depth_ >= kMaxDepth)
    return fail(op ? op : callee, "regions and calls are nested too deeply at @" + function);
  ++evaluator_.depth_;
  auto results =
      Frame(evaluator_, nullptr).runBlock(callee.getBody().front(), arguments, op ? op : callee);
  --evaluator_.depth_;
  return results;
}

mlir::FailureOr<Tensor> Frame::parameter(llvm::StringRef name, mlir::Operation *op) {
  if (evaluator_.parameterSource_) {
    mlir::FailureOr<Tensor> bytes = evaluator_.parameterSource_(name, op);
    if (succeeded(bytes)) return bytes;
  }
  return fail(op, "the bytes of parameter \"" + name + "\" are not known");
}

// ---- messages
// --------------------------------------------------------------------------------------------------------

/// "name", "file:line:column", or nothing.
static std::string textOf(mlir::Location location) {
  if (auto name = mlir::dyn_cast<mlir::NameLoc>(location)) return name.getName().str();
  if (auto file = mlir::dyn_cast<mlir::FileLineColLoc>(location))
    return (file.getFilename().getValue() + ":" + llvm::Twine(file.getLine()) + ":" +
            llvm::Twine(file.getColumn()))
        .str();
  if (auto fused = mlir::dyn_cast<mlir::FusedLoc>(location))
    for (mlir::Location inner : fused.getLocations())
      if (std::string text = textOf(inner); !text.empty()) return text;
  return "";
}

mlir::LogicalResult Frame::fail(mlir::Operation *op, const llvm::Twine &message) {
  if (!evaluator_.error_.empty()) return mlir::failure();
  std::string text = message.str();
  if (op) {
    std::string name = op->getName().stripDialect().str();
    if (!llvm::StringRef(text).starts_with(name + ":")) text = name + ": " + text;
    if (std::string where = textOf(op->getLoc()); !where.empty()) text = where + ": " + text;
  }
  evaluator_.error_ = std::move(text);
  evaluator_.failedOp_ = op;
  return mlir::failure();
}

}  // namespace plx::eval
