// Tests that stand in the IR: functions with inputs and expected results as attributes
// (tests/ops/*-values.mlir).
//
//   func.func @add(%a: tensor<?xf32, #plx.dims<[n]>> {plx.input = dense<[1.0, 2.0]> :
//   tensor<2xf32>})
//       -> (tensor<?xf32, #plx.dims<[n]>> {plx.expect = dense<[2.0, 4.0]> : tensor<2xf32>, plx.rtol
//       = 1.0e-6 : f64})
//
// Every argument has `plx.input`. A result without `plx.expect` is not looked at. `plx.rtol` and
// `plx.atol` (f64, 0 where absent: exact, but for the sign of zero) allow |result - expected| <=
// atol + rtol * |expected|; NaN equals NaN. A function with `attributes {plx.fails = "text"}` must
// fail, with a message that contains the text; one with `plx.runs` must not, whatever it gives (its
// derivatives are what is looked at: compiler/autodiff/CheckGradient.h). A function with none of
// these is no test: others may call it. Where compiled code cannot do what the function says, or
// says it in other words, `plx.fails_compiled = "text"` is what it fails with instead.
#ifndef PLEXUS_IR_EVAL_VALUETESTS_H
#define PLEXUS_IR_EVAL_VALUETESTS_H

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "ir/eval/Value.h"
#include "mlir/IR/BuiltinOps.h"

namespace plx::eval {

struct ValueTest {
  struct Expectation {
    std::optional<Tensor> value;  // nothing: any
    double rtol = 0, atol = 0;
  };
  std::string function;
  llvm::SmallVector<Value> inputs;
  std::vector<Expectation> expected;  // one a result
  std::string failure;                // what its message must contain; empty: must not fail
  std::string compiledFailure;        // the same on devices that compile; empty: as `failure` says
};

/// The tests of a module; a malformed one is an error at its function, emitted there.
mlir::FailureOr<std::vector<ValueTest>> valueTestsOf(mlir::ModuleOp module);

/// Empty where `result` is as expected; else what differs first, with both values.
std::string difference(const ValueTest::Expectation &expected, const Value &result);

/// Runs a function: its results, or failure with the message in the last parameter.
using Executor = std::function<mlir::FailureOr<llvm::SmallVector<Value>>(const ValueTest &test,
                                                                         std::string &error)>;
/// Empty where the test passes on `execute`; else why not.
std::string runValueTest(const ValueTest &test, const Executor &execute);

/// Runs functions of `module` on the reference evaluator.
Executor referenceExecutor(mlir::ModuleOp module);

}  // namespace plx::eval

#endif  // PLEXUS_IR_EVAL_VALUETESTS_H
