#ifndef PLEXUS_COMPILER_SCHEDULE_PASSES_TD
#define PLEXUS_COMPILER_SCHEDULE_PASSES_TD

include "mlir/Pass/PassBase.td"

def OutlinePass : Pass<"plx-outline", "::mlir::ModuleOp"> {
  let summary = "Moves kernels out of functions: flat buffers, few variables, each kernel once.";
  let description = [{
    Before: `%r = plx.kernel map ["$i0", "$i1"] < [n, 4] (%x) {...}` inside functions.
    After: `%r = plx.launch @exp_0 [n] (%x)` and a plx.kernel_func whose buffers are flat (one linear offset an access), whose
    size symbols are s0, s1, ... and in which variables that run through memory as one are one. Equal kernels are one.
  }];
  let dependentDialects = ["::plx::PlxDialect"];
}

def SelectSchedulePass : Pass<"plx-select-schedule", "::mlir::ModuleOp"> {
  let summary = "Chooses each kernel's schedule, its tile sizes and how it is cut among threads.";
  let description = [{
    Sets `schedule`, `units`, `grain` and the schedule's own attributes (schedule/README.md) on every plx.kernel_func.
  }];
  let options = [
    Option<"vectorBytes", "vector-bytes", "int64_t", "64", "bytes of a vector register of the target">,
    Option<"vectorRegisters", "vector-registers", "int64_t", "32", "number of vector registers">];
}

#endif  // PLEXUS_COMPILER_SCHEDULE_PASSES_TD
