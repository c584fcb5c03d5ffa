// RUN: rm -rf %t && plexus compile %s --device cuda --emit cuda -o %t && cat %t/*.cu | FileCheck %s
// REQUIRES: plexus

// A thread a place of a pooling window.
// CHECK: // ---- end of prelude
// CHECK: schedule window.
// CHECK: const i64 points = 2592;
// CHECK: for (index [[A:k[0-9]+]] = 0; [[A]] < 2; ++[[A]]) {
// CHECK-NEXT: for (index [[B:k[0-9]+]] = 0; [[B]] < 2; ++[[B]]) {
// CHECK-NEXT: in0[1152 * i4 + 64 * i2 + i0 + 576 * [[A]] + 32 * [[B]]];
func.func @main(%x: tensor<1x18x18x32xf32>) -> tensor<1x9x9x32xf32> {
  %r = plx.reduce_window max %x [1, 2, 2, 1] [1, 2, 2, 1] [1, 1, 1, 1] : (tensor<1x18x18x32xf32>) -> tensor<1x9x9x32xf32>
  return %r : tensor<1x9x9x32xf32>
}
