#ifndef PLEXUS_COMPILER_AUTODIFF_PASSES_TD
#define PLEXUS_COMPILER_AUTODIFF_PASSES_TD

include "mlir/Pass/PassBase.td"

def GradientPass : Pass<"plx-gradient", "::mlir::ModuleOp"> {
  let summary = "Appends the gradient of a function's results by its arguments to its results.";
  let description = [{
    Before: `@main(%x) { %y = pointwise exp(%x); return %y }`.
    After: `@main(%x) { %y = pointwise exp(%x); %d = pointwise mul(%one, %y); return %y, %d }`: the gradient of the sum of the
    elements of the results `of`, one result for each argument of `wrt` (all float arguments where none is named).

    Calls are inlined first, but those that name their `vjp`. Runs on its own output again.
  }];
  let dependentDialects = ["::plx::PlxDialect", "::mlir::func::FuncDialect"];
  let options = [
    Option<"functionName", "function", "std::string", "\"main\"", "the function that is differentiated">,
    ListOption<"of", "of", "int64_t", "numbers of results that are differentiated">,
    ListOption<"wrt", "wrt", "int64_t", "numbers of arguments they are differentiated by">];
}

#endif  // PLEXUS_COMPILER_AUTODIFF_PASSES_TD
