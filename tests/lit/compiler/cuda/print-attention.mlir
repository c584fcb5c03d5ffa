// RUN: rm -rf %t && plexus compile %s --device cuda --emit cuda -o %t && cat %t/*.cu | FileCheck %s
// REQUIRES: plexus

// Online softmax: maximum and sum go along with the keys, so that no row of scores is kept.
// CHECK: // ---- end of prelude
// CHECK: schedule attention.
// CHECK: __launch_bounds__(128, 1)
// CHECK: __shared__ float tile_q[16][33], tile_k[64][33], weight[16][65];
// CHECK: for (index key0 = 0; key0 < keys; key0 += 64) {
// CHECK: most = warp_fold<fold_max, float>(most);
// CHECK: const float shrink = before == most ? (float)1 : expf(before - most);
// CHECK-NEXT: factor[r] = shrink;
// CHECK-NEXT: total[r] = total[r] * shrink + sum;
// CHECK: result[r][e] *= factor[group + r * 4];
// CHECK: result[r][e] / total[line];
func.func @main(%q: tensor<2x64x32xf32>, %k: tensor<2x96x32xf32>, %v: tensor<2x96x32xf32>) -> tensor<2x64x32xf32> {
  %r = plx.attention %q, %k, %v scale 0.125 : (tensor<2x64x32xf32>, tensor<2x96x32xf32>, tensor<2x96x32xf32>) -> tensor<2x64x32xf32>
  return %r : tensor<2x64x32xf32>
}
