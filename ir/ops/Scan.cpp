#include "ir/ops/Scan.h"

#include "ir/ops/RegionDerivatives.h"
#include "ir/ops/Regions.h"
#include "ir/ops/Verify.h"
#include "ir/ops/Yield.h"
#include "mlir/IR/PatternMatch.h"

#define GET_OP_CLASSES
#include "ir/ops/Scan.cpp.inc"

namespace plx {

PLX_REGISTER_OPS(scan, ScanOp);

// ---- Verify -------------------------------------------------------------------------------------

namespace {
mlir::RankedTensorType inputType(ScanOp op, unsigned i) {
  return mlir::cast<mlir::RankedTensorType>(op.getInputs()[i].getType());
}

mlir::LogicalResult verifyInputs(ScanOp op) {
  if (op.getInputs().empty())  // scan.c1
    return op.emitOpError() << "has no inputs to scan over, expected at least one";
  for (auto [i, input] : llvm::enumerate(op.getInputs())) {
    if (inputType(op, i).getRank() < 1)
      return op.emitOpError() << "input " << i << " is " << input.getType()
                              << ", expected a tensor of rank >= 1";
    Dim first = dimOf(inputType(op, 0), 0), here = dimOf(inputType(op, i), 0);
    if (!mayAgree(first, here))
      return op.emitOpError() << "input " << i << " has size " << here.str()
                              << " along dim 0, input 0 has " << first.str()
                              << "; inputs are scanned together";
  }
  return mlir::success();
}

mlir::LogicalResult verifyArguments(ScanOp op) {
  size_t states = op.getStates().size();
  mlir::TypeRange arguments = op.getBody().getArgumentTypes();
  if (arguments.size() != states + op.getInputs().size())  // scan.c2
    return op.emitOpError() << "the body has " << arguments.size() << " arguments, expected "
                            << states + op.getInputs().size() << ": one a state and one an input";
  for (size_t i = 0; i < states; ++i)
    if (failed(verifyFit(op, "the initial state", i, op.getStates()[i].getType(), arguments[i],
                         {op.getFreshAttr()})))
      return mlir::failure();
  for (size_t i = 0; i < op.getInputs().size(); ++i) {
    mlir::RankedTensorType input = inputType(op, i);
    llvm::SmallVector<Dim> dims = dimsOf(input);
    dims.erase(dims.begin());
    mlir::Type slice = tensorType(input.getElementType(), dims);
    if (failed(verifyFit(op, "the slice of input", i, slice, arguments[states + i],
                         {op.getFreshAttr()})))
      return mlir::failure();
  }
  return mlir::success();
}

mlir::LogicalResult verifyYield(ScanOp op) {
  mlir::FailureOr<mlir::TypeRange> yielded = yieldedTypes(op, op.getBody(), "body");
  if (failed(yielded)) return mlir::failure();
  size_t states = op.getStates().size();
  if (yielded->size() != op.getNumResults() || yielded->size() < states)  // scan.c3
    return op.emitOpError() << "the body yields " << yielded->size() << " values for " << states
                            << " states and " << op.getNumResults()
                            << " results, expected one a state and one for each further result";
  mlir::ArrayAttr fresh = op.getFreshAttr();
  for (auto [i, type] : llvm::enumerate(*yielded)) {  // scan.c4
    mlir::Type result = op.getResultTypes()[i];
    if (i < states) {
      if (failed(verifyFit(op, "the yielded state", i, type, op.getBody().getArgument(i).getType(),
                           {fresh})) ||
          failed(verifyFit(op, "as a result the initial state", i, op.getStates()[i].getType(),
                           result, {fresh})))
        return mlir::failure();
      continue;
    }
    if (failed(verifyStacked(op, i, type, result, {fresh}))) return mlir::failure();
    Dim trips = dimOf(inputType(op, 0), 0), here = dimOf(result, 0);
    if (!mayAgree(trips, here))
      return op.emitOpError() << "result " << i << " has size " << here.str()
                              << " along dim 0, expected that of the inputs, " << trips.str();
  }
  return mlir::success();
}
}  // namespace

mlir::LogicalResult ScanOp::verify() {
  if (failed(checkTensors(*this)) || failed(verifyInputs(*this)) ||
      failed(verifyArguments(*this)) || failed(verifyYield(*this)))
    return mlir::failure();
  return verifyFresh(*this, getFreshAttr(), getResultTypes());  // scan.c5
}

// ---- Evaluate -----------------------------------------------------------------------------------

mlir::FailureOr<llvm::SmallVector<eval::Value>> ScanOp::evaluate(
    llvm::ArrayRef<eval::Value> operands, eval::Scope &scope) {
  size_t numStates = getStates().size();
  llvm::SmallVector<eval::Value> states(operands.take_front(numStates));
  llvm::ArrayRef<eval::Value> inputs = operands.drop_front(numStates);
  int64_t trips = inputs[0].tensor().shape()[0];
  for (auto [i, input] : llvm::enumerate(inputs))
    if (input.tensor().shape()[0] != trips)
      return scope.fail(*this, "input " + llvm::Twine(i) + " has size " +
                                   llvm::Twine(input.tensor().shape()[0]) +
                                   " along dim 0, input 0 has " + llvm::Twine(trips));
  std::vector<std::vector<eval::Value>> outputs(getNumResults() - numStates);
  for (int64_t i = 0; i < trips; ++i) {
    llvm::SmallVector<eval::Value> arguments(states);
    for (const eval::Value &input : inputs) arguments.push_back(sliceOf(input.tensor(), i));
    Evaluated yielded = scope.run(getBody(), arguments);
    if (failed(yielded)) return mlir::failure();
    llvm::ArrayRef<eval::Value> values = *yielded;
    llvm::copy(values.take_front(numStates), states.begin());
    for (auto [output, value] : llvm::zip(outputs, values.drop_front(numStates)))
      output.push_back(value);
  }
  return finishLoop(*this, getFreshAttr(), states, outputs, scope);
}

// ---- Differentiate ------------------------------------------------------------------------------
// The scan again with the states that each iteration begins with, and what is kept of it, as
// further outputs; then a scan over these backwards, which carries the states' cotangents and sums
// up those of values from above.

namespace {
mlir::Type stacked(Dim trips, mlir::Type item) {
  llvm::SmallVector<Dim> dims = dimsOf(item);
  dims.insert(dims.begin(), trips);
  return tensorType(mlir::getElementTypeOrSelf(item), dims);
}

ScanOp withStatesAndKept(ScanOp op, Dim trips) {
  mlir::OpBuilder b(op);
  llvm::SmallVector<mlir::Type> types(op.getResultTypes());
  for (mlir::Value state : op.getStates()) types.push_back(stacked(trips, state.getType()));
  for (mlir::Value value : keptOf(op.getBody().front()))
    types.push_back(stacked(trips, value.getType()));
  auto saved =
      ScanOp::create(b, op.getLoc(), types, op.getStates(), op.getInputs(), op.getFreshAttr());
  copyRegionYielding(op.getBody(), saved.getBody(), [&](mlir::Block &body) {
    llvm::SmallVector<mlir::Value> more(body.getArguments().take_front(op.getStates().size()));
    llvm::append_range(more, keptOf(body));
    return more;
  });
  return saved;
}
}  // namespace

mlir::LogicalResult ScanOp::differentiate(Cotangents &ct) {
  if (llvm::any_of(getStates().getTypes(),
                   [](mlir::Type type) { return !mlir::isa<mlir::RankedTensorType>(type); }))
    return ct.refuse("a state that is a value of the host");
  mlir::OpBuilder &b = ct.builder();
  mlir::Location loc = ct.loc();
  size_t numStates = getStates().size();
  ScanOp saved = withStatesAndKept(*this, dimOf(getInputs()[0].getType(), 0));
  RegionBack back(ct, getBody(), getResults().take_front(numStates),
                  getResults().drop_front(numStates));
  mlir::ValueRange more = saved.getResults().drop_front(getNumResults());
  llvm::SmallVector<mlir::Value> over(more.take_front(numStates));
  llvm::append_range(over, getInputs());
  llvm::append_range(over, more.drop_front(numStates));
  llvm::append_range(over, back.outputCotangents());
  for (mlir::Value &tensor : over) tensor = build::reverse(b, loc, tensor, {0});
  llvm::SmallVector<mlir::Value> inputs =
      llvm::filter_to_vector(getInputs(), [&](mlir::Value input) { return ct.wants(input); });
  llvm::SmallVector<mlir::Value> carried = back.initialStates(getStates());
  llvm::SmallVector<mlir::Type> types(mlir::ValueRange(carried).getTypes());
  llvm::append_range(types, mlir::ValueRange(inputs).getTypes());
  auto scan = ScanOp::create(b, loc, types, carried, over, nullptr);
  {
    mlir::OpBuilder::InsertionGuard guard(b);
    mlir::Block *body = newBody(b, loc, scan.getBody(), carried, over);
    llvm::ArrayRef<mlir::BlockArgument> arguments = body->getArguments();
    arguments = arguments.drop_front(carried.size());
    size_t numForward = numStates + getInputs().size(), numKept = more.size() - numStates;
    llvm::SmallVector<mlir::Value> forward(arguments.take_front(numForward)), wanted;
    for (auto [input, argument] :
         llvm::zip(getInputs(), llvm::ArrayRef(forward).drop_front(numStates)))
      if (ct.wants(input)) wanted.push_back(argument);
    mlir::FailureOr<llvm::SmallVector<mlir::Value>> parts = back.step(
        b, forward, llvm::ArrayRef(forward).take_front(numStates),
        arguments.slice(numForward, numKept), body->getArguments().take_front(carried.size()),
        arguments.drop_front(numForward + numKept), wanted);
    if (failed(parts)) return mlir::failure();
    YieldOp::create(b, loc, *parts);
  }
  back.addStates(getStates(), scan.getResults());
  for (auto [input, part] : llvm::zip(inputs, scan.getResults().drop_front(carried.size())))
    ct.add(input, build::reverse(b, loc, part, {0}));
  ct.replaceForward(saved);
  return mlir::success();
}

// ---- Iterate ------------------------------------------------------------------------------------

Nature ScanOp::nature() { return Nature::Whole; }

mlir::Value ScanOp::iterate(KernelBuilder &b, unsigned, llvm::ArrayRef<Dim>) {
  return b.noLoopNest("scan: regions are run whole");
}

// ---- Fold ---------------------------------------------------------------------------------------

namespace {
/// Inputs that the body does not read, and stacked outputs that nothing reads, are dropped: what a
/// derivative kept of each iteration in case the way back needs it.
struct DropUnread : mlir::OpRewritePattern<ScanOp> {
  using OpRewritePattern::OpRewritePattern;

