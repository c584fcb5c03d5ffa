#include "ir/ops/RegionDerivatives.h"

#include "ir/interfaces/Interfaces.h"
#include "ir/kernel/Builder.h"
#include "ir/ops/Pointwise.h"
#include "ir/types/Dim.h"
#include "llvm/ADT/StringSet.h"
#include "mlir/IR/AttrTypeSubElements.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/Interfaces/FunctionInterfaces.h"

namespace plx {

void usedFromAbove(mlir::Region &region, Cotangents &ct, llvm::SmallVectorImpl<mlir::Value> &used) {
  region.walk([&](mlir::Operation *op) {
    for (mlir::Value operand : op->getOperands())
      if (!region.isAncestor(operand.getParentRegion()) && ct.wants(operand) &&
          !llvm::is_contained(used, operand))
        used.push_back(operand);
  });
}

static mlir::Value rebound(mlir::OpBuilder &b, mlir::Location loc, mlir::Value x, mlir::Type type) {
  if (!x || x.getType() == type || !mlir::isa<mlir::RankedTensorType>(type)) return x;
  return build::rebind(b, loc, x, dimsOf(type));
}

/// `mapping` says afterwards what stands for each value of the body.
static llvm::SmallVector<mlir::Value> copyBody(mlir::OpBuilder &b, mlir::Block &body,
                                               mlir::ValueRange arguments,
                                               mlir::IRMapping &mapping) {
  for (auto [argument, value] : llvm::zip_equal(body.getArguments(), arguments))
    mapping.map(argument, rebound(b, body.getParentOp()->getLoc(), value, argument.getType()));
  for (mlir::Operation &op : body.without_terminator()) b.clone(op, mapping);
  return llvm::map_to_vector(body.getTerminator()->getOperands(),
                             [&](mlir::Value value) { return mapping.lookupOrDefault(value); });
}

llvm::SmallVector<mlir::Value> copyBody(mlir::OpBuilder &b, mlir::Block &body,
                                        mlir::ValueRange arguments) {
  mlir::IRMapping mapping;
  return copyBody(b, body, arguments, mapping);
}

/// Whether a value's sizes are known outside of the body: no symbol but those of its arguments.
static bool hasSizesOfArguments(mlir::Value value, mlir::Block &body) {
  llvm::SmallVector<DimAtom> known, used;
  for (mlir::Type type : body.getArgumentTypes())
    if (mlir::isa<mlir::RankedTensorType>(type))
      for (Dim dim : dimsOf(type)) dim.collectSymbols(known);
  for (Dim dim : dimsOf(value.getType())) dim.collectSymbols(used);
  return llvm::all_of(used, [&](DimAtom symbol) { return llvm::is_contained(known, symbol); });
}

/// The sum that `value` goes into and nothing else reads: it stands for both terms.
static mlir::Value sumOf(mlir::Value value) {
  while (value.hasOneUse()) {
    PointwiseOp sum = pointwiseOf(*value.user_begin(), ScalarFn::add_);
    if (!sum || sum->getBlock() != value.getParentBlock()) break;
    value = sum.getResult();
  }
  return value;
}

llvm::SmallVector<mlir::Value> keptOf(mlir::Block &body) {
  llvm::SmallVector<mlir::Value> kept;
  for (mlir::Operation &op : body) {
    auto nest = mlir::dyn_cast<Iterate>(op);
    if (!nest || nest.nature() != Nature::Contraction) continue;
    mlir::Value sum = sumOf(op.getResult(0));
    if (isContinuous(sum.getType()) && hasSizesOfArguments(sum, body) &&
        !llvm::is_contained(kept, sum))
      kept.push_back(sum);
  }
  return kept;
}

void copyRegionYielding(mlir::Region &from, mlir::Region &to,
                        llvm::function_ref<llvm::SmallVector<mlir::Value>(mlir::Block &)> more) {
  mlir::IRMapping mapping;
  from.cloneInto(&to, mapping);
  mlir::Operation *yield = to.front().getTerminator();
  yield->insertOperands(yield->getNumOperands(), more(to.front()));
}

mlir::Block *newBody(mlir::OpBuilder &b, mlir::Location loc, mlir::Region &region,
                     mlir::ValueRange states, mlir::ValueRange over) {
  llvm::SmallVector<mlir::Type> types(states.getTypes());
  for (mlir::Type type : over.getTypes())
    types.push_back(
        tensorType(mlir::getElementTypeOrSelf(type), llvm::ArrayRef(dimsOf(type)).drop_front()));
  llvm::SmallVector<mlir::Location> locations(types.size(), loc);
  return b.createBlock(&region, {}, types, locations);
}

llvm::SmallVector<mlir::Value> orZeros(mlir::OpBuilder &b, mlir::Location loc,
                                       llvm::ArrayRef<mlir::Value> parts, mlir::ValueRange values) {
  return llvm::map_to_vector(llvm::zip_equal(parts, values), [&](auto pair) {
    auto [part, value] = pair;
    return part ? rebound(b, loc, part, value.getType()) : build::zerosLike(b, loc, value);
  });
}

std::string unusedSymbol(mlir::Operation *op, llvm::StringRef stem) {
  llvm::StringSet<> taken;
  mlir::AttrTypeWalker walker;
  walker.addWalk([&](mlir::StringAttr name) { taken.insert(name.getValue()); });
  walker.addWalk([&](DimsAttr dims) {
    llvm::SmallVector<DimAtom> symbols;
    for (Dim dim : dims.dims()) dim.collectSymbols(symbols);
    for (DimAtom symbol : symbols) taken.insert(symbol.symbol().getValue());
  });
  auto function = op->getParentOfType<mlir::FunctionOpInterface>();
  mlir::Operation *scope = function ? function.getOperation() : op;
  scope->walk([&](mlir::Operation *each) {
    walker.walk(each->getAttrDictionary());
    for (mlir::Type type : each->getResultTypes()) walker.walk(type);
  });
  for (int64_t number = 0;; ++number) {
    std::string name = (stem + "." + llvm::Twine(number)).str();
    if (!taken.contains(name)) return name;
  }
}

RegionBack::RegionBack(Cotangents &ct, mlir::Region &body, mlir::ValueRange states,
                       mlir::ValueRange outputs)
    : ct_(ct), body_(body.front()), states_(states), numResults_(states.size() + outputs.size()) {
  usedFromAbove(body, ct, used_);
  for (auto [i, state] : llvm::enumerate(states))
    if (isContinuous(state.getType())) floatStates_.push_back(i);
  for (auto [i, output] : llvm::enumerate(outputs))
    if (mlir::Value cotangent = ct.of(output)) {
      outputs_.push_back(i);
      outputCotangents_.push_back(cotangent);
    }
}

llvm::SmallVector<mlir::Value> RegionBack::initialStates(mlir::ValueRange initial) {
  mlir::OpBuilder &b = ct_.builder();
  llvm::SmallVector<mlir::Value> carried;
  for (unsigned i : floatStates_) {
    mlir::Value cotangent = ct_.of(states_[i]);
    carried.push_back(cotangent ? rebound(b, ct_.loc(), cotangent, initial[i].getType())
                                : build::zerosLike(b, ct_.loc(), initial[i]));
  }
  for (mlir::Value value : used_) carried.push_back(build::zerosLike(b, ct_.loc(), value));
  return carried;
}

mlir::FailureOr<llvm::SmallVector<mlir::Value>> RegionBack::step(
    mlir::OpBuilder &b, mlir::ValueRange forward, mlir::ValueRange states, mlir::ValueRange kept,
    mlir::ValueRange carried, mlir::ValueRange outputs, mlir::ValueRange inputs) {
  mlir::IRMapping copies;
  llvm::SmallVector<mlir::Value> yielded = copyBody(b, body_, forward, copies);
  size_t first = yielded.size() - numResults_;  // a loop yields its condition first
  llvm::SmallVector<mlir::Value> results, wanted;
  for (unsigned i : floatStates_) {
    results.push_back(yielded[first + i]);
    wanted.push_back(states[i]);
  }
  for (unsigned i : outputs_) results.push_back(yielded[first + states.size() + i]);
  llvm::append_range(wanted, used_);
  llvm::append_range(wanted, inputs);
  llvm::SmallVector<mlir::Value> cotangents(carried.take_front(floatStates_.size()));
  llvm::append_range(cotangents, outputs);
  auto parts = ct_.through(b, results, cotangents, wanted);
  if (failed(parts)) return mlir::failure();
  llvm::SmallVector<mlir::Value> next = orZeros(b, ct_.loc(), *parts, wanted);
  for (size_t i = 0; i < used_.size(); ++i) {
    size_t place = floatStates_.size() + i;
    next[place] =
        (*parts)[place] ? build::add(b, ct_.loc(), carried[place], next[place]) : carried[place];
  }
  // Only now: the way back led through the copies' operands.
  for (auto [value, instead] : llvm::zip_equal(keptOf(body_), kept)) {
    mlir::Value copy = copies.lookup(value);
    copy.replaceAllUsesWith(instead);
    llvm::replace(next, copy, instead);
  }
  return next;
}

void RegionBack::addStates(mlir::ValueRange initial, mlir::ValueRange carried) {
  for (auto [place, i] : llvm::enumerate(floatStates_)) ct_.add(initial[i], carried[place]);
  for (auto [i, value] : llvm::enumerate(used_)) ct_.add(value, carried[floatStates_.size() + i]);
}

}  // namespace plx
