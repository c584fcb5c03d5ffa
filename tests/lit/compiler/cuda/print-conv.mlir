// RUN: rm -rf %t && plexus compile %s --device cuda --emit cuda -o %t && cat %t/*.cu | FileCheck %s
// REQUIRES: plexus

// Implicit GEMM: terms are the window's places and channels.
// CHECK: // ---- end of prelude
// CHECK: schedule conv.
// CHECK: const index rows = 56, columns = 64, depth = 576;
// CHECK: if (place < rows && k < depth) {
// CHECK-NEXT: const index [[C:i[0-9]+]] = k % (192);
// CHECK: in0[3712 * i0 + 64 * place + 3712 * {{i[0-9]+}} + [[C]]];
// CHECK: sum[i][j] = fmaf(a[i], b[j], sum[i][j]);
func.func @main(%x: tensor<1x58x58x64xf32>, %w: tensor<3x3x64x64xf32>) -> tensor<1x56x56x64xf32> {
  %c = plx.convolution %x, %w strides [1, 1] dilations [1, 1] groups 1 : (tensor<1x58x58x64xf32>, tensor<3x3x64x64xf32>) -> tensor<1x56x56x64xf32>
  return %c : tensor<1x56x56x64xf32>
}