  mlir::LogicalResult matchAndRewrite(ScanOp op, mlir::PatternRewriter &rewriter) const override {
    if (op.getFresh() && !op.getFresh()->empty()) return mlir::failure();
    unsigned numStates = op.getStates().size();
    mlir::Block &body = op.getBody().front();
    llvm::BitVector unreadArguments(body.getNumArguments()), unreadResults(op.getNumResults());
    // One input of each size along dim 0 stays: they are checked to agree.
    llvm::SmallVector<Dim> trips;
    for (auto [i, input] : llvm::enumerate(op.getInputs())) {
      if (body.getArgument(numStates + i).use_empty()) continue;
      trips.push_back(dimOf(input.getType(), 0));
    }
    for (auto [i, input] : llvm::enumerate(op.getInputs())) {
      if (!body.getArgument(numStates + i).use_empty()) continue;
      Dim here = dimOf(input.getType(), 0);
      if (llvm::is_contained(trips, here))
        unreadArguments.set(numStates + i);
      else
        trips.push_back(here);
    }
    for (unsigned i = numStates; i < op.getNumResults(); ++i)
      if (op.getResult(i).use_empty()) unreadResults.set(i);
    if (unreadArguments.none() && unreadResults.none()) return mlir::failure();

    llvm::SmallVector<mlir::Value> inputs, results, yielded;
    mlir::Operation *yield = body.getTerminator();
    for (auto [i, input] : llvm::enumerate(op.getInputs()))
      if (!unreadArguments[numStates + i]) inputs.push_back(input);
    for (unsigned i = 0; i < op.getNumResults(); ++i) {
      if (unreadResults[i]) continue;
      results.push_back(op.getResult(i));
      yielded.push_back(yield->getOperand(i));
    }
    auto smaller = ScanOp::create(rewriter, op.getLoc(), mlir::ValueRange(results).getTypes(),
                                  op.getStates(), inputs, op.getFreshAttr());
    rewriter.modifyOpInPlace(yield, [&] { yield->setOperands(yielded); });
    body.eraseArguments(unreadArguments);
    rewriter.inlineRegionBefore(op.getBody(), smaller.getBody(), smaller.getBody().end());
    for (auto [before, after] : llvm::zip_equal(results, smaller.getResults()))
      rewriter.replaceAllUsesWith(before, after);
    rewriter.eraseOp(op);
    return mlir::success();
  }
};
}  // namespace

void ScanOp::getCanonicalizationPatterns(mlir::RewritePatternSet &patterns,
                                         mlir::MLIRContext *context) {
  patterns.add<DropUnread>(context);
}

}  // namespace plx
