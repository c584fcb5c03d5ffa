include "ir/Base.td"
include "ir/interfaces/SizeChecks.td"

def DotGeneralOp : Plx_InferredOp<"dot_general", [DeclareOpInterfaceMethods<SizeChecksInterface>]> {
  let summary = "Sum of products over paired dims: matrix product, batched product, any contraction of two tensors.";
  let description = [{
    Dims lhs_batch[i] and rhs_batch[i] run together and stay; lhs_contract[i] and rhs_contract[i] run together and are summed
    over; the others are free. Result dims: batch (in the order given), free of lhs, free of rhs (each in order of axis).
    Products and sums are made in accumulatorType and rounded once. Element types of both operands and the result are equal
    (a quantized or widening product has a cast or dequantize before it, which fuses into it).

    dot_general.c1: element types are equal numbers (int but not bool, float).
    dot_general.c2: `lhs_batch` and `rhs_batch` have one length, as have `lhs_contract` and `rhs_contract`.
    dot_general.c3: each axis is in range and is named at most once an operand.
    dot_general.c4: sizes of paired dims agree.

    ```mlir
    %r = plx.dot_general %a, %b batch [0] x [0] contract [2] x [1]
        : (tensor<8x2x3xf32>, tensor<8x3x4xf32>) -> tensor<8x2x4xf32>
    ```
  }];
  let arguments = (ins Plx_Tensor:$lhs, Plx_Tensor:$rhs, DenseI64ArrayAttr:$lhs_batch,
                       DenseI64ArrayAttr:$rhs_batch, DenseI64ArrayAttr:$lhs_contract,
                       DenseI64ArrayAttr:$rhs_contract);
  let results = (outs Plx_Tensor:$result);
  let assemblyFormat = [{
    $lhs `,` $rhs `batch` $lhs_batch `x` $rhs_batch `contract` $lhs_contract `x` $rhs_contract attr-dict `:`
    functional-type(operands, $result)
  }];
}
