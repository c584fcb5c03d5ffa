#ifndef PLEXUS_COMPILER_IRREGULAR_PASSES_TD
#define PLEXUS_COMPILER_IRREGULAR_PASSES_TD

include "mlir/Pass/PassBase.td"

def LowerIrregularPass : Pass<"plx-lower-irregular", "::mlir::ModuleOp"> {
  let summary = "Makes launches of irregular kernels of sorts, scatters and the like.";
  let description = [{
    Before: `%v, %i = plx.sort %x axis 0 : ...` inside functions.
    After: `%v, %i = plx.launch @sort.0 [n] (%x)` and a plx.irregular_func with its units, grain and scratch memory. Equal
    kernels are one. Where a size depends on data, the launch has `bounds`, and one more result, which `counts` names.
    May run before or after fusion. Ops on strings stay: they are the host's.
  }];
  let dependentDialects = ["::plx::PlxDialect"];
}

#endif  // PLEXUS_COMPILER_IRREGULAR_PASSES_TD
