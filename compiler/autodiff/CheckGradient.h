// Derivatives held against differences: what `plexus check FILE.mlir --gradient` does with each
// function of a value test (ir/eval/ValueTests.h).
//
// The function is taken to f64. Its float inputs are drawn at random, each from the interval that
// `plx.domain = [low, high]` of the argument names ([-1, 1] else); with `plx.domain = []` they are
// as `plx.input` says. Its float results are multiplied with random numbers and added up. The
// gradient of that sum agrees with central differences, extrapolated by two steps (Richardson), to
// 1e-6 of the largest entry; so does the gradient of the gradient's product with random numbers.
//
// Where an argument says `plx.gradient = dense<..>`, this is what it gets at the inputs of
// `plx.input` where each result has the cotangent 1: for points where a function has a kink. With
// `plx.stated` it is all that is looked at: for gradients that are meant to differ. A
// function with `plx.no_gradient = "text"` has no derivative, and the message contains the text.
// Not looked at: functions that must fail, and those without float inputs or float results.
#ifndef PLEXUS_COMPILER_AUTODIFF_CHECKGRADIENT_H
#define PLEXUS_COMPILER_AUTODIFF_CHECKGRADIENT_H

#include "ir/eval/ValueTests.h"

namespace plx {

/// Runs @main of a module, as eval::Executor does.
using ProgramExecutor = std::function<mlir::FailureOr<llvm::SmallVector<eval::Value>>(
    mlir::ModuleOp module, llvm::ArrayRef<eval::Value> inputs, std::string &error)>;

/// Empty where the derivatives of the test's function are right, else what is wrong. Gradients are
/// evaluated by the reference evaluator; with `compiled` its results are compared as well.
std::string checkGradient(mlir::ModuleOp module, const eval::ValueTest &test,
                          const ProgramExecutor &compiled = {});

}  // namespace plx

#endif  // PLEXUS_COMPILER_AUTODIFF_CHECKGRADIENT_H
