include "ir/Base.td"

def TransposeOp : Plx_InferredOp<"transpose"> {
  let summary = "Permutes the dims of a tensor.";
  let description = [{
    result[i0, ..., in-1] = operand[j] with j[permutation[d]] = i[d]: dim d of the result is dim permutation[d] of the
    operand.

    transpose.c1: `permutation` is a permutation of [0, rank(operand)).

    ```mlir
    %r = plx.transpose %x [1, 0] : (tensor<2x3xf32>) -> tensor<3x2xf32>
    ```
  }];
  let arguments = (ins Plx_Tensor:$operand, DenseI64ArrayAttr:$permutation);
  let results = (outs Plx_Tensor:$result);
  let assemblyFormat = "$operand $permutation attr-dict `:` functional-type($operand, $result)";
  let hasFolder = 1;
}
