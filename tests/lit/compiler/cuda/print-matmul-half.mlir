// RUN: rm -rf %t && plexus compile %s --device cuda --emit cuda -o %t && cat %t/*.cu | FileCheck %s
// REQUIRES: plexus

// Products of f16 summed up in f32: fragments of tensor cores.
// CHECK: // ---- end of prelude
// CHECK: schedule matmul.
// CHECK: __shared__ __align__(16) u16 tile_a[128][40], tile_b[128][40];
// CHECK: float sum[2][8][4] = {};
// CHECK: tile_multiply_f16(sum[i][j], a[i], b[j]);
// CHECK: out0[1024 * row + column] = f16_bits(
func.func @main(%a: tensor<512x768xf16>, %b: tensor<768x1024xf16>) -> tensor<512x1024xf16> {
  %d = plx.dot_general %a, %b batch [] x [] contract [1] x [0] : (tensor<512x768xf16>, tensor<768x1024xf16>) -> tensor<512x1024xf16>
  return %d : tensor<512x1024xf16>
}
