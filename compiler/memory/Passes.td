#ifndef PLEXUS_COMPILER_MEMORY_PASSES_TD
#define PLEXUS_COMPILER_MEMORY_PASSES_TD

include "mlir/Pass/PassBase.td"

def InlineCallsPass : Pass<"plx-inline-calls", "::mlir::ModuleOp"> {
  let summary = "Puts functions where @main calls them.";
  let description = [{
    Before: plx.call of func.func of the module, to any depth. After: @main without calls; the functions called are gone. Symbols
    of a callee's parameters become the sizes of what is passed, others get names that are new in @main. Sizes that differ in
    their words are claimed equal by plx.rebind. Recursion is refused.
  }];
  let dependentDialects = ["::plx::PlxDialect"];
}

def OrderLaunchesPass : Pass<"plx-order-launches", "::mlir::ModuleOp"> {
  let summary = "Orders the launches of a program that updates inputs so that little is alive at one time.";
  let description = [{
    Before: @main after outlining, as autodiff and the optimizer wrote it: all gradients, then all updates. After: an update, or a
    reduction, stands where what it reads is known, so that a gradient dies before the next one is made:

      %g1 = gradient; %g0 = gradient; %p1 = update(%p1, %g1); %p0 = update(%p0, %g0)
      -> %g1 = gradient; %p1 = update(%p1, %g1); %g0 = gradient; %p0 = update(%p0, %g0)

    What reads no value that a launch made (zeros, copies of parameters) stands before its first user.

    An update in place stays behind what reads the old value. Whatever has an effect (symbols, checks of sizes, host calls)
    keeps its order, and stays before what stands behind it. Values do not change; of several faults another may come first.
  }];
}

def RematerializePass : Pass<"plx-rematerialize", "::mlir::ModuleOp"> {
  let summary = "Repeats launches instead of keeping what they made until it is read again.";
  let description = [{
    Before: @main in its final order, kernels with their schedules; only where it updates inputs. After: where most is alive, a
    value that is read again later is dropped and made anew before that:

      %a = f(%x); %b = g(%a); ...; %c = h(%a, %d) -> %a = f(%x); %b = g(%a); ...; %e = f(%x); %c = h(%e, %d)

    Chosen one at a time by bytes spared a ns of repeated work, until the memory plan keeps `limit` or nothing more helps.
    Without a limit: cheap ones alone. A launch repeated gives the same bits; one that reads an input is not repeated behind the
    input's update.
  }];
  let options = [Option<"limit", "limit", "int64_t", "0", "bytes of the arena to keep to; 0: none">];
  let dependentDialects = ["::plx::PlxDialect"];
}

def LowerToHostPass : Pass<"plx-lower-to-host", "::mlir::ModuleOp"> {
  let summary = "Makes @main a host program: tensors become buffers.";
  let description = [{
    Before: func.func @main with launches, aliases, constants, parameters, binds, conditions on sizes and control flow on tensors.
    After: plx.program @main (ir/kernel/HostProgram.td) and the kernels it runs. What has no form below tensors is refused, all
    of it in one message.
  }];
  let dependentDialects = ["::plx::PlxDialect", "::mlir::scf::SCFDialect", "::mlir::arith::ArithDialect"];
}

def UpdateInPlacePass : Pass<"plx-update-in-place", "::mlir::ModuleOp"> {
  let summary = "Makes outputs safe to write where the inputs donated to them lie.";
  let description = [{
    Before: plx.program whose `donated` pairs outputs with inputs. After: one buffer may be bound to both of a pair: no op reads
    the input once the output is begun, and a kernel that reads it and writes the output does so element by element. Outputs of
    which this cannot be said are computed in the arena and copied last:

      plx.run @step(%p, %o)  // reads p reversed          %t = plx.alloc; plx.run @step(%p, %t)
      plx.run @norm(%p, %n)                          ->   plx.run @norm(%p, %n)
                                                          %o = plx.output; plx.copy %t to %o
  }];
  let dependentDialects = ["::plx::PlxDialect"];
}

def ReuseBuffersPass : Pass<"plx-reuse-buffers", "::mlir::ModuleOp"> {
  let summary = "Lets a launch write over a buffer of the arena that it is the last to read.";
  let description = [{
    Before: plx.alloc for each result of a launch. After: where a launch reads an element of a buffer only as it writes the same
    element of a result, nothing reads that buffer later, and both have one size, the two are one buffer:

      %b = plx.alloc; plx.run @exp(%a, %b); plx.run @sum(%b, %c) -> plx.run @exp(%a, %a); plx.run @sum(%a, %c)
  }];
}

def PlanMemoryPass : Pass<"plx-plan-memory", "::mlir::ModuleOp"> {
  let summary = "Lays out the arena: offsets of buffers by their lifetimes.";
  let description = [{
    Before: plx.alloc without a place.
    After: a static size has an `offset`; a symbolic one a `slot`, whose offset plx.place computes where its sizes are known;
    plx.reserve makes the arena large enough. No two buffers that are alive at one time share a byte, whatever the sizes.
  }];
  let dependentDialects = ["::plx::PlxDialect"];
}

def VerifyHostPass : Pass<"plx-verify-host", "::mlir::ModuleOp"> {
  let summary = "Checks that nothing is left but kernels and a host program: a target never meets a tensor op.";
}

#endif  // PLEXUS_COMPILER_MEMORY_PASSES_TD
