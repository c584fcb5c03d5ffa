// RUN: rm -rf %t && plexus compile %s --device cuda --emit cuda -o %t && cat %t/*.cu | FileCheck %s
// REQUIRES: plexus

// A row a warp: its lanes fold together, then write what follows from the fold.
// CHECK: // ---- end of prelude
// CHECK: schedule row.
// CHECK: const index lane = threadIdx.x % 32;
// CHECK: for (i64 unit = (i64)blockIdx.x * 8 + threadIdx.x / 32; unit < rows;
// CHECK: [[M:sum[0-9]+]] = maximum([[M]], v{{[0-9]+}});
// CHECK: [[M]] = warp_fold<fold_max, float>([[M]]);
// CHECK-NEXT: for (index {{i[0-9]+}} = lane;
// CHECK: v{{[0-9]+}} - [[M]];
func.func @main(%x: tensor<64x48xf32>) -> tensor<64x48xf32> {
  %s = plx.reduce max %x [1] : (tensor<64x48xf32>) -> tensor<64xf32>
  %b = plx.broadcast %s [0] : (tensor<64xf32>) -> tensor<64x48xf32>
  %r = plx.pointwise sub(%x, %b) : (tensor<64x48xf32>, tensor<64x48xf32>) -> tensor<64x48xf32>
  return %r : tensor<64x48xf32>
}
