#include "ir/ops/Loop.h"

#include "ir/ops/RegionDerivatives.h"
#include "ir/ops/Regions.h"
#include "ir/ops/Verify.h"
#include "ir/ops/Yield.h"

#define GET_OP_CLASSES
#include "ir/ops/Loop.cpp.inc"

namespace plx {

PLX_REGISTER_OPS(loop, LoopOp);

// ---- Verify -------------------------------------------------------------------------------------

namespace {
mlir::Type scalarOf(mlir::MLIRContext *context, unsigned width) {
  return mlir::RankedTensorType::get({}, mlir::IntegerType::get(context, width));
}

mlir::LogicalResult verifyScalar(LoopOp op, llvm::StringRef what, mlir::Type type, unsigned width) {
  if (type == scalarOf(op.getContext(), width)) return mlir::success();
  return op.emitOpError() << what << " is " << type << ", expected "
                          << scalarOf(op.getContext(), width);
}

/// Body arguments: iteration, condition, states.
mlir::LogicalResult verifyArguments(LoopOp op, llvm::ArrayRef<mlir::ArrayAttr> symbols) {
  mlir::TypeRange states = op.getStates().getTypes();
  mlir::TypeRange arguments = op.getBody().getArgumentTypes();
  if (arguments.size() != states.size() + 2)  // loop.c2
    return op.emitOpError() << "the body has " << arguments.size() << " arguments, expected "
                            << states.size() + 2 << ": iteration, condition, and one a state";
  if (failed(verifyScalar(op, "body argument 0 (iteration)", arguments[0], 64)) ||
      failed(verifyScalar(op, "body argument 1 (condition)", arguments[1], 1)))
    return mlir::failure();
  for (auto [i, type] : llvm::enumerate(states))
    if (failed(verifyFit(op, "the initial state", i, type, arguments[i + 2], symbols)))
      return mlir::failure();
  return mlir::success();
}

/// What the body yields, against its arguments and the op's results.
mlir::LogicalResult verifyYield(LoopOp op, llvm::ArrayRef<mlir::ArrayAttr> symbols) {
  mlir::FailureOr<mlir::TypeRange> yielded = yieldedTypes(op, op.getBody(), "body");
  if (failed(yielded)) return mlir::failure();
  size_t states = op.getStates().size();
  if (yielded->size() != op.getNumResults() + 1 || op.getNumResults() < states)  // loop.c3
    return op.emitOpError() << "the body yields " << yielded->size() << " values for " << states
                            << " states and " << op.getNumResults()
                            << " results, expected a condition, one a state, and one for each "
                               "further result";
  if (failed(verifyScalar(op, "the condition yielded", yielded->front(), 1)))
    return mlir::failure();
  mlir::TypeRange arguments = mlir::TypeRange(op.getBody().getArgumentTypes()).drop_front(2);
  for (auto [i, type] : llvm::enumerate(yielded->drop_front())) {  // loop.c4
    mlir::Type result = op.getResultTypes()[i];
    if (i >= states) {
      if (failed(verifyStacked(op, i, type, result, symbols))) return mlir::failure();
    } else if (failed(verifyFit(op, "the yielded state", i, type, arguments[i], symbols)) ||
               failed(verifyFit(op, "as a result the yielded state", i, type, result, symbols)) ||
               failed(verifyFit(op, "as a result the initial state", i, op.getStates()[i].getType(),
                                result, symbols))) {
      return mlir::failure();
    }
  }
  return mlir::success();
}
}  // namespace

mlir::LogicalResult LoopOp::verify() {
  if (failed(verifyScalar(*this, "`trip_count`", getTripCount().getType(), 64)) ||  // loop.c1
      failed(verifyScalar(*this, "`condition`", getCondition().getType(), 1)) ||
      failed(checkTensors(*this)))
    return mlir::failure();
  mlir::ArrayAttr symbols[] = {getFreshAttr(), getCarriedAttr()};
  if (failed(verifyArguments(*this, symbols)) || failed(verifyYield(*this, symbols)) ||
      failed(verifyFresh(*this, getFreshAttr(), getResultTypes())))  // loop.c5
    return mlir::failure();
  return verifyFresh(*this, getCarriedAttr(), getBody().getArgumentTypes(), "carried");
}

// ---- Evaluate -----------------------------------------------------------------------------------

mlir::FailureOr<llvm::SmallVector<eval::Value>> LoopOp::evaluate(
    llvm::ArrayRef<eval::Value> operands, eval::Scope &scope) {
  int64_t trips = operands[0].tensor().ints()[0];
  eval::Tensor condition = operands[1].tensor();
  llvm::SmallVector<eval::Value> states(operands.drop_front(2));
  std::vector<std::vector<eval::Value>> outputs(getNumResults() - states.size());
  for (int64_t i = 0; i < trips && condition.ints()[0] != 0; ++i) {
    eval::Tensor iteration(mlir::IntegerType::get(getContext(), 64), {});
    iteration.setInt(0, i);
    llvm::SmallVector<eval::Value> arguments{iteration, condition};
    arguments.append(states);
    Evaluated yielded = scope.run(getBody(), arguments);
    if (failed(yielded)) return mlir::failure();
    condition = (*yielded)[0].tensor();
    llvm::ArrayRef<eval::Value> rest = llvm::ArrayRef(*yielded).drop_front();
    llvm::copy(rest.take_front(states.size()), states.begin());
    for (auto [output, value] : llvm::zip(outputs, rest.drop_front(states.size())))
      output.push_back(value);
  }
  return finishLoop(*this, getFreshAttr(), states, outputs, scope);
}

// ---- Differentiate ------------------------------------------------------------------------------
// The loop again with the states that each iteration begins with, and what is kept of it, as
// further outputs; then a loop over these from the last one back, as in a scan.

namespace {
LoopOp withStatesAndKept(LoopOp op, Dim trips, bool isNew) {
  mlir::OpBuilder b(op);
  llvm::SmallVector<mlir::Type> types(op.getResultTypes());
  llvm::SmallVector<mlir::Attribute> fresh;
  if (op.getFresh()) llvm::append_range(fresh, *op.getFresh());
  if (isNew) fresh.push_back(trips.asSymbol()->symbol());
  llvm::SmallVector<mlir::Value> more(op.getStates());
  llvm::append_range(more, keptOf(op.getBody().front()));
  for (mlir::Value value : more) {
    llvm::SmallVector<Dim> dims = dimsOf(value.getType());
    dims.insert(dims.begin(), trips);
    types.push_back(tensorType(mlir::getElementTypeOrSelf(value.getType()), dims));
  }
  auto saved = LoopOp::create(b, op.getLoc(), types, op.getTripCount(), op.getCondition(),
                              op.getStates(), b.getArrayAttr(fresh), nullptr);
  copyRegionYielding(op.getBody(), saved.getBody(), [](mlir::Block &body) {
    llvm::SmallVector<mlir::Value> more(body.getArguments().drop_front(2));
    llvm::append_range(more, keptOf(body));
    return more;
  });
  return saved;
}

/// Element `i` (a scalar tensor) along dim 0.
mlir::Value elementAt(mlir::OpBuilder &b, mlir::Location loc, mlir::Value x, mlir::Value i) {
  return build::gather(b, loc, x, i, {0}, 0);
}
}  // namespace

mlir::LogicalResult LoopOp::differentiate(Cotangents &ct) {
  if (getCarried() && !getCarried()->empty()) return ct.refuse("states whose sizes change");
  if (llvm::any_of(getStates().getTypes(),
                   [](mlir::Type type) { return !mlir::isa<mlir::RankedTensorType>(type); }))
    return ct.refuse("a state that is a value of the host");
  mlir::OpBuilder &b = ct.builder();
  mlir::Location loc = ct.loc();
  size_t numStates = getStates().size();
  bool isNew = getNumResults() == numStates;
  Dim trips = isNew ? Dim::symbol(getContext(), unusedSymbol(*this, "trips"))
                    : dimOf(getResults()[numStates].getType(), 0);
  LoopOp saved = withStatesAndKept(*this, trips, isNew);
  RegionBack back(ct, getBody(), getResults().take_front(numStates),
                  getResults().drop_front(numStates));
  llvm::SmallVector<mlir::Value> carried = back.initialStates(getStates());
  mlir::Value go = build::constantInt(b, loc, 1, b.getI1Type());
  mlir::Value count = build::dimValue(b, loc, trips);
  auto loop = LoopOp::create(b, loc, mlir::ValueRange(carried).getTypes(), count, go, carried,
                             nullptr, nullptr);
  {
    mlir::OpBuilder::InsertionGuard guard(b);
    llvm::SmallVector<mlir::Value> arguments{count, go};
    llvm::append_range(arguments, carried);
    mlir::Block *body = newBody(b, loc, loop.getBody(), arguments, {});
    mlir::Value last = build::dimValue(b, loc, trips - 1);
    mlir::Value i = build::pointwise(b, loc, ScalarFn::sub_, {last, body->getArgument(0)});
    llvm::SmallVector<mlir::Value> forward{i, build::constantInt(b, loc, 1, b.getI1Type())};
    llvm::SmallVector<mlir::Value> outputs;
    for (mlir::Value stacked : saved.getResults().drop_front(getNumResults()))
      forward.push_back(elementAt(b, loc, stacked, i));
    for (mlir::Value cotangents : back.outputCotangents())
      outputs.push_back(elementAt(b, loc, cotangents, i));
    if (!llvm::all_of(forward, [](mlir::Value v) { return v; })) return mlir::failure();
    llvm::ArrayRef<mlir::Value> known(forward);
    auto parts =
        back.step(b, known.take_front(numStates + 2), known.slice(2, numStates),
                  known.drop_front(numStates + 2), body->getArguments().drop_front(2), outputs, {});
    if (failed(parts)) return mlir::failure();
    parts->insert(parts->begin(), body->getArgument(1));
    YieldOp::create(b, loc, *parts);
  }
  back.addStates(getStates(), loop.getResults());
  ct.replaceForward(saved);
  return mlir::success();
}

// ---- Iterate ------------------------------------------------------------------------------------

Nature LoopOp::nature() { return Nature::Whole; }

mlir::Value LoopOp::iterate(KernelBuilder &b, unsigned, llvm::ArrayRef<Dim>) {
  return b.noLoopNest("loop: regions are run whole");
}

}  // namespace plx
