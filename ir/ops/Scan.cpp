#include "ir/ops/Scan.h"

#include "ir/ops/Regions.h"
#include "ir/ops/Verify.h"

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

// ---- Iterate ------------------------------------------------------------------------------------

Nature ScanOp::nature() { return Nature::Whole; }

mlir::Value ScanOp::iterate(KernelBuilder &b, unsigned, llvm::ArrayRef<Dim>) {
  return b.noLoopNest("scan: regions are run whole");
}

}  // namespace plx
