// RUN: rm -rf %t && plexus compile %s --device cuda --emit cuda -o %t && cat %t/*.cu | FileCheck %s
// REQUIRES: plexus

// Long rows have a block each.
// CHECK: // ---- end of prelude
// CHECK: schedule row.
// CHECK: for (i64 unit = blockIdx.x; unit < rows; unit += gridDim.x)
// CHECK: t2 += (index)blockDim.x
// CHECK: __shared__ float [[ROOM:room[0-9]+]][32];
// CHECK: block_fold<fold_sum, float>([[S:sum[0-9]+]], [[ROOM]]);
// CHECK-NEXT: if ((index)threadIdx.x == 0) {
func.func @main(%x: tensor<8x4096xf32>) -> tensor<8xf32> {
  %s = plx.reduce sum %x [1] : (tensor<8x4096xf32>) -> tensor<8xf32>
  return %s : tensor<8xf32>
}
