// Branches and loops: regions on tensors become scf.if and scf.while on buffers.
#include "compiler/memory/Lowering.h"
#include "ir/ops/Constant.h"
#include "ir/ops/If.h"
#include "ir/ops/Loop.h"
#include "ir/ops/Scan.h"
#include "ir/ops/Yield.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

namespace plx {

namespace {

bool mentions(Dim dim, mlir::ArrayAttr names) {
  return names && llvm::any_of(names.getAsRange<mlir::StringAttr>(),
                               [&](mlir::StringAttr name) { return dim.usesSymbol(name); });
}

bool mentions(mlir::ArrayRef<Dim> dims, mlir::ArrayAttr names) {
  return llvm::any_of(dims, [&](Dim dim) { return mentions(dim, names); });
}

bool makesObjects(mlir::Block &body) {
  return body.walk([](HostCall) { return mlir::WalkResult::interrupt(); }).wasInterrupted();
}

DimsAttr withoutFirst(mlir::Type tensor) {
  llvm::SmallVector<Dim> dims = dimsOf(tensor);
  return DimsAttr::get(tensor.getContext(), llvm::ArrayRef(dims).drop_front());
}

bool isConstantTrue(mlir::Value tensor) {
  auto constant = tensor.getDefiningOp<ConstantOp>();
  return constant && *constant.getValue().getValues<bool>().begin();
}

/// The number of iterations as an expression, where it is one before the loop begins.
std::optional<Dim> knownTrips(LoopOp loop) {
  auto yield = mlir::cast<YieldOp>(loop.getBody().front().getTerminator());
  mlir::Value next = yield.getValues()[0];
  bool runsThrough = isConstantTrue(loop.getCondition()) &&
                     (next == loop.getBody().getArgument(1) || isConstantTrue(next));
  if (!runsThrough) return std::nullopt;
  if (auto dims = loop.getTripCount().getDefiningOp<DimsOp>()) return max(dims.getValue()[0], 0);
  auto constant = loop.getTripCount().getDefiningOp<ConstantOp>();
  if (!constant) return std::nullopt;
  int64_t trips = (*constant.getValue().getValues<llvm::APInt>().begin()).getSExtValue();
  if (trips > (int64_t{1} << 31)) return std::nullopt;  // "no limit"
  return Dim::constant(loop.getContext(), std::max<int64_t>(trips, 0));
}

}  // namespace

mlir::Value Lowering::number(mlir::Location location, int64_t value) {
  return mlir::arith::ConstantOp::create(builder_, location, builder_.getI64IntegerAttr(value));
}

mlir::Value Lowering::truth(mlir::Location location, mlir::Value tensor) {
  if (isConstantTrue(tensor))
    return mlir::arith::ConstantOp::create(builder_, location, builder_.getBoolAttr(true));
  return mlir::arith::CmpIOp::create(builder_, location, mlir::arith::CmpIPredicate::ne,
                                     element(location, tensor, 0), number(location, 0));
}

/// Sizes of what comes, of types `given`, become those of types `wanted`: symbols of `names` take
/// their values, all at once; others are required to be equal.
void Lowering::conform(mlir::Location location, mlir::TypeRange given, mlir::TypeRange wanted,
                       mlir::ArrayAttr names) {
  struct Pending {
    mlir::Value value;
    Dim given, wanted;
    int64_t axis;
  };
  llvm::SmallVector<Pending> pending;
  for (auto [from, to] : llvm::zip_equal(given, wanted)) {
    llvm::SmallVector<Dim> fromDims = dimsOf(from), toDims = dimsOf(to);
    for (size_t axis = 0; axis < toDims.size(); ++axis) {
      if (mentions(toDims[axis], names))
        pending.push_back(
            {size(location, fromDims[axis]), fromDims[axis], toDims[axis], int64_t(axis)});
      else if (fromDims[axis] != toDims[axis])
        require(location, fromDims[axis], toDims[axis], axis);
    }
  }
  llvm::DenseSet<mlir::Attribute> set;
  llvm::SmallVector<Pending> checks;
  for (const Pending &next : pending) {
    auto symbol = next.wanted.asSymbol();
    if (symbol && set.insert(symbol->symbol()).second)
      SetSymbolOp::create(builder_, location, symbol->symbol(), next.value, symbol->lowerBound());
    else
      checks.push_back(next);
  }
  for (const Pending &check : checks)
    require(location, check.value, check.given, size(location, check.wanted), check.wanted,
            check.axis);
}

// ---- if
// --------------------------------------------------------------------------------------------------------------

mlir::LogicalResult Lowering::lowerIf(IfOp op) {
  mlir::Location location = op.getLoc();
  llvm::SmallVector<mlir::Type> types;
  for (mlir::Type type : op.getResultTypes())
    types.push_back(isHostValue(type) ? mlir::Type(ObjectType::get(op.getContext()))
                                      : BufferType::get(op.getContext()));
  auto branch =
      mlir::scf::IfOp::create(builder_, location, types, truth(location, op.getCondition()),
                              /*addThenBlock=*/true, /*addElseBlock=*/true);
  mlir::Region *sources[] = {&op.getThenRegion(), &op.getElseRegion()};
  mlir::Block *targets[] = {branch.thenBlock(), branch.elseBlock()};
  for (int i = 0; i < 2; ++i) {
    mlir::OpBuilder::InsertionGuard guard(builder_);
    builder_.setInsertionPointToStart(targets[i]);
    if (failed(lowerBlock(sources[i]->front()))) return mlir::failure();
    auto yield = mlir::cast<YieldOp>(sources[i]->front().getTerminator());
    conform(location, yield.getValues().getTypes(), op.getResultTypes(), op.getFreshAttr());
    llvm::SmallVector<mlir::Value> buffers;
    for (mlir::Value value : yield.getValues()) buffers.push_back(bufferOf(value));
    mlir::scf::YieldOp::create(builder_, location, buffers);
  }
  for (auto [result, buffer] : llvm::zip_equal(op.getResults(), branch.getResults()))
    buffers_[result] = buffer;
  return mlir::success();
}

// ---- loops
// -----------------------------------------------------------------------------------------------------------

/// A loop or scan, as far as they are alike.
struct Lowering::Repeat {
  mlir::Operation *op;
  mlir::Block *body;
  mlir::Value trips;                // i64
  mlir::Value condition;            // i1 before the first iteration
  mlir::Value nextCondition;        // tensor that the body yields; null: goes on
  std::optional<Dim> knownTrips;    // outputs have their place from the start
  mlir::ValueRange states, inputs;  // initial states; tensors of which iteration i sees slice i
  size_t firstState, firstInput;    // among the body's arguments
  mlir::ValueRange stateYields, outputYields;
  mlir::ValueRange stateResults, outputResults;
  mlir::ArrayAttr fresh, carried;
  mlir::Value mark = {};  // where the body makes objects: those from before it
};

/// How a state goes from iteration to iteration. While the body reads `current` it writes another
/// buffer: of two in the arena in turn (the initial value is only read), or of two growable ones
/// where its size changes. An object is passed on by itself.
struct Lowering::State {
  bool isInvariant = false, isGrowing = false, isObject = false;
  mlir::Value init[3];  // fixed: current, next, spare; growing: current, number of the next slot
                        // and of the spare one; an object: current alone
  mlir::Value now[3];
  mlir::Value written;
  bool isClaimed = false;

