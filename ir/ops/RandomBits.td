include "ir/Base.td"

def RandomBitsOp : Plx_PureOp<"random_bits"> {
  let summary = "Random 32-bit words out of a key: the same key gives the same words on every device.";
  let description = [{
    Philox 4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011). With key = [k, s]: element i of
    the result in row-major order is word (i mod 4) of the block whose 128-bit counter is (low to high) the 64 bits of
    floor(i / 4), then the 64 bits of s, under the 64-bit key k.

    random_bits.c1: `key` is tensor<2xui64>.
    random_bits.c2: the result's element type is ui32.

    ```mlir
    %r = plx.random_bits %key : (tensor<2xui64>) -> tensor<4x8xui32>
    ```
  }];
  let arguments = (ins Plx_Tensor:$key);
  let results = (outs Plx_Tensor:$result);
  let assemblyFormat = "$key attr-dict `:` functional-type($key, $result)";
}
