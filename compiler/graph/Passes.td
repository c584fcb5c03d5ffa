#ifndef PLEXUS_COMPILER_GRAPH_PASSES_TD
#define PLEXUS_COMPILER_GRAPH_PASSES_TD

include "mlir/Pass/PassBase.td"

def SimplifyPass : Pass<"plx-simplify", "::mlir::func::FuncOp"> {
  let summary = "Algebraic rewrites of two and more ops, folding, common subexpressions, dead ops.";
  let description = [{
    Before: `%y = convolution %x, %w; %s = pointwise mul(%y, %scale); %r = pointwise add(%s, %shift)`, scale and shift of weights.
    After: `%r = pointwise add(convolution %x, mul(%w, %scale'), %shift)`: weights are scaled at compile time.

    Results keep their bits, but for that one rewrite (SimplifyScale.cpp says what it rounds).
  }];
  let dependentDialects = ["::plx::PlxDialect"];
}

def SubPixelConvolutionPass : Pass<"plx-sub-pixel-convolution", "::mlir::func::FuncOp"> {
  let summary = "Transposed convolutions without the zeros between the elements of their input.";
  let description = [{
    Before: `convolution (pad %x [..] [..] [0, s - 1, s - 1, 0]), %w`, strides 1, kernel K.
    After: `slice(reshape(transpose(reshape(convolution (pad %x ..), %v))))` where %v [K / s, K / s, c, s * s * o] holds the
    taps of each phase as output channels. Where s does not divide K, a convolution a phase, joined by `concat`.

    Requires channels last; one group. Results keep their bits where weights are finite.
  }];
  let dependentDialects = ["::plx::PlxDialect"];
}

def FormAttentionPass : Pass<"plx-form-attention", "::mlir::func::FuncOp"> {
  let summary = "Attention out of the products and the softmax that it is exported as.";
  let description = [{
    Before: `%p = dot_general %q, %k; %x = add(mul(%p, %scale), %mask); %w = softmax of %x; %r = dot_general %w, %v`,
    where nothing else uses what lies between, and there are keys wherever there are rows.
    After: `%r = attention %q, %k, %v mask %mask scale`; scores are never in memory.

    Factors of q and k (also behind transposes) and of their product become one scale; casts of narrow floats around the softmax go.
  }];
  let dependentDialects = ["::plx::PlxDialect"];
}

def MoveStringsPass : Pass<"plx-move-strings", "::mlir::func::FuncOp"> {
  let summary = "Ops that move strings move their places instead, which a host function then looks up.";
  let description = [{
    Before: `%y = transpose(%x)` of strings.
    After: `%y = plx.host "host:take_strings" (%x, transpose(%places))`, `%places` the numbers 0, 1, .. in the shape of `%x`.

    An op with a loop nest cannot compute strings, so what it gives are its operands' (all of them numbered through). After it no such
    op is left: kernels know no strings.
  }];
  let dependentDialects = ["::plx::PlxDialect"];
}

def PackWeightsPass : Pass<"plx-pack-weights", "::mlir::func::FuncOp"> {
  let summary = "Lays weights of contractions out in the panels that their kernels read.";
  let description = [{
    Before: `dot_general %x, %w` where %w [k, n] is made of weights alone.
    After: `%p = transpose(reshape(pad(%w)))` of [n/R, k, R], and the product reads it through views that undo that, which fusion
    folds into its index map. The op has `plx.panel = R`, the last op of the packing `plx.packed`.

    Requires: no canonicalization before plx-hoist-parameters, which would take packing and views together as nothing.
  }];
  let dependentDialects = ["::plx::PlxDialect"];
  let options = [
    Option<"vectorBytes", "vector-bytes", "int64_t", "64", "bytes of a vector register of the target">,
    Option<"vectorRegisters", "vector-registers", "int64_t", "32", "number of vector registers">];
}

def HoistParametersPass : Pass<"plx-hoist-parameters", "::mlir::ModuleOp"> {
  let summary = "Moves what is computed of weights alone out of @main, into @prepare.";
  let description = [{
    Before: `%t = transpose(%w)` in @main, %w a plx.parameter.
    After: `%t = plx.parameter "prepared.0"` in @main; the private function @prepare computes it, as its result of that name
    (`plx.name`). Compilation runs @prepare once (graph/Prepare.h); its results are weights like any other.

    Stays in @main: reshapes of weights, broadcasts, what would more than double the weights it is made of, views of packed
    weights.
  }];
  let dependentDialects = ["::plx::PlxDialect", "::mlir::func::FuncDialect"];
}

#endif  // PLEXUS_COMPILER_GRAPH_PASSES_TD
