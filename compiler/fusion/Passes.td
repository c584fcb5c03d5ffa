#ifndef PLEXUS_COMPILER_FUSION_PASSES_TD
#define PLEXUS_COMPILER_FUSION_PASSES_TD

include "mlir/Pass/PassBase.td"

def CheckSizesPass : Pass<"plx-check-sizes", "::mlir::func::FuncOp"> {
  let summary = "Writes what ops ask of sizes (ir/interfaces/SizeChecks.td) as checks of the host program.";
  let description = [{
    Before: verified plx ops. After: what is not proved stands in front of its op, so that no kernel runs on sizes that do
    not fit together. Equal conditions of a block stand once.

                                                          %0 = plx.size [m]
                                                          %1 = plx.size [n]
    %r = plx.dot_general %a, %b ...                 ->    plx.require %0 = %1 axis 0 "..."
                                                          %r = plx.dot_general %a, %b ...
  }];
  let dependentDialects = ["::plx::PlxDialect", "::mlir::arith::ArithDialect"];
}

def SinkDimsPass : Pass<"plx-sink-dims", "::mlir::func::FuncOp"> {
  let summary = "Puts plx.dims where their values are used.";
  let description = [{
    Before: a plx.dims stands anywhere; folders move it to the front of the function, before what gives its symbols their
    values (and symbols of a region are known inside of it only).
    After: one stands before the first of its users in each block, so that all symbols have values where it is computed.

    %d = plx.dims [n] : tensor<1xi64>                     plx.bind %v ["n"] [0] : tensor<i64>
    plx.bind %v ["n"] [0] : tensor<i64>             ->    %d = plx.dims [n] : tensor<1xi64>
    %r = plx.pointwise neg(%d) ...                        %r = plx.pointwise neg(%d) ...
  }];
  let dependentDialects = ["::plx::PlxDialect"];
}

def FusePass : Pass<"plx-fuse", "::mlir::func::FuncOp"> {
  let summary = "Divides tensor ops into kernels.";
  let description =
      [{
    Before: plx-sink-dims; ops with loop nests, and those without (regions, sorts, ...).
    After: plx.kernel ops; what remains beside them has no loop nest, or is an alias (reshape, rebind), a constant, a
    parameter or a bind. Every op computed once: an op is fused into its users' kernel where that repeats no work.
  }];
  let dependentDialects = ["::plx::PlxDialect"];
}

#endif  // PLEXUS_COMPILER_FUSION_PASSES_TD
