#ifndef PLEXUS_COMPILER_FUSION_PASSES_TD
#define PLEXUS_COMPILER_FUSION_PASSES_TD

include "mlir/Pass/PassBase.td"

def FusePass : Pass<"plx-fuse", "::mlir::func::FuncOp"> {
  let summary = "Divides tensor ops into kernels.";
  let description =
      [{
    Before: ops with loop nests, and those without (regions, sorts, ...).
    After: plx.kernel ops; what remains beside them has no loop nest, or is an alias (reshape, rebind), a constant, a
    parameter or a bind. Every op computed once: an op is fused into its users' kernel where that repeats no work.
  }];
  let dependentDialects = ["::plx::PlxDialect"];
}

#endif  // PLEXUS_COMPILER_FUSION_PASSES_TD
