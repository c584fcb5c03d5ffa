// RUN: rm -rf %t && plexus compile %s --device cuda --emit cuda -o %t && cat %t/*.cu | FileCheck %s
// REQUIRES: plexus
// RUN: rm -rf %t && plexus compile %s --device cuda --emit cuda --tf32 -o %t && cat %t/*.cu | FileCheck %s --check-prefix=TF32

// Tiles of both operands in shared memory, sums in registers, the bias and the activation at the end.
// CHECK: // ---- end of prelude
// CHECK: schedule matmul.
// CHECK: const index rows = 512, columns = 1024, depth = 768;
// CHECK: __shared__ __align__(16) float tile_a[16][68], tile_b[16][68];
// CHECK: float sum[4][4] = {};
// CHECK: __syncthreads();
// CHECK: sum[i][j] = fmaf(a[i], b[j], sum[i][j]);
// CHECK: __syncthreads();
// CHECK: [[S:v[0-9]+]] = sum[i][j] + v{{[0-9]+}};
// CHECK-NEXT: tanhf([[S]]);
// TF32: // ---- end of prelude
// TF32: __shared__ __align__(16) u32 tile_a[128][20], tile_b[128][20];
// TF32: value = tf32_bits(v{{[0-9]+}});
// TF32: tile_multiply_tf32(sum[i][j], a[i], b[j]);
// TF32: tanhf(
func.func @main(%a: tensor<512x768xf32>, %b: tensor<768x1024xf32>, %c: tensor<1024xf32>) -> tensor<512x1024xf32> {
  %d = plx.dot_general %a, %b batch [] x [] contract [1] x [0] : (tensor<512x768xf32>, tensor<768x1024xf32>) -> tensor<512x1024xf32>
  %e = plx.broadcast %c [1] : (tensor<1024xf32>) -> tensor<512x1024xf32>
  %f = plx.pointwise add(%d, %e) : (tensor<512x1024xf32>, tensor<512x1024xf32>) -> tensor<512x1024xf32>
  %r = plx.pointwise tanh(%f) : (tensor<512x1024xf32>) -> tensor<512x1024xf32>
  return %r : tensor<512x1024xf32>
}