  int width() const { return isInvariant ? 0 : isObject ? 1 : 3; }  // values from one to the next
};

/// Where an output of all iterations is collected.
struct Lowering::Collected {
  DimsAttr dims;  // of one iteration's part, as the result has them
  int64_t elementBytes;
  mlir::Value whole;  // preallocated, or null:
  mlir::Value slot;   // grows
  bool isClaimed = false;
};

mlir::LogicalResult Lowering::lowerLoop(LoopOp op) {
  auto yield = mlir::cast<YieldOp>(op.getBody().front().getTerminator());
  size_t states = op.getStates().size();
  mlir::Location location = op.getLoc();
  Repeat repeat{op,
                &op.getBody().front(),
                element(location, op.getTripCount(), 0),
                truth(location, op.getCondition()),
                yield.getValues()[0],
                knownTrips(op),
                op.getStates(),
                {},
                2,
                2 + states,
                yield.getValues().slice(1, states),
                yield.getValues().drop_front(1 + states),
                op.getResults().take_front(states),
                op.getResults().drop_front(states),
                op.getFreshAttr(),
                op.getCarriedAttr()};
  if (repeat.nextCondition == op.getBody().getArgument(1)) repeat.nextCondition = {};
  return lowerRepeat(repeat);
}

mlir::LogicalResult Lowering::lowerScan(ScanOp op) {
  auto yield = mlir::cast<YieldOp>(op.getBody().front().getTerminator());
  size_t states = op.getStates().size();
  mlir::Location location = op.getLoc();
  Dim trips = dimOf(op.getInputs()[0].getType(), 0);
  for (mlir::Value input : op.getInputs().drop_front())
    if (dimOf(input.getType(), 0) != trips) require(location, dimOf(input.getType(), 0), trips, 0);
  mlir::Value always =
      mlir::arith::ConstantOp::create(builder_, location, builder_.getBoolAttr(true));
  Repeat repeat{op,
                &op.getBody().front(),
                size(location, trips),
                always,
                {},
                trips,
                op.getStates(),
                op.getInputs(),
                0,
                states,
                yield.getValues().take_front(states),
                yield.getValues().drop_front(states),
                op.getResults().take_front(states),
                op.getResults().drop_front(states),
                op.getFreshAttr(),
                {}};
  return lowerRepeat(repeat);
}

Lowering::State Lowering::beginState(const Repeat &repeat, size_t index) {
  State state;
  mlir::Location location = repeat.op->getLoc();
  mlir::BlockArgument argument = repeat.body->getArgument(repeat.firstState + index);
  state.init[0] = bufferOf(repeat.states[index]);
  state.isInvariant = repeat.stateYields[index] == argument;
  state.isObject = isHostValue(argument.getType());
  state.isGrowing = mentions(dimsOf(argument.getType()), repeat.carried);
  if (state.isInvariant || state.isObject) return state;
  for (int i = 1; i < 3; ++i)
    state.init[i] = state.isGrowing ? number(location, numSlots_++)
                                    : alloc(location, dimsAttrOf(argument.getType()),
                                            elementBytesOf(argument.getType()));
  return state;
}

Lowering::Collected Lowering::beginOutput(const Repeat &repeat, size_t index) {
  mlir::Type type = repeat.outputResults[index].getType();
  mlir::Location location = repeat.op->getLoc();
  Collected output{withoutFirst(type), elementBytesOf(type), {}, {}};
  bool isKnown = repeat.knownTrips && !mentions(output.dims.dims(), repeat.fresh);
  if (isKnown) {
    llvm::SmallVector<Dim> dims{*repeat.knownTrips};
    llvm::append_range(dims, output.dims.dims());
    output.whole = alloc(location, DimsAttr::get(type.getContext(), dims), output.elementBytes);
    return output;
  }
  output.slot = number(location, numSlots_++);
  for (Dim dim : output.dims.dims())
    if (mentions(dim, repeat.fresh) && dim.asSymbol())
      SetSymbolOp::create(builder_, location, dim.asSymbol()->symbol(), number(location, 0),
                          INT64_MIN);
  return output;
}

mlir::Value Lowering::stateTarget(mlir::Location location, const State &state, mlir::Type yielded) {
  if (!state.isGrowing) return state.now[1];
  return StateOp::create(builder_, location, state.now[1], mlir::Value(), dimsAttrOf(yielded),
                         elementBytesOf(yielded));
}

mlir::Value Lowering::outputTarget(mlir::Location location, const Collected &output,
                                   mlir::Value iteration, mlir::Type yielded) {
  mlir::Value base = output.whole;
  if (!base) {
    mlir::Value count =
        mlir::arith::AddIOp::create(builder_, location, iteration, number(location, 1));
    base = StateOp::create(builder_, location, output.slot, count, dimsAttrOf(yielded),
                           output.elementBytes);
  }
  return AdvanceOp::create(builder_, location, base, iteration, dimsAttrOf(yielded),
                           output.elementBytes);
}

mlir::LogicalResult Lowering::lowerRepeat(Repeat &repeat) {
  mlir::Location location = repeat.op->getLoc();
  llvm::SmallVector<mlir::Type> argumentTypes;
  for (size_t i = 0; i < repeat.states.size(); ++i)
    argumentTypes.push_back(repeat.body->getArgument(repeat.firstState + i).getType());
  conform(location, repeat.states.getTypes(), argumentTypes, repeat.carried);
  llvm::SmallVector<State> states;
  llvm::SmallVector<Collected> outputs;
  llvm::SmallVector<mlir::Value> inits{number(location, 0), repeat.condition};
  for (size_t i = 0; i < repeat.states.size(); ++i) {
    states.push_back(beginState(repeat, i));
    llvm::append_range(inits, llvm::ArrayRef(states.back().init).take_front(states.back().width()));
  }
  for (size_t i = 0; i < repeat.outputResults.size(); ++i)
    outputs.push_back(beginOutput(repeat, i));
  if (makesObjects(*repeat.body)) repeat.mark = MarkOp::create(builder_, location);

  auto loop = mlir::scf::WhileOp::create(
      builder_, location, mlir::TypeRange(mlir::ValueRange(inits)), inits, nullptr, nullptr);
  {
    mlir::OpBuilder::InsertionGuard guard(builder_);
    mlir::Block *before = loop.getBeforeBody();
    builder_.setInsertionPointToStart(before);
    mlir::Value more = mlir::arith::CmpIOp::create(
        builder_, location, mlir::arith::CmpIPredicate::slt, before->getArgument(0), repeat.trips);
    more = mlir::arith::AndIOp::create(builder_, location, more, before->getArgument(1));
    mlir::scf::ConditionOp::create(builder_, location, more, before->getArguments());
    builder_.setInsertionPointToStart(loop.getAfterBody());
    if (failed(lowerIteration(repeat, loop.getAfterBody(), states, outputs, argumentTypes)))
      return mlir::failure();
  }
  finishRepeat(repeat, loop.getResults(), states, outputs, argumentTypes);
  return mlir::success();
}

/// Maps the body's arguments to buffers, lowers it and passes on what it yields.
mlir::LogicalResult Lowering::lowerIteration(Repeat &repeat, mlir::Block *target,
                                             mlir::MutableArrayRef<State> states,
                                             mlir::MutableArrayRef<Collected> outputs,
                                             mlir::TypeRange argumentTypes) {
  mlir::Location location = repeat.op->getLoc();
  mlir::Value iteration = target->getArgument(0), condition = target->getArgument(1);
  CheckCancelledOp::create(builder_, location);
  if (repeat.firstState == 2) {  // a loop's body sees both as tensors
    bindScalar(repeat.body->getArgument(0), iteration);
    bindScalar(repeat.body->getArgument(1), condition);
  }
  size_t next = 2;
  for (auto [i, state] : llvm::enumerate(states)) {
    for (int k = 0; k < state.width(); ++k) state.now[k] = target->getArgument(next++);
    buffers_[repeat.body->getArgument(repeat.firstState + i)] =
        state.isInvariant ? state.init[0] : state.now[0];
  }
  for (auto [i, input] : llvm::enumerate(repeat.inputs))
    buffers_[repeat.body->getArgument(repeat.firstInput + i)] =
        AdvanceOp::create(builder_, location, bufferOf(input), iteration,
                          withoutFirst(input.getType()), elementBytesOf(input.getType()));
  claimYields(repeat, iteration, states, outputs);
  if (failed(lowerBlock(*repeat.body))) return mlir::failure();
  return finishIteration(repeat, iteration, condition, states, outputs, argumentTypes);
}

void Lowering::claimYields(const Repeat &repeat, mlir::Value iteration,
                           mlir::MutableArrayRef<State> states,
                           mlir::MutableArrayRef<Collected> outputs) {
  for (size_t i = 0; i < states.size(); ++i) {
    State &state = states[i];
    mlir::Value yielded = repeat.stateYields[i];
    state.isClaimed = !state.isInvariant && !state.isObject &&
                      claim(yielded, repeat.body, [this, &state, yielded](mlir::Location location) {
                        return stateTarget(location, state, yielded.getType());
                      });
  }
  for (size_t i = 0; i < outputs.size(); ++i) {
    Collected &output = outputs[i];
    mlir::Value yielded = repeat.outputYields[i];
    output.isClaimed =
        claim(yielded, repeat.body, [this, &output, iteration, yielded](mlir::Location location) {
          return outputTarget(location, output, iteration, yielded.getType());
        });
  }
}

mlir::LogicalResult Lowering::finishIteration(const Repeat &repeat, mlir::Value iteration,
                                              mlir::Value condition,
                                              mlir::MutableArrayRef<State> states,
                                              mlir::ArrayRef<Collected> outputs,
                                              mlir::TypeRange argumentTypes) {
  mlir::Location location = repeat.op->getLoc();
  for (auto [i, output] : llvm::enumerate(outputs)) {
    mlir::Value yielded = repeat.outputYields[i];
    checkOutput(location, repeat, iteration, yielded.getType(), output.dims);
    if (!output.isClaimed)
      copy(location, yielded, outputTarget(location, output, iteration, yielded.getType()));
  }
  for (auto [i, state] : llvm::enumerate(states)) {
    if (state.isInvariant) continue;
    mlir::Value yielded = repeat.stateYields[i];
    if (state.isObject) {
      state.written = bufferOf(yielded);
      continue;
    }
    state.written =
        state.isClaimed ? bufferOf(yielded) : stateTarget(location, state, yielded.getType());
    if (!state.isClaimed) copy(location, yielded, state.written);
  }
  if (repeat.nextCondition) condition = truth(location, repeat.nextCondition);
  conform(location, repeat.stateYields.getTypes(), argumentTypes, repeat.carried);
  llvm::SmallVector<mlir::Value> passed{
      mlir::arith::AddIOp::create(builder_, location, iteration, number(location, 1)), condition};
  keepObjects(repeat, states);
  for (const State &state : states) {
    if (state.isInvariant) continue;
    if (state.isObject) {
      passed.push_back(state.written);
      continue;
    }
    // The one just read is written after next: of fixed ones that is `next` again, since the first
    // was the initial value.
    mlir::Value spare = state.now[1];
    passed.append({state.written, state.now[2], spare});
  }
  mlir::scf::YieldOp::create(builder_, location, passed);
  return mlir::success();
}

/// Objects of an iteration go with it, but for those that are states of the next.
void Lowering::keepObjects(const Repeat &repeat, mlir::ArrayRef<State> states) {
  if (!repeat.mark) return;
  llvm::SmallVector<mlir::Value> kept;
  for (const State &state : states)
    if (state.isObject && !state.isInvariant) kept.push_back(state.written);
  KeepOp::create(builder_, repeat.op->getLoc(), repeat.mark, kept);
}

/// The first iteration says the sizes of an output's parts where they are fresh; the others have to
/// agree.
void Lowering::checkOutput(mlir::Location location, const Repeat &repeat, mlir::Value iteration,
                           mlir::Type yielded, DimsAttr wanted) {
  llvm::SmallVector<Dim> given = dimsOf(yielded);
  if (llvm::ArrayRef<Dim>(given) == wanted.dims()) return;
  mlir::Value isFirst = mlir::arith::CmpIOp::create(
      builder_, location, mlir::arith::CmpIPredicate::eq, iteration, number(location, 0));
  if (mentions(wanted.dims(), repeat.fresh)) {
    auto branch =
        mlir::scf::IfOp::create(builder_, location, mlir::TypeRange(), isFirst, true, true);
    mlir::OpBuilder::InsertionGuard guard(builder_);
    mlir::Type as =
        tensorType(mlir::cast<mlir::RankedTensorType>(yielded).getElementType(), wanted.dims());
    builder_.setInsertionPointToStart(branch.thenBlock());
    conform(location, yielded, as, repeat.fresh);
    mlir::scf::YieldOp::create(builder_, location);
    builder_.setInsertionPointToStart(branch.elseBlock());
    conform(location, yielded, as, {});
    mlir::scf::YieldOp::create(builder_, location);
    return;
  }
  for (size_t axis = 0; axis < given.size(); ++axis)
    if (given[axis] != wanted[axis]) require(location, given[axis], wanted[axis], axis);
}

void Lowering::finishRepeat(const Repeat &repeat, mlir::ValueRange results,
                            mlir::ArrayRef<State> states, mlir::ArrayRef<Collected> outputs,
                            mlir::TypeRange argumentTypes) {
  mlir::Location location = repeat.op->getLoc();
  mlir::Value count = results[0];
  size_t next = 2;
  for (auto [i, state] : llvm::enumerate(states)) {
    buffers_[repeat.stateResults[i]] = state.isInvariant ? state.init[0] : results[next];
    next += state.width();
  }
  conform(location, argumentTypes, repeat.stateResults.getTypes(), repeat.fresh);
  llvm::DenseSet<mlir::Attribute> set;
  for (auto [i, output] : llvm::enumerate(outputs)) {
    mlir::Value result = repeat.outputResults[i];
    Dim first = dimOf(result.getType(), 0);
    if (first.asSymbol() && mentions(first, repeat.fresh)) {
      if (set.insert(first.asSymbol()->symbol()).second)
        SetSymbolOp::create(builder_, location, first.asSymbol()->symbol(), count,
                            first.asSymbol()->lowerBound());
    } else if (!repeat.knownTrips || *repeat.knownTrips != first) {
      RequireOp::create(
          builder_, location, count, size(location, first), 0,
          ("{0} iterations were run, but there are {1} by `" + first.text() + "`").str());
    }
    buffers_[result] = output.whole ? output.whole
                                    : StateOp::create(builder_, location, output.slot, count,
                                                      output.dims, output.elementBytes);
  }
}

void Lowering::bindScalar(mlir::BlockArgument tensor, mlir::Value value) {
  if (tensor.use_empty()) return;
  auto type = mlir::cast<mlir::RankedTensorType>(tensor.getType());
  mlir::Location location = tensor.getLoc();
  if (value.getType().isInteger(1))
    value = mlir::arith::ExtUIOp::create(builder_, location, builder_.getI64Type(), value);
  scalars_[tensor] = value;
  mlir::Value buffer = alloc(location, dimsAttrOf(type), elementBytesOf(type));
  StoreScalarsOp::create(builder_, location, buffer, mlir::ValueRange{value},
                         type.getElementType());
  buffers_[tensor] = buffer;
}

}  // namespace plx
