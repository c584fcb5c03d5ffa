#ifndef PLEXUS_COMPILER_LAYOUT_PASSES_TD
#define PLEXUS_COMPILER_LAYOUT_PASSES_TD

include "mlir/Pass/PassBase.td"

def PropagateTransposesPass : Pass<"plx-propagate-transposes", "::mlir::func::FuncOp"> {
  let summary = "Moves transposes towards the results, where they cancel.";
  let description = [{
    Before: `%c = transpose %conv [0, 3, 1, 2]; %r = pointwise max(%c, %zeros); %n = transpose %r [0, 2, 3, 1]; convolution %n`
    After: `%r = pointwise max(%conv, %zeros'); convolution %r`.

    Channels-first models thus compute channels-last inside, with transposes left at their inputs and outputs, and where an
    op needs the order of dims (a product of matrices, a reshape that joins what has moved apart). Transposes that only move
    dims of size 1 become reshapes. Values do not change, but for the order of float sums over several axes at once.
  }];
  let dependentDialects = ["::plx::PlxDialect"];
}

#endif  // PLEXUS_COMPILER_LAYOUT_PASSES_TD
