// A case: a module whose @main has its inputs as `plx.input` attributes, as value tests have them
// (ir/eval/ValueTests.h), so that one file is a whole case.
#ifndef PLEXUS_TESTS_FUZZ_CASE_H
#define PLEXUS_TESTS_FUZZ_CASE_H

#include <string>

#include "ir/eval/Value.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"

namespace plx::fuzz {

using Values = llvm::SmallVector<eval::Value>;

mlir::func::FuncOp mainOf(mlir::ModuleOp module);
/// The inputs of @main; failure where an argument has none.
mlir::FailureOr<Values> inputsOf(mlir::ModuleOp module);
/// Adds an argument with its input.
mlir::Value addInput(mlir::func::FuncOp main, mlir::Type type, const eval::Tensor &input);
/// Makes these values the results of @main.
void setOutputs(mlir::func::FuncOp main, mlir::ValueRange outputs);
std::string textOf(mlir::ModuleOp module);

}  // namespace plx::fuzz

#endif  // PLEXUS_TESTS_FUZZ_CASE_H
