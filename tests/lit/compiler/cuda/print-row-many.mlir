// RUN: rm -rf %t && plexus compile %s --device cuda --emit cuda -o %t && cat %t/*.cu | FileCheck %s
// REQUIRES: plexus

// Rows that would have a block each, were they few, have a warp each: many keep the chip busy.
// CHECK: // ---- end of prelude
// CHECK: schedule row.
// CHECK: const index lane = threadIdx.x % 32;
// CHECK: for (i64 unit = (i64)blockIdx.x * 8 + threadIdx.x / 32; unit < rows;
// CHECK: warp_fold<fold_sum, float>
func.func @main(%x: tensor<8192x4096xf32>) -> tensor<8192xf32> {
  %s = plx.reduce sum %x [1] : (tensor<8192x4096xf32>) -> tensor<8192xf32>
  return %s : tensor<8192xf32>
}
