// The derivatives of a whole model at given inputs, held against differences: what `plexus check
// --gradient` does with a folder of model and inputs.
//
// The program is taken to f64, constants and casts too. Its float results are multiplied with
// random numbers and added up. The gradient of that sum by the float inputs agrees, at up to 64
// elements, with central differences extrapolated by two steps (Richardson), to 1e-6 of the input's
// largest entry. Where the slopes to the left and to the right differ, or there is none on one
// side, is a kink: the derivative is finite and between them, or, where entries of the results have
// kinks of their own, between the sums of their lower and their higher slopes. What is 0 by rule
// (rounding, comparison, integers) has results that do not change at all, or jump. Floats of 16
// bits: then the gradient is computed once as the program has it, and held against that in f64.
#ifndef PLEXUS_COMPILER_AUTODIFF_CHECKMODELGRADIENT_H
#define PLEXUS_COMPILER_AUTODIFF_CHECKMODELGRADIENT_H

#include <functional>
#include <string>

#include "ir/eval/Value.h"
#include "mlir/IR/BuiltinOps.h"

namespace plx {

struct GradientFindings {
  enum class Kind { Right, Wrong, NotDifferentiable };
  Kind kind = Kind::Right;
  std::string why = {};  // of Wrong and NotDifferentiable
  int64_t numElements = 0, numKinks = 0;
  double worst = 0;  // difference from the central one, of the input's largest entry
};

/// @main of a module, made ready once to be run often; empty with a message where it cannot be.
using RunnableProgram = std::function<mlir::FailureOr<llvm::SmallVector<eval::Value>>(
    llvm::ArrayRef<eval::Value> inputs, std::string &error)>;
using ProgramMaker = std::function<RunnableProgram(mlir::ModuleOp module, std::string &error)>;

/// Looks at @main of a module whose parameters are constants. Differences and gradients are those
/// of the reference evaluator; with `compile`, gradients that compiled code gives are compared with
/// them, and large programs are moved by compiled code.
GradientFindings checkModelGradient(mlir::ModuleOp module, llvm::ArrayRef<eval::Value> inputs,
                                    const ProgramMaker &compile = {});

}  // namespace plx

#endif  // PLEXUS_COMPILER_AUTODIFF_CHECKMODELGRADIENT_H
