include "ir/Base.td"
include "ir/interfaces/SizeChecks.td"

def AttentionOp : Plx_InferredOp<"attention", [DeclareOpInterfaceMethods<SizeChecksInterface>]> {
  let summary = "softmax(scale * q k^T + mask) v, kept whole for kernels that never hold the scores.";
  let description = [{
    q [b.., s, d], k [b.., t, d], v [b.., t, e], mask [b.., s, t] -> [b.., s, e]:
    score[i, j] = scale * sum over d of q[i, d] * k[j, d] + mask[i, j];
    result[i] = sum over j of exp(score[i, j] - m[i]) * v[j] / sum over j of exp(score[i, j] - m[i]), m[i] the row's max.
    With `causal [offset]` only j <= i + offset take part (offset 0: the lower triangle; t - s: a cache before the new rows).
    Computed in accumulatorType, rounded once. A row in which nothing takes part, or whose scores are all -inf, is NaN.
    Dims before the last two are equal (heads that share k and v have a broadcast before, which fuses into it).

    attention.c1: element types of all operands are equal floats.
    attention.c2: operands have one rank, at least 2.
    attention.c3: the sizes named above agree: b.., d of q and k, t of k and v; mask's b.., s, t.
    attention.c4: `causal` is one dim.

    ```mlir
    %r = plx.attention %q, %k, %v mask %m scale 1.250000e-01 causal [0]
        : (tensor<2x8x64xf32>, tensor<2x9x64xf32>, tensor<2x9x32xf32>, tensor<2x8x9xf32>) -> tensor<2x8x32xf32>
    ```
  }];
  let arguments = (ins Plx_Tensor:$q, Plx_Tensor:$k, Plx_Tensor:$v, Optional<Plx_Tensor>:$mask,
                       F64Attr:$scale, OptionalAttr<Plx_Dims>:$causal);
  let results = (outs Plx_Tensor:$result);
  let assemblyFormat = [{
    $q `,` $k `,` $v (`mask` $mask^)? `scale` $scale (`causal` custom<Dims>($causal)^)? attr-dict `:`
    functional-type(operands, $result)
  }];
  let extraClassDeclaration = [{
    /// The same computation out of dot_general, reduce and pointwise ops, before this op; the value that replaces it.
    ::mlir::Value decompose(::mlir::OpBuilder &builder);
  }];
}
